"""Two processes that deliver one order at the same moment: each message stands once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.errors import Conflict
from bot.slack.delivery import Delivery
from bot.slack.web.client import SlackClient
from bot.store.posted import Posted, PostedStore
from bot.store.queues import Queue
from tests.integration.slack.desk import OPS, Desk, placed
from tests.support.orders import KEYS, ORDER_ID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from redis.asyncio import Redis

    from bot.slack.message import Message
    from bot.slack.web.client import Place


class BothLoaded(PostedStore):
    """Two processes, each of which goes on only when the other has read the same."""

    def __init__(self, redis: Redis) -> None:
        super().__init__(redis, KEYS)
        self._both = asyncio.Barrier(2)
        self._loads = 0

    async def load(self, order_id: str) -> dict[str, Posted]:
        """Read what stands, and wait for the other one."""
        known = await super().load(order_id)
        self._loads += 1
        if self._loads <= 2:
            await self._both.wait()
        return known


async def test_two_processes_at_once(desk: Desk) -> None:
    """Both find that no card stands: one posts it; the other leaves it at that."""
    await desk.commit(placed())
    desk.services = replace(desk.services, posted=BothLoaded(desk.redis))
    desk.restart()
    ends = await asyncio.gather(desk.deliver(), desk.deliver(), return_exceptions=True)
    assert [type(end) for end in ends if end is not None] == [Conflict]
    await desk.up_to_date()
    assert len(desk.slack.messages(OPS)) == 1


class Slow(SlackClient):
    """A client whose first post is on its way until it may arrive."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.client._web)
        self.sent, self.may_arrive = asyncio.Event(), asyncio.Event()

    async def post(
        self, message: Message, thread: str | None, metadata: Mapping[str, Any]
    ) -> Place:
        """Send it, and wait until it may arrive."""
        self.sent.set()
        await self.may_arrive.wait()
        return await super().post(message, thread, metadata)


def another_process(desk: Desk, **parts: Any) -> Delivery:
    """Delivery by another process on the same Redis."""
    services = replace(desk.services, process="another", under_way=set(), **parts)
    return Delivery(Queue.deliveries(desk.redis, KEYS), desk.waiting, services)


async def test_a_post_of_another_process_is_on_its_way(desk: Desk) -> None:
    """Whoever takes over too early waits until it must have arrived: to look now shows nothing."""
    await desk.commit(placed())
    slow = Slow(desk)
    posting = asyncio.create_task(another_process(desk, client=slow).deliver(ORDER_ID))
    await slow.sent.wait()
    await desk.deliver()
    assert (desk.slack.messages(OPS), desk.calls("conversations.history")) == ([], 0)
    assert await desk.due_in() == 15
    slow.may_arrive.set()
    await posting
    await desk.up_to_date()
    assert len(desk.slack.messages(OPS)) == 1
    assert desk.calls("chat.postMessage") == 1


async def test_a_post_of_this_process_is_on_its_way(desk: Desk) -> None:
    """A claim that could not be renewed comes back to the same process, which knows of the post."""
    await desk.commit(placed())
    slow, quick = Slow(desk), desk.services
    desk.services = replace(quick, client=slow)
    desk.restart()
    posting = asyncio.create_task(desk.deliver())
    await slow.sent.wait()
    desk.services = quick
    desk.restart()
    await desk.deliver()
    assert desk.calls("conversations.history") == 0
    slow.may_arrive.set()
    await posting
    await desk.up_to_date()
    assert desk.calls("chat.postMessage") == 1


async def test_a_process_that_died_with_a_post_on_its_way(desk: Desk) -> None:
    """After the time that a post can take it is looked for, and made when it is not there."""
    await desk.commit(placed())
    await desk.forget("card", Posted(begun_at=desk.clock.now(), begun_by="a dead process"))
    await desk.deliver()
    assert desk.slack.calls == []
    await desk.up_to_date()
    assert desk.calls("conversations.history") == 1
    assert len(desk.slack.messages(OPS)) == 1


@pytest.mark.parametrize("hours", [-1, 1])
async def test_clocks_that_were_set(desk: Desk, hours: float) -> None:
    """An intent of long ago, or of a time that is not yet, holds nothing up."""
    await desk.commit(placed())
    begun = desk.clock.now() + timedelta(hours=hours)
    await desk.forget("card", Posted(begun_at=begun, begun_by="another process"))
    await desk.deliver()
    assert len(desk.slack.messages(OPS)) == 1
