"""What an order costs, as far as it is known by now."""

from bot.domain.events import Event, OrderState
from bot.domain.order import Order
from bot.domain.purchase.attempt import Attempt, AttemptOutcome
from bot.slack.mrkdwn import cost

_NOT_YET = frozenset({OrderState.CHECKING, OrderState.AWAITING_APPROVAL, OrderState.APPROVED})


def price(order: Order) -> tuple[str, str]:
    """Label and price: an estimate before the purchase, then the price of what was bought."""
    if order.quote is None:
        return "Price", "is being asked"
    named = "Price" if order.quote.firm else "Estimated cost"
    whole = cost(order.quote)
    known = cost(order.quote.scaled(order.bought, order.request.amount))
    if order.state is OrderState.NEEDS_ATTENTION or ended_in_doubt(order):
        spent = known if order.bought else "nothing known"
        return "Cost so far", f"{spent}; more may have been spent"
    if order.state.is_final:
        return "Cost", known if order.bought else "nothing: nothing was bought"
    if order.bought and order.state not in _NOT_YET:
        return named, f"{whole}; of that {known} for what is known to be bought"
    return named, whole


def ended_in_doubt(order: Order) -> bool:
    """Whether a call may have bought more than is known, and nobody has checked it."""
    if not order.state.is_final or any(each.event is Event.CLOSED for each in order.since_the_end):
        return False
    return any(map(_is_doubtful, order.attempts))


def _is_doubtful(attempt: Attempt) -> bool:
    """Whether it is in doubt, or was refused by the provider without a successful look since."""
    if attempt.outcome is AttemptOutcome.NOT_SENT:
        return attempt.turned_away and not attempt.looks_that_worked
    return attempt.outcome is AttemptOutcome.UNKNOWN and bool(attempt.shortage)


def spelled(status: str) -> str:
    """A provider's word without underscores."""
    return status.replace("_", " ")
