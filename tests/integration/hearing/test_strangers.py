"""What strangers send to the public port: turned away in a word, and nothing of it is kept."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

if TYPE_CHECKING:
    import aiohttp

    from tests.support.log import Log
    from tests.support.world import World

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
_WORDS = urlencode(
    {
        "token": "verificationToken9",
        "team_id": "T0SANDBOX00",
        "command": "/esim",
        "text": "buy 3 note=private",
        "response_url": "https://hooks.slack.com/commands/T0/1/s3cr3tAddress",
        "trigger_id": "1.2.s3cr3tTrigger",
    }
)
BODY = _WORDS.encode()
NOBODYS = f"v0={'0' * 64}"
STAMPS = ["abc", "", "9" * 40, "-5", "1e9", "٣٣٣", "１２３", "0x10", " 12 ", "1767268800.5"]
SIGNATURES = ["", "v0=", "v0=abc", "v1=" + "0" * 64, "0" * 64, "v0=" + "é" * 64, "v0=" + "Z" * 64]
CONTENTS = [
    (JSON, "{"),
    (JSON, "[1, 2]"),
    (JSON, "[" * 50_000),
    (FORM, "payload=%7B"),
    (FORM, "payload=%5B%5D"),
    (FORM, "text=%FF%FE"),
    (FORM, "&".join(f"a{number}=1" for number in range(500))),
    ("text/plain", "hello"),
    ("multipart/form-data; boundary=x", "--x--"),
]


def signed(world: World, body: bytes, stamp: str, secret: str | None = None) -> dict[str, str]:
    """Headers with a signature that fits; with another secret, one that does not."""
    key = (secret or world.slack.signing_secret).encode()
    text = b":".join((b"v0", stamp.encode(), body))
    digest = hmac.new(key, text, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


async def knock(
    world: World,
    stranger: aiohttp.ClientSession,
    headers: dict[str, str],
    body: bytes | BytesIO = BODY,
    kind: str = FORM,
) -> int:
    """Post something to the bot; the status comes back, and the answer holds nothing."""
    address, sent = f"{world.url}/slack/events", {"Content-Type": kind, **headers}
    async with stranger.post(address, data=body, headers=sent) as answer:
        assert len(await answer.text()) < 100
        return answer.status


def nothing_leaks(log: Log) -> None:
    """No body, no address, no token, no trace of a failure is in the log."""
    for private in ("private", "s3cr3t", "verificationToken9", "Traceback", "hooks.slack"):
        assert private not in log.text


@pytest.mark.parametrize("stamp", STAMPS)
async def test_a_timestamp_that_is_none(
    world: World, log: Log, stranger: aiohttp.ClientSession, stamp: str
) -> None:
    """401 and one short line, whatever Python would make of it."""
    sent = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": NOBODYS}
    assert await knock(world, stranger, sent) == 401
    assert log.events() == ["request_refused"]
    nothing_leaks(log)


@pytest.mark.parametrize("signature", SIGNATURES)
async def test_a_signature_that_is_none(
    world: World, log: Log, stranger: aiohttp.ClientSession, signature: str
) -> None:
    """The same for signatures, also such as can't be compared."""
    now = str(int(time.time()))
    sent = {"X-Slack-Request-Timestamp": now, "X-Slack-Signature": signature}
    assert await knock(world, stranger, sent) == 401
    nothing_leaks(log)


async def test_no_headers_at_all(world: World, log: Log, stranger: aiohttp.ClientSession) -> None:
    """A bare request is turned away before its body is read."""
    assert await knock(world, stranger, {}) == 401
    assert await knock(world, stranger, {}, b'{"ssl_check": "1"}', JSON) == 401
    nothing_leaks(log)


async def test_a_signature_of_somebody_else(
    world: World, log: Log, stranger: aiohttp.ClientSession
) -> None:
    """Nothing of a request with a wrong signature is in the log, and nothing is ordered."""
    sent = signed(world, BODY, str(int(time.time())), "another secret")
    assert await knock(world, stranger, sent) == 401
    (line,) = log.lines()
    assert line["reason"] == "signature"
    assert "SLACK_SIGNING_SECRET does not fit" in line["why"]
    nothing_leaks(log)
    assert world.slack.messages("ops") == []


