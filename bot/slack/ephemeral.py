"""Answers that only one person sees: mistakes, an order, a list."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import structlog

from bot.domain.activation.assignment import Assignment
from bot.domain.activation.trail import Reveal
from bot.domain.form import Forms, form_of
from bot.domain.grammar import InvalidCommand, Rules
from bot.domain.order import Order
from bot.slack.message import context, fitting, rendered, section
from bot.slack.messages.progress import headline, progress
from bot.slack.messages.results import TABLED, shows_result
from bot.slack.mrkdwn import clip, code, code_block, counted, escape, esims, person, when
from bot.slack.sims import NOBODY, holder_of, iccid_of, oddities
from bot.slack.words.figures import nearest, price
from bot.slack.words.history import history
from bot.slack.words.kinds import name_of
from bot.slack.words.options import offer_facts, option_facts
from bot.slack.words.states import state_of

_PROBLEMS = 12
"""The most problems of a line that an answer names."""
_OFFERED = 2800
"""Characters of all suggestions for a wrong line together."""
_UNSHOWN = (
    "What it can mean can't be shown whole to be copied: it is too long, or holds three backticks. "
    "Mend the parts named above in your own line, and send that."
)
"""Shown in place of a suggestion that would order something else when it is copied."""
_SHOWING = frozenset(("help", "order", "orders", "assigned"))
"""Commands that show what is there, whatever was meant."""
_STEPS = 6
"""Steps of an order's history in one section."""
_REVEALS = 8
"""The latest hand-outs of codes that are shown."""
_HOLDERS = 2500
"""Characters of all lines about who has an eSIM."""
_ROOM = 11_500
"""Characters of an order's sections together; Slack takes 12,000."""
_PLACES = 49
"""Sections of an order; Slack takes 50, and one more says what was left out."""


@dataclass(frozen=True)
class Answer:
    """An ephemeral message: a text for notifications, and its blocks."""

    text: str
    blocks: tuple[dict[str, Any], ...]


def plain(text: str) -> Answer:
    """One paragraph of mrkdwn that we wrote."""
    return Answer(text, rendered(section(text)))


def mistaken(wrong: InvalidCommand) -> Answer:
    """The answer to a wrong line: the line, pointers under its mistakes, and suggestions."""
    return _pointed("I can't read this command", wrong)


def not_allowed(wrong: InvalidCommand) -> Answer:
    """The same for a line that is understood, but asks for something that may not be ordered."""
    return _pointed("I may not order this", wrong)


def _pointed(title: str, wrong: InvalidCommand) -> Answer:
    return Answer(
        f"{title}; nothing was ordered.",
        rendered(
            section(f"*{title}*; nothing was ordered."),
            section(code_block(wrong.pointed())),
            section("\n".join(_problem_lines(wrong))),
            section(_offer(wrong.suggestions)),
        ),
    )


def _offer(suggestions: Sequence[str]) -> str:
    """Suggestions to copy; without any, a command that shows help and orders nothing."""
    limit = _OFFERED // len(suggestions)
    blocks = [code_block(line, limit) for line in suggestions]
    if any(escape(line) not in block for line, block in zip(suggestions, blocks, strict=True)):
        return _UNSHOWN
    title = "This would work:"
    if len(suggestions) > 1:
        title = "It can mean more than one thing. Send the line that you meant:"
    elif suggestions[0].split(" ")[1] in _SHOWING:
        title = "This shows more, and orders nothing:"
    return "\n".join([title, *blocks])


def _problem_lines(wrong: InvalidCommand) -> Iterator[str]:
    for problem in wrong.problems[:_PROBLEMS]:
        word = f"{code(problem.word, 120)}: " if problem.word else ""
        yield f"• {word}{clip(problem.message, 220)}"
    more = len(wrong.problems) - _PROBLEMS
    if more > 0:
        yield f"…and {counted(more, 'more problem')}"


def order_details(
    order: Order,
    forms: Forms,
    reveals: Sequence[Reveal] = (),
    assignments: Mapping[str, Assignment] = NOBODY,
) -> Answer:
    """State, request, history and ICCIDs of an order, who got codes, who has which; never fails.

    `reveals` are the oldest first, `assignments` by ICCID. When it is too long for one message,
    parts of the history are left out first.
    """
    text = f"Order {order.id}: {state_of(order)}"
    try:
        return Answer(text, rendered(*map(section, _sections(order, forms, reveals, assignments))))
    except Exception:  # noqa: BLE001 - who asks for an order is told what can be told
        structlog.get_logger().exception("order_not_drawn", order=order.id)
        return plain(f"{text}. I can't show more of it here; its thread has all of it.")


