"""Takes an order from one state to another, a second a step."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.events import OrderState
from bot.domain.order import Order
from bot.domain.purchase.outcome import Bought, Outcome, Refused, Unknown
from bot.domain.purchase.sim import ProviderError, Remedy, Sim

STEP = timedelta(seconds=1)
"""Time from one step of an order to the next."""
NO_STOCK = ProviderError(
    code="70001",
    title="Insufficient SIM cards in stock",
    detail="Not enough eSIMs are available.",
    remedy=Remedy.LATER_OR_FEWER,
)
FIRST_ID = "1ST2M9QX"
"""The order of which an order that is being checked is the rest."""
LOOKED_UP = {OrderState.IN_DOUBT, OrderState.NEEDS_ATTENTION}
"""States in which the list of the provider is asked."""
LOST = "the connection broke before the answer came"
"""Why an attempt of these orders is in doubt."""


def bring(
    order: Order,
    state: OrderState,
    approver: str,
    sims: tuple[Sim, ...],
    errors: tuple[ProviderError, ...],
) -> Order:
    """Bring an order that awaits approval towards `state`, as an order may go."""
    match state:
        case OrderState.CHECKING:
            return _being_checked(order, approver)
        case OrderState.AWAITING_APPROVAL:
            return order
        case OrderState.DECLINED:
            return order.decline(approver, now_of(order))
        case OrderState.CANCELLED:
            return order.cancel(order.requester, now_of(order))
        case OrderState.EXPIRED:
            return order.expire(order.created_at + order.terms.expiry())
        case _:
            return _bought_until(order.approve(approver, now_of(order)), state, sims, errors)


def _being_checked(order: Order, approver: str) -> Order:
    """The same order as the rest of another one, of which one eSIM was bought."""
    request = order.request.model_copy(update={"amount": order.request.amount + 1})
    first = order.model_copy(update={"id": FIRST_ID, "request": request})
    short = bought(first.approve(approver, now_of(first)), [Sim(iccid="8931000000000000001")])
    return Order.place_rest(
        order.id,
        short,
        terms=order.terms,
        quote=order.quote,
        requirement=order.requirement,
        by=order.requester,
        at=now_of(short),
    )


def now_of(order: Order) -> datetime:
    """The time of the next step: a second after the last one."""
    return order.history[-1].at + STEP


def bought(order: Order, sims: Sequence[Sim], errors: Sequence[ProviderError] = ()) -> Order:
    """Buy for an approved order, in as many calls as it takes, until these SIM cards are used up.

    A last call that gets fewer than it asks for is answered with the errors.
    """
    left = tuple(sims)
    while order.state in {OrderState.APPROVED, OrderState.PURCHASING}:
        order = started(order)
        quantity = order.attempts[-1].quantity
        got, left = left[:quantity], left[quantity:]
        why = tuple(errors) or ((NO_STOCK,) if len(got) < quantity else ())
        order = answered(order, Bought(sims=got, errors=why) if got else Refused(errors=why))
    return order


def started(order: Order) -> Order:
    """Record the next call, with half a minute to answer."""
    at = now_of(order)
    return order.start_attempt(at, at + timedelta(seconds=30))


def answered(order: Order, outcome: Outcome) -> Order:
    """Take the answer to the call that was started last."""
    return order.record(len(order.attempts), outcome, now_of(order))


def due_step(order: Order) -> Order:
    """What the engine does with an order that is due; a look finds nothing, a call is lost."""
    now = order.due_at or now_of(order)
    match order.state:
        case OrderState.CHECKING:
            return order.checked(order.request.amount, now)
        case OrderState.AWAITING_APPROVAL:
            return order.expire(now)
        case _ if order.must_look or order.state in LOOKED_UP:
            return order.looked_up({}, now)
        case _ if order.state.is_final:
            return order.found_late({}, now)
        case _ if order.attempt_is_open:
            return order.doubt("stopped", now)
        case _:
            return order.start_attempt(now, now + STEP)


def _bought_until(
    order: Order, state: OrderState, sims: tuple[Sim, ...], errors: tuple[ProviderError, ...]
) -> Order:
    match state:
        case OrderState.APPROVED:
            return order
        case OrderState.PURCHASING:
            return _under_way(order, sims)[0]
        case OrderState.IN_DOUBT:
            return _doubted(order, sims, errors)
        case OrderState.NEEDS_ATTENTION:
            return unsettled(_doubted(order, sims, errors))
        case _:
            return bought(order, sims, errors)


def _under_way(order: Order, sims: tuple[Sim, ...]) -> tuple[Order, tuple[Sim, ...]]:
    """Buy the full calls among the SIM cards, start the next; and what is left of the cards."""
    order = started(order)
    while len(sims) >= (quantity := order.attempts[-1].quantity):
        order = started(answered(order, Bought(sims=sims[:quantity])))
        sims = sims[quantity:]
    return order, sims


def _doubted(order: Order, sims: tuple[Sim, ...], errors: tuple[ProviderError, ...]) -> Order:
    """Lose the answer to the call that is under way; the look-up finds the SIM cards left."""
    order, left = _under_way(order, sims)
    lost = answered(order, Unknown(why=LOST, errors=errors))
    return looked(lost, left) if left else lost


def unsettled(order: Order) -> Order:
    """Look until a person has to: nothing found, or SIM cards and then no answer."""
    found = () if not order.attempts[-1].sims else None
    while order.state is OrderState.IN_DOUBT:
        order = looked(order, found)
    return order


def looked(order: Order, *looks: Sequence[Sim] | None) -> Order:
    """The order after these looks, each of which listed this for its last call, or failed."""
    for sims in looks:
        last = order.attempts[-1] if order.attempts else order
        found = None if sims is None else {last.reference: tuple(sims)}
        order = order.looked_up(found, now_of(order), "" if found is not None else "HTTP 503")
    return order


def listed(order: Order, number: int, sims: Sequence[Sim]) -> dict[str, tuple[Sim, ...]]:
    """A list that shows these SIM cards under the reference of one of the order's calls."""
    return {order.attempts[number - 1].reference: tuple(sims)}
