"""What an order costs and what became of its SIM cards, as far as each is known by now."""

from bot.domain.attempt import Attempt, AttemptOutcome
from bot.domain.events import Event, OrderState
from bot.domain.order import Order
from bot.slack.mrkdwn import clip, cost

_NOT_YET = frozenset({OrderState.CHECKING, OrderState.AWAITING_APPROVAL, OrderState.APPROVED})
_SETTLED = frozenset(
    {
        "enabled",
        "disabled",
        "standby",
        "data_limit_exceeded",
        "unauthorized_imei",
        "blocked",
        "abolished",
    }
)
"""Words of providers for what a SIM card has come to; every other one is on its way there."""


def price(order: Order) -> tuple[str, str]:
    """What it is called, and the money: an estimate before the purchase, then what came of it."""
    whole = cost(order.terms.estimate)
    known = cost(order.terms.estimate.scaled(len(order.sims), order.request.amount))
    if order.state is OrderState.NEEDS_ATTENTION or ended_in_doubt(order):
        spent = known if order.sims else "nothing known"
        return "Cost so far", f"{spent}; more may have been spent"
    if order.state.is_final:
        return "Cost", known if order.sims else "nothing: nothing was bought"
    if order.sims and order.state not in _NOT_YET:
        return "Estimated cost", f"{whole}; of that {known} for what is known to be bought"
    return "Estimated cost", whole


def ended_in_doubt(order: Order) -> bool:
    """Whether a call may have bought more all the same, and nobody has made sure of it."""
    doubtful = any(map(_is_doubtful, order.attempts))
    closed = any(entry.event is Event.CLOSED for entry in order.history)
    return order.state.is_final and doubtful and not closed


def _is_doubtful(attempt: Attempt) -> bool:
    """In doubt; or turned away by the provider, and no look since then has worked."""
    if attempt.outcome is AttemptOutcome.NOT_SENT:
        return attempt.turned_away and not attempt.looks_that_worked
    return attempt.outcome is AttemptOutcome.UNKNOWN and bool(attempt.shortage)


def status(order: Order) -> str:
    """The status that was asked for, and once there are SIM cards what they have come to."""
    wanted = str(order.request.status)
    if not order.sims:
        chosen = order.request.status_chosen
        return wanted if chosen else f"{wanted} (the usual one; none was given)"
    words = dict.fromkeys(sim.status or "" for sim in order.sims)
    if set(words) <= {wanted}:
        return wanted
    if not set(words) <= _SETTLED:
        return f"{wanted} once ready"
    return f"{clip(', '.join(map(spelled, words)), 300)}; {wanted} was asked for"


def spelled(status: str) -> str:
    """A provider's word without underscores."""
    return status.replace("_", " ")
