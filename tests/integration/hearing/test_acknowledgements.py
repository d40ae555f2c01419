"""When the acknowledgement leaves: what it holds, what follows it, and what comes before it."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import pytest

from bot.slack.web.client import SlackClient
from bot.store.orders import OrderStore
from handlers.door import Bolt
from handlers.hearing import Arrival, Hearing
from tests.support.hearing.reception import WAYS, connected

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from slack_bolt.response import BoltResponse

    from tests.support.world import World

MISTAKE = "I can't read this command"


@pytest.fixture(params=WAYS)
async def heard(request: pytest.FixtureRequest, world: World) -> AsyncIterator[World]:
    """Let the bot hear in this way."""
    async with AsyncExitStack() as stack:
        if request.param != "http":
            await world.restart_bot(slack_app_token=world.slack.app_token)
            assert world.bot is not None
            await connected(world.bot, world.slack, stack)
        yield world


def told(world: World, who: str = "ana") -> list[str]:
    """What this person alone was told, in any channel."""
    return [message.plain() for message in world.slack.ephemerals(who)]


def after_answering(monkeypatch: pytest.MonkeyPatch, do: Callable[[], Awaitable[None]]) -> None:
    """Do this whenever an answer is there, and has not left yet."""
    answer = Bolt.answer

    async def slowly(bolt: Bolt, body: dict[str, Any], arrival: Arrival) -> BoltResponse:
        given = await answer(bolt, body, arrival)
        await do()
        return given

    monkeypatch.setattr(Bolt, "answer", slowly)


async def at_rest(world: World) -> None:
    """Wait until everything is said."""
    assert world.bot is not None
    await world.bot.hearing.finish(5)


@pytest.mark.parametrize(("seconds", "times"), [(2.4, 1), (2.6, 2)])
async def test_an_acknowledgement_that_leaves_late(
    heard: World, monkeypatch: pytest.MonkeyPatch, seconds: float, times: int
) -> None:
    """After 2.5 seconds Slack may not take it: its answer is sent another way, too, once."""
    after_answering(monkeypatch, lambda: heard.clock.jump(seconds))
    await heard.slack.person("ana").types("/esim buy nothing")
    await at_rest(heard)
    assert len(told(heard)) == times
    assert all(MISTAKE in each for each in told(heard))


async def test_a_silent_acknowledgement_that_leaves_late(
    heard: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is nothing to repeat: the card is the answer."""
    after_answering(monkeypatch, lambda: heard.clock.jump(2.6))
    await heard.ask("/esim buy 1")
    await heard.pass_time(5)
    assert told(heard) == []


async def test_the_answer_to_a_click_comes_once(
    heard: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was not in the acknowledgement, however late that left."""
    card = await heard.ask("/esim buy 1")
    after_answering(monkeypatch, lambda: heard.clock.jump(2.6))
    await heard.slack.person("dan").clicks("Approve", card)
    await at_rest(heard)
    assert len(told(heard, "dan")) == 1


async def test_nobody_is_there_to_take_the_acknowledgement(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slack has closed the connection: the answer is sent another way."""
    gone = asyncio.Event()

    async def until_gone() -> None:
        await gone.wait()

    after_answering(monkeypatch, until_gone)
    world.slack.dispatcher.answer_seconds = 0.2
    delivery = await world.slack.person("ana").types("/esim buy nothing")
    assert not delivery.ok
    for _ in range(20):
        await asyncio.sleep(0)  # the bot sees that the connection is closed
    gone.set()
    await world.slack.until(lambda: any(MISTAKE in each for each in told(world)))


@pytest.mark.parametrize("line", ["buy 1", "buy nothing", "help", "orders", "order 7K2M9QXA"])
async def test_nothing_is_asked_before_a_command_is_acknowledged(
    heard: World, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    """What is said comes from memory and from Redis."""
    asked = asked_before(monkeypatch, heard)
    assert (await heard.slack.person("ana").types(f"/esim {line}")).ok
    assert asked == [0]


@pytest.mark.parametrize("who", ["ben", "dan"])
async def test_nothing_is_asked_before_a_click_is_acknowledged(
    heard: World, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    """Whoever clicks: an answer follows."""
    card = await heard.ask("/esim buy 1")
    await heard.up_to_date()
    asked = asked_before(monkeypatch, heard)
    assert (await heard.slack.person(who).clicks("Approve", card)).ok
    assert asked == [0]


def asked_before(monkeypatch: pytest.MonkeyPatch, world: World) -> list[int]:
    """For each acknowledgement, the calls made since its request came; no card is shown."""
    for name in ("post", "update"):
        monkeypatch.setattr(SlackClient, name, _never)
    counts: list[int] = []
    before: list[int] = []
    arrival, acknowledged = Hearing.arrival, Hearing.acknowledged

    def note(hearing: Hearing) -> Arrival:
        before.append(len(world.slack.calls))
        return arrival(hearing)

    def count(hearing: Hearing, this: Arrival, *, lost: bool = False) -> None:
        counts.append(len(world.slack.calls) - before[-1])
        acknowledged(hearing, this, lost=lost)

    monkeypatch.setattr(Hearing, "arrival", note)
    monkeypatch.setattr(Hearing, "acknowledged", count)
    return counts


async def _never(*_what: object) -> None:
    await asyncio.Event().wait()


async def test_a_decision_that_takes_long(heard: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """After two seconds the person knows that it is not known; then, once, what became of it."""
    card = await heard.ask("/esim buy 1")
    commit, may_go_on = OrderStore.save_together, asyncio.Event()

    async def slowly(store: OrderStore, *what: Any, **how: Any) -> bool:
        remembers = await commit(store, *what, **how)
        if how.get("within") is not None:
            await may_go_on.wait()
        return remembers

    monkeypatch.setattr(OrderStore, "save_together", slowly)
    delivery = await heard.slack.person("ben").clicks("Approve", card)
    assert delivery.ok
    await heard.slack.until(lambda: told(heard, "ben"))
    assert "I can't tell yet whether this was recorded" in told(heard, "ben")[0]
    may_go_on.set()
    await heard.slack.until(lambda: len(told(heard, "ben")) == 2)
    order_id = heard.order_id(card)
    assert f"recorded, once, for order {order_id}" in told(heard, "ben")[1]
    await heard.until_state(card, "purchased")
    assert len(told(heard, "ben")) == 2
