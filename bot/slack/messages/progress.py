"""Where an order stands, in a line or two."""

from datetime import datetime

from bot.domain.events import Event, OrderState
from bot.domain.order import Order
from bot.domain.purchase.attempt import Attempt, AttemptOutcome
from bot.slack.mrkdwn import clip, duration_in_words, esims, person, when
from bot.slack.words.figures import ended_in_doubt
from bot.slack.words.looks import evidence, looked_for_until, looks_so_far, provider_name
from bot.slack.words.states import reason_in_words, state_in_words, why_decided

_REASON = 300
"""Characters of a reason; the thread has room for more."""


def headline(order: Order) -> str:
    """What the order is about: a question while somebody must decide."""
    what = f"{esims(order.request.amount)} from {provider_name(order)}"
    return f"Buy {what}?" if order.state is OrderState.AWAITING_APPROVAL else what


def progress(order: Order) -> str:
    """The progress of an order: state, by whom, when, how long it took."""
    return _LINES[order.state](order)


def bought_of(order: Order) -> str:
    """`250 of 250 eSIMs`."""
    return f"{order.bought:,} of {esims(order.request.amount)}"


def approvers(order: Order) -> str:
    """`approved by @ben today at 10:15`; "" for an order that nobody approved."""
    decision = order.decision
    if decision is None or decision.state is not OrderState.APPROVED:
        return ""
    return f"approved by {' and '.join(map(person, order.approved_by))} {when(decision.at)}"


def _end_time(order: Order) -> str:
    """When it ended, and how long it took since the decision."""
    end = order.ended_at or order.history[-1].at
    decided = order.decision.at if order.decision else order.created_at
    return f"{when(end)}, {duration_in_words(end - decided)} after approval"


def _checking(order: Order) -> str:
    noted = f":mag: Noted as `{order.id}`: I look at what came of order `{order.rest_of}` first"
    if failure := _failed_check(order):
        return f"{noted}. {failure}"
    return f"{noted}; then it can be approved here."


def _failed_check(order: Order) -> str:
    """Why the look at the first order failed, and what follows."""
    last = order.history[-1]
    if last.event != Event.CHECK_FAILED:
        return ""
    reason = clip(reason_in_words(last.detail), _REASON) or "no reason was given"
    return f"I could not look ({reason}), so nothing was sent; I try again {_next(order.due_at)}."


def _awaiting(order: Order) -> str:
    return f"Waits for approval until {when(order.expires_at)}."


def _approved(order: Order) -> str:
    approved = f":hourglass_flowing_sand: A{approvers(order)[1:]}."
    if not order.must_check:
        return f"{approved} Buying is about to begin."
    look = _failed_check(order) or "then I buy what is still missing."
    return f"{approved} I look at what came of order `{order.rest_of}` first. {_capital(look)}"


def _purchasing(order: Order) -> str:
    last = order.last_attempt
    if unchecked := _failed_check(order):
        bought = f"{bought_of(order)} bought so far; {approvers(order)}"
        return f":hourglass_flowing_sand: {unchecked} {bought}."
    if last is not None and last.why:
        return (
            f":hourglass_flowing_sand: {_not_taken(order, last)}"
            f"{bought_of(order)} bought so far; {approvers(order)}."
        )
    share = f"{order.bought + (last.shortage if last else 0):,} of {order.request.amount:,}"
    return f":hourglass_flowing_sand: Buying {share}; {approvers(order)}."


def _not_taken(order: Order, last: Attempt) -> str:
    """Why the last call bought nothing, as far as known, and what follows."""
    why, name, again = (
        clip(reason_in_words(last.why), _REASON),
        provider_name(order),
        _next(order.due_at),
    )
    if last.too_late:
        return f"I did not send the call ({why}): nothing was bought by it. I try again {again}. "
    if order.must_look:
        said = "turned the call away" if last.turned_away else "did not take the call"
        return f"{name} {said} ({why}). I look at its list {again} before I send another one. "
    return (
        f"{name} did not take the call ({why}): nothing was bought by it, and I try again {again}. "
    )


