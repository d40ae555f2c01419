"""What is said of each kind of order: a purchase, a top-up, an edit, a suspension.

A further kind is a row of `KINDS`: every message asks here what its kind of order is called. A
purchase counts eSIMs; every other kind is done to one thing that is there already.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from bot.domain.order import Order
from bot.domain.request import OrderKind
from bot.slack.mrkdwn import clip, code, esims

_LONGEST = 100
"""Characters of an option in a headline."""


def _nothing(_order: Order) -> str:
    return ""


@dataclass(frozen=True, kw_only=True)
class KindWords:
    """The words of one kind. Those that are sentences lack their full stop."""

    verb: str
    """What is asked for: `top up`."""
    done: str
    """What it is when it is done: `topped up`."""
    doing: str
    """What goes on while it is under way: `topping up`."""
    does: str
    """What a call does: `tops up`."""
    noun: str
    """What is sent, once: `top-up`."""
    subject: tuple[str, str] = ("", "")
    """What it is done to, as a noun and the name of the option; nothing for a purchase."""
    how: Callable[[Order], str] = _nothing
    """What follows the subject: ` with 5 GB for 7 days`."""
    at: str = ", at "
    """What stands before the provider's name."""
    spends: bool = True
    """Whether it costs money."""
    asked: str = "whether it can be done"
    """What the provider is asked before anybody decides."""
    has_reference: bool = False
    """Whether its call carries our reference, by which it is found."""
    again: str = "Do it again"
    """The button that sends once more what may be done already."""
    twice: str = "Done twice, it is the same as done once"
    """What that may lead to."""
    search: str
    """What somebody does in the provider's portal to find out; `{mark}` is the reference."""

    @property
    def counts(self) -> bool:
        """Whether it is about so many eSIMs, not about one thing that is there already."""
        return not self.subject[0]

    @property
    def undone(self) -> str:
        """That it was not done, and will not be."""
        return f"Nothing was {self.done}"


def _option(order: Order, name: str) -> str:
    value = order.request.options.get(name, "")
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _plan(order: Order) -> str:
    """The data and the time of a top-up: ` with 5 GB for 7 days`."""
    data, days = _option(order, "data"), _option(order, "days")
    told = _size(data) if data else "data"
    if days:
        return f" with {told} for {clip(days, _LONGEST)} {'day' if days == '1' else 'days'}"
    dates = _dates(order)
    return f" with {told}{f', {dates}' if dates else ''}"


def _size(data: str) -> str:
    """`5GB` as `5 GB`."""
    if data == "unlimited":
        return "unlimited data"
    return clip(f"{data[:-2]} {data[-2:]}" if data[-2:] in {"GB", "MB"} else data, _LONGEST)


def _new_dates(order: Order) -> str:
    """` to 1-15 December 2026`."""
    dates = _dates(order)
    return f" to {dates}" if dates else ""


def _dates(order: Order) -> str:
    """`1-15 December 2026`, or as much of it as is asked for."""
    first, last = _day(_option(order, "start")), _day(_option(order, "end"))
    if not (first and last):
        return f"begin {first}" if first else f"end {last}" if last else ""
    same_month = first.split(" ")[1:] == last.split(" ")[1:] != []
    return f"{first.split(' ')[0]}-{last}" if same_month else f"{first} - {last}"


def _day(text: str) -> str:
    """`2026-12-01` as `1 December 2026`; `today` as it is."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return clip(text, _LONGEST)
    return f"{day.day} {day:%B} {day.year}"


KINDS: Mapping[OrderKind, KindWords] = MappingProxyType(
    {
        OrderKind.PURCHASE: KindWords(
            verb="buy",
            done="bought",
            doing="buying",
            does="buys",
            noun="purchase",
            at=" from ",
            asked="for its offer",
            has_reference=True,
            again="Buy again",
            search="list the SIM cards with {mark}, and compare",
        ),
        OrderKind.TOP_UP: KindWords(
            verb="top up",
            done="topped up",
            doing="topping up",
            does="tops up",
            noun="top-up",
            subject=("eSIM", "iccid"),
            how=_plan,
            at=", from ",
            asked="for its offer",
            has_reference=True,
            twice="It may be topped up twice",
            search="and look among the top-ups for {mark}",
        ),
        OrderKind.EDIT: KindWords(
            verb="move",
            done="moved",
            doing="moving",
            does="moves",
            noun="move",
            subject=("purchase", "purchase"),
            how=_new_dates,
            spends=False,
            search="and look at the dates that it has now",
        ),
        OrderKind.SUSPENSION: KindWords(
            verb="suspend",
            done="suspended",
            doing="suspending",
            does="suspends",
            noun="suspension",
            subject=("eSIM", "iccid"),
            how=lambda _order: " for good",
            spends=False,
            search="and look whether it is suspended",
        ),
    }
)


def words_of(order: Order) -> KindWords:
    """The words of the order's kind."""
    return KINDS[order.kind]


def wish_again_of(order: Order) -> str:
    """What somebody decides who has it sent once more: `buy again what is missing`."""
    return "buy again what is missing" if words_of(order).counts else "do it again"


def subject_of(order: Order) -> str:
    """What it is about: `3 eSIMs`, or one thing that is there already."""
    noun, option = words_of(order).subject
    if not noun:
        return esims(order.amount)
    return f"{noun} {code(order.names.get(option) or _option(order, option), _LONGEST)}"


def wish_of(order: Order) -> str:
    """What somebody asks for, as a command: `Buy 3 eSIMs`."""
    words = words_of(order)
    return f"{capital(words.verb)} {subject_of(order)}{words.how(order)}"


def name_of(order: Order) -> str:
    """The same as a thing: `3 eSIMs`, `top-up of eSIM … with 5 GB for 7 days`."""
    words = words_of(order)
    if words.counts:
        return subject_of(order)
    return f"{words.noun} of {subject_of(order)}{words.how(order)}"


def bought_of(order: Order) -> str:
    """`250 of 250 eSIMs`, or the one thing to which it is done."""
    if words_of(order).counts:
        return f"{order.bought:,} of {subject_of(order)}"
    return subject_of(order)


def done_to(order: Order) -> str:
    """What was done: `Bought 3 of 3 eSIMs`."""
    return f"{capital(words_of(order).done)} {bought_of(order)}"


def known_of(order: Order) -> str:
    """What is known so far: `2 of 3 eSIMs known to be bought`."""
    words = words_of(order)
    if words.counts:
        return f"{bought_of(order)} known to be {words.done}"
    return f"{subject_of(order)} is {'' if order.bought else 'not '}known to be {words.done}"


def unknown_of(order: Order) -> str:
    """What is not known: `what was bought`."""
    words = words_of(order)
    if words.counts:
        return f"what was {words.done}"
    return f"whether {subject_of(order)} was {words.done}"


def counted_so_far(order: Order, how: str) -> str:
    """`2 of 3 eSIMs known so far; `, before something else; nothing where nothing is counted."""
    return f"{bought_of(order)} {how}; " if words_of(order).counts else ""


def risk_of(order: Order) -> str:
    """What may have come of a call in doubt."""
    words = words_of(order)
    return "Money may have been spent" if words.spends else f"It may have been {words.done}"


def capital(text: str) -> str:
    """The text with a capital at its beginning; eSIM has none."""
    return text if text.startswith("eSIM") else text[:1].upper() + text[1:]
