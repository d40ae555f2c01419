"""Who has which eSIM: what one person reads who says it, removes it or asks for it; files."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Final

import slackblocks

from bot.domain.activation.assignment import Assignment, Holder
from bot.slack.answers.assign_form import OPEN
from bot.slack.downloads.lines import csv_of
from bot.slack.downloads.rows import Row
from bot.slack.downloads.workbook import Sheet, book_of
from bot.slack.ephemeral import Answer, plain
from bot.slack.message import Block, File, actions, context, fitting, rendered, section
from bot.slack.mrkdwn import clip, code, counted, escape, esims, person, when

FILES: Final = "assigned_files"
"""Action id of the button that sends all of them as files."""
_MOST_SHOWN: Final = 40
_ROOM: Final = 9_000
"""Characters of all lines together."""
_A_SECTION: Final = 2_800
_COLUMNS: Final = (
    ("iccid", 23),
    ("person", 14),
    ("e-mail", 30),
    ("name", 30),
    ("order", 11),
    ("assigned by", 14),
    ("since", 22),
)
OURS: Final = (
    "This is the bot's own note: no provider sees it. The audit keeps that it was said, not who "
    "has the eSIM."
)


def holder_in_words(holder: Holder) -> str:
    """Who has it: the person, then the address and the name, escaped."""
    parts = [person(holder.person)] if holder.person else []
    parts += [clip(text, 200) for text in (holder.email, holder.name) if text]
    return ", ".join(parts)


def now_assigned(assignment: Assignment, command: str) -> Answer:
    """One eSIM was assigned."""
    iccid = assignment.iccid
    return plain(
        f"Noted: {code(iccid)} is with {holder_in_words(assignment.holder)}. Nothing was ordered, "
        f"and no code was sent. `{command} unassign {iccid}` forgets it."
    )


def all_assigned(assignments: Sequence[Assignment], command: str) -> Answer:
    """The lines of a form were taken."""
    order_id = assignments[0].order_id
    return Answer(
        f"Noted for {esims(len(assignments))}",
        rendered(
            section(
                f"*Noted for {esims(len(assignments))}* of order `{order_id}`. Nothing was "
                f"ordered, and no code was sent. `{command} assigned {order_id}` shows all of it."
            ),
            *_lines(assignments),
        ),
    )


def forgotten(assignment: Assignment) -> Answer:
    """Who had it was removed."""
    return plain(
        f"Forgotten: nobody is known to have {code(assignment.iccid)} any more. The eSIM itself "
        f"was not touched; it was with {holder_in_words(assignment.holder)}."
    )


def nobody_has(iccid: str, command: str) -> Answer:
    """Nobody is known to have this one."""
    return plain(
        f"Nobody is known to have {code(iccid)}. `{command} assign {iccid} to=` and a person, an "
        "e-mail address or a name says who has it."
    )


def holder_shown(assignment: Assignment) -> Answer:
    """Who has this one."""
    title = section("*Who has this eSIM*")
    return Answer("1 eSIM with a holder", rendered(title, *_lines([assignment]), context(OURS)))


def assigned_list(assignments: Sequence[Assignment], about: str, command: str) -> Answer:
    """Who has which eSIM, a line for each; as files where there is a button for them.

    `about`: the order that was asked for, "" for all.
    """
    of = f" of order `{about}`" if about else ""
    if not assignments:
        how = f"{command} assign {about}".rstrip()
        nobody = f"Nobody is known to have an eSIM{of}. `{how}` says who has which."
        return Answer(nobody, rendered(section(nobody), *_more(about))) if about else plain(nobody)
    title = f"Who has which eSIM{of}"
    shown = assignments[:_MOST_SHOWN]
    hidden = len(assignments) - len(shown)
    more = f"…and {hidden:,} more, which are in the files. " if hidden else ""
    return Answer(
        f"{counted(len(assignments), 'eSIM')} with a holder",
        rendered(
            section(f"*{title}*"),
            *_lines(shown),
            *_more(about, slackblocks.Button("All as files", FILES, value=about or "all")),
            context(f"{more}{OURS}"),
        ),
    )


def _more(about: str, *buttons: slackblocks.Button) -> Iterator[Block]:
    """The buttons; of an order also the one that opens the form for its eSIMs."""
    form = slackblocks.Button("Assign in a form", OPEN, value=about)
    yield actions(*buttons, *([form] if about else []))


def files_are_there(count: int) -> Answer:
    """What is said beside the files."""
    return plain(
        f"{esims(count)} with who has them, as a workbook and as CSV, are in your direct messages "
        "with me: only you see them."
    )


def files_not_sent() -> Answer:
    """Slack did not take them."""
    return plain(
        "Slack took no files for you just now. Nothing was changed: press *All as files* again in "
        "a minute."
    )


def assigned_files(assignments: Sequence[Assignment], about: str) -> tuple[File, File]:
    """A workbook for people and a CSV file for programs; no cell is run as a formula."""
    rows = [_row(each) for each in assignments]
    title = f"Who has which eSIM{f' of order {about}' if about else ''}"
    digest = hashlib.sha256(repr(rows).encode()).hexdigest()[:16]
    created = max((each.at for each in assignments), default=datetime(2026, 1, 1, tzinfo=UTC))
    sheet = Sheet("Holders", _COLUMNS, rows, len(rows))
    name = f"holders-{about}" if about else "holders"
    return (
        File(f"{name}.xlsx", title, digest, partial(book_of, title, created, (sheet,))),
        File(
            f"{name}.csv",
            f"{title}, for programs",
            digest,
            partial(csv_of, [name for name, _ in _COLUMNS], rows),
        ),
    )


def _row(each: Assignment) -> Row:
    holder = each.holder
    since = f"{each.at.astimezone(UTC):%Y-%m-%d %H:%M:%SZ}"
    return (
        each.iccid,
        holder.person,
        holder.email,
        holder.name,
        each.order_id,
        each.by,
        since,
    )


def _lines(assignments: Sequence[Assignment]) -> Iterator[Block]:
    """A line for each, in as few paragraphs as Slack takes."""
    text = ""
    for line in fitting(map(_line, assignments[:_MOST_SHOWN]), _ROOM):
        if text and len(text) + len(line) >= _A_SECTION:
            yield section(text)
            text = ""
        text += f"\n{line}" if text else line
    if text:
        yield section(text)


def _line(each: Assignment) -> str:
    order = f" · order `{escape(each.order_id)}`" if each.order_id else ""
    return f"{code(each.iccid)} · {holder_in_words(each.holder)}{order} · since {when(each.at)}"
