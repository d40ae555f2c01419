"""A process that is frozen right before a post: another one has posted the same by then."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from contextvars import Context
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

import pytest

from bot.domain.events import OrderState
from bot.errors import Conflict
from bot.slack.delivery import Delivery, Round
from bot.slack.web.client import SlackClient
from bot.store.queues import Queue
from tests.integration.slack.desk import placed
from tests.support.orders import KEYS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping

    from bot.slack.message import Message
    from bot.slack.web.client import Place
    from bot.store.posted import Posted, PostedStore, RoundEnd
    from tests.integration.slack.desk import Desk


async def elsewhere(work: Coroutine[object, object, None]) -> None:
    """Do it as another process does, in a context of its own."""
    await asyncio.create_task(work, context=Context())


@dataclass
class Freezing:
    """What is known of messages, to a process that is frozen when it has written an intent."""

    real: PostedStore
    key: str
    """The message before which it is frozen."""
    freeze: Callable[[], Awaitable[None]]
    frozen: list[str] = field(default_factory=list)

    async def load(self, order_id: str) -> dict[str, Posted]:
        """Tell all of it."""
        return await self.real.load(order_id)

    async def write(
        self,
        order_id: str,
        changes: Mapping[str, tuple[Posted, Posted]],
        end: RoundEnd | None = None,
    ) -> dict[str, Posted]:
        """Write it down; the answer comes when the process is thawed."""
        written = await self.real.write(order_id, changes, end)
        if not self.frozen and self.key in written and written[self.key].begun_at:
            self.frozen.append(self.key)
            await self.freeze()
        return written


@pytest.mark.parametrize("key", ["card", "result", "file"])
async def test_another_process_posts_while_one_is_frozen(desk: Desk, key: str) -> None:
    """Whoever thaws when its claim has run out does not post what may stand by now."""
    order = await desk.commit(placed(11, state=OrderState.PURCHASED))

    async def freeze() -> None:
        await desk.clock.advance(15)
        await elsewhere(desk.up_to_date())

    frozen = Freezing(desk.services.posted, key, freeze)
    services = replace(
        desk.services, posted=cast("PostedStore", frozen), process="frozen", under_way=set()
    )
    with suppress(Conflict):
        await Delivery(Queue.deliveries(desk.redis, KEYS), desk.waiting, services, Round).deliver(
            order.id
        )
    await desk.up_to_date()
    texts = Counter(message.plain() for message in desk.slack.workspace.timeline)
    assert frozen.frozen == [key]
    assert max(texts.values()) == 1
    assert len(desk.slack.files) == 2


async def test_an_intent_that_took_long(desk: Desk) -> None:
    """Whoever is late begins no call: the next round looks first whether somebody else did."""
    order = await desk.commit(placed())

    async def freeze() -> None:
        await desk.clock.advance(6)

    usual = desk.services
    frozen = Freezing(usual.posted, "card", freeze)
    desk.services = replace(usual, posted=cast("PostedStore", frozen))
    desk.restart()
    await desk.deliver(order.id)
    assert desk.slack.calls == []
    assert await desk.due_in() == 0
    await desk.up_to_date()
    assert [call.method for call in desk.slack.calls] == [
        "conversations.history",
        "chat.postMessage",
    ]


class FrozenClient(SlackClient):
    """A client of a process that is frozen when it calls Slack, before any byte has left."""

    def __init__(self, desk: Desk, key: str, freeze: Callable[[], Awaitable[None]]) -> None:
        super().__init__(desk.client._web)
        self._key, self._freeze = key, freeze
        self.frozen: list[str] = []

    async def post(
        self, message: Message, thread: str | None, metadata: Mapping[str, Any]
    ) -> Place:
        """Be frozen, and go on."""
        if metadata["event_payload"]["key"] == self._key and not self.frozen:
            self.frozen.append(self._key)
            await self._freeze()
        return await super().post(message, thread, metadata)


@pytest.mark.parametrize("seconds", [15, 3600])
@pytest.mark.parametrize("key", ["card", "result"])
async def test_a_process_is_frozen_after_its_last_check(
    desk: Desk, key: str, seconds: float
) -> None:
    """Between that check and the bytes it is looked at once more: what left late may be twice."""
    order = await desk.commit(placed(3, state=OrderState.PURCHASED))

    async def freeze() -> None:
        await desk.clock.advance(seconds)
        await elsewhere(desk.up_to_date())

    client = FrozenClient(desk, key, freeze)
    services = replace(desk.services, client=client, process="frozen", under_way=set())
    with suppress(Conflict):
        await Delivery(Queue.deliveries(desk.redis, KEYS), desk.waiting, services, Round).deliver(
            order.id
        )
    await desk.up_to_date()
    texts = Counter(message.plain() for message in desk.slack.workspace.timeline)
    assert client.frozen == [key]
    assert max(texts.values()) == 1
