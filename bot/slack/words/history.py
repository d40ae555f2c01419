"""An order's history in words: who asked, who decided, what was sent, with what result."""

from collections.abc import Callable, Iterator

from bot.domain.events import Event, OrderState, Reason
from bot.domain.order import BOT, Order
from bot.domain.purchase.attempt import Attempt, AttemptOutcome, Lookup
from bot.slack.mrkdwn import clip, counted, esims, exactly, person
from bot.slack.words.kinds import words_of
from bot.slack.words.looks import look_result, provider_name
from bot.slack.words.states import reason_in_words, why_decided

_LAST = 8
"""Steps at the end that are always shown."""
_OF_PEOPLE = 5
"""The latest steps that people made, shown wherever they stand; who asked is, besides."""
_DETAIL = 250
"""Characters of a reason."""


def history(order: Order) -> Iterator[str]:
    """A line a step; where many are left out, how many: never who asked and who decided."""
    shown = _shown_places(order)
    before = -1
    for place in shown:
        if place - before > 1:
            yield f"_…and {counted(place - before - 1, 'step')} between_"
        entry = order.history[place]
        yield f"• {exactly(entry.at)} {_step(order, place)}"
        before = place


def _shown_places(order: Order) -> list[int]:
    """The places of the steps that are shown."""
    places = range(order.version)
    by_people = [place for place in places if order.history[place].by != BOT]
    decided = [place for place in places if order.history[place] == order.decision]
    shown = {*places[:1], *decided[:1], *by_people[-_OF_PEOPLE:], *places[-_LAST:]}
    alone = {place for place in places if {place - 1, place + 1} <= shown}
    return sorted(shown | alone)  # a single step is shown: a note of it would be as long


def _step(order: Order, place: int) -> str:
    entry = order.history[place]
    telling = _WORDS.get(entry.event)
    if telling is None:
        return _unknown_event(order, place)
    late = ", late" if entry.detail == Reason.LATE else ""
    return f"{telling(order, place)}{late}"


def _unknown_event(order: Order, place: int) -> str:
    """A step that this version knows no words for."""
    entry = order.history[place]
    who = f" by {person(entry.by)}" if entry.by != BOT else ""
    return f"{entry.event.replace('_', ' ')}{who}{_reason(order, place)}"


def _reason(order: Order, place: int) -> str:
    entry = order.history[place]
    told = why_decided(entry) if entry.detail != Reason.LATE else ""
    return f": {clip(reason_in_words(told, order.kind), _DETAIL)}" if told else ""


def _who(order: Order, place: int) -> str:
    return person(order.history[place].by)


# What people do


def _placed(order: Order, place: int) -> str:
    who = _who(order, place)
    if order.rest_of is None:
        return f"asked by {who}"
    return f"ordered by {who}, as the rest of `{order.rest_of}`"


def _decided(word: str) -> Callable[[Order, int], str]:
    return lambda order, place: f"{word} {_who(order, place)}{_reason(order, place)}"


def _again(order: Order, place: int) -> str:
    what = "buying again" if words_of(order).counts else "doing it again"
    return _decided(f"{what} decided by")(order, place)


def _voted(order: Order, place: int) -> str:
    # How many had agreed by then is not told: a vote may have become void since.
    return f"agreed to by {_who(order, place)}; {order.requirement.quorum} people must in all"


def _expired(_order: Order, _place: int) -> str:
    return "expired: nobody decided in time"


def _rest_ordered(order: Order, place: int) -> str:
    return f"the rest ordered by {_who(order, place)}, as `{order.history[place].detail}`"


# The rest of another order


def _checked(order: Order, _place: int) -> str:
    return f"looked at what came of `{order.rest_of}`: some of it is missing still"


def _check_failed(order: Order, place: int) -> str:
    return f"could not look at what came of `{order.rest_of}`{_reason(order, place)}"


def _nothing_missing(order: Order, _place: int) -> str:
    return f"all of `{order.rest_of}` has turned up: nothing to buy"


def _lowered(order: Order, _place: int) -> str:
    return f"more of `{order.rest_of}` has turned up: fewer to buy"


# What the provider sells, and its price


def _priced(order: Order, place: int) -> str:
    then = "" if order.history[place].state is OrderState.CHECKING else ": it can be approved"
    return f"{provider_name(order)} was asked {words_of(order).asked}{then}"


def _price_failed(order: Order, place: int) -> str:
    asked = f"could not ask {provider_name(order)} {words_of(order).asked}"
    return f"{asked}{_reason(order, place)}"


def _price_rose(order: Order, place: int) -> str:
    if order.history[place].state is OrderState.AWAITING_APPROVAL:
        return "the price rose before anything was sent: it must be approved anew"
    return f"the price rose: nothing more is {words_of(order).done}"


def _price_fell(_order: Order, _place: int) -> str:
    return "the price fell: it goes on at the lower one"


def _not_offered(order: Order, place: int) -> str:
    if order.unavailable is None:
        return f"gave up asking {provider_name(order)}{_reason(order, place)}"
    return f"{provider_name(order)} does not offer it{_reason(order, place)}"


# Calls and what came of them


