"""The purchases of a provider's account as two files, for the person who asked."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

from bot.domain.activation.assignment import Assignment
from bot.domain.catalogue.lists import PastPurchase
from bot.domain.form import Form
from bot.slack.downloads.lines import csv_of
from bot.slack.downloads.rows import HOLDERS, Row, holder_cells
from bot.slack.downloads.workbook import Sheet, book_of
from bot.slack.message import File
from bot.slack.mrkdwn import counted
from bot.slack.sims import NOBODY

_COLUMNS = (
    ("purchase", 38),
    ("iccid", 23),
    ("title", 30),
    ("price", 10),
    ("currency", 9),
    ("bought at", 22),
    ("reference", 26),
)
_WIDTH = 20
"""Width of the column of a fact, in characters."""


def purchase_files(
    purchases: Sequence[PastPurchase],
    form: Form,
    assignments: Mapping[str, Assignment] = NOBODY,
) -> tuple[File, ...]:
    """A workbook for people and a CSV file for programs; their bytes are made when they are sent.

    After the columns that every purchase has come who has each eSIM, where somebody has told of
    any (`assignments`, by ICCID), and those of its facts, by their labels.
    """
    title = f"{counted(len(purchases), 'purchase')} at {form.title}"
    holders = HOLDERS if assignments else ()
    columns = [*_COLUMNS, *holders, *((label, _WIDTH) for label in _labels(purchases))]
    rows = _rows(purchases, assignments)
    sheet = Sheet("Purchases", columns, rows, len(rows))
    digest = hashlib.sha256(repr(rows).encode()).hexdigest()[:16]
    book = partial(book_of, title, _newest(purchases), (sheet,))
    text = partial(csv_of, [name for name, _ in columns], rows)
    name = f"purchases-{form.provider}"
    return (
        File(f"{name}.xlsx", title, digest, book),
        File(f"{name}.csv", f"{title}, for programs", digest, text),
    )


def _newest(purchases: Sequence[PastPurchase]) -> datetime:
    times = [each.bought_at.astimezone(UTC) for each in purchases if each.bought_at is not None]
    return max(times, default=datetime(2026, 1, 1, tzinfo=UTC))


def _labels(purchases: Sequence[PastPurchase]) -> list[str]:
    """The labels of all facts, in the order in which they come."""
    return list(dict.fromkeys(fact.label for each in purchases for fact in each.facts))


def _rows(purchases: Sequence[PastPurchase], assignments: Mapping[str, Assignment]) -> list[Row]:
    labels = _labels(purchases)
    return [
        (
            *_usual(each),
            *(holder_cells(assignments.get(each.iccid)) if assignments else ()),
            *_facts(each, labels),
        )
        for each in purchases
    ]


def _usual(purchase: PastPurchase) -> Row:
    price, at = purchase.price, purchase.bought_at
    return (
        purchase.id,
        purchase.iccid,
        purchase.title,
        f"{price.cents // 100}.{price.cents % 100:02}" if price is not None else "",
        price.currency if price is not None else "",
        f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%SZ}" if at is not None else "",
        purchase.reference,
    )


def _facts(purchase: PastPurchase, labels: Sequence[str]) -> Row:
    known: dict[str, str] = {}
    for fact in purchase.facts:
        before = f"{known[fact.label]}, " if fact.label in known else ""
        known[fact.label] = f"{before}{fact.value}"
    return [known.get(label, "") for label in labels]
