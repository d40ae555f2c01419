"""What looks at the provider's list have shown, in words; a failed look shows nothing."""

from datetime import UTC, datetime, timedelta

from bot.domain.order import Order
from bot.domain.purchase.attempt import Attempt, Lookup
from bot.domain.terms import AFTERCARE
from bot.slack.mrkdwn import clip, counted, times, when
from bot.slack.words.kinds import words_of

SAME_CALL = "the same call under its key"
"""A call that its provider takes for the first one."""
NEW_CALL = "a new call"
_REASON = 200
"""Characters of a reason; it may be a provider's own words."""


def provider_name(order: Order) -> str:
    """The provider's name as people write it."""
    return written_name(order.provider)


def written_name(provider: str) -> str:
    """The name that orders have for a provider, as people write it."""
    return provider.title()


def mark_of(attempt: Attempt) -> str:
    """That under which the provider lists what a call bought: `the tag …`.

    Where calls carry the order's own reference too, references are tags.
    """
    return f"the {'tag' if attempt.shares_tag else 'reference'} `{attempt.reference}`"


def search_of(order: Order) -> str:
    """What a person does in the provider's portal to find out what came of the last call."""
    return words_of(order).search.format(mark=mark_of(order.attempts[-1]))


def call_again(order: Order, at: datetime) -> str:
    """What is sent when somebody decides at that time to have it done once more."""
    return SAME_CALL if order.may_repeat(at) else NEW_CALL


def key_of(order: Order) -> str:
    """That the provider does nothing twice by a call under its key, and until when; "" without one.

    A server that does not know of such keys carries the call out a second time.
    """
    until, name = order.attempts[-1].key_until, provider_name(order)
    if until is None or not order.may_repeat(order.history[-1].at):
        return ""
    did = f"it {words_of(order).does} nothing if {name} already did"
    return (
        f"until {until.astimezone(UTC):%Y-%m-%d %H:%M} UTC {did}, as long as {name} honours its key"
    )


def evidence(order: Order) -> str:
    """What the looks have shown: a sentence for the person who must decide."""
    last, who = order.attempts[-1], provider_name(order)
    if not last.lookups:
        return "I have not looked for it yet."
    if not last.looks_that_worked:
        return f"I could not look: {_none_of(last, who)}{_why(last)}."
    looked, found = _looked(order, last)
    unanswered = len(last.lookups) - last.looks_that_worked
    if unanswered:
        return f"{looked}, {who} answered {last.looks_that_worked:,} of them, and {found}."
    comma = "" if found.startswith("I ") else ","
    return f"{looked}{comma} and {found.removeprefix('I ')}."


def _looked(order: Order, last: Attempt) -> tuple[str, str]:
    """What was looked for how often, and what was found."""
    words, often = words_of(order), times(len(last.lookups))
    if not words.has_reference:
        return (
            f"I looked {often} whether it is {words.done}",
            f"it was{'' if last.counted else ' not'}",
        )
    found = f"I found {len(last.counted):,} of {last.quantity:,}"
    if not words.counts:
        found = f"I {'found' if last.counted else 'did not find'} it"
    return f"I looked for {mark_of(last)} {often}", found


def where_it_looks(order: Order) -> str:
    """How the last call of an order in doubt is looked for, after "I look"."""
    words, name = words_of(order), provider_name(order)
    if not words.has_reference:
        return f"instead whether {name} shows that it is {words.done}"
    return f"for it at {name} under {mark_of(order.attempts[-1])} instead"


def looked_for_until(order: Order) -> str:
    """When the last look at an ended order is due, as a time, so that it stays true."""
    ended = order.ended_at or order.history[-1].at
    return when(ended + timedelta(seconds=AFTERCARE[-1]))


def looks_so_far(order: Order) -> str:
    """How many looks there were, for a line about the progress."""
    last = order.attempts[-1]
    if not last.lookups:
        return "no look yet"
    looks = f"{counted(len(last.lookups), 'look')} so far"
    if last.looks_that_worked == len(last.lookups):
        return looks
    worked = last.looks_that_worked
    return f"{looks}, {f'{worked:,} of them' if worked else 'none'} answered{_why(last)}"


def look_result(order: Order, attempt: Attempt, look: Lookup) -> str:
    """What one look showed, for the history."""
    if look.found is None:
        reason = f": {clip(look.why, _REASON)}" if look.why else ""
        return f"could not look at {provider_name(order)}'s list{reason}"
    found = f"{look.found:,} of {attempt.quantity:,}"
    if not words_of(order).counts:
        found = "it is there" if look.found else "it is not there"
    return f"looked at {provider_name(order)}'s list: {found}"


def _none_of(attempt: Attempt, who: str) -> str:
    tried = len(attempt.lookups)
    return "no look worked" if tried == 1 else f"{who} answered none of {tried:,} times"


def _why(attempt: Attempt) -> str:
    """The reason of the last look that failed."""
    why = next((look.why for look in reversed(attempt.lookups) if look.found is None), "")
    return f" ({clip(why, _REASON)})" if why else ""
