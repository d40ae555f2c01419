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
    from collections.abc import Awaitable, Callable, Mapping

    from bot.store.posted import Posted, PostedStore, RoundEnd
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
