"""The search finds a planted secret in every place that a run leaves anything in."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
import structlog
import xlsxwriter

from bot.store.orders.packing import packed
from sandbox.slack.web_api.invocation import Call
from tests.support.leaks.whole import Run, search
from tests.support.log import Log, written
from tests.support.orders import KEYS
from tests.support.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from redis.asyncio import Redis

    from bot.store.embedded import EmbeddedServer
    from sandbox.slack.workspace.model import Channel
    from tests.support.clock import ManualClock


@pytest.fixture
def log() -> Iterator[Log]:
    """What is logged meanwhile."""
    with written() as log:
        yield log


@pytest.fixture
async def world(
    redis: Redis, redis_server: EmbeddedServer, clock: ManualClock, tmp_path: Path
) -> AsyncIterator[World]:
    """Slack and Telnyx without a bot: what stands there a test has put there."""
    assert await redis.dbsize() == 0
    async with World.begin(redis_server.url, clock, tmp_path) as world:
        yield world


@pytest.fixture
def secret(world: World) -> str:
    """The matching id of the one eSIM that was sold."""
    world.telnyx.account.add_sim()
    return world.telnyx.account.sims[0].code.matching_id


async def found(world: World, redis: Redis, log: Log) -> list[str]:
    """What is found of it."""
    run = Run(world.slack, [world.telnyx], redis, [world.folder], log.text)
    return (await search(run)).found


async def test_an_empty_run(world: World, redis: Redis, log: Log, secret: str) -> None:
    """Nothing is found where nothing is: also not in the other places that are read."""
    assert secret in world.telnyx.account.issued_codes()
    assert await found(world, redis, log) == []


_IN_REDIS: dict[str, Callable[[Redis, str], Any]] = {
    "a key": lambda redis, secret: redis.set(f"codes:{secret}", 1),
    "a string": lambda redis, secret: redis.set("k", f"x{secret}"),
    "a field": lambda redis, secret: redis.hset("k", secret, "1"),
    "a field's value": lambda redis, secret: redis.hset("k", "f", secret),
    "a list": lambda redis, secret: redis.rpush("k", "a", secret),
    "a set": lambda redis, secret: redis.sadd("k", "a", secret),
    "a sorted set": lambda redis, secret: redis.zadd("k", {secret: 1}),
    "a stream": lambda redis, secret: redis.xadd("k", {"entry": secret}),
    "a packed part": lambda redis, secret: redis.hset(
        "k", "json", packed(json.dumps({"lpa": secret}).encode())
    ),
}


@pytest.mark.parametrize("plant", _IN_REDIS.values(), ids=_IN_REDIS)
async def test_redis(
    world: World, redis: Redis, log: Log, secret: str, plant: Callable[[Redis, str], Any]
) -> None:
    """Keys, fields, members and values of every kind, also packed ones."""
    await plant(redis, secret)
    (told,) = await found(world, redis, log)
    assert "in Redis" in told


@pytest.mark.parametrize("level", ["debug", "error"])
async def test_the_log(world: World, redis: Redis, log: Log, secret: str, level: str) -> None:
    """Every level; the bot's own filter lets an id without its name through."""
    log.configure("DEBUG")
    getattr(structlog.get_logger(), level)("fetched", ending=secret)
    (told,) = await found(world, redis, log)
    assert "in log line: log line 1" in told


async def test_folders(world: World, redis: Redis, log: Log, secret: str) -> None:
    """The name and the bytes of a file, also within an archive, or in the server's own log."""
    (world.folder / "emergency").mkdir()
    (world.folder / "emergency" / f"{secret}.json").write_text("{}")
    (world.folder / "emergency" / "2").write_text(secret)
    (world.folder / "3.zip").write_bytes(archive(secret))
    part = packed(json.dumps({"lpa": secret}).encode())
    (world.folder / "4.aof").write_bytes(b"*3 HSET k " + part + b" and more " + part[:9])
    told = await found(world, redis, log)
    assert sum("in file name" in each for each in told) == 1
    assert sum("in file on disk" in each for each in told) == 3


