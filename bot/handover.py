"""Hands what this process has committed to its own workers: nobody need look for it in a queue."""

from collections.abc import Awaitable, Callable
from functools import partial

from bot.domain.order import Order
from bot.domain.thing import Thing
from bot.engine.purchases import Hands
from bot.store.orders import Change, Followers
from bot.store.queues import Claim
from bot.worker import Worker

Deliver = Callable[[str, Order | None], Awaitable[None]]
"""Brings Slack up to date with an order, as it is given or else as Redis has it."""
Quiet = Callable[[], Awaitable[None]]
"""Waits, for a moment at most, until nobody waits for an acknowledgement."""


async def _nothing(*_: object) -> None:
    """Do nothing."""


class Handover(Followers, Hands):
    """Between the store and the workers of this process; before `join` everything is queued."""

    def __init__(self) -> None:
        self._agenda: Worker | None = None
        self._deliveries: Worker | None = None
        self._deliver: Deliver = _nothing
        self._quiet: Quiet = _nothing
        self._buying: dict[str, Order] = {}
        """The orders of which a call of this process is under way, as it committed them last."""

    def join(self, agenda: Worker, deliveries: Worker, deliver: Deliver, quiet: Quiet) -> None:
        """From now on, these go on with what is committed; a new card waits for `quiet`."""
        self._agenda, self._deliveries = agenda, deliveries
        self._deliver, self._quiet = deliver, quiet

    # For the store

    @property
    def deliver(self) -> bool:
        """Whether there is room to bring Slack up to date at once."""
        return self._deliveries is not None and self._deliveries.has_room

    def committed(self, change: Change, claim: str) -> None:
        """Deliver what this process has the claim of; wake whoever finds the rest in a queue."""
        order = change.order
        if change.sends:
            self._buying[order.id] = order
        elif not change.leaves_a_call:
            self._buying.pop(order.id, None)
        if claim and self._deliveries:
            held = Claim(Thing.order(order.id), claim, str(order.version))
            deliver = self._deliver_card if order.version == 1 else self._deliver
            self._deliveries.take(held, partial(deliver, order.id, order))
        elif self._deliveries and not change.goes_on:
            self._deliveries.wake()
        if self._agenda and order.is_due:
            self._agenda.wake()

    async def _deliver_card(self, order_id: str, order: Order) -> None:
        """People who wait for an acknowledgement go before the card of one who has theirs."""
        await self._quiet()
        await self._deliver(order_id, order)

    async def deliver_claimed(self, order_id: str) -> None:
        """Deliver what was found in the queue: one that is being bought as it is known here."""
        await self._deliver(order_id, self._buying.get(order_id))

    def again(self, shown: Order | None) -> None:
        """A delivery is due again; `shown`: the order as delivered, when it has changed since.

        Where this process knows no newer one, another process has changed it.
        """
        if shown is not None and self._buying.get(shown.id) is shown:
            del self._buying[shown.id]
        if self._deliveries:
            self._deliveries.wake()

    # For purchases

    @property
    def has_room(self) -> bool:
        """Whether there is a place for a purchase beside what came due."""
        return self._agenda is not None and self._agenda.has_room

    def take(self, claim: Claim, work: Callable[[], Awaitable[None]]) -> None:
        """Make a purchase under the claim that its commit gave."""
        if self._agenda:
            self._agenda.take(claim, work)
