"""A process that dies in a round, at any of its writes and posts: each message stands once."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.events import OrderState
from bot.errors import Conflict, StoreUnavailable
from bot.slack.web.client import SlackClient
from bot.store.posted import Posted, PostedStore, RoundEnd
from tests.integration.slack.desk import ANA, FLEET, OPS, Desk, placed
from tests.support.orders import KEYS, ORDER_ID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.slack.message import Message
    from bot.slack.web.client import Place

PURCHASED = OrderState.PURCHASED
POSTS = ["result", f"dm:{ANA}:purchased", f"notify:{FLEET}:purchased"]


class Killed(BaseException):
    """The process is dead."""


class MortalStore(PostedStore):
    """What is known of messages, to a process that one of its writes kills or robs of an answer."""

    def __init__(self, desk: Desk, dies: str, *, after: bool, of: BaseException) -> None:
        """`dies`: at its "intents", or at the "end" of the round."""
        super().__init__(desk.redis, KEYS)
        self._dies, self._after, self._of = dies, after, of

    async def write(
        self,
        order_id: str,
        changes: Mapping[str, tuple[Posted, Posted]],
        end: RoundEnd | None = None,
    ) -> dict[str, Posted]:
        """Write, and die of it right before or after."""
        here = self._dies == ("end" if end else "intents")
        if here and not self._after:
            raise self._of
        written = await super().write(order_id, changes, end)
        if here:
            raise self._of
        return written


class MortalClient(SlackClient):
    """A client whose process dies right before or after it posts one of the messages."""

    def __init__(self, desk: Desk, dies: str, *, after: bool) -> None:
        """`dies`: the key of the message."""
        super().__init__(desk.client._web)
        self._dies, self._after = dies, after
        self.posts: list[str] = []

    async def post(
        self, message: Message, thread: str | None, metadata: Mapping[str, Any]
    ) -> Place:
        """Post, and die of it."""
        key = metadata["event_payload"]["key"]
        self.posts.append(key)
        if key == self._dies and not self._after:
            raise Killed
        place = await super().post(message, thread, metadata)
        if key == self._dies:
            raise Killed
        return place


async def ended(desk: Desk, **services: Any) -> None:
    """An order whose card stands ends, and a process with such services delivers it, and dies."""
    desk.tell(FLEET)
    await desk.show(placed())
    usual = desk.services
    desk.services = replace(usual, process="the dead one", under_way=set(), **services)
    desk.restart()
    await desk.commit(placed(state=PURCHASED))
    with suppress(Killed, StoreUnavailable):
        await desk.deliver()
    desk.services = usual
    desk.restart()


def everything(desk: Desk) -> list[int]:
    """How many messages are in #ops, under the card, with ana, and in #fleet."""
    slack = desk.slack
    places = (slack.messages(OPS), desk.thread(), desk.direct(), slack.messages(FLEET))
    return [len(place) for place in places]


async def test_one_write_holds_all_intents(desk: Desk) -> None:
    """Killed when they are written and nothing is sent: each is looked for, then posted once."""
    store = MortalStore(desk, "intents", after=True, of=Killed())
    await ended(desk, posted=store)
    known = await desk.services.posted.load(ORDER_ID)
    assert [key for key in POSTS if known[key].begun_at] == POSTS
    assert everything(desk) == [1, 0, 0, 0]
    await desk.up_to_date()
    assert everything(desk) == [1, 1, 1, 1]
    looks = desk.calls("conversations.history") + desk.calls("conversations.replies")
    assert looks == len(POSTS)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("key", POSTS)
async def test_a_crash_at_each_post(desk: Desk, key: str, *, after: bool) -> None:
    """What was posted is found on Slack, what was not is posted: each stands once."""
    await ended(desk, client=MortalClient(desk, key, after=after))
    await desk.up_to_date()
    assert everything(desk) == [1, 1, 1, 1]
    assert "Bought 3 of 3 eSIMs" in desk.card.plain()
    assert await desk.due_in() is None


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("of", [Killed(), StoreUnavailable()], ids=["killed", "answer lost"])
@pytest.mark.parametrize("write", ["intents", "end"])
async def test_a_crash_at_each_write(
    desk: Desk, write: str, of: BaseException, *, after: bool
) -> None:
    """A round that can't say what became of its posts is made anew, and repeats none of them."""
    await ended(desk, posted=MortalStore(desk, write, after=after, of=of))
    await desk.up_to_date()
    assert everything(desk) == [1, 1, 1, 1]
    assert desk.calls("chat.postMessage") == 4
    assert await desk.due_in() is None


async def test_redis_is_back_after_a_write_that_failed(desk: Desk) -> None:
    """What was posted by then is saved after all: no post is looked for where none is in doubt."""
    await ended(desk, posted=MortalStore(desk, "end", after=False, of=StoreUnavailable()))
    known = await desk.services.posted.load(ORDER_ID)
    assert [known[key].begun_at for key in POSTS] == [None] * len(POSTS)
    await desk.up_to_date()
    assert everything(desk) == [1, 1, 1, 1]
    assert desk.calls("conversations.history") + desk.calls("conversations.replies") == 0


