"""What was bought: ICCIDs in the thread, and everything that was returned as files."""

from collections.abc import Iterator, Sequence

import slackblocks

from bot.domain.order import Order
from bot.domain.outcome import Sim
from bot.domain.state import OrderState
from bot.slack.downloads import files_of
from bot.slack.message import Message, actions, rendered, section, table
from bot.slack.messages.progress import bought_of
from bot.slack.text import clip, code, esims

ORDER_REST = "order_rest"
"""Action id of the button that asks for what is missing; its value is the order's id."""
INLINE = 10
"""ICCIDs that are listed in the text; more also come as a file."""
TABLED = 50
"""ICCIDs that are shown at all; more are in the file only."""
_SETTLED_ENOUGH = frozenset({OrderState.IN_DOUBT, OrderState.NEEDS_ATTENTION})


def shows_result(order: Order) -> bool:
    """Whether the thread should say what was bought: once it ended, or while in doubt."""
    return bool(order.sims) and (order.state.is_final or order.state in _SETTLED_ENOUGH)


def result(order: Order) -> Message:
    """The one message with the ICCIDs."""
    told = f"*Bought {bought_of(order)}.*{_more(order)}"
    return Message(
        order.channel,
        f"Bought {bought_of(order)}.",
        rendered(section(told), *_listing(order.sims), *_rest(order)),
        in_thread=True,
        or_else=order.requester,
    )


def files(order: Order) -> Message:
    """The workbook and the CSV file with every SIM card."""
    made = files_of(order)
    return Message(
        order.channel, made[0].title, in_thread=True, files=made, or_else=order.requester
    )


def _more(order: Order) -> str:
    if order.state in _SETTLED_ENOUGH:
        return " That is what I know of so far."
    extra = len(order.sims) - order.request.amount
    if extra > 0:
        return f" The provider sold {esims(extra)} more than ordered."
    if order.remaining:
        return f" {esims(order.remaining)} missing: I buy no more for this order."
    return ""


def _rest(order: Order) -> Iterator[slackblocks.Block]:
    """A button for what is missing: a new order, which somebody must approve again."""
    if order.state is OrderState.PARTLY_PURCHASED and order.remaining:
        label = f"Order the missing {order.remaining:,}"
        yield actions(slackblocks.Button(label, ORDER_REST, value=order.id))


def _listing(sims: Sequence[Sim]) -> Iterator[slackblocks.Block]:
    if len(sims) <= INLINE:
        yield section("\n".join(f"• {_line(sim)}" for sim in sims))
    elif len(sims) <= TABLED:
        rows = [[str(i), iccid_of(sim), sim.status or ""] for i, sim in enumerate(sims, 1)]
        yield table(["#", "ICCID", "Status"], [[cell[:100] for cell in row] for row in rows])
    else:
        yield section("The ICCIDs are in the files below.")


def _line(sim: Sim) -> str:
    status = f" · {clip(sim.status, 60)}" if sim.status else ""
    return f"{code(iccid_of(sim), 120)}{status}"


def iccid_of(sim: Sim) -> str:
    """The ICCID, or whatever else identifies the SIM card."""
    if sim.iccid:
        return sim.iccid
    return f"no ICCID was returned; the provider's id is {sim.provider_id or 'missing too'}"
