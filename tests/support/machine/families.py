"""What must hold of orders together, and from one step to the next."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from bot.domain.order import Order
from bot.domain.request import OrderKind
from tests.support.machine.checks import Seen
from tests.support.machine.seller import Seller

_FULFILLED = {("buy_again", "attempt_started"), ("buy_again", "attempt_repeated")}
"""Events with the look between them: somebody wished for a call, and it was made."""


class Families:
    """All orders as they were after the last step. A rest is of the family of its first order."""

    def __init__(self) -> None:
        self._before: Mapping[str, Seen] = {}

    def check(self, all_seen: Sequence[Seen], seller: Seller) -> None:
        """Raise AssertionError for a promise that was broken in this step, or between orders."""
        orders = {seen.order.id: seen.order for seen in all_seen}
        for seen in all_seen:
            self._ended_for_ever(seen)
            self._wish_holds_for_one_look(seen, seller)
            self._bought_what_is_missing(seen.order, orders)
            _has_one_rest(seen.order, orders)
        _count_once(orders.values())
        self._before = {seen.order.id: seen for seen in all_seen}

    def _ended_for_ever(self, seen: Seen) -> None:
        """An order that has ended stays as it ended, and nothing is sent for it any more."""
        before, now = self._before.get(seen.order.id), seen.order.state
        if before is None or not before.order.state.is_final:
            return
        assert before.order.state is now, f"{before.order.state} became {now}"
        assert len(seen.sends) == len(before.sends), "sent after its end"

    def _bought_what_is_missing(self, order: Order, orders: Mapping[str, Order]) -> None:
        """The first call of this step asks for no more than its family was short of before it.

        A rest is held against its family once, before its first call.
        """
        before = self._before.get(order.id)
        begun = len(before.order.attempts) if before else 0
        new = order.attempts[begun : begun + 1]
        if begun and order.rest_of:
            return
        first = _first_of(order, orders)
        family = [each.order for each in self._before.values() if _is_of(each.order, first, orders)]
        known = sum(len(each.sims) for each in family)
        for attempt in new:
            assert attempt.quantity + known <= first.request.amount, "bought though it is there"

    def _wish_holds_for_one_look(self, seen: Seen, seller: Seller) -> None:
        """Who wished to buy again gets another call only if the look showed nothing new."""
        before = self._before.get(seen.order.id)
        if before is None:
            return
        steps = zip(seen.trail, seen.trail[2:], strict=False)
        new = list(steps)[max(0, len(before.trail) - 2) :]
        if not any((wish.event, call.event) in _FULFILLED for wish, call in new):
            return
        attempts = before.order.attempts
        known = {sim.provider_id or "" for attempt in attempts for sim in attempt.sims}
        assert seller.shown_lately(seen.order.id) <= known, "bought again though it turned up"


def _first_of(order: Order, orders: Mapping[str, Order]) -> Order:
    """The order with which its family began."""
    while order.rest_of is not None:
        order = orders[order.rest_of]
    return order


def _is_of(order: Order, first: Order, orders: Mapping[str, Order]) -> bool:
    return _first_of(order, orders).id == first.id


def _has_one_rest(first: Order, orders: Mapping[str, Order]) -> None:
    """What an order fell short of is ordered once, unless that came to nothing."""
    rests = [each for each in orders.values() if each.rest_of == first.id]
    count = sum(not each.came_to_nothing for each in rests)
    assert count <= 1, f"the rest of {first.id} was ordered {count} times"


def _count_once(orders: Iterable[Order]) -> None:
    """No SIM card is counted by two orders that bought it."""
    bought = [order for order in orders if order.kind is OrderKind.PURCHASE]
    counts = Counter(sim.iccid for order in bought for sim in order.sims if sim.iccid)
    assert max(counts.values(), default=1) == 1, "a SIM card is counted by two orders"
