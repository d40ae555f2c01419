"""Where an order stands, in a line or two."""

from datetime import datetime

from bot.domain.events import Event, OrderState
from bot.domain.order import Order
from bot.domain.purchase.attempt import Attempt, AttemptOutcome
from bot.slack.mrkdwn import clip, duration_in_words, person, when
from bot.slack.words.figures import ended_in_doubt, what_then, why_stopped
from bot.slack.words.kinds import (
    bought_of,
    capital,
    counted_so_far,
    done_to,
    name_of,
    risk_of,
    subject_of,
    unknown_of,
    wish_again_of,
    wish_of,
    words_of,
)
from bot.slack.words.looks import (
    call_again,
    evidence,
    looked_for_until,
    looks_so_far,
    provider_name,
    where_it_looks,
)
from bot.slack.words.states import reason_in_words, state_in_words, why_decided

_REASON = 300
"""Characters of a reason; the thread has room for more."""


def headline(order: Order) -> str:
    """What the order is about: a question while somebody must decide."""
    if order.state is OrderState.AWAITING_APPROVAL:
        return f"{wish_of(order)}{words_of(order).at}{provider_name(order)}?"
    return capital(about(order))


def about(order: Order) -> str:
    """What the order is about: `3 eSIMs from Telnyx`."""
    return f"{name_of(order)}{words_of(order).at}{provider_name(order)}"


def progress(order: Order) -> str:
    """The progress of an order: state, by whom, when, how long it took."""
    return _LINES[order.state](order)


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
    what = f"I ask {provider_name(order)} {words_of(order).asked}"
    if order.rest_of and order.quote is not None:
        what = f"I look at what came of order `{order.rest_of}` first"
    noted = f":mag: Noted as `{order.id}`: {what}"
    if failure := _failed_check(order):
        return f"{noted}. {failure}"
    return f"{noted}; then it can be approved here."


def _failed_check(order: Order) -> str:
    """Why the look at the first order, or the question for the price, failed; what follows."""
    last = order.history[-1]
    tried = {
        Event.CHECK_FAILED: "look",
        Event.PRICE_FAILED: f"ask {provider_name(order)} {words_of(order).asked}",
    }.get(last.event)
    if tried is None:
        return ""
    reason = clip(reason_in_words(last.detail, order.kind), _REASON) or "no reason was given"
    return (
        f"I could not {tried} ({reason}), so nothing was sent; I try again {_next(order.due_at)}."
    )


def _awaiting(order: Order) -> str:
    return f"Waits for approval until {when(order.expires_at)}."


def _approved(order: Order) -> str:
    approved = f":hourglass_flowing_sand: A{approvers(order)[1:]}."
    if not order.must_check and (failed := _failed_check(order)):
        return f"{approved} {failed}"
    if not order.must_check:
        return f"{approved} {capital(words_of(order).doing)} is about to begin."
    look = _failed_check(order) or "then I buy what is still missing."
    return f"{approved} I look at what came of order `{order.rest_of}` first. {capital(look)}"


def _purchasing(order: Order) -> str:
    last = order.last_attempt
    if unchecked := _failed_check(order):
        return f":hourglass_flowing_sand: {unchecked} {_bought_so_far(order)}."
    if last is not None and last.why:
        return f":hourglass_flowing_sand: {_not_taken(order, last)}{_bought_so_far(order)}."
    words, share = words_of(order), subject_of(order)
    if words.counts:
        share = f"{order.bought + (last.shortage if last else 0):,} of {order.amount:,}"
    return f":hourglass_flowing_sand: {capital(words.doing)} {share}; {approvers(order)}."


def _bought_so_far(order: Order) -> str:
    return capital(f"{counted_so_far(order, 'bought so far')}{approvers(order)}")


def _not_taken(order: Order, last: Attempt) -> str:
    """Why the last call bought nothing, as far as known, and what follows."""
    why, name = clip(reason_in_words(last.why, order.kind), _REASON), provider_name(order)
    again, nothing = _next(order.due_at), f"nothing was {words_of(order).done} by it"
    if last.too_late:
        return f"I did not send the call ({why}): {nothing}. I try again {again}. "
    if order.must_look:
        said = "turned the call away" if last.turned_away else "did not take the call"
        return f"{name} {said} ({why}). I look at its list {again} before I send another one. "
    return f"{name} did not take the call ({why}): {nothing}, and I try again {again}. "


