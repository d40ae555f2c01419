"""The log of a whole life, in all its detail and with everything going wrong, opens no door."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import handlers.door.endpoint

if TYPE_CHECKING:
    import pytest

    from tests.support.log import Log
    from tests.support.world import World

LINES = ["help", "buy 3 note=private", "buy nothing", "orders", "order 7K2M9QXA", "\x00"]


async def test_a_life_with_every_line_of_every_library(world: World, log: Log) -> None:
    """At DEBUG, with Slack failing in between: no address, token, trigger, secret or body."""
    log.configure("DEBUG")
    card = await world.ask("/esim buy 3")
    world.slack.faults.down("response_url")
    for line in LINES:
        await world.slack.person("ana").types(f"/esim {line}")
    await world.slack.person("ben").clicks("Approve", card)
    world.slack.faults.down()
    await world.slack.person("dan").clicks("Approve", card)
    await world.pass_time(10)
    world.slack.faults.up()
    await world.until_state(card, "purchased")
    assert log.lines()
    _opens_no_door(world, log.text)


def _opens_no_door(world: World, text: str) -> None:
    app = world.slack.workspace.installation
    secrets = (app.bot_token, app.signing_secret, app.verification_token, world.telnyx.api_key)
    for secret in (*secrets, "/respond/", "%2Frespond", "trigger_id=1", "Traceback"):
        assert secret not in text, secret
    assert not re.search(r"\d{13}\.\d+\.[0-9a-f]{16}", text)  # a trigger of the sandbox's


async def test_a_body_that_does_not_come(
    world: World, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever promises a body and sends none is turned away after a moment."""
    monkeypatch.setattr(handlers.door.endpoint, "_SLOWEST", 0.05)
    host, port = world.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = f"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n{_signed()}\r\nprivate"
    writer.write(head.encode())
    assert b" 400 " in await reader.readline()
    writer.close()
    await writer.wait_closed()
    assert [line["reason"] for line in log.lines()] == ["unreadable"]
    assert "private" not in log.text


def _signed() -> str:
    signature = f"X-Slack-Signature: v0={'0' * 64}"
    return f"X-Slack-Request-Timestamp: 1767268800\r\n{signature}\r\n"
