"""Celitech in a real browser: its panel, and orders while something goes wrong there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.browser.visitor import Visitor

LONG_MS = 30_000
PHONE = {"viewport": {"width": 390, "height": 780}, "is_mobile": True, "has_touch": True}


def test_what_goes_wrong_at_celitech(visitor: Visitor) -> None:
    """A fault is armed, a switch is on, prices rise: each is seen at once, and ends."""
    page = visitor.page
    visitor.become("ana")
    page.get_by_role("button", name="Do it, but lose the answer").click()
    expect(page.locator("#celitech-armed")).to_contain_text("the answer is lost")
    page.get_by_role("switch", name="Hide new purchases").click()
    expect(page.get_by_role("switch", name="Hide new purchases")).to_be_checked()
    page.get_by_role("button", name="A tenth dearer now").click()
    expect(visitor.figure("celitech-prices")).to_have_text("110%")
    page.get_by_role("button", name="First prices again").click()
    expect(visitor.figure("celitech-prices")).to_have_text("100%")
    page.get_by_role("button", name="All faults off").click()
    expect(page.locator("[role=switch][aria-checked=true]")).to_have_count(0)
    expect(page.locator("#celitech-armed")).to_have_count(0)


def test_a_group_stays_closed(visitor: Visitor) -> None:
    """What a visitor closed stays closed when something beside it changes."""
    page = visitor.page
    visitor.become("ana")
    page.locator("#group-celitech-next summary").click()
    expect(page.get_by_role("button", name="Sell one less")).to_be_hidden()
    page.get_by_role("switch", name="Leave properties out").click()
    expect(page.get_by_role("switch", name="Leave properties out")).to_be_checked()
    expect(page.get_by_role("button", name="Sell one less")).to_be_hidden()
    page.get_by_role("switch", name="Leave properties out").click()
    expect(page.get_by_role("switch", name="Leave properties out")).not_to_be_checked()
    page.locator("#group-celitech-next summary").click()
    expect(page.get_by_role("button", name="Sell one less")).to_be_visible()


def test_both_providers_on_a_phone(open_page: Callable[..., Visitor]) -> None:
    """The panel holds both, and nothing of it is wider than the screen."""
    visitor = open_page(**PHONE)
    page = visitor.page
    visitor.become("ana")
    page.get_by_role("button", name="Providers").click()
    expect(page.get_by_role("region", name="Telnyx ledger")).to_be_visible()
    expect(page.get_by_role("region", name="Celitech ledger")).to_be_visible()
    narrow: bool = page.evaluate(
        "(() => { const panel = document.querySelector('#panel');"
        " return panel.scrollWidth <= panel.clientWidth; })()"
    )
    assert narrow


@pytest.fixture
def calm(visitor: Visitor) -> Visitor:
    """Switch every fault off, and let everything cost what it cost at first."""
    visitor.become("ana")
    visitor.page.get_by_role("button", name="All faults off").click()
    visitor.page.get_by_role("button", name="First prices again").click()
    expect(visitor.page.locator("[role=switch][aria-checked=true]")).to_have_count(0)
    expect(visitor.figure("celitech-prices")).to_have_text("100%")
    return visitor


def sold(visitor: Visitor) -> int:
    """Return how many packages Celitech sold so far."""
    return int(visitor.figure("celitech-sold").inner_text())


def test_a_lost_answer_of_celitech(calm: Visitor) -> None:
    """Seven are two calls; the first one's answer is lost, and what it sold is found."""
    before = sold(calm)
    calm.page.get_by_role("button", name="Do it, but lose the answer").click()
    expect(calm.page.locator("#celitech-armed")).to_be_visible()
    line = "/esim buy 7 from=celitech to=Italy data=1GB days=7"
    card = calm.order(line, "7 eSIMs from Celitech")
    expect(card).to_contain_text("Bought 7 of 7", timeout=LONG_MS)
    expect(calm.figure("celitech")).to_contain_text("no answer sent")
    expect(calm.figure("celitech-sold")).to_have_text(str(before + 7))
    expect(calm.figure("celitech-sold-beyond")).to_have_text("0")
    expect(calm.page.locator("#celitech-twice")).to_have_count(0)


def test_a_price_that_rises(calm: Visitor) -> None:
    """What rose after the card is asked for again, and nothing is bought at a price unseen."""
    calm.types("/esim buy 3 from=celitech to=Spain data=5GB days=7")
    card = calm.message("3 eSIMs from Celitech")
    expect(card).to_contain_text("$16.20")
    calm.page.get_by_role("button", name="A tenth dearer now").click()
    expect(calm.figure("celitech-prices")).to_have_text("110%")
    calm.become("ben")
    before, card = sold(calm), calm.message("3 eSIMs from Celitech")
    calm.approve(card)
    expect(card).to_contain_text("$17.70")
    assert sold(calm) == before
    calm.approve(card)
    expect(card).to_contain_text("Bought 3 of 3", timeout=LONG_MS)
    expect(calm.figure("celitech-sold")).to_have_text(str(before + 3))


def test_killed_while_it_buys_at_celitech(calm: Visitor) -> None:
    """Killed after its request went out, started again: it looks, and buys nothing twice."""
    page, before = calm.page, sold(calm)
    calm.types("/esim buy 4 from=celitech to=Norway data=1GB days=7")
    card = calm.message("4 eSIMs from Celitech")
    expect(card).to_contain_text("waits for approval")
    calm.become("ben")
    requests = int(calm.figure("celitech-requests").inner_text())
    page.get_by_role("switch", name="8 seconds a call").click()
    calm.approve(calm.message("4 eSIMs from Celitech"))
    expect(calm.figure("celitech-requests")).to_have_text(str(requests + 1), timeout=LONG_MS)
    page.get_by_role("button", name="Kill the bot now").click()
    expect(page.locator("#bot")).to_contain_text("stopped")
    page.get_by_role("switch", name="8 seconds a call").click()
    page.get_by_role("button", name="Start it again").click()
    expect(page.locator("#bot")).to_contain_text("running")
    card = calm.message("4 eSIMs from Celitech")
    expect(card).to_contain_text("Bought 4 of 4", timeout=LONG_MS)
    expect(calm.figure("celitech-requests")).to_have_text(str(requests + 1))
    expect(calm.figure("celitech-sold")).to_have_text(str(before + 4))
