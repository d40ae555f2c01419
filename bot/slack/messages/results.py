"""What was bought: ICCIDs in the thread, and everything that was returned as files."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import slackblocks

from bot.domain.events import Event, OrderState
from bot.domain.form import Forms, form_of
from bot.domain.order import Order
from bot.domain.purchase.sim import Sim
from bot.slack.button_value import button_value
from bot.slack.downloads import files_of
from bot.slack.message import Block, Message, actions, rendered, section, table
from bot.slack.mrkdwn import clip, code, esims, person, times
from bot.slack.sims import iccid_of, oddities
from bot.slack.words.figures import nearest, spelled, why_stopped
from bot.slack.words.kinds import done_to, words_of
from bot.slack.words.looks import provider_name

ORDER_REST = "order_rest"
"""Action id of the button that asks for what is missing; its value is the order's id."""
CODES_ASK = "codes_ask"
"""Action id of the button that asks for the activation codes of what was bought."""
INLINE = 10
"""ICCIDs that are listed in the text; more also come as a file."""
TABLED = 50
"""ICCIDs that are shown at all; more are in the file only."""
_SETTLED_ENOUGH = frozenset({OrderState.IN_DOUBT, OrderState.NEEDS_ATTENTION})


def shows_result(order: Order) -> bool:
    """Whether the thread should say what was bought: once it ended, or while in doubt."""
    anything = bool(order.bought or order.odd_sims)
    return anything and (order.state.is_final or order.state in _SETTLED_ENOUGH)


def result(order: Order, forms: Forms) -> Message:
    """The one message with the ICCIDs."""
    told = f"*{done_to(order)}.*{_more(order)}"
    listed = _listing(order.sims) if words_of(order).counts else _change(order)
    instead = [section(told) for told in ["\n".join(nearest(order, forms))] if told]
    return Message(
        order.channel,
        f"{done_to(order)}.",
        rendered(section(told), *listed, *_odd(order), *instead, *_next(order, forms)),
        in_thread=True,
        or_else=order.requester,
    )


def files(order: Order, forms: Forms) -> Message:
    """The workbook and the CSV file with every SIM card."""
    made = files_of(order, forms)
    return Message(
        order.channel, made[0].title, in_thread=True, files=made, or_else=order.requester
    )


def _more(order: Order) -> str:
    extra = order.bought - order.request.amount
    if extra > 0:
        return f" {_surplus(order, extra)}"
    if order.state in _SETTLED_ENOUGH:
        return " That is what I know of so far."
    if order.remaining:
        why = f"{why_stopped(order)}, so " if why_stopped(order) else ""
        return f" {esims(order.remaining)} missing: {why}I buy no more for this order."
    return ""


def _surplus(order: Order, extra: int) -> str:
    """Why more came than were ordered."""
    if not words_of(order).counts:
        return f"It was done {times(1 + extra)}."
    sent_anew = any(
        entry.event is Event.ATTEMPT_STARTED and before.event is Event.LOOKED_UP
        for before, entry in pairwise(order.history)
        if before.state is OrderState.APPROVED
    )
    wished = [entry.by for entry in order.history if entry.event is Event.BUY_AGAIN]
    if sent_anew and wished:
        return (
            f"That is {esims(extra)} more than ordered: they were there when "
            f"{person(wished[-1])} had them bought again. All of them are paid for."
        )
    return f"The provider sold {esims(extra)} more than ordered."


def _odd(order: Order) -> Iterator[Block]:
    if told := list(oddities(order)):
        yield section("\n".join(f":warning: {line}" for line in told))


def _next(order: Order, forms: Forms) -> Iterator[Block]:
    """Buttons for what can be done now: to have the codes, to order what is missing."""
    if order.rest:
        yield section(f"What was missing is ordered as `{order.rest}`.")
    if buttons := [*_codes(order, forms), *_rest(order)]:
        yield actions(*buttons)


def _codes(order: Order, forms: Forms) -> Iterator[slackblocks.Button]:
    """For the activation codes, where the provider gives them: who gets them is asked then."""
    named = any(sim.iccid or sim.provider_id for sim in order.sims)
    if named and words_of(order).counts and form_of(forms, order.provider).gives_codes:
        yield slackblocks.Button("Send activation codes", CODES_ASK, value=button_value(order))


def _rest(order: Order) -> Iterator[slackblocks.Button]:
    """For what is missing: a new order, which somebody must approve again. Only once."""
    if order.fell_short and not order.rest:
        label = f"Order the missing {order.remaining:,}"
        yield slackblocks.Button(label, ORDER_REST, value=button_value(order))


def _change(order: Order) -> Iterator[Block]:
    """By which id the provider knows what was done, where that is not the order's subject."""
    known = set(order.request.options.values())
    ids = dict.fromkeys(sim.provider_id or "" for sim in order.sims)
    if told := [code(each, 120) for each in ids if each and each not in known]:
        yield section(f"{provider_name(order)} knows it as {', '.join(told)}.")


def _listing(sims: Sequence[Sim]) -> Iterator[Block]:
    if not sims:
        return
    if len(sims) <= INLINE:
        yield section("\n".join(f"• {_line(sim)}" for sim in sims))
    elif len(sims) <= TABLED:
        rows = [[str(i), iccid_of(sim), _status(sim)] for i, sim in enumerate(sims, 1)]
        yield table(["#", "ICCID", "Status"], [[cell[:100] for cell in row] for row in rows])
    else:
        yield section("The ICCIDs are in the files below.")


def _line(sim: Sim) -> str:
    status = f" · {clip(_status(sim), 60)}" if sim.status else ""
    return f"{code(iccid_of(sim), 120)}{status}"


def _status(sim: Sim) -> str:
    return spelled(sim.status or "")
