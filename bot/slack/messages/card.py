"""The card: what an order is and where it stands, edited in place through its life."""

from collections.abc import Iterator

import slackblocks

from bot.domain.events import OrderState
from bot.domain.form import Forms, form_of
from bot.domain.order import Order
from bot.slack.button_value import button_value
from bot.slack.message import Block, Message, actions, context, fields, rendered, section
from bot.slack.messages.progress import headline, nothing_missing, progress
from bot.slack.messages.results import ORDER_REST
from bot.slack.mrkdwn import clip, cost, escape, esims, person, when
from bot.slack.words.figures import price as price_of
from bot.slack.words.options import option_fields

APPROVE = "approve_order"
"""Action id of the button that lets an order be bought."""
CANCEL = "cancel_order"
"""Action id of the button that cancels or declines."""

_MOST_FIELDS = 10
"""Facts that Slack takes in one block."""


def card(order: Order, forms: Forms) -> Message:
    """The message in the channel, with its buttons while it awaits approval."""
    blocks = [section(f"*{headline(order)}*"), *_facts(order, forms)]
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


def _next_step(order: Order) -> Iterator[Block]:
    """The button for a rest: cancel it while it is checked, or order it again."""
    if order.state is OrderState.CHECKING:
        yield actions(slackblocks.Button("Cancel", CANCEL, value=button_value(order)))
    elif order.rest_of and order.came_to_nothing and not nothing_missing(order):
        label = f"Order the missing {order.request.amount:,} again"
        yield actions(slackblocks.Button(label, ORDER_REST, value=order.rest_of))


def _facts(order: Order, forms: Forms) -> Iterator[Block]:
    asked = f"*Asked by*\n{person(order.requester)}{_on_behalf(order)}"
    seller = _seller(order, forms)
    facts = [asked, "*{}*\n{}".format(*price_of(order)), *seller, *option_fields(order, forms)]
    for start in range(0, len(facts), _MOST_FIELDS):
        yield fields(*facts[start : start + _MOST_FIELDS])


def _seller(order: Order, forms: Forms) -> Iterator[str]:
    """The provider, where there are several."""
    if len(forms) > 1 or order.provider not in forms:
        yield f"*From*\n{clip(form_of(forms, order.provider).title, 100)}"


def _on_behalf(order: Order) -> str:
    """Who placed the order, where that was not the requester."""
    by = order.placed_by
    return "" if by == order.requester else f"; ordered by {person(by)}"


def _buttons(order: Order) -> Block:
    count = esims(order.request.amount)
    firm = order.quote is not None and order.quote.firm
    estimated = "" if firm else " (estimated)"
    price = cost(order.quote) if order.quote else "money"
    confirm = slackblocks.ConfirmationDialogue(
        title=f"Buy {count}?",
        text=slackblocks.Text(f"This spends {price}{estimated}, and can't be undone."),
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
    waits = f"Order `{order.id}` · waits for approval until {when(order.expires_at)}"
    if not order.agreed_by:
        return waits
    agreed = " and ".join(map(person, order.agreed_by))
    more = order.requirement.quorum - len(order.agreed_by)
    return f"{waits} · agreed to by {agreed}; {more} more must"


def _fallback(order: Order) -> str:
    if order.state is OrderState.AWAITING_APPROVAL:
        return f"{escape(headline(order))} Asked by {person(order.requester)}: approve or cancel."
    return f"{headline(order)}: {progress(order)}"
