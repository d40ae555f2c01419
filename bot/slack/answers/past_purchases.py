"""The purchases of a provider's account: a page of them, one with all that is known, files."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import slackblocks

from bot.domain.activation.assignment import Assignment
from bot.domain.catalogue.lists import PastPurchase, PurchasePage
from bot.domain.catalogue.offer import Fact
from bot.domain.form import Forms
from bot.domain.grammar import Ask, Rules, written
from bot.slack.ephemeral import Answer, plain
from bot.slack.message import (
    Block,
    actions,
    context,
    fields,
    fitting,
    rendered,
    section,
    with_button,
)
from bot.slack.mrkdwn import clip, code, counted, escape, money, when
from bot.slack.sims import NOBODY, holder_of

NEXT_PAGE = "purchases_next"
"""Action id of the button for the next page."""
DETAILS = "purchase_details"
"""Action id of the button that shows one purchase with all that is known of it."""
FILES = "purchases_files"
"""Action id of the button that sends all purchases as files."""
_MOST_VALUE = 2000
"""Characters that Slack takes in the value of a button."""
_MOST_SHOWN = 40
"""Purchases of a page that are shown."""
_ROOM = 10_000
"""Characters of all purchases, or of all facts, together."""
_LONGEST = 120
"""Characters of a text in a paragraph."""
_FACTS = 10
"""Facts in one block."""


class AskedAgain(NamedTuple):
    """What a button of an answer asks."""

    line: str
    """The question as a line, without the slash command."""
    cursor: str = ""
    """That of the page before; "" for the first page."""
    id: str = ""
    """The purchase that is meant; "" for none."""


def read_asked_again(value: object) -> AskedAgain | None:
    """What a button's value asks; None for what none of ours carries."""
    try:
        parts = json.loads(value) if isinstance(value, str) else None
    except ValueError:
        return None
    match parts:
        case [str(line), str(cursor), str(purchase)]:
            return AskedAgain(line, cursor, purchase)
    return None


def purchase_page(question: Ask, page: PurchasePage, cursor: str, rules: Rules) -> Answer:
    """A page of purchases. `cursor` is the one by which it was asked."""
    forms = rules.forms
    if not page.purchases and not page.cursor:
        return no_purchases(question, cursor)
    if len(page.purchases) == 1 and not page.cursor and not cursor:
        return purchase_details(question, page.purchases[0])
    line = written(question, forms)
    shown = fitting(map(_line, page.purchases[:_MOST_SHOWN]), _ROOM)
    title = f"Purchases at {question.form.title}"
    head = f"*{escape(title)}* · {code(f'{rules.command} {line}', 600)}"
    return Answer(
        f"{title}: {counted(len(page.purchases), 'purchase')}",
        rendered(
            section(head),
            *_paragraphs(question, page.purchases, shown, cursor, forms),
            *_buttons(line, page),
            context(_about(page, line, len(page.purchases) - len(shown))),
        ),
    )


def purchase_details(
    question: Ask, purchase: PastPurchase, assignments: Mapping[str, Assignment] = NOBODY
) -> Answer:
    """All that is known of one purchase; `assignments`, by ICCID, say who has its eSIM."""
    known = {fact.value for fact in purchase.facts}
    head = [
        Fact(label=label, value=value)
        for label, value in (
            ("Purchase", purchase.id),
            ("ICCID", purchase.iccid),
            ("Reference", purchase.reference),
        )
        if value and value not in known
    ]
    facts = [*head, *purchase.facts]
    title, held = purchase.title or "A purchase", assignments.get(purchase.iccid)
    who = [section(f"*Who has it*: {holder_of(held.holder)}")] if held else []
    return Answer(
        f"{clip(title, 200)} at {question.form.title}",
        rendered(section(_title(purchase)), *_fact_blocks(facts), *who),
    )


def not_listed(title: str) -> Answer:
    """The answer for a purchase that is not there any more."""
    return plain(f"{escape(title)} does not list this purchase any more. Nothing was changed.")