async def test_two_signatures(world: World, log: Log, stranger: aiohttp.ClientSession) -> None:
    """One of two headers may be right: such a request is nobody's."""
    headers = signed(world, BODY, str(int(time.time())))
    sent = [*headers.items(), ("X-Slack-Signature", NOBODYS), ("Content-Type", FORM)]
    address = f"{world.url}/slack/events"
    async with stranger.post(address, data=BODY, headers=sent) as answer:
        assert answer.status == 401
    nothing_leaks(log)


@pytest.mark.parametrize(("kind", "content"), CONTENTS)
async def test_signed_content_that_is_not_slacks(
    world: World, log: Log, stranger: aiohttp.ClientSession, kind: str, content: str
) -> None:
    """A proven request that is neither form nor JSON is a 400 and one line, no failure."""
    body = content.encode()
    sent = signed(world, body, str(int(time.time())))
    assert await knock(world, stranger, sent, body, kind) == 400
    assert [line["reason"] for line in log.lines()] == ["content"]


async def test_a_body_without_end(world: World, log: Log, stranger: aiohttp.ClientSession) -> None:
    """More than Slack ever sends is not read to its end."""
    sent = {"X-Slack-Request-Timestamp": "1767268800", "X-Slack-Signature": NOBODYS}
    assert await knock(world, stranger, sent, BytesIO(b"a" * (2**20 + 1))) == 413
    assert [line["reason"] for line in log.lines()] == ["too_large"]


async def test_a_body_that_is_not_what_it_says(
    world: World, log: Log, stranger: aiohttp.ClientSession
) -> None:
    """A body in an encoding that it is not in is unreadable, and no failure of ours."""
    now = str(int(time.time()))
    sent = {
        "X-Slack-Request-Timestamp": now,
        "X-Slack-Signature": NOBODYS,
        "Content-Encoding": "gzip",
    }
    assert await knock(world, stranger, sent, b"private, and not gzip") in {400, 401}
    nothing_leaks(log)


@pytest.mark.parametrize(
    "asked",
    [
        ("GET", "/slack/events", 405),
        ("PUT", "/slack/events", 405),
        ("PATCH", "/slack/events", 405),
        ("POST", "/", 404),
        ("GET", "/.env?token=verificationToken9", 404),
        ("POST", "/healthz", 405),
        ("POST", "/slack/events/../private", 404),
    ],
)
async def test_other_addresses(
    world: World, log: Log, stranger: aiohttp.ClientSession, asked: tuple[str, str, int]
) -> None:
    """404 or 405 with a short line that does not repeat the address."""
    method, path, status = asked
    async with stranger.request(method, f"{world.url}{path}") as answer:
        assert answer.status == status
        assert len(await answer.text()) < 100
    assert log.events() == ["request_refused"]
    nothing_leaks(log)


async def test_what_is_no_http(world: World, log: Log) -> None:
    """Whoever speaks something else, or breaks off, leaves nothing in the log but its kind."""
    host, port = world.url.removeprefix("http://").split(":")
    for said in (b"\x16\x03\x01private", b"GET / HTTP/9.private\r\n\r\n", b"POST /private"):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(said)
        writer.write_eof()
        await reader.read()
        writer.close()
        await writer.wait_closed()
    nothing_leaks(log)


async def test_a_flood_is_counted(world: World, log: Log, stranger: aiohttp.ClientSession) -> None:
    """The first of a kind is told at once, the rest as a number, a minute later; all count."""
    for _ in range(50):
        await knock(world, stranger, {})
    assert [line["times"] for line in log.lines()] == [1]
    await world.clock.jump(60)
    await knock(world, stranger, {})
    assert [line["times"] for line in log.lines()] == [1, 50]
    assert world.bot is not None
    assert world.bot.inbound.facts().refused == 51


async def test_a_word_in_a_command_is_no_payload(world: World) -> None:
    """A command that only speaks of a payload is a command."""
    card = await world.ask("/esim buy 3 note=payload")
    assert "payload" in card.plain()


async def test_slack_checks_the_address(world: World) -> None:
    """The challenge of a signed check is echoed."""
    assert await world.slack.verify()


async def test_events_that_nobody_asked_for(world: World, stranger: aiohttp.ClientSession) -> None:
    """They are taken, so that Slack does not send them again and again."""
    event = {"type": "event_callback", "team_id": "T0SANDBOX00", "event": {"type": "message"}}
    body = json.dumps(event).encode()
    sent = signed(world, body, str(int(time.time())))
    assert await knock(world, stranger, sent, body, JSON) == 200