def _attempt(order: Order, place: int) -> Attempt:
    """The call that a step is about: the last one that had begun by then."""
    begun = sum(entry.event is Event.ATTEMPT_STARTED for entry in order.history[: place + 1])
    return order.attempts[max(0, min(begun, len(order.attempts)) - 1)]


def _started(order: Order, place: int) -> str:
    attempt, name = _attempt(order, place), provider_name(order)
    which = f"call {attempt.number}, " if len(order.attempts) > 1 else ""
    took = attempt.outcome in {AttemptOutcome.BOUGHT, AttemptOutcome.REFUSED}
    sent = "sent to" if took else "on its way to"
    what = f": {esims(attempt.quantity)}" if words_of(order).counts else ""
    return f"{which}{sent} {name}{what}"


def _repeated(order: Order, place: int) -> str:
    attempt = _attempt(order, place)
    which = f"call {attempt.number} " if len(order.attempts) > 1 else ""
    return f"{which}sent to {provider_name(order)} once more, with the same bytes and key"


def _bought(order: Order, place: int) -> str:
    words = words_of(order)
    if not words.counts:
        return f"{provider_name(order)} says that it is {words.done}"
    if order.history[place].detail == Reason.LATE:
        return f"{provider_name(order)} told what it sold"
    attempt = _attempt(order, place)
    of = f" of {attempt.quantity:,}" if attempt.shortage else ""
    return f"{provider_name(order)} sold {len(attempt.counted):,}{of}"


def _refused(order: Order, _place: int) -> str:
    return f"{provider_name(order)} refused"


def _not_sent(order: Order, place: int) -> str:
    attempt, name = _attempt(order, place), provider_name(order)
    said = f"{name} turned it away" if attempt.turned_away else f"{name} did not get it"
    return f"{said}{_reason(order, place)}"


def _unknown(order: Order, place: int) -> str:
    return f"no sure answer from {provider_name(order)}{_reason(order, place)}"


def _answered_late(order: Order, _place: int) -> str:
    return f"an answer of {provider_name(order)}'s came that tells nothing new"


# Looks


def _looked(order: Order, place: int) -> str:
    look = _look(order, place)
    told = look_result(order, *look) if look else f"looked at {provider_name(order)}'s list"
    return f"{told}{_asks(order, place)}"


def _look(order: Order, place: int) -> tuple[Attempt, Lookup] | None:
    at, last = order.history[place].at, _attempt(order, place)
    found = (look for look in last.lookups if look.at == at)
    return next(((last, look) for look in found), None)


def _asks(order: Order, place: int) -> str:
    """What follows at once from a look."""
    state = order.history[place].state
    before = order.history[place - 1].state
    if state is OrderState.NEEDS_ATTENTION and before is not state:
        return "; a person must decide"
    again = f"; nothing new, so it is {words_of(order).done} again"
    return again if state is OrderState.APPROVED else ""


def _reminded(order: Order, place: int) -> str:
    look = _look(order, place)
    return f"reminded; {look_result(order, *look)}" if look else "reminded"


def _needless(order: Order, _place: int) -> str:
    words = words_of(order)
    more = "more" if words.counts else "it"
    return f"{more} turned up before it was {words.done} again: nothing was sent"


def _unproven(order: Order, place: int) -> str:
    why = _reason(order, place)
    done = words_of(order).done
    return f"could not look before it was {done} again, so nothing was sent{why}"


def _found_late(order: Order, _place: int) -> str:
    return f"{provider_name(order)}'s list shows something new"


_WORDS: dict[Event, Callable[[Order, int], str]] = {
    Event.PLACED: _placed,
    Event.VOTED: _voted,
    Event.APPROVED: _decided("approved by"),
    Event.DECLINED: _decided("declined by"),
    Event.CANCELLED: _decided("cancelled by"),
    Event.EXPIRED: _expired,
    Event.REST_ORDERED: _rest_ordered,
    Event.PRICED: _priced,
    Event.PRICE_FAILED: _price_failed,
    Event.PRICE_ROSE: _price_rose,
    Event.PRICE_FELL: _price_fell,
    Event.NOT_OFFERED: _not_offered,
    Event.CHECKED: _checked,
    Event.CHECK_FAILED: _check_failed,
    Event.NOTHING_MISSING: _nothing_missing,
    Event.LOWERED: _lowered,
    Event.ATTEMPT_STARTED: _started,
    Event.ATTEMPT_REPEATED: _repeated,
    Event.ATTEMPT_BOUGHT: _bought,
    Event.ATTEMPT_REFUSED: _refused,
    Event.ATTEMPT_NOT_SENT: _not_sent,
    Event.ATTEMPT_UNKNOWN: _unknown,
    Event.ANSWERED_LATE: _answered_late,
    Event.LOOKED_UP: _looked,
    Event.REMINDED: _reminded,
    Event.LOOK_AGAIN: _decided("another look asked for by"),
    Event.CLOSED: _decided("closed by"),
    Event.BUY_AGAIN: _again,
    Event.BUY_AGAIN_NEEDLESS: _needless,
    Event.BUY_AGAIN_UNPROVEN: _unproven,
    Event.FOUND_LATE: _found_late,
    Event.REQUEUED: _decided("looked at anew, as decided by"),
}
