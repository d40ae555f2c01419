"""What a visitor can make go wrong in the page, and what the bot then does not do: buy twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from sandbox.browser.visitor import Visitor

LONG_MS = 30_000


@pytest.fixture
def calm(visitor: Visitor) -> Visitor:
    """Switch every fault off first."""
    visitor.become("ana")
    visitor.page.get_by_role("button", name="All faults off").click()
    expect(visitor.page.locator("[role=switch][aria-checked=true]")).to_have_count(0)
    return visitor


def test_an_order_that_needs_attention(calm: Visitor) -> None:
    """A lost answer and SIMs that are not listed: in seconds a person is asked; then they look."""
    calm.page.get_by_role("button", name="Sell, but lose the answer").click()
    expect(calm.page.locator("#armed")).to_contain_text("the answer is lost")
    calm.page.get_by_role("switch", name="Hide new SIMs").click()
    expect(calm.page.get_by_role("switch", name="Hide new SIMs")).to_be_checked()
    before = int(calm.figure("requests").inner_text())
    card = calm.order("/esim buy 7", "7 eSIMs from Telnyx")
    expect(card).to_contain_text("I don't know yet what was bought")
    expect(calm.figure("ledger")).to_contain_text("no answer sent")
    expect(card).to_contain_text("A person must look", timeout=LONG_MS)
    calm.page.get_by_role("switch", name="Hide new SIMs").click()
    card.get_by_role("link", name="reply").click()
    calm.until_ready()
    calm.page.locator("#thread").get_by_role("button", name="Look again").click()
    expect(calm.message("7 eSIMs from Telnyx")).to_contain_text("Bought 7 of 7", timeout=LONG_MS)
    expect(calm.figure("requests")).to_have_text(str(before + 1))
    expect(calm.figure("sold-beyond")).to_have_text("0")


def test_a_refused_order(calm: Visitor) -> None:
    """The error that was chosen comes to the thread, and no money is spent."""
    calm.page.select_option("#refusal", "70001")
    calm.page.get_by_role("button", name="Refuse it").click()
    expect(calm.page.locator("#armed")).to_contain_text("refused with 70001")
    spent = calm.figure("spent").inner_text()
    card = calm.order("/esim buy 8", "8 eSIMs from Telnyx")
    expect(card).to_contain_text("Nothing was bought")
    card.get_by_role("link", name="reply").click()
    expect(calm.page.locator("#thread")).to_contain_text("70001")
    expect(calm.figure("spent")).to_have_text(spent)


def test_killed_while_it_buys(calm: Visitor) -> None:
    """Killed with SIGKILL after its request went out, started again: it looks, and buys nothing."""
    page = calm.page
    before = int(calm.figure("requests").inner_text())
    page.get_by_role("switch", name="Slow").click()
    card = calm.order("/esim buy 9", "9 eSIMs from Telnyx")
    expect(calm.figure("requests")).to_have_text(str(before + 1))
    page.get_by_role("button", name="Kill the bot now").click()
    expect(page.locator("#bot")).to_contain_text("stopped")
    page.get_by_role("switch", name="Slow").click()
    page.get_by_role("button", name="Start it again").click()
    expect(page.locator("#bot")).to_contain_text("running")
    expect(card).to_contain_text("Bought 9 of 9", timeout=LONG_MS)
    expect(calm.figure("requests")).to_have_text(str(before + 1))
    expect(calm.figure("sold-beyond")).to_have_text("0")
