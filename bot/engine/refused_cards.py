"""Cancels an order whose card Slack does not take: without a card nobody can decide."""

from bot.clock import Clock
from bot.domain.events import OrderState
from bot.domain.order import BOT
from bot.store.orders import OrderStore
from bot.store.orders.committing import until_committed


class RefusedCards:
    """Decides what follows when delivery reports that no place takes a card."""

    def __init__(self, store: OrderStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def refused(self, order_id: str, error: str) -> None:
        """Cancel the order if it waits for a decision: its requester is told why.

        `error` is Slack's own word; it becomes the detail of the entry. Any other order stays as it
        is, so the same report may come any number of times. Raises StoreUnavailable, and Conflict
        when others keep changing the order.
        """

        async def cancel() -> None:
            order = await self._store.load(order_id)
            if order is None or order.state is not OrderState.AWAITING_APPROVAL:
                return
            now = self._clock.now()
            await self._store.save(order.cancel(BOT, now, error), order, now)

        await until_committed(cancel)
