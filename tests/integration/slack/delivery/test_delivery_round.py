"""What a round costs, in which order its messages leave, and that none holds another back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.events import OrderState
from bot.domain.purchase.outcome import Bought
from bot.errors import Conflict
from bot.slack.delivery import Pacer
from bot.slack.delivery.lanes import Importance
from bot.slack.delivery.record import Record
from bot.slack.web.client import SlackClient
from bot.slack.web.tiers import EDIT
from bot.store.posted import Posted, PostedStore
from tests.integration.slack.desk import ANA, BEN, FLEET, OPS, Desk, placed
from tests.support.order_steps import answered, now_of, started
from tests.support.orders import KEYS, ORDER_ID, some_sims

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.slack.message import Message
    from bot.slack.web.client import Place

PURCHASED = OrderState.PURCHASED
DIRECT, LINE = f"dm:{ANA}:purchased", f"notify:{FLEET}:purchased"


class Watched(SlackClient):
    """Notes which messages leave, and holds some back until they may."""

    def __init__(self, desk: Desk, *held: str) -> None:
        super().__init__(desk.client._web)
        self.left: list[str] = []
        self.may_leave = asyncio.Event()
        self._held = held

    async def post(
        self, message: Message, thread: str | None, metadata: Mapping[str, Any]
    ) -> Place:
        """Post it."""
        await self._leave(metadata)
        return await super().post(message, thread, metadata)

    async def update(self, place: Place, message: Message, metadata: Mapping[str, Any]) -> None:
        """Edit it."""
        await self._leave(metadata)
        await super().update(place, message, metadata)

    async def _leave(self, metadata: Mapping[str, Any]) -> None:
        key = metadata["event_payload"]["key"]
        self.left.append(key)
        if key in self._held:
            await self.may_leave.wait()


async def ended(desk: Desk) -> None:
    """An order whose card stands has ended, and waits for its delivery."""
    desk.tell(FLEET)
    await desk.show(placed())
    await desk.commit(placed(state=PURCHASED))


def watch(desk: Desk, *held: str) -> Watched:
    """Deliver from now on through a client that is watched."""
    client = Watched(desk, *held)
    desk.services = replace(desk.services, client=client)
    desk.restart()
    return client


async def test_an_ordinary_order_costs_five_calls(desk: Desk) -> None:
    """Card, result, direct message, line, one edit; nothing is read, no conversation opened."""
    desk.tell(FLEET)
    order = await desk.commit(placed())
    await desk.up_to_date()
    order = await desk.commit(order.approve(BEN, now_of(order)))
    order = await desk.commit(started(order))
    await desk.commit(answered(order, Bought(sims=some_sims(3))))
    await desk.up_to_date()
    assert "Bought 3 of 3 eSIMs" in desk.card.plain()
    methods = sorted(call.method for call in desk.slack.calls)
    assert methods == ["chat.postMessage"] * 4 + ["chat.update"]


async def test_a_direct_message_is_known_by_its_conversation(desk: Desk) -> None:
    """It is posted to the person's id, and found again where Slack has put it."""
    await ended(desk)
    await desk.up_to_date()
    (shown,) = desk.slack.direct_messages("ana")
    known = await desk.known(DIRECT)
    assert (known.channel, known.ts) == (shown.channel, shown.ts)
    assert known.channel.startswith("D")