def _in_doubt(order: Order) -> str:
    last, name = order.attempts[-1], provider_name(order)
    if order.wish is not None:
        return (
            f":mag: {person(order.wish.by)} decided to buy again what is missing. I look at "
            f"{name}'s list once more first, and send a new call only if that look works and "
            f"shows nothing new. {bought_of(order)} known so far; {approvers(order)}."
        )
    return (
        f":mag: I don't know yet what was bought: {clip(reason_in_words(last.why), _REASON)}. "
        f"I never send a purchase twice, so I look for it at {name} under the tag "
        f"`{last.reference}` instead: "
        f"{looks_so_far(order)}, next {_next(order.due_at)}. "
        f"{bought_of(order)} known so far; {approvers(order)}."
    )


def _needs_attention(order: Order) -> str:
    if order.bought:
        money = f"{bought_of(order)} known, and money may have been spent on more"
    else:
        money = "Money may have been spent all the same"
    return (
        f":rotating_light: A person must look: I can't tell what was bought. {evidence(order)} "
        f"{money}; {approvers(order)}. The thread says what to do."
    )


def _purchased(order: Order) -> str:
    return f":white_check_mark: Bought {bought_of(order)} {_end_time(order)}; {approvers(order)}."


def _partly(order: Order) -> str:
    if not order.remaining:
        return _turned_up(order)
    return (
        f":warning: Bought only {bought_of(order)} {_end_time(order)}; {approvers(order)}. "
        "I buy no more for this order; the thread says what is missing."
    )


def _turned_up(order: Order) -> str:
    """More turned up after the end: the state stays, so the text names both."""
    return (
        f":mag: Ended as {state_in_words(order.state)} {_end_time(order)}, but more turned up "
        f"since: {bought_of(order)} are bought; {approvers(order)}."
    )


def _refused(order: Order) -> str:
    if order.bought:
        return _turned_up(order)
    if nothing_missing(order):
        return (
            f":white_check_mark: Nothing was bought, since nothing is missing any more: all of "
            f"order `{order.rest_of}` has turned up meanwhile."
        )
    if closed_by := who_closed(order):
        return (
            f":no_entry_sign: Closed as not bought by {person(closed_by)} "
            f"{_end_time(order)}; {approvers(order)}. "
            f"I look for it until {looked_for_until(order)}."
        )
    nothing = "Nothing is known to be bought" if ended_in_doubt(order) else "Nothing was bought"
    return f":x: {nothing}: {_reason(order)} Ended {_end_time(order)}; {approvers(order)}."


def _reason(order: Order) -> str:
    """Why nothing was bought; the thread has more, where there is more to say."""
    name, last = provider_name(order), order.last_attempt
    if order.errors:
        return f"{name} refused it, and the thread says why."
    if last is not None and last.outcome is AttemptOutcome.NOT_SENT:
        return f"{name} took none of my calls, and the thread says why."
    return f"{name} refused it without a reason."


def nothing_missing(order: Order) -> bool:
    """Whether the rest of another order was not needed any more."""
    return any(entry.event is Event.NOTHING_MISSING for entry in order.since_the_end)


def who_closed(order: Order) -> str:
    """Who closed it as not bought; "" for nobody."""
    return next((entry.by for entry in order.since_the_end if entry.event is Event.CLOSED), "")


def _declined(order: Order) -> str:
    return f":no_entry_sign: Declined by {_decided(order)}. Nothing was bought."


def _cancelled(order: Order) -> str:
    return (
        f":no_entry_sign: Cancelled by {_decided(order)}. Nothing was bought. "
        f"{clip(why_decided(order.decision), _REASON)}"
    ).rstrip()


def _expired(order: Order) -> str:
    end = order.ended_at or order.history[-1].at
    return (
        f":alarm_clock: Expired {when(end)}: nobody decided within "
        f"{duration_in_words(order.terms.expiry())}. Nothing was bought; send the command again "
        "if it is still wanted."
    )


def _decided(order: Order) -> str:
    decision = order.decision
    return f"{person(decision.by)} {when(decision.at)}" if decision else "nobody"


def _next(due: datetime | None) -> str:
    return when(due) if due else "soon"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


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
