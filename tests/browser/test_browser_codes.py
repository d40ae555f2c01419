"""From a result to a phone: activation codes in a direct message, on a small screen."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from sandbox.browser.visitor import ANAS_MESSAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Locator, Page

    from sandbox.browser.visitor import Visitor

LONG_MS = 30_000
PHONE = {"viewport": {"width": 390, "height": 780}, "is_mobile": True, "has_touch": True}
ICCID = re.compile(r"\b89\d{17,18}\b")
LPA = re.compile(r"LPA:1\$rsp\.telnyx\.example\$[A-Z0-9-]+")


@pytest.fixture
def phone(open_page: Callable[..., Visitor]) -> Iterator[Visitor]:
    """Open the page on a phone, with every fault off at the beginning and at the end."""
    visitor = open_page(**PHONE)
    calm(visitor)
    yield visitor
    calm(visitor)


def calm(visitor: Visitor) -> None:
    """Switch every fault off."""
    visitor.become("ana")
    visitor.page.get_by_role("button", name="Providers").click()
    visitor.page.get_by_role("button", name="All faults off").click()
    expect(visitor.page.locator("[role=switch][aria-checked=true]")).to_have_count(0)
    visitor.page.keyboard.press("Escape")


def to_result(visitor: Visitor, line: str, title: str) -> tuple[Locator, list[str]]:
    """Order as ana, approve as ben, open the thread as ana; it and the ICCIDs in it."""
    expect(visitor.order(line, title)).to_contain_text("Bought")
    visitor.become("ana")
    visitor.message(title).get_by_role("link", name="repl").click()
    visitor.until_ready()
    thread = visitor.page.locator("#thread")
    expect(thread.get_by_role("button", name="Send activation codes")).to_be_visible()
    return thread, ICCID.findall(thread.inner_text())


def fits(page: Page) -> bool:
    """Whether nothing is wider than the screen."""
    wide: bool = page.evaluate(
        "document.scrollingElement.scrollWidth > innerWidth"
        " || document.querySelector('#scroll').scrollWidth > innerWidth"
    )
    return not wide


def test_from_a_result_to_the_direct_message(phone: Visitor) -> None:
    """Ask, see the whole ICCID and who gets it, send, find the picture and the values, be done."""
    page = phone.page
    thread, iccids = to_result(phone, "/esim buy 1 tags=codes", "1 eSIM from Telnyx")
    assert len(set(iccids)) == 1
    thread.get_by_role("button", name="Send activation codes").click()
    confirmation = phone.with_button("Send to you", iccids[0])
    expect(confirmation).to_contain_text("Only visible to you")
    confirmation.get_by_role("button", name="Send to you").click()
    open_direct_messages(phone, "esim-bot")
    message = phone.message("LPA:1$")
    expect(message).to_contain_text(iccids[0], timeout=LONG_MS)
    code = LPA.findall(message.inner_text())[0]
    boxes = [box.inner_text().strip() for box in message.locator("pre").all()]
    assert {code, "rsp.telnyx.example", code.rpartition("$")[2]} <= set(boxes)
    expect(message.get_by_role("link", name="iPhone")).to_have_attribute(
        "href", re.compile(r"^https://esimsetup\.apple\.com/.*carddata=LPA%3A1%24")
    )
    picture = page.locator("#messages figure.picture img").last
    expect(picture).to_be_visible()
    assert code not in (picture.get_attribute("alt") or "")
    assert picture.evaluate("image => image.complete && image.naturalWidth >= 100")
    assert fits(page)
    message.get_by_role("button", name="Done").click()
    expect(page.locator("#messages")).not_to_contain_text("LPA:1$")
    expect(page.locator("#messages figure.picture")).to_have_count(0)


def test_codes_for_somebody_else(phone: Visitor) -> None:
    """Another person is chosen in the confirmation; from the thread their messages are a step."""
    page = phone.page
    thread, iccids = to_result(phone, "/esim buy 2 tags=codes", "2 eSIMs from Telnyx")
    thread.get_by_role("button", name="Send activation codes").click()
    phone.with_button("Send to you", iccids[0]).locator("select").select_option(label="olga")
    to_another = re.compile("^Send to (?!you)")
    confirmation = phone.with_button(to_another, iccids[0])
    expect(confirmation).to_contain_text("to @olga")
    confirmation.get_by_role("button", name=to_another).click()
    page.get_by_role("dialog").get_by_role("button", name=to_another).click()
    open_direct_messages(phone, "esim-bot to olga")
    expect(page.locator("#messages figure.picture img")).to_have_count(2, timeout=LONG_MS)
    expect(page.locator("h1")).to_contain_text("as olga")
    for left in (1, 0):
        page.locator("#messages").get_by_role("button", name="Done").first.click()
        expect(page.locator("#messages figure.picture img")).to_have_count(left)


def test_an_esim_that_is_installed(phone: Visitor) -> None:
    """Nothing is sent of it, and the one who asked is told why."""
    page = phone.page
    thread, iccids = to_result(phone, "/esim buy 3 tags=codes", "3 eSIMs from Telnyx")
    page.evaluate("document.getElementById('flip-codes_installed').click()")
    expect(page.locator("#flip-codes_installed")).to_have_attribute("aria-checked", "true")
    thread.get_by_role("button", name="Send activation codes").click()
    confirmation = phone.with_button("Send to you", iccids[0])
    confirmation.get_by_role("button", name="Send to you").click()
    expect(page.locator("#thread, #messages").get_by_text("installed").last).to_be_visible(
        timeout=LONG_MS
    )
    open_direct_messages(phone, "esim-bot")
    expect(page.locator("#messages")).not_to_contain_text("LPA:1$")


def test_lines_are_pasted_and_a_sheet_is_printed(phone: Visitor) -> None:
    """Who has which eSIM is pasted into the form; then the whole order comes as one page."""
    page = phone.page
    card = phone.order("/esim buy 2 tags=fleet", "2 eSIMs from Telnyx")
    expect(card).to_contain_text("Bought 2 of 2")
    order_id = re.findall(r"\b[0-9A-Z]{8}\b", card.inner_text())[-1]
    phone.become("ana")
    phone.types(f"/esim assign {order_id}")
    form = page.locator("#views dialog")
    form.locator("textarea").fill("Truck 12, @dan\nTruck 13, eve@example.com, what, else")
    form.get_by_role("button", name="Assign").click()
    expect(form.get_by_role("alert")).to_contain_text("Line 2")
    form.locator("textarea").fill("Truck 12, @dan\nTruck 13, eve@example.com")
    form.get_by_role("button", name="Assign").click()
    expect(form).to_contain_text("eve@example.com")
    expect(form.locator(".mention")).to_have_text("@dan")
    form.get_by_role("button", name="Close").click()
    expect(form).to_have_count(0)
    phone.types(f"/esim handout {order_id} as=sheet")
    send = re.compile("^Send to you")
    phone.with_button(send, order_id).get_by_role("button", name=send).click()
    phone.become("ana", ANAS_MESSAGES)
    sheet = page.locator("#messages").get_by_role("link", name="html")
    expect(sheet).to_be_visible(timeout=LONG_MS)
    with page.expect_download() as download:
        sheet.click()
    printed = Path(download.value.path()).read_text(encoding="utf-8")
    assert printed.count("Truck 1") >= 2
    assert fits(page)
    page.locator("#messages").get_by_role("button", name="Done").click()
    expect(sheet).to_have_count(0)


def open_direct_messages(visitor: Visitor, name: str) -> None:
    """Open direct messages by the menu in the header, which an open thread has too."""
    page = visitor.page
    page.locator("[data-drawer=sidebar]").last.click()
    page.locator("#sidebar").get_by_role(
        "link", name=re.compile(rf"^{name}( \d+ unread)?$")
    ).click()
    visitor.until_ready()
