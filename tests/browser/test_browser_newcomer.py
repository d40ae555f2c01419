"""What a newcomer does in the first minutes, in a real browser."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.browser.visitor import Visitor


def test_the_first_visit(visitor: Visitor) -> None:
    """The page says what to type first, and one press puts that into the message field."""
    visitor.page.goto(visitor.url)
    visitor.until_ready()
    expect(visitor.page.get_by_role("heading", name="Welcome")).to_be_visible()
    expect(visitor.page.locator("#composer")).to_be_focused()
    visitor.page.get_by_role("button", name="/esim buy 3 tags=demo").click()
    expect(visitor.page.locator("#composer")).to_have_value("/esim buy 3 tags=demo")
    visitor.page.get_by_role("link", name="Become ben").click()
    visitor.until_ready()
    expect(visitor.page).to_have_title(re.compile("ben"))


def test_from_a_typed_command_to_the_file(visitor: Visitor) -> None:
    """Type, approve as somebody else, see the ICCIDs in the thread, download both files."""
    card = visitor.order("/esim buy 12 tags=fleet", "12 eSIMs from Telnyx")
    expect(card).to_contain_text("Bought 12 of 12 eSIMs")
    card.get_by_role("link", name="replies").click()
    thread = visitor.page.locator("#thread")
    rows = thread.locator("tbody tr")
    expect(rows).to_have_count(13)
    iccids = [rows.nth(at).locator("td").nth(1).inner_text() for at in range(1, 13)]
    workbook, lines = (_downloaded(visitor, ending) for ending in (".xlsx", ".csv"))
    text = io.StringIO(lines.read_text(encoding="utf-8-sig"))
    assert [row["iccid"] for row in csv.DictReader(text)] == iccids
    sheet = CalamineWorkbook.from_path(workbook).get_sheet_by_index(0).to_python()
    assert [row[0] for row in sheet[1:]] == iccids


def _downloaded(visitor: Visitor, ending: str) -> Path:
    """Download the file of the open thread that has this ending."""
    link = visitor.page.locator("#thread").get_by_role("link", name=f"{ending} ·")
    with visitor.page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename.endswith(ending)
    return Path(download.value.path())


def test_a_wrong_command(open_page: Callable[..., Visitor]) -> None:
    """Its author sees what is wrong where; nobody else sees anything."""
    ana, dan = open_page(), open_page()
    ana.become("ana")
    dan.become("dan")
    ana.types("/esim buy ten tags=a,,b")
    answer = ana.message("I can't read this command")
    expect(answer).to_contain_text("Only visible to you")
    expect(answer.locator("pre").first).to_contain_text("^^^")
    ana.types("that went wrong")
    expect(dan.message("that went wrong")).to_be_visible()
    expect(dan.page.locator("#messages")).not_to_contain_text("I can't read this command")


def test_a_strangers_click(open_page: Callable[..., Visitor]) -> None:
    """A stranger clicks Approve: he is told that he may not, and the card awaits approval still."""
    ana, dan = open_page(), open_page()
    ana.become("ana")
    ana.types("/esim buy 2 note=stranger")
    expect(ana.message("Buy 2 eSIMs from Telnyx?")).to_be_visible()
    dan.become("dan")
    dan.approve(dan.message("Buy 2 eSIMs from Telnyx?"))
    expect(dan.message("You may not approve orders")).to_contain_text("Only visible to you")
    expect(dan.message("Buy 2 eSIMs from Telnyx?")).to_contain_text("waits for approval")
    expect(ana.page.locator("#messages")).not_to_contain_text("You may not approve")


def test_a_click_on_what_has_changed_since(open_page: Callable[..., Visitor]) -> None:
    """A dialog that is open while somebody else approves stays; its click is answered."""
    ben, carla = open_page(), open_page()
    ben.become("ana")
    ben.types("/esim buy 6")
    expect(ben.message("Buy 6 eSIMs")).to_be_visible()
    ben.become("ben")
    carla.become("carla")
    carla.message("Buy 6 eSIMs").get_by_role("button", name="Approve").click()
    ben.approve(ben.message("Buy 6 eSIMs"))
    expect(carla.message("6 eSIMs from Telnyx")).to_contain_text("Bought 6 of 6")
    carla.page.get_by_role("dialog").get_by_role("button", name="Buy").click()
    expect(carla.message("already approved by @ben")).to_be_visible()


def test_what_is_typed_is_shown_as_it_is(visitor: Visitor) -> None:
    """Markup in a note is text: no element is made of it, and no script runs."""
    visitor.become("ana")
    visitor.types('/esim buy 4 note="<img src=x onerror=alert(1)> <!channel> *b*"')
    card = visitor.message("Buy 4 eSIMs")
    expect(card).to_contain_text("<img src=x onerror=alert(1)> <!channel>")
    expect(card.locator("img")).to_have_count(0)
    expect(card.locator(".mention-all")).to_have_count(0)


def test_unread_marks(open_page: Callable[..., Visitor]) -> None:
    """What comes in a channel that one does not look at is counted beside its name."""
    ana, olga = open_page(), open_page()
    olga.become("olga", "C0FLEET0000")
    ana.become("ana")
    ana.types("good morning")
    ops = olga.page.get_by_role("link", name=re.compile("#ops.*unread"))
    expect(ops).to_be_visible()
    ops.click()
    olga.until_ready()
    expect(olga.page.get_by_role("link", name=re.compile("#ops.*unread"))).to_have_count(0)
