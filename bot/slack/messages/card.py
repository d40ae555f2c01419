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
from bot.slack.mrkdwn import clip, esims, person, when
from bot.slack.words.figures import is_paid, nearest, price_in_words, rise
from bot.slack.words.figures import price as price_of
from bot.slack.words.kinds import capital, subject_of, words_of
from bot.slack.words.options import offer_fields, option_fields

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
        caution = form_of(forms, order.provider).of_kind(order.kind).caution
        blocks += [section(told) for told in _warnings(order, caution)]
        blocks += [_buttons(order, caution), context(_waiting(order))]
    else:
        blocks.append(section(progress(order)))
        blocks += [section("\n".join(lines)) for lines in [list(nearest(order, forms))] if lines]
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
    seller, figures = _seller(order, forms), "*{}*\n{}".format(*price_of(order))
    facts = [asked, figures, *seller, *option_fields(order, forms), *offer_fields(order)]
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


def _warnings(order: Order, caution: str) -> Iterator[str]:
    """What whoever decides must know besides."""
    if risen := rise(order):
        yield (
            f":warning: *The price rose {risen}* before anything was sent, so the approval of the "
            "old one does not count any more. Approve the new one, or cancel."
        )
    if caution:
        yield f":warning: {clip(caution, 500)}"


def _buttons(order: Order, caution: str) -> Block:
    words = words_of(order)
    label = capital(words.verb)
    confirm = slackblocks.ConfirmationDialogue(
        title=f"{label} {_plainly(subject_of(order))}?",
        text=slackblocks.Text(_what_it_means(order, caution)),
        confirm=f"{label} {subject_of(order)}" if words.counts else label,
        deny="Not yet",
        style="danger" if caution else None,
    )
    return actions(
        slackblocks.Button(
            "Approve", APPROVE, value=button_value(order), style="primary", confirm=confirm
        ),
        slackblocks.Button("Cancel", CANCEL, value=button_value(order)),
    )


def _what_it_means(order: Order, caution: str) -> str:
    """What an approval means for the money, and what can't be taken back."""
    quote = order.quote
    if quote is not None and is_paid(order):
        estimated = "" if quote.firm else " (estimated)"
        means = f"This spends {price_in_words(quote)}{estimated}, and can't be undone."
    else:
        means = "This is free of charge."
    return f"{means} {clip(caution, 200)}".rstrip()


def _plainly(subject: str) -> str:
    """The subject for a place that shows no markup."""
    return subject.replace("`", "")[:80]


def _waiting(order: Order) -> str:
    waits = f"Order `{order.id}` · waits for approval until {when(order.expires_at)}"
    if not order.agreed_by:
        return waits
    agreed = " and ".join(map(person, order.agreed_by))
    more = order.requirement.quorum - len(order.agreed_by)
    return f"{waits} · agreed to by {agreed}; {more} more must"


def _fallback(order: Order) -> str:
    if order.state is OrderState.AWAITING_APPROVAL:
        return f"{headline(order)} Asked by {person(order.requester)}: approve or cancel."
    return f"{headline(order)}: {progress(order)}"