async def test_an_end_costs_three_round_trips(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Handed over as it was committed: what is known is read, intents are written, and the end."""
    await ended(desk)
    order = await desk.services.store.load(ORDER_ID)
    commands = counted(desk, monkeypatch)
    await desk.delivery.deliver(ORDER_ID, order)
    assert commands == ["HGETALL", "EVALSHA", "EVALSHA"]
    assert await desk.due_in() is None
    assert len(desk.thread()) == 1


async def test_a_first_card_costs_two_round_trips(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing can be known of an order that has just been placed, so nothing is read."""
    await desk.show(placed(order_id="0LDER000"))  # the scripts are loaded
    order = await desk.commit(placed())
    commands = counted(desk, monkeypatch)
    await desk.delivery.deliver(ORDER_ID, order)
    assert commands == ["EVALSHA", "EVALSHA"]
    assert await desk.due_in() is None


def counted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every command that is sent to Redis from now on."""
    commands: list[str] = []
    send: Callable[..., Awaitable[Any]] = desk.redis.execute_command

    async def sent(*parts: Any, **options: Any) -> Any:
        commands.append(str(parts[0]))
        return await send(*parts, **options)

    monkeypatch.setattr(desk.redis, "execute_command", sent)
    return commands


async def test_a_new_order_of_which_something_is_known(desk: Desk) -> None:
    """Another process was quicker: the intent is refused, and nothing is posted."""
    order = await desk.commit(placed())
    await desk.forget("card", Posted(change="1", begun_at=desk.clock.now(), begun_by="another"))
    with pytest.raises(Conflict):
        await desk.delivery.deliver(ORDER_ID, order)
    assert desk.slack.calls == []
    await desk.up_to_date()
    assert desk.calls("chat.postMessage") == 1


async def test_an_order_that_has_moved_on(desk: Desk) -> None:
    """Whoever is handed an older version shows it, and the order is due at once."""
    order = await desk.commit(placed())
    await desk.commit(order.approve(BEN, now_of(order)))
    await desk.delivery.deliver(ORDER_ID, order)
    assert desk.card.buttons() == ["Approve", "Cancel"]
    assert await desk.due_in() == 0
    await desk.up_to_date()
    assert desk.card.buttons() == []


async def test_results_leave_first(desk: Desk) -> None:
    """Then what is written to others, and the edit of the card after all of them."""
    await ended(desk)
    client = watch(desk)
    await desk.deliver()
    assert client.left == ["result", DIRECT, LINE, "card"]


@pytest.mark.parametrize("slow", ["result", DIRECT, LINE, "card"])
async def test_a_slow_message_holds_no_other_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, slow: str
) -> None:
    """While Slack lets one wait, all others are there, and the record of them is saved."""
    monkeypatch.setattr("bot.slack.delivery.round._SLOW", 0.05)
    await ended(desk)
    first = (await desk.known("card")).digest
    client = watch(desk, slow)
    delivery = asyncio.create_task(desk.deliver())

    async def unsaved() -> set[str]:
        known = await desk.services.posted.load(ORDER_ID)
        saved = {key for key, each in known.items() if each.digest not in {"", first}}
        return {"result", DIRECT, LINE, "card"} - saved

    await until(lambda: is_so(unsaved(), {slow}))
    assert not delivery.done()
    client.may_leave.set()
    await delivery
    assert await unsaved() == set()
    assert desk.calls("chat.postMessage") == 4
    assert await desk.due_in() is None


async def test_an_edit_that_came_too_soon_has_its_turn_meanwhile(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files take seconds to make: the card says that all is bought before they are there."""
    monkeypatch.setattr("bot.slack.delivery.round._SLOW", 0.05)
    await desk.show(placed())
    await desk.go_on(placed(state=OrderState.APPROVED))
    await desk.commit(placed(state=PURCHASED))
    client = watch(desk, "result")
    delivery = asyncio.create_task(desk.deliver())
    await until(lambda: is_so(left(client, "result"), wanted=True))
    assert not await left(client, "card")
    await desk.clock.advance(1)
    await until(lambda: is_so(left(client, "card"), wanted=True))
    assert not delivery.done()
    client.may_leave.set()
    await delivery
    assert client.left.count("card") == 1


async def left(client: Watched, key: str) -> bool:
    """Whether this message has left."""
    return key in client.left


async def test_messages_of_a_thread_come_in_their_order(desk: Desk) -> None:
    """Result, errors, question: one after the other, though other places are served meanwhile."""
    order = placed(3, state=OrderState.NEEDS_ATTENTION, sims=some_sims(1))
    client = watch(desk)
    await desk.go_on(order)
    thread = [key for key in client.left if not key.startswith(("dm", "card"))]
    assert thread == ["result", "attention:1"]
    assert len(desk.thread()) == 2


@pytest.mark.parametrize("late", ["result", "card"])
async def test_a_card_is_gone_for_several_messages(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, late: str
) -> None:
    """Result and edit find out, whichever is first: it counts once, and all comes at once, once."""
    monkeypatch.setattr("bot.slack.delivery.round._SLOW", 0.05)
    await ended(desk)
    desk.slack.workspace.delete(desk.slack.messages(OPS)[0])
    client = watch(desk, late)
    delivery = asyncio.create_task(desk.deliver())

    async def times() -> int:
        return (await desk.known("card")).again

    await until(lambda: is_so(times(), 1))
    client.may_leave.set()
    await delivery
    known = await desk.known("card")
    assert (known.again, known.trouble) == (1, None)
    await desk.up_to_date(patience=1)
    assert len(desk.thread()) == 1
    assert "Bought 3 of 3 eSIMs" in desk.card.plain()


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait until Redis knows it, which tells nobody."""
    async with asyncio.timeout(10):
        while not await condition():  # noqa: ASYNC110 - another process would not tell either
            await asyncio.sleep(0.01)


async def is_so(known: Awaitable[object], wanted: object) -> bool:
    """Whether this is what comes of it."""
    return await known == wanted


async def test_what_becomes_known_during_a_write(desk: Desk) -> None:
    """It goes with the next write: a write that is on its way does not undo it."""
    first, second = Posted(begun_at=desk.clock.now()), Posted(ts="1.2", channel=OPS, digest="a")

    class Slow(PostedStore):
        """The answer to the first write comes when more is known."""

        async def write(self, *parts: Any) -> dict[str, Posted]:
            """Write it."""
            written = await super().write(*parts)
            if record["card"] is first:
                record.replace("card", second)
            return written

    record = Record(ORDER_ID, Slow(desk.redis, KEYS), {})
    record.replace("card", first)
    await asyncio.gather(record.save(), record.save())
    assert (await desk.known("card")).begun_at == first.begun_at
    await record.save()
    assert (await desk.known("card")).ts == second.ts


async def test_an_end_does_not_wait_for_the_turn_of_an_edit(desk: Desk) -> None:
    """The card's edit has to wait for some seconds: what was bought is told at once.

    A step in between waits with the edit.
    """
    await desk.show(placed())
    order = await desk.commit(placed(state=OrderState.APPROVED))
    desk.services.pacer.hold(EDIT, 9)
    await desk.clock.advance(1)
    await desk.deliver()
    assert await desk.due_in() == pytest.approx(8, abs=0.1)
    order = await desk.commit(started(order))
    assert await desk.due_in() == pytest.approx(8, abs=0.1)
    await desk.commit(answered(order, Bought(sims=some_sims(3))))
    assert await desk.due_in() == 0
    await desk.deliver()
    (result,) = desk.thread()
    assert str(some_sims(3)[-1].iccid) in result


async def test_the_card_of_what_is_being_checked_is_a_new_card(desk: Desk) -> None:
    """Nothing has come of such an order yet: its card goes before no ICCID of another one."""
    asked: list[Importance] = []

    class Noting(Pacer):
        def post(self, channel: str, who: str, importance: Importance, *rest: Any) -> None:
            asked.append(importance)
            super().post(channel, who, importance, *rest)

    desk.services = replace(desk.services, pacer=Noting(desk.clock))
    desk.restart()
    await desk.go_on(placed(state=OrderState.CHECKING))
    assert asked == [Importance.CARD]
