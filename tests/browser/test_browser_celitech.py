"""Celitech in the panel of a real browser: on a usual screen and on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.browser.visitor import Visitor

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
