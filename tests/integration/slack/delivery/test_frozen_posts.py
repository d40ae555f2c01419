"""A process that is frozen right before a post: another one has posted the same by then."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

import pytest

from bot.domain.events import OrderState
from bot.errors import Conflict
from bot.slack.delivery import Delivery, Round
from bot.store.queues import Queue
from tests.integration.slack.desk import placed
from tests.support.orders import KEYS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.store.posted import Posted, PostedStore
    from tests.integration.slack.desk import Desk


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

    async def change(self, order_id: str, key: str, read: Posted, new: Posted) -> Posted:
        """Write it down; the answer comes when the process is thawed."""
        written = await self.real.change(order_id, key, read, new)
        if key == self.key and new.begun_at and not self.frozen:
            self.frozen.append(key)
            await self.freeze()
        return written


@pytest.mark.parametrize("key", ["card", "result", "file"])
async def test_another_process_posts_while_one_is_frozen(desk: Desk, key: str) -> None:
    """Whoever thaws when its claim has run out does not post what may stand by now."""
    order = await desk.commit(placed(11, state=OrderState.PURCHASED))

    async def freeze() -> None:
        await desk.clock.advance(15)
        await desk.up_to_date()

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
