"""The sheet prints a label for each eSIM, loads nothing, and shows names as they are."""

import re
from html.parser import HTMLParser

from hypothesis import given

from bot.domain.activation.assignment import Holder
from bot.domain.activation.code import ActivationCode
from bot.slack.activation.picture import svg
from bot.slack.activation.sheet import sheet
from tests.support.orders import ORDER_ID
from tests.unit.slack.activation.given import HOST, MATCHING_ID, a_code, found, hand_out
from tests.unit.slack.wild import UNHURRIED, nasty

ARABIC, RUSSIAN = "شركة النقل الدولية " * 5, "Международная транспортная компания"


class _Page(HTMLParser):
    """Which tags a page has, and the text in its labels."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def drawn(*some: object, title: str = "Telnyx") -> str:
    """The sheet as text."""
    return sheet(some, hand_out(len(some)), title).decode()  # type: ignore[arg-type]


def test_a_label_each() -> None:
    """QR code, last digits, number, name, and a field for the person."""
    page = drawn(found(1, line="Truck 12"), found(2, holder=Holder(email="dana@example.com")))
    assert page.count('class="label"') == 2
    assert svg(a_code(1)) in page
    assert svg(a_code(2)) in page
    for told in ("…000001", "No. 2", "Truck 12", "dana@example.com", ORDER_ID, ">Person<"):
        assert told in page


def test_a_sheet_of_one() -> None:
    """One eSIM is one."""
    assert f"1 eSIM of order {ORDER_ID}" in drawn(found())
    assert f"2 eSIMs of order {ORDER_ID}" in drawn(found(), found(2))


def test_no_label_is_torn_apart() -> None:
    """Two labels a row; a page ends between rows, on A4 and on Letter."""
    page = drawn(*map(found, range(1, 42)))
    assert page.count('class="row"') == 21
    assert "break-inside: avoid" in page
    assert re.search(r"@page \{ size: auto", page)


def test_a_screen_that_is_narrower_than_a_page() -> None:
    """One label a row there, in its whole width: by what it is told apart is never cut off."""
    narrow = drawn(found()).split("@media screen and (max-width: 180mm)")[1]
    assert ".row { display: block; height: auto }" in narrow
    assert ".label { margin-bottom:" in narrow


def test_nothing_is_loaded_and_nothing_runs() -> None:
    """It can be opened without a network: no address is in it, and no script may run."""
    page = drawn(found(1, line="<script>alert(1)</script>"), title="<img src=x onerror=y>")
    parsed = _Page(page)
    assert not {"script", "img", "link", "iframe"} & set(parsed.tags)
    assert not {"src", "href", "onerror"} & {name for name, _ in parsed.attributes}
    assert "default-src 'none'" in page
    assert "<script>alert(1)</script>" in parsed.texts


def test_the_text_of_a_code_is_not_on_paper() -> None:
    """It is in the QR code alone: who reads over a shoulder has to have a camera."""
    page = drawn(found(1))
    assert HOST not in page
    assert MATCHING_ID not in page
    assert "LPA:" not in page


def test_confirmation_codes_are_on_a_page_of_their_own() -> None:
    """A label that is found alone can't be used; without any there is no such page."""
    labels, _, last = drawn(found(1, code=a_code(confirmation="4837")), found(2)).partition(
        "<table"
    )
    assert "4837" not in labels
    assert "asks for a confirmation code" in labels
    assert "4837" in last
    assert "<table" not in drawn(found(2))


def test_a_code_that_fits_into_no_picture_is_told() -> None:
    """Its label is there: the person is sent the code in another way."""
    page = drawn(found(1, code=ActivationCode.of(HOST, "A" * 2400)))
    assert "fits into no QR code" in page


def test_names_of_every_script() -> None:
    """Each runs in its own direction, cut where the label ends."""
    page = drawn(found(1, line=ARABIC), found(2, line=RUSSIAN))
    assert RUSSIAN in page
    assert 'class="line" dir="auto"' in page
    assert "-webkit-line-clamp" in page


@UNHURRIED
@given(line=nasty(200), name=nasty(80), title=nasty(60))
def test_names_as_no_sane_person_gives_them(line: str, name: str, title: str) -> None:
    """No tag and no attribute comes of a name."""
    page = drawn(found(1, line=line, holder=Holder(name=name[:80])), title=title)
    plain = drawn(found(1, line="x", holder=Holder(name="x")), title="x")
    assert {*_Page(page).tags} <= {*_Page(plain).tags}
    assert _Page(page).tags.count("div") <= _Page(plain).tags.count("div")
