"""Where a run begins, and what may happen in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.request import OrderKind
from bot.providers.telnyx.form import NAME
from tests.support.machine.seller import Way

TILL = "till"
"""The name of the provider with firm prices."""


class Start(StrEnum):
    """How far the first order has come when a run begins."""

    PLACED = "placed"
    APPROVED = "approved"
    SHORT = "fell short"
    TURNED_AWAY = "turned away"
    STUCK = "needs attention"
    AGAIN_UNSEEN = "bought again, with a look that failed"
    AGAIN_FOUND = "bought again, with a look that found some"
    FROZEN = "closed while a bot was frozen that connected"
    FOREIGN = "bought, and named in the answer to another one"
    RISEN = "approved, before its price rose"
    RISEN_LATER = "begun, before its price rose"


FIRST_CALLS = {
    Start.SHORT: Way.SHORT_AT_FIRST,
    Start.TURNED_AWAY: Way.SOLD_ALL_THE_SAME,
    Start.STUCK: Way.LOST_SHORT,
    Start.AGAIN_UNSEEN: Way.LOST_SHORT,
    Start.AGAIN_FOUND: Way.LOST_SHORT,
    Start.FOREIGN: Way.WHOLE,
    Start.RISEN_LATER: Way.WHOLE,
}
"""What becomes of the first call."""
AMOUNTS = {Start.AGAIN_FOUND: 3, Start.FOREIGN: 2, Start.RISEN_LATER: 5}
"""ESIMs that the first order asks for; any number where none stands here."""
STUCK = {Start.STUCK, Start.AGAIN_UNSEEN, Start.AGAIN_FOUND}
"""Those in which the first call was lost, and no look shows what it sold."""


@dataclass(frozen=True)
class Focus:
    """Of all that may happen, what is likely to show a certain mistake."""

    starts: Sequence[Start] = tuple(Start)
    moves: str = ""
    """Names of rules, with blanks between; "" for all of them."""
    providers: Sequence[str] = (NAME,)
    """Whom is bought from."""
    kinds: Sequence[OrderKind] = (OrderKind.PURCHASE,)
    """What the first order may ask for."""


WHOLE = Focus()
MIXED = Focus(providers=(NAME, TILL))
"""All that may happen, with both providers."""
_FAILING = "work wait list_differently both_work work_and_be_killed stall freeze answer requeue"
_PRICES = "reprice reprice_and_work tell_no_price sell_no_more"
SOUND_FOCI = {
    "mixed": MIXED,
    "prices": Focus(
        (Start.PLACED, Start.APPROVED, Start.SHORT, Start.RISEN, Start.RISEN_LATER),
        f"{_FAILING} {_PRICES} approve_as_approver click_an_old_card order_rest buy_rest place",
        (TILL,),
    ),
    "repeats": Focus(
        (Start.STUCK, Start.AGAIN_UNSEEN, Start.AGAIN_FOUND),
        f"{_FAILING} {_PRICES} buy_again keep_keys decide deliver_again",
        (TILL,),
    ),
    "changes": Focus(
        (Start.PLACED, Start.APPROVED, Start.STUCK),
        f"{_FAILING} {_PRICES} place_change approve_as_approver buy_again keep_keys decide",
        (TILL,),
        kinds=tuple(OrderKind),
    ),
}
"""What a whole run seldom comes to, with the provider of firm prices."""
