"""An acknowledged command is a recorded command, or the person is told what is known of it.

Redis is slow, cut off in the middle of a commit, or away, over HTTP and over Socket Mode.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Final

import pytest

from bot import bootstrap
from bot.slack.words.recording import (
    NEVER_KNOWN,
    NOT_KNOWN_YET,
    NOT_RECORDED,
    NOT_RECORDED_AFTER_ALL,
)
from bot.store import connection
from handlers.hearing import Hearing, truth
from tests.support.hearing.reception import WAYS, Reception

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from redis.asyncio import Redis

    from bot.store.embedded import EmbeddedServer
    from sandbox.slack.dispatch.delivery import Delivery

PATIENCE: Final = 0.6
"""Seconds: shorter than the real ones, so that the tests are."""
RECORDED = "Now I know: what you did was recorded, once, for order "


@pytest.fixture(params=WAYS)
async def reception(
    request: pytest.FixtureRequest,
    redis: Redis,
    redis_server: EmbeddedServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Reception]:
    """Open one, whose people wait for a shorter time."""
    assert await redis.dbsize() == 0
    monkeypatch.setattr(bootstrap, "Hearing", partial(Hearing, patience=PATIENCE))
    monkeypatch.setattr(truth, "MARGIN", 0.1)
    monkeypatch.setattr(connection, "_ANSWER", 1.2)
    async with Reception.open(request.param, redis_server.url, tmp_path) as reception:
        yield reception


# What Redis does meanwhile


async def slow(reception: Reception) -> None:
    """It carries the commit out, and the answer is on its way for long."""
    reception.wire.answers.clear()


async def too_late(reception: Reception) -> None:
    """The commit itself is on its way until nobody waits any more."""
    reception.wire.asks.clear()


async def cut_off_after(reception: Reception) -> None:
    """It carries the commit out, and every link breaks before the answer."""
    reception.wire.cut = True


async def cut_off_before(reception: Reception) -> None:
    """The commit goes into a dead link, and never arrives."""
    reception.wire.forget_links()


async def away(reception: Reception) -> None:
    """Nobody listens."""
    await reception.redis.connection_pool.disconnect()
    reception.wire.refusing = True


def well(reception: Reception) -> None:
    """It is as it should be again."""
    reception.wire.answers.set()
    reception.wire.asks.set()
    reception.wire.cut = reception.wire.refusing = False


@dataclass(frozen=True)
class Trouble:
    """What Redis does, and whether the command is recorded in the end."""

    begin: Callable[[Reception], Awaitable[None]]
    recorded: bool
    at_once: str = NOT_KNOWN_YET


TROUBLES = {
    "slow": Trouble(slow, recorded=True),
    "too late": Trouble(too_late, recorded=False),
    "cut off after": Trouble(cut_off_after, recorded=True),
    "cut off before": Trouble(cut_off_before, recorded=False),
    "away": Trouble(away, recorded=False, at_once=NOT_RECORDED),
}
UNSURE = {name: each for name, each in TROUBLES.items() if each.at_once == NOT_KNOWN_YET}


async def buys(reception: Reception) -> Delivery:
    """Let ana ask for an eSIM; Slack gets its acknowledgement in time."""
    delivery: Delivery = await reception.slack.person("ana").types("/esim buy 1")
    assert delivery.ok
    assert delivery.seconds < PATIENCE + 1
    return delivery


async def test_all_is_well(reception: Reception) -> None:
    """At the moment of the acknowledgement the order is in Redis, and Slack was asked nothing."""
    before = len(reception.slack.calls)
    delivery = await buys(reception)
    assert len(await reception.orders()) == 1
    assert (delivery.body, reception.told()) == ("", [])
    assert len(reception.slack.calls) == before


@pytest.mark.parametrize("name", TROUBLES)
async def test_the_person_is_told_what_is_true(reception: Reception, name: str) -> None:
    """In time what is known; then, once, what became of it: and that is how it is in Redis."""
    trouble = TROUBLES[name]
    await trouble.begin(reception)
    delivery = await buys(reception)
    assert reception.told() == [trouble.at_once]
    well(reception)
    if trouble.at_once == NOT_KNOWN_YET:
        promised = await reception.until_told(2)
        assert (RECORDED in promised) is trouble.recorded
        assert (promised == NOT_RECORDED_AFTER_ALL) is not trouble.recorded
    orders = await reception.orders()
    assert len(orders) == trouble.recorded
    assert all(order.id in reception.told()[-1] for order in orders)
    assert (await reception.slack.again(delivery)).body == ""
    await reception.bot.hearing.finish(5)
    assert len(reception.told()) == (2 if trouble.at_once == NOT_KNOWN_YET else 1)
    assert len(await reception.orders()) == trouble.recorded


@pytest.mark.parametrize("name", UNSURE)
async def test_delivered_again_while_it_is_not_known(reception: Reception, name: str) -> None:
    """The second delivery records nothing, and is answered by silence."""
    await UNSURE[name].begin(reception)
    delivery = await buys(reception)
    again = await reception.slack.again(delivery)
    assert (again.ok, again.body) == (True, "")
    well(reception)
    await reception.until_told(2)
    await reception.bot.hearing.finish(5)
    assert len(await reception.orders()) == UNSURE[name].recorded
    assert len(reception.told()) == 2


async def test_typed_again_after_it_was_not_recorded(reception: Reception) -> None:
    """Who does as they are told gets one order."""
    await away(reception)
    await buys(reception)
    well(reception)
    await buys(reception)
    assert len(await reception.orders()) == 1
    assert reception.told() == [NOT_RECORDED]


async def test_the_bot_ends_before_it_is_known(reception: Reception) -> None:
    """Redis does not come back: the person is told so at the end, and where to look."""
    await cut_off_after(reception)
    await buys(reception)
    await reception.bot.hearing.finish(0.1)
    assert reception.told() == [NOT_KNOWN_YET, NEVER_KNOWN.replace("`", "")]
    well(reception)
    assert len(await reception.orders()) == 1


@pytest.mark.parametrize("seed", range(2))
async def test_trouble_upon_trouble(reception: Reception, seed: int) -> None:
    """In whatever order: just what is acknowledged in silence, or told as recorded, is in Redis.

    A trouble leaves links behind that change what the next one does.
    """
    chosen = Random(seed)  # noqa: S311 - a seed repeats it
    names = [*TROUBLES, "", ""]
    chosen.shuffle(names)
    recorded = 0
    for name in names:
        before = len(reception.told())
        if name:
            await TROUBLES[name].begin(reception)
        delivery = await buys(reception)
        silent = len(reception.told()) == before
        well(reception)
        if not silent and reception.told()[-1] == NOT_KNOWN_YET:
            await reception.until_told(before + 2)
        recorded += silent or RECORDED in reception.told()[-1]
        assert len(await reception.orders()) == recorded
        assert (await reception.slack.again(delivery)).body == ""
        assert len(await reception.orders()) == recorded
    assert recorded >= 2


@pytest.mark.parametrize("line", ["/esim orders", "/esim orders all", "/esim order 7K2M9QXA"])
async def test_a_question_meanwhile(reception: Reception, line: str) -> None:
    """Nothing was to be recorded: it says that it can't be shown, and that nothing changed."""
    await away(reception)
    assert (await reception.slack.person("ana").types(line)).ok
    (told,) = reception.told()
    assert "I can't show this now. Nothing was changed." in told


@pytest.mark.parametrize("line", ["/esim orders", "/esim order 7K2M9QXA"])
async def test_a_question_that_takes_too_long(reception: Reception, line: str) -> None:
    """In time the same, and nothing else: no answer is owed about what records nothing."""
    await slow(reception)
    assert (await reception.slack.person("ana").types(line)).ok
    (told,) = reception.told()
    assert "I can't show this now. Nothing was changed." in told
    well(reception)
    await reception.bot.hearing.finish(5)
    assert reception.told() == [told]
