"""The files with the purchases of an account."""

import csv
import io

from bot.domain.catalogue.money import Money
from bot.domain.catalogue.offer import Fact
from bot.slack.downloads import purchase_files
from tests.support.harness.travel_agency import past
from tests.support.harness.traveller import FORM
from tests.unit.slack.downloads.opened import cells

SOME = [
    past(1),
    past(
        2,
        id="=1+1",
        title='France, "5 GB"',
        price=Money(cents=1205, currency="EUR"),
        facts=(Fact(label="Type", value="-x"), Fact(label="Source", value="a")),
    ),
    past(3, price=None, bought_at=None, facts=(Fact(label="Type", value="b"),) * 2),
]


def rows(content: bytes) -> list[list[str]]:
    """The lines of a CSV file."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_columns() -> None:
    """What every purchase has, then every label of a fact, once."""
    book, text = purchase_files(SOME, FORM)
    head, first, second, third = rows(text.content())
    assert head[:7] == [
        *("purchase", "iccid", "title", "price", "currency", "bought at", "reference")
    ]
    assert head[7:] == ["Source", "Purchase type", "Type"]
    assert first[3:6] == ["4.50", "USD", "2026-11-01 12:01:00Z"]
    assert (first[-3:], second[7:], third[7:]) == (
        ["API", "First Purchase", ""],
        ["a", "", "'-x"],
        ["", "", "b, b"],
    )
    assert third[3:6] == ["", "", ""]
    assert (book.name, text.name) == ("purchases-traveller.xlsx", "purchases-traveller.csv")
    assert book.title == "3 purchases at Traveller"


def test_nothing_is_run() -> None:
    """A text that begins like a formula is none in the CSV file, and text in the workbook."""
    book, text = purchase_files(SOME, FORM)
    assert rows(text.content())[2][0] == "'=1+1"
    assert cells(book.content())[2][0] == "=1+1"


def test_the_same_purchases_give_the_same_files() -> None:
    """Also much later; others give another digest."""
    book, text = purchase_files(SOME, FORM)
    again, _ = purchase_files(SOME, FORM)
    other, _ = purchase_files(SOME[:2], FORM)
    assert book.content() == again.content()
    assert (book.digest, text.digest) == (again.digest, again.digest)
    assert other.digest != book.digest


def test_without_a_time() -> None:
    """A list that tells no time has files all the same."""
    book, _ = purchase_files([past(1, bought_at=None)], FORM)
    assert book.content()