def archive(secret: str) -> bytes:
    """A ZIP file that has it in a file."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("codes.csv", f"iccid,lpa\n1,LPA:1$h${secret}\n")
    return content.getvalue()


def workbook(secret: str) -> bytes:
    """A workbook that has it in a cell."""
    content = io.BytesIO()
    made = xlsxwriter.Workbook(content)
    made.add_worksheet().write(0, 0, secret)
    made.close()
    return content.getvalue()


def say(world: World, channel: Channel, text: str = "hello", **parts: Any) -> None:
    """Let the bot have said something."""
    workspace = world.slack.workspace
    workspace.post(workspace.compose(channel, workspace.bot, text, **parts))


def edit(world: World, text: str, blocks: list[dict[str, Any]]) -> None:
    """Let the bot have changed what it said last; and deleted it then."""
    workspace = world.slack.workspace
    message = workspace.timeline[-1]
    workspace.revise(message, text, blocks)
    workspace.delete(message)


def section(text: str) -> list[dict[str, Any]]:
    """Blocks with a text."""
    return [{"type": "section", "block_id": "b", "text": {"type": "mrkdwn", "text": text}}]


_IN_MESSAGES: dict[str, Callable[[str], dict[str, Any]]] = {
    "text": lambda secret: {"text": secret},
    "blocks": lambda secret: {"blocks": section(secret)},
    "metadata": lambda secret: {"metadata": {"event_type": "x", "event_payload": {"id": secret}}},
    "an attachment": lambda secret: {"attachments": [{"id": 1, "fallback": secret}]},
    "ephemeral": lambda secret: {"text": secret, "only_for": "U0ANA000000"},
}


@pytest.mark.parametrize("parts", _IN_MESSAGES.values(), ids=_IN_MESSAGES)
async def test_a_channel(
    world: World, redis: Redis, log: Log, secret: str, parts: Callable[[str], dict[str, Any]]
) -> None:
    """Everything that a message in it is made of, also once it is edited and deleted."""
    say(world, world.slack.workspace.channel("ops"), **parts(secret))
    before = await found(world, redis, log)
    assert before
    edit(world, "nothing", [])
    assert set(await found(world, redis, log)) == set(before)


@pytest.mark.parametrize("what", ["name", "title", "alt_text", "comment", "xlsx", "zip"])
async def test_a_file(world: World, redis: Redis, log: Log, secret: str, what: str) -> None:
    """What it is called, described and said with; its bytes, within an archive or a workbook."""
    content = {"xlsx": workbook, "zip": archive}.get(what, lambda _: b"x")(secret)
    file = world.slack.workspace.add_file("a", len(content))
    file.content, file.shared = content, True
    if what not in {"xlsx", "zip"}:
        setattr(file, what, f"1-{secret}")
    say(world, world.slack.workspace.channel("ops"), files=[file])
    del world.slack.workspace.files[file.id]
    assert await found(world, redis, log)


async def reveal(world: World, redis: Redis, to: str) -> None:
    """Let the audit have a reveal of the one eSIM to this person."""
    iccid = str(world.telnyx.account.sims[0].fields["iccid"])
    entry = {"event": "codes_revealed", "to": to, "iccids": [iccid], "by": "U0ANA000000"}
    entry |= {"at": "2026-01-01T12:00:00Z", "form": "messages"}
    await redis.xadd(KEYS.audit, {"order": "", "version": "0", "entry": json.dumps(entry)}, "1-0")


@pytest.mark.parametrize(
    ("to", "reader", "is_found"),
    [("ana", "ana", False), ("ana", "ben", True), ("", "ana", True)],
)
async def test_direct_messages(  # noqa: PLR0913, PLR0917 - what is compared
    world: World, redis: Redis, log: Log, secret: str, to: str, reader: str, *, is_found: bool
) -> None:
    """Whom a reveal names may read it there; nobody else, and nobody without a reveal."""
    if to:
        await reveal(world, redis, world.id(to))
    channel = world.slack.workspace.direct(world.slack.workspace.person(reader))
    say(world, channel, blocks=section(f"`LPA:1$h${secret}`"))
    assert bool(await found(world, redis, log)) is is_found


@pytest.mark.parametrize(
    "parts",
    [
        _IN_MESSAGES["text"],
        _IN_MESSAGES["metadata"],
        lambda secret: {"blocks": [{"type": "image", "block_id": "b", "alt_text": secret}]},
        lambda secret: {
            "blocks": [
                {
                    "type": "actions",
                    "block_id": "b",
                    "elements": [{"type": "button", "action_id": "a", "value": secret}],
                }
            ]
        },
    ],
)
async def test_what_is_not_read_in_a_direct_message(
    world: World, redis: Redis, log: Log, secret: str, parts: Callable[[str], dict[str, Any]]
) -> None:
    """The notification, metadata, alt texts and what buttons carry hold none, not even there."""
    await reveal(world, redis, world.id("ana"))
    say(world, world.slack.workspace.direct(world.slack.workspace.person("ana")), **parts(secret))
    assert await found(world, redis, log)


async def test_a_call_that_slack_refused(world: World, redis: Redis, log: Log, secret: str) -> None:
    """What the bot tried to say to the wrong place is found though it stands nowhere."""
    call = Call("chat.postMessage", {"channel": "C0OPS000000", "text": secret}, 0, False, "no")
    world.slack.calls.append(call)
    blocks = json.dumps(section(secret))
    world.slack.calls.append(Call("views.open", {"view": f'{{"blocks": {blocks}}}'}, 0, True, None))
    assert len(await found(world, redis, log)) == 2


async def test_what_the_operator_reads(world: World, redis: Redis, log: Log, secret: str) -> None:
    """The lines of `esim-bot audit`: a secret that got into the audit is found there, too."""
    entry = {"at": "2026-01-01T12:00:00Z", "event": "placed", "by": secret, "state": "checking"}
    await redis.xadd(KEYS.audit, {"order": "A", "version": "1", "entry": json.dumps(entry)}, "1-0")
    told = await found(world, redis, log)
    assert {each.partition(" in ")[2].partition(":")[0] for each in told} == {
        "Redis value",
        "line of esim-bot",
    }