def _sections(
    order: Order, forms: Forms, reveals: Sequence[Reveal], assignments: Mapping[str, Assignment]
) -> Iterator[str]:
    """The facts, then as much of the history as there is room for, then the ICCIDs."""
    head = [
        f"*Order* `{order.id}`: {headline(order)} · {state_of(order)}",
        _facts(order, forms),
        progress(order),
        *filter(None, [" · ".join(offer_facts(order)), "\n".join(nearest(order, forms))]),
    ]
    got = [
        *(f":warning: {line}" for line in oddities(order)),
        *_revealed(order, reveals),
        *_iccids(order),
        *_holders(order, assignments),
    ]
    steps = list(_history(order))
    room, places = _ROOM - sum(map(len, [*head, *got])), _PLACES - len(head) - len(got)
    ends = accumulate(map(len, steps))
    shown = [step for step, end in zip(steps[:places], ends, strict=False) if end <= room]
    more = ["…the history goes on."] if len(shown) < len(steps) else []
    yield from (*head, *shown, *more, *got)


def _facts(order: Order, forms: Forms) -> str:
    asked = f"Asked by {person(order.requester)} {when(order.created_at)} in <#{order.channel}>"
    named, cost = price(order)
    facts = [asked, f"{named.lower()} {cost}"]
    if len(forms) > 1 or order.provider not in forms:
        facts.append(f"from {clip(form_of(forms, order.provider).title, 100)}")
    facts += option_facts(order, forms)
    facts += [f"the rest of `{order.rest_of}`"] if order.rest_of else []
    facts += [f"its rest is `{order.rest}`"] if order.rest else []
    facts += [f"note: {clip(order.request.note, 600)}"] if order.request.note else []
    return " · ".join(facts)


def order_list(orders: Sequence[Order], *, everybody: bool, rules: Rules) -> Answer:
    """The last orders, newest first, one a line."""
    if not orders:
        whose = "Nobody has ordered anything in this channel" if everybody else "You have no orders"
        return plain(
            f"{whose} yet. {code(f'{rules.command} buy {rules.examples[0]}')} asks for some."
        )
    title = "The last orders in this channel" if everybody else "Your last orders"
    lines = "\n".join(map(_line, orders))
    more = context(f"`{rules.command} order {orders[0].id}` shows one with its history and ICCIDs.")
    return Answer(title, rendered(section(f"*{title}*\n{lines}"), more))


def _line(order: Order) -> str:
    return (
        f"`{order.id}` · {name_of(order)} · {state_of(order)} · "
        f"{person(order.requester)} · {when(order.created_at)}"
    )


def _history(order: Order) -> Iterator[str]:
    """The steps in sections that Slack takes."""
    yield "*History*"
    lines = list(history(order))
    for start in range(0, len(lines), _STEPS):
        yield "\n".join(lines[start : start + _STEPS])


def _iccids(order: Order) -> Iterator[str]:
    if not order.sims:
        return
    shown = "\n".join(iccid_of(sim) for sim in order.sims[:TABLED])
    more = len(order.sims) - TABLED
    yield f"*ICCIDs*\n{code_block(shown)}"
    if more > 0 and shows_result(order):
        yield f"…and {more:,} more, in the files in the order's thread."
    elif more > 0:
        yield f"…and {more:,} more; the order's thread gets all of them in files at the end."


def _revealed(order: Order, reveals: Sequence[Reveal]) -> Iterator[str]:
    """Who got activation codes of how many of its eSIMs, the latest first."""
    if not reveals:
        return
    lines = [f"• {_reveal(order, reveal)}" for reveal in reversed(reveals[-_REVEALS:])]
    more = len(reveals) - _REVEALS
    if more > 0:
        lines.append(f"…and {counted(more, 'time')} before.")
    yield "\n".join(["*Activation codes* were asked for", *lines])


def _reveal(order: Order, reveal: Reveal) -> str:
    which = f"of {len(reveal.iccids):,} of {esims(order.bought)}"
    if len(reveal.iccids) == 1:
        which = f"of {code(reveal.iccids[0], 60)}"
    whom = "for themselves" if reveal.to == reveal.by else f"for {person(reveal.to)}"
    return f"{when(reveal.at)} {which}, by {person(reveal.by)} {whom}"


def _holders(order: Order, assignments: Mapping[str, Assignment]) -> Iterator[str]:
    """Who has which of its eSIMs, as far as somebody has told."""
    iccids = [sim.iccid for sim in order.sims if sim.iccid and sim.iccid in assignments]
    told = (f"• {code(iccid, 60)} {holder_of(assignments[iccid].holder)}" for iccid in iccids)
    lines = fitting(told, _HOLDERS)
    if not lines:
        return
    more = len(iccids) - len(lines)
    rest = [f"…and {more:,} more: `/esim assigned {order.id}` has all of them."] if more else []
    yield "\n".join(["*Who has which*", *lines, *rest])