def _in_doubt(order: Order) -> str:
    last, name = order.attempts[-1], provider_name(order)
    why = clip(reason_in_words(last.why, order.kind), _REASON)
    known = f"{counted_so_far(order, 'known so far')}{approvers(order)}"
    if order.wish is not None:
        call = call_again(order, order.wish.at)
        return (
            f":mag: {person(order.wish.by)} decided to {wish_again_of(order)}. I look at "
            f"{name}'s list once more first, and send {call} only if that look works "
            f"and shows nothing new. {capital(known)}."
        )
    return (
        f":mag: I don't know yet {unknown_of(order)}: {why}. "
        f"I never send a {words_of(order).noun} twice, so I look "
        f"{where_it_looks(order)}: {looks_so_far(order)}, next {_next(order.due_at)}. "
        f"{capital(known)}."
    )


def _needs_attention(order: Order) -> str:
    if order.bought and words_of(order).counts:
        money = f"{bought_of(order)} known, and money may have been spent on more"
    else:
        money = f"{risk_of(order)} all the same"
    return (
        f":rotating_light: A person must look: I can't tell {unknown_of(order)}. {evidence(order)} "
        f"{money}; {approvers(order)}. The thread says what to do."
    )


def _purchased(order: Order) -> str:
    return f":white_check_mark: {done_to(order)} {_end_time(order)}; {approvers(order)}."


def _partly(order: Order) -> str:
    if not order.remaining:
        return _turned_up(order)
    why = f"I stopped: {why_stopped(order)}; " if why_stopped(order) else ""
    return (
        f":warning: Bought only {bought_of(order)} {_end_time(order)}; {why}{approvers(order)}. "
        "I buy no more for this order; the thread says what is missing."
    )


def _turned_up(order: Order) -> str:
    """More turned up after the end: the state stays, so the text names both."""
    words = words_of(order)
    came = f"more turned up since: {bought_of(order)} are {words.done}"
    if not words.counts:
        came = f"it turned up since: {bought_of(order)} is {words.done}"
    ended = f"Ended as {state_in_words(order.state, order.kind)} {_end_time(order)}"
    return f":mag: {ended}, but {came}; {approvers(order)}."


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
            f":no_entry_sign: Closed as not {words_of(order).done} by {person(closed_by)} "
            f"{_end_time(order)}; {approvers(order)}. "
            f"I look for it until {looked_for_until(order)}."
        )
    if why := why_stopped(order):
        return _stopped(order, why)
    words = words_of(order)
    nothing = f"Nothing is known to be {words.done}" if ended_in_doubt(order) else words.undone
    return f":x: {nothing}: {_reason(order)} Ended {_end_time(order)}; {approvers(order)}."


def _stopped(order: Order, why: str) -> str:
    """That the provider was asked, and nothing was sent to it."""
    if not approvers(order):
        return f":x: {capital(why)}: nothing was ordered. {what_then(order)}"
    known = "is known to be" if ended_in_doubt(order) else "was"
    nothing = f"nothing {known} {words_of(order).done}"
    return f":x: {capital(why)}: {nothing}; {approvers(order)}. {what_then(order)}"


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
    return f":no_entry_sign: Declined by {_decided(order)}. {words_of(order).undone}."


def _cancelled(order: Order) -> str:
    return (
        f":no_entry_sign: Cancelled by {_decided(order)}. {words_of(order).undone}. "
        f"{clip(why_decided(order.decision), _REASON)}"
    ).rstrip()


def _expired(order: Order) -> str:
    end = order.ended_at or order.history[-1].at
    return (
        f":alarm_clock: Expired {when(end)}: nobody decided within "
        f"{duration_in_words(order.terms.expiry())}. {words_of(order).undone}; send the command "
        "again if it is still wanted."
    )


def _decided(order: Order) -> str:
    decision = order.decision
    return f"{person(decision.by)} {when(decision.at)}" if decision else "nobody"


def _next(due: datetime | None) -> str:
    return when(due) if due else "soon"


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
