"""A bot that dies right before or after any effect of a hand-out leaves no code standing unseen.

It is given once to count its effects, then anew for every effect and both moments.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.store.embedded import EmbeddedServer
from sandbox.slack.workspace.message import Message
from tests.support.hand_outs import SEND, codes_before, confirmation_of, files_before, label_of
from tests.support.harness.thoroughness import thorough
from tests.support.leaks.given import given, unrevealed
from tests.support.leaks.issued import audit_of, secrets_of
from tests.support.leaks.whole import Run, assert_nothing_leaked
from tests.support.lives.effects import Crash, Fuse
from tests.support.lives.life import Life

pytestmark = pytest.mark.timeout(thorough(300, 1800))  # usually seconds, one for each effect
_EFFECTS = {"conversations.open", "reveal", "activation_code", "chat.postMessage", "upload"}
"""Some of the effects that it must have; a harness that sees none of them proves nothing."""
_A_MOMENT = 0.02
"""Seconds of real time in which something may happen before the clock goes on."""
_ROUNDS = 200
_DAY = 86_400.0
_EVERY = thorough(3, 1)
"""Of so many moments one is tried."""


@asynccontextmanager
async def bought(redis: Redis, url: str, folder: Path) -> AsyncIterator[Life]:
    """An order of ana's for two eSIMs that was carried out; no bot runs."""
    async with Life.begin(redis, url, folder, "/esim buy 2", "Approve") as life:
        await life.restart(Fuse())
        await life.live()
        yield life


async def until(life: Life, condition: Callable[[], object]) -> None:
    """Wait until it is true, or the bot is dead; let time go by meanwhile. Raises Crash."""
    for _ in range(_ROUNDS):
        life.process.fuse.check()
        with suppress(TimeoutError):
            await life.slack.workspace.changes.until(condition, _A_MOMENT)
            return
        await life.clock.jump(1)
    life.process.fuse.check()
    raise TimeoutError(f"not so:\n{life.slack.transcript(None)}")


def answers(life: Life, since: int) -> list[Message]:
    """What ana was answered that begins neither with a question nor with "still"."""
    told = life.slack.ephemerals("ana")[since:]
    return [
        each for each in told if "activation codes of" in each.plain() or "not " in each.plain()
    ]


async def ask(life: Life) -> Message:
    """Let ana ask for the codes; the confirmation. Raises Crash."""
    order = await life.order()
    assert order is not None
    before = len(life.slack.ephemerals("ana"))
    await life.slack.person("ana").types(f"/esim activate {order.id}")
    await until(life, lambda: confirmation_of(life.slack, "ana", before))
    confirmation = confirmation_of(life.slack, "ana", before)
    assert confirmation is not None
    return confirmation


async def send(life: Life, confirmation: Message) -> str:
    """Let her confirm it; what came of it. Raises Crash."""
    before = len(life.slack.ephemerals("ana"))
    await life.slack.person("ana").clicks(label_of(confirmation, SEND), confirmation)
    await until(life, lambda: answers(life, before))
    return answers(life, before)[-1].plain()


async def settle(life: Life, seconds: float) -> None:
    """Let the bot do what comes due within that time."""
    end = life.clock.time() + seconds
    while life.clock.time() < end:
        await life.process.work()
        await life.clock.jump(seconds / 20)
    await life.process.work()


def shown(life: Life) -> int:
    """How many messages with codes stand before her now."""
    return len(codes_before(life.slack, "ana"))


async def check(life: Life, fuse: Fuse) -> None:
    """All was given, or nothing of it stands and she knows; nothing was fetched unrecorded."""
    audit = await audit_of(life.redis)
    events = [entry["event"] for entry in audit]
    asked = life.telnyx.account.codes.asked
    assert not asked or "codes_revealed" in events, f"fetched without a reveal: {fuse}"
    assert unrevealed(list(given(life.slack, secrets_of(life.telnyx))), audit) == []
    if "codes_given" in events:
        assert shown(life) == 2, f"{fuse}"
    else:
        assert shown(life) == 0, f"{fuse}"
        assert files_before(life.slack, "ana") == [], f"{fuse}"
    said = "\n".join(each.plain() for each in life.slack.direct_messages("ana"))
    if "codes_revealed" in events and "codes_given" not in events:
        assert "interrupted" in said, f"she does not know: {fuse}"


async def live(life: Life, fuse: Fuse) -> None:
    """Give the codes, as far as this process lives; then let another one go on, and ask again."""
    await life.restart(fuse)
    with suppress(Crash):
        await send(life, await ask(life))
    await life.restart(Fuse())
    await settle(life, 200)
    await check(life, fuse)
    stood = shown(life)
    assert "You have the activation codes of 2 eSIMs" in await send(life, await ask(life))
    assert shown(life) == stood + 2
    await settle(life, _DAY + 300)
    assert shown(life) == 0, f"{fuse}"
    assert files_before(life.slack, "ana") == [], f"{fuse}"
    run = Run(life.slack, [life.telnyx], life.redis, [life.settings.esim_data_dir], "")
    await assert_nothing_leaked(run)


async def test_it_dies_at_any_effect(
    redis: Redis, redis_server: EmbeddedServer, tmp_path: Path
) -> None:
    """Nothing stands unseen, nothing is kept, asking again works; after a day all is gone."""
    counted = Fuse()
    async with bought(redis, redis_server.url, tmp_path / "0") as life:
        await live(life, counted)
    assert set(counted.names) >= _EFFECTS, counted.names
    tried = 0
    for number, at in zip(count(1), range(2, 2 * len(counted.names) + 2, _EVERY), strict=False):
        async with bought(redis, redis_server.url, tmp_path / str(number)) as life:
            await live(life, Fuse(at // 2, after=bool(at % 2)))
        tried += 1
    assert tried >= len(counted.names) // 2
