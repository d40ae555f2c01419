"""What becomes of an order whose card Slack does not take: without it nobody can decide."""

from bot.clock import Clock
from bot.domain.events import OrderState
from bot.domain.order import BOT
from bot.errors import Conflict
from bot.store.orders import OrderStore

_TRIES = 5
"""Times that it is decided again when others change the order at the same moment."""


class RefusedCards:
    """Delivery reports that a card has no place; here it is decided what follows."""

    def __init__(self, store: OrderStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def refused(self, order_id: str, error: str) -> None:
        """Cancel the order if it waits for a decision: its requester is told why.

        `error` is Slack's own word, and becomes the detail of the entry. An order that has gone
        on, is still checked, or is not known any more stays as it is, so this may be reported any
        number of times. Raises StoreUnavailable, and Conflict when others change it all the time.
        """
        for _ in range(_TRIES):
            order = await self._store.load(order_id)
            if order is None or order.state is not OrderState.AWAITING_APPROVAL:
                return
            now = self._clock.now()
            try:
                await self._store.save(order.cancel(BOT, now, error), order, now)
            except Conflict:
                continue
            return
        raise Conflict
