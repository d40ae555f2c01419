"""What looks at the provider's list have shown, in words; a failed look shows nothing."""

from datetime import timedelta

from bot.domain.order import Order
from bot.domain.purchase.attempt import Attempt, Lookup
from bot.domain.terms import AFTERCARE
from bot.slack.mrkdwn import clip, counted, times, when

_REASON = 200
"""Characters of a reason; it may be a provider's own words."""


def provider_name(order: Order) -> str:
    """The provider's name as people write it."""
    return written_name(order.provider)


def written_name(provider: str) -> str:
    """The name that orders have for a provider, as people write it."""
    return provider.title()


def evidence(order: Order) -> str:
    """What the looks have shown: a sentence for the person who must decide."""
    last, who = order.attempts[-1], provider_name(order)
    if not last.lookups:
        return "I have not looked for it yet."
    if not last.looks_that_worked:
        return f"I could not look: {_none_of(last, who)}{_why(last)}."
    found = f"found {len(last.counted):,} of {last.quantity:,}"
    looked = f"I looked for the tag `{last.reference}` {times(len(last.lookups))}"
    unanswered = len(last.lookups) - last.looks_that_worked
    if unanswered:
        return f"{looked}, {who} answered {last.looks_that_worked:,} of them, and I {found}."
    return f"{looked} and {found}."


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
    return f"looked at {provider_name(order)}'s list: {look.found:,} of {attempt.quantity:,}"


def _none_of(attempt: Attempt, who: str) -> str:
    tried = len(attempt.lookups)
    return "no look worked" if tried == 1 else f"{who} answered none of {tried:,} times"


def _why(attempt: Attempt) -> str:
    """The reason of the last look that failed."""
    why = next((look.why for look in reversed(attempt.lookups) if look.found is None), "")
    return f" ({clip(why, _REASON)})" if why else ""