async def test_two_processes_at_an_end(desk: Desk) -> None:
    """Both have read the same: one writes its intents and posts, the other one posts nothing."""
    desk.tell(FLEET)
    await desk.show(placed())
    await desk.commit(placed(state=PURCHASED))
    both = asyncio.Barrier(2)

    class BothLoaded(PostedStore):
        """Goes on when both have read."""

        async def load(self, order_id: str) -> dict[str, Posted]:
            """Read, and wait for the other one."""
            known = await super().load(order_id)
            await both.wait()
            return known

    desk.services = replace(desk.services, posted=BothLoaded(desk.redis, KEYS))
    desk.restart()
    ends = await asyncio.gather(desk.deliver(), desk.deliver(), return_exceptions=True)
    assert [type(end) for end in ends if end is not None] == [Conflict]
    assert everything(desk) == [1, 1, 1, 1]
    assert desk.calls("chat.postMessage") == 4


async def test_a_conflict_in_one_intent(desk: Desk) -> None:
    """Somebody else has just begun one of the posts: no intent is written, and nothing is sent."""
    desk.tell(FLEET)
    await desk.show(placed())
    await desk.commit(placed(state=PURCHASED))
    calls = len(desk.slack.calls)

    class Overtaken(PostedStore):
        """Another process begins the direct message after this one has read."""

        async def load(self, order_id: str) -> dict[str, Posted]:
            """Read, and be overtaken."""
            known = await super().load(order_id)
            begun = Posted(begun_at=desk.clock.now(), begun_by="another")
            await super().change(order_id, POSTS[1], Posted(), begun)
            return known

    usual = desk.services
    desk.services = replace(usual, posted=Overtaken(desk.redis, KEYS))
    desk.restart()
    with pytest.raises(Conflict):
        await desk.deliver()
    assert len(desk.slack.calls) == calls
    assert set(await usual.posted.load(ORDER_ID)) == {"card", POSTS[1]}
    desk.services = usual
    desk.restart()
    await desk.up_to_date()
    assert everything(desk) == [1, 1, 1, 1]


async def test_a_conflict_at_the_end(desk: Desk) -> None:
    """Somebody else writes of the card during the calls: of the posts all is known all the same."""
    desk.tell(FLEET)
    await desk.show(placed())
    await desk.commit(placed(state=PURCHASED))
    known = await desk.known("card")

    class Disturbed(SlackClient):
        """The card's record is written while the result is posted."""

        async def post(
            self, message: Message, thread: str | None, metadata: Mapping[str, Any]
        ) -> Place:
            """Post it."""
            if metadata["event_payload"]["key"] == "result":
                await desk.services.posted.change(ORDER_ID, "card", known, known)
            return await super().post(message, thread, metadata)

    usual = desk.services
    desk.services = replace(usual, client=Disturbed(desk.client._web))
    desk.restart()
    with pytest.raises(Conflict):
        await desk.deliver()
    assert await desk.due_in() == 0
    posted = await usual.posted.load(ORDER_ID)
    assert all(posted[key].digest for key in POSTS)
    desk.services = usual
    desk.restart()
    await desk.up_to_date()
    assert everything(desk) == [1, 1, 1, 1]
    assert Counter(call.method for call in desk.slack.calls) == {
        "chat.postMessage": 4,
        "chat.update": 2,
    }


async def test_a_process_that_is_told_to_stop(desk: Desk) -> None:
    """What it has posted is saved, though another call of the round was cut off."""
    desk.tell(FLEET)
    await desk.show(placed())
    posted = asyncio.Event()

    class Stuck(MortalClient):
        """The direct message gets no answer; the line is the last to be posted."""

        async def post(
            self, message: Message, thread: str | None, metadata: Mapping[str, Any]
        ) -> Place:
            """Post it."""
            place = await super().post(message, thread, metadata)
            key = metadata["event_payload"]["key"]
            if key == POSTS[1]:
                await asyncio.Event().wait()
            if key == POSTS[2]:
                posted.set()
            return place

    usual = desk.services
    desk.services = replace(usual, client=Stuck(desk, "", after=False), process="stopped")
    desk.restart()
    await desk.commit(placed(state=PURCHASED))
    work = asyncio.create_task(desk.deliver())
    await posted.wait()
    await desk.slack.until(lambda: len(desk.thread()) == 1)
    work.cancel()
    with suppress(asyncio.CancelledError):
        await work
    assert (await desk.known(POSTS[2])).ts
    desk.services = usual
    desk.restart()
    await desk.up_to_date()
    assert everything(desk) == [1, 1, 1, 1]
