"""What a line can mean, and the line that means it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.request import PurchaseRequest, SimStatus
from bot.domain.typography import end_of_quoted, plainly

_ESCAPED = frozenset('"\\')
_PLAIN = re.compile(r"\w[\w.+/@#-]*")


@dataclass(frozen=True)
class Help:
    """Show what can be typed."""


@dataclass(frozen=True)
class Buy:
    """Ask for a purchase."""

    request: PurchaseRequest


@dataclass(frozen=True)
class ShowOrder:
    """Show one order with its history."""

    order_id: str


@dataclass(frozen=True)
class ListOrders:
    """List the last orders: mine, or everybody's in this channel."""

    everybody: bool = False


Command = Help | Buy | ShowOrder | ListOrders


@dataclass(frozen=True)
class Rules:
    """The settings that a line is read under."""

    max_amount: int = 1000
    """eSIMs in one order."""
    default_status: SimStatus = SimStatus.STANDBY
    """The status of an order that names none."""
    command: str = "/esim"
    """The slash command as people type it."""


def written(command: Command) -> str:
    """The line without the slash command; reading it back gives the same."""
    match command:
        case Buy(request):
            return render(request)
        case ShowOrder(order_id):
            return f"order {order_id}"
        case ListOrders(everybody):
            return "orders all" if everybody else "orders"
        case Help():
            return "help"


def render(request: PurchaseRequest) -> str:
    """The line that asks for this: `buy 10 tags=fleet,emea`."""
    return " ".join(["buy", str(request.amount), *_options(request)])


def _options(request: PurchaseRequest) -> Iterator[str]:
    if request.tags:
        yield f"tags={','.join(map(_quoted, request.tags))}"
    if request.whitelabel_name:
        yield f"whitelabel={_quoted(request.whitelabel_name)}"
    if request.sim_card_group_id:
        yield f"group={request.sim_card_group_id}"
    if request.status_chosen:
        yield f"status={request.status}"
    if request.note:
        yield f"note={_quoted(request.note)}"


def _quoted(text: str) -> str:
    """The text in quotes where it needs them; quotes in it escaped where they would end it."""
    if _PLAIN.fullmatch(plainly(text)):
        return text
    lightly = _escaped(text, text)
    whole = end_of_quoted(lightly, plainly(lightly), 0) == (len(lightly), True)
    return lightly if whole else _escaped(text, plainly(text))


def _escaped(text: str, plain: str) -> str:
    """The text in quotes, with a backslash before every quote and backslash in `plain`."""
    signs = zip(text, plain, strict=True)
    return f'"{"".join(chr(92) * (sign in _ESCAPED) + own for own, sign in signs)}"'
