"""Where an order stands, in a line or two."""

from datetime import datetime

from bot.domain.attempt import Attempt
from bot.domain.order import NOTHING_MISSING, Order
from bot.domain.state import OrderState
from bot.slack.text import clip, counted, esims, lasting, person, times, when

PROVIDERS = {"telnyx": "Telnyx"}
"""Names of the providers as people write them."""
_REASON = 300
"""Characters of a reason; the thread has room for more."""


def provider_name(order: Order) -> str:
    """The provider's name as people write it."""
    return PROVIDERS.get(order.provider, order.provider)


def headline(order: Order) -> str:
    """What the order is about: a question while somebody must decide."""
    what = f"{esims(order.request.amount)} from {provider_name(order)}"
    return f"Buy {what}?" if order.state is OrderState.AWAITING_APPROVAL else what


def progress(order: Order) -> str:
    """What has become of a decided order: state, by whom, when, how long it took."""
    return _LINES[order.state](order)


def bought_of(order: Order) -> str:
    """`250 of 250 eSIMs`."""
    return f"{len(order.sims):,} of {esims(order.request.amount)}"


def approval(order: Order) -> str:
    """`approved by @ben today at 10:15`."""
    decision = order.decision
    return f"approved by {person(decision.by)} {when(decision.at)}" if decision else ""


def _ended(order: Order) -> str:
    """When it ended, and how long it took since the decision."""
    end = next(entry.at for entry in order.history if entry.state is order.state)
    decided = order.decision.at if order.decision else order.created_at
    return f"{when(end)}, {lasting(end - decided)} after approval"


def _approved(order: Order) -> str:
    return f":hourglass_flowing_sand: A{approval(order)[1:]}. Buying is about to begin."


def _purchasing(order: Order) -> str:
    last = order.last_attempt
    if last is not None and last.why:
        return (
            f":hourglass_flowing_sand: {provider_name(order)} did not take the call "
            f"({clip(last.why, _REASON)}): nothing was bought by it, and I try again "
            f"{_next(order.due_at)}. {bought_of(order)} bought so far; {approval(order)}."
        )
    share = f"{len(order.sims) + (last.shortage if last else 0):,} of {order.request.amount:,}"
    return f":hourglass_flowing_sand: Buying {share}; {approval(order)}."


def _in_doubt(order: Order) -> str:
    last = order.attempts[-1]
    return (
        f":mag: I don't know yet what was bought: {clip(last.why, _REASON)}. I never send a "
        f"purchase twice, so I look for it at {provider_name(order)} under the tag "
        f"`{last.reference}` instead: {_looks(last)}, next {_next(order.due_at)}. "
        f"{bought_of(order)} known so far; {approval(order)}."
    )


def _needs_attention(order: Order) -> str:
    last = order.attempts[-1]
    return (
        f":rotating_light: A person must look: I looked {times(len(last.lookups))} and can't tell "
        f"what was bought. {bought_of(order)} known, and money may have been spent on more; "
        f"{approval(order)}. The thread says what to do."
    )


def _purchased(order: Order) -> str:
    return f":white_check_mark: Bought {bought_of(order)} {_ended(order)}; {approval(order)}."


def _partly(order: Order) -> str:
    if not order.remaining:
        return _turned_up(order)
    return (
        f":warning: Bought only {bought_of(order)} {_ended(order)}; {approval(order)}. "
        "I buy no more for this order; the thread says what is missing."
    )


def _turned_up(order: Order) -> str:
    """More became known after the end: the state stays, but it is not the whole truth."""
    return (
        f":mag: Ended as {order.state.replace('_', ' ')} {_ended(order)}, but more turned up "
        f"since: {bought_of(order)} are bought; {approval(order)}."
    )


def _refused(order: Order) -> str:
    if order.sims:
        return _turned_up(order)
    if any(entry.event == NOTHING_MISSING for entry in order.history):
        return (
            f":white_check_mark: Nothing was bought, since nothing is missing any more: all of "
            f"order `{order.rest_of}` has turned up meanwhile."
        )
    if any(entry.event == "closed" for entry in order.history):
        return (
            f":no_entry_sign: Closed as not bought by {person(_closed_by(order))} "
            f"{_ended(order)}; {approval(order)}. I look for it for another day."
        )
    return (
        f":x: Nothing was bought: {provider_name(order)} refused or could not be reached. "
        f"Ended {_ended(order)}; {approval(order)}. The thread says why."
    )


def _closed_by(order: Order) -> str:
    return next(entry.by for entry in order.history if entry.event == "closed")


def _declined(order: Order) -> str:
    return f":no_entry_sign: Declined by {_decided(order)}. Nothing was bought."


def _cancelled(order: Order) -> str:
    detail = order.decision.detail if order.decision else ""
    return (
        f":no_entry_sign: Cancelled by {_decided(order)}. Nothing was bought. "
        f"{clip(detail, _REASON)}"
    ).rstrip()


def _expired(order: Order) -> str:
    return (
        f":alarm_clock: Expired {when(order.history[-1].at)}: nobody decided within "
        f"{lasting(order.terms.expiry())}. Nothing was bought; send the command again if it is "
        "still wanted."
    )


def _awaiting(order: Order) -> str:
    return f"Waits for approval until {when(order.expires_at)}."


def _decided(order: Order) -> str:
    decision = order.decision
    return f"{person(decision.by)} {when(decision.at)}" if decision else "nobody"


def _looks(attempt: Attempt) -> str:
    return f"{counted(len(attempt.lookups), 'look')} so far" if attempt.lookups else "no look yet"


def _next(due: datetime | None) -> str:
    return when(due) if due else "soon"


def _checking(order: Order) -> str:
    return f":mag: Being checked since {when(order.created_at)}: the card follows."


_LINES = {
    OrderState.CHECKING: _checking,
    OrderState.AWAITING_APPROVAL: _awaiting,
    OrderState.APPROVED: _approved,
    OrderState.PURCHASING: _purchasing,
    OrderState.IN_DOUBT: _in_doubt,
    OrderState.NEEDS_ATTENTION: _needs_attention,
    OrderState.PURCHASED: _purchased,
    OrderState.PARTLY_PURCHASED: _partly,
    OrderState.REFUSED: _refused,
    OrderState.DECLINED: _declined,
    OrderState.CANCELLED: _cancelled,
    OrderState.EXPIRED: _expired,
}