def no_purchases(question: Ask, cursor: str = "") -> Answer:
    """The answer where nothing is listed."""
    what = "no purchase that fits" if question.options else "no purchases"
    return plain(f"{escape(question.form.title)} lists {'no more purchases' if cursor else what}.")


def files_are_there(count: int, title: str, *, is_whole: bool) -> Answer:
    """What is said beside the files."""
    told = f"{counted(count, 'purchase')} at {escape(title)}, as a workbook and as CSV, are in your"
    more = (
        ""
        if is_whole
        else (f" These are the first {count:,}, not all: narrow them with `since=` and `until=`.")
    )
    return plain(f"{told} direct messages with me: only you see them.{more}")


def _title(purchase: PastPurchase) -> str:
    parts = [f"*{clip(purchase.title or 'Purchase', _LONGEST)}*"]
    if purchase.price is not None:
        parts.append(escape(money(purchase.price.cents, purchase.price.currency)))
    if purchase.bought_at is not None:
        parts.append(when(purchase.bought_at))
    return " · ".join(parts)


def _line(purchase: PastPurchase) -> str:
    """A purchase in two lines: what and when, then by what it is found again."""
    named = [
        ("ICCID", purchase.iccid),
        ("purchase", purchase.id),
        ("reference", purchase.reference),
    ]
    found_by = " · ".join(f"{name} {code(text, _LONGEST)}" for name, text in named if text)
    return f"{_title(purchase)}\n{found_by}" if found_by else _title(purchase)


def _paragraphs(
    question: Ask,
    purchases: Sequence[PastPurchase],
    shown: Sequence[str],
    cursor: str,
    forms: Forms,
) -> Iterator[Block]:
    """A paragraph for each purchase, with a button for its details."""
    for purchase, text in zip(purchases, shown, strict=False):
        value = _value(_details_of(question, purchase, cursor, forms)) if purchase.id else ""
        button = slackblocks.Button("Details", DETAILS, value=value) if value else None
        yield with_button(section(text), button) if button else section(text)


def _details_of(question: Ask, purchase: PastPurchase, cursor: str, forms: Forms) -> AskedAgain:
    """The same page again: it has this purchase; or all of its ICCID, which are few."""
    names = {field.name for field in question.form.fields}
    if purchase.iccid and "iccid" in names:
        of_iccid = Ask(question.form, {"iccid": purchase.iccid})
        return AskedAgain(written(of_iccid, forms), "", purchase.id)
    return AskedAgain(written(question, forms), cursor, purchase.id)


def _value(asked: AskedAgain) -> str:
    """The value of a button; "" where it is too long for one."""
    value = json.dumps(asked, ensure_ascii=False, separators=(",", ":"))
    return value if len(value) <= _MOST_VALUE else ""


def _buttons(line: str, page: PurchasePage) -> Iterator[Block]:
    following = _value(AskedAgain(line, page.cursor)) if page.cursor else ""
    files = _value(AskedAgain(line))
    made = [slackblocks.Button("Next page", NEXT_PAGE, value=following)] if following else []
    made += [slackblocks.Button("All as files", FILES, value=files)] if files else []
    if made:
        yield actions(*made)


def _about(page: PurchasePage, line: str, hidden: int) -> str:
    """Whether there are more, and how to see them."""
    more = f"{hidden:,} more of this page fit in no message: they are in the files. "
    told = more if hidden else ""
    if not page.cursor:
        return told.strip() or "These are all that there are."
    if _value(AskedAgain(line, page.cursor)):
        return f"{told}There are more on the next page."
    return (
        f"{told}There are more, but what the provider calls the next page fits in no button: "
        "narrow them with `since=` and `until=`."
    )


def _fact_blocks(facts: Sequence[Fact]) -> Iterator[Block]:
    texts = (f"*{clip(fact.label, 80)}*\n{clip(fact.value, 400) or '–'}" for fact in facts)
    told = fitting(texts, _ROOM)
    for start in range(0, len(told), _FACTS):
        yield fields(*told[start : start + _FACTS])
