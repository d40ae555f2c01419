"""The card: what an order is and where it stands, edited in place through its life."""

from collections.abc import Iterator

import slackblocks

from bot.domain.events import OrderState
from bot.domain.order import Order
from bot.domain.request import WHITELABEL_ADVISED, PurchaseRequest
from bot.slack.buttons import button_value
from bot.slack.message import Message, actions, context, fields, rendered, section
from bot.slack.messages.progress import headline, nothing_missing, progress
from bot.slack.messages.results import ORDER_REST
from bot.slack.mrkdwn import clip, codes, cost, escape, esims, person, when
from bot.slack.words.figures import price, status

APPROVE = "approve_order"
"""Action id of the button that lets an order be bought."""
CANCEL = "cancel_order"
"""Action id of the button that cancels or declines."""


def card(order: Order) -> Message:
    """The message in the channel, with its buttons while it awaits approval."""
    blocks = [section(f"*{headline(order)}*"), fields(*_fields(order))]
    if order.rest_of:
        blocks.append(section(_rest_of(order)))
    if order.request.note:
        blocks.append(section(f">{clip(order.request.note, 2500)}"))
    if order.state is OrderState.AWAITING_APPROVAL:
        blocks += [_buttons(order), context(_waiting(order))]
    else:
        blocks.append(section(progress(order)))
        blocks += [*_next_step(order), context(f"Order `{order.id}`")]
    return Message(order.channel, _fallback(order), rendered(*blocks))


def _rest_of(order: Order) -> str:
    missing = esims(order.request.amount)
    return f"The rest of order `{order.rest_of}`: {missing} that it fell short of."


def _next_step(order: Order) -> Iterator[slackblocks.Block]:
    """While it is checked it can be taken back; a rest of which nothing came, ordered again."""
    if order.state is OrderState.CHECKING:
        yield actions(slackblocks.Button("Cancel", CANCEL, value=button_value(order)))
    elif order.rest_of and order.came_to_nothing and not nothing_missing(order):
        label = f"Order the missing {order.request.amount:,} again"
        yield actions(slackblocks.Button(label, ORDER_REST, value=order.rest_of))


def _fields(order: Order) -> Iterator[str]:
    request = order.request
    yield f"*Asked by*\n{person(order.requester)}{_on_behalf(order)}"
    yield "*{}*\n{}".format(*price(order))
    yield f"*Status*\n{status(order)}"
    yield f"*Tags*\n{codes(request.tags) or 'none'}"
    if request.sim_card_group_id:
        yield f"*SIM card group*\n`{request.sim_card_group_id}`"
    if request.whitelabel_name:
        yield f"*Whitelabel name*\n{_whitelabel(request)}"


def _on_behalf(order: Order) -> str:
    """Who pressed the button, where that was somebody else."""
    by = order.placed_by
    return "" if by == order.requester else f"; ordered by {person(by)}"


def _whitelabel(request: PurchaseRequest) -> str:
    name = clip(request.whitelabel_name or "", 1500)
    if not request.whitelabel_is_long:
        return name
    return (
        f"{name}\n:warning: takes {request.whitelabel_bytes} bytes of a SIM's file, which holds "
        f"{WHITELABEL_ADVISED}: phones may cut it"
    )


def _buttons(order: Order) -> slackblocks.Block:
    count = esims(order.request.amount)
    confirm = slackblocks.ConfirmationDialogue(
        title=f"Buy {count}?",
        text=slackblocks.Text(
            f"This spends {cost(order.terms.estimate)} (estimated), and can't be undone."
        ),
        confirm=f"Buy {count}",
        deny="Not yet",
    )
    return actions(
        slackblocks.Button(
            "Approve", APPROVE, value=button_value(order), style="primary", confirm=confirm
        ),
        slackblocks.Button("Cancel", CANCEL, value=button_value(order)),
    )


def _waiting(order: Order) -> str:
    return f"Order `{order.id}` · waits for approval until {when(order.expires_at)}"


def _fallback(order: Order) -> str:
    if order.state is OrderState.AWAITING_APPROVAL:
        return f"{escape(headline(order))} Asked by {person(order.requester)}: approve or cancel."
    return f"{headline(order)}: {progress(order)}"
