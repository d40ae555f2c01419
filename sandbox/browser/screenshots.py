"""Takes the pictures of the main path in docs/screenshots: `make screenshots`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect, sync_playwright

from sandbox.browser.chromium import ARGUMENTS, MISSING, find
from sandbox.browser.running import running_demo
from sandbox.browser.visitor import ANAS_MESSAGES, Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
SCREEN = {"width": 1240, "height": 700}
SCALE = 0.8
"""Pixels of a picture for each of the screen: as large as a README shows it."""
PHONE = {"width": 390, "height": 780}
WHOLE_MESSAGE = 1390
"""Pixels that a direct message with a code needs on a phone."""
PATIENCE_MS = 30_000


def main() -> int:
    """Take all of them; 1 without a browser to take them with."""
    path = find()
    if path is None:
        sys.stderr.write(f"{MISSING}\n")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=PATIENCE_MS)
    with running_demo() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        page = browser.new_page(viewport=SCREEN, device_scale_factor=SCALE)  # type: ignore[arg-type]
        _main_path(Visitor(page, url))
        _celitech(Visitor(page, url))
        _phone(browser, url)
        _codes(browser, url)
        browser.close()
    return 0


def _main_path(visitor: Visitor) -> None:
    """Order, approve, read the thread; then lose an answer until a person must look."""
    visitor.become("ana")
    visitor.types('/esim buy 3 tags=fleet,emea whitelabel="Acme Mobile" note="for the Lyon trial"')
    expect(visitor.message("Buy 3 eSIMs")).to_be_visible()
    _take(visitor, "card")
    visitor.become("ben")
    visitor.approve(visitor.message("Buy 3 eSIMs"))
    card = visitor.message("3 eSIMs from Telnyx")
    expect(card).to_contain_text("Bought 3 of 3")
    _open_thread(visitor, "3 eSIMs from Telnyx", "Bought 3 of 3")
    _take(visitor, "thread")
    _lose_an_order(visitor)
    _open_thread(visitor, "7 eSIMs from Telnyx", "I can't tell what was bought")
    _take(visitor, "attention")


def _lose_an_order(visitor: Visitor) -> None:
    """Let the provider sell, lose the answer, and hide what it sold."""
    visitor.become("ana")
    visitor.page.get_by_role("switch", name="Hide new SIMs").click()
    visitor.page.get_by_role("button", name="Sell, but lose the answer").click()
    expect(visitor.page.locator("#armed")).to_be_visible()
    card = visitor.order("/esim buy 7 tags=fleet", "7 eSIMs from Telnyx")
    expect(card).to_contain_text("A person must look")


def _celitech(visitor: Visitor) -> None:
    """Order from the other provider, which named its price, and show its part of the panel."""
    visitor.become("ana")
    card = visitor.order(
        "/esim buy 2 from=celitech to=France data=5GB days=7", "2 eSIMs from Celitech"
    )
    expect(card).to_contain_text("Bought 2 of 2")
    visitor.page.evaluate("document.getElementById('celitech').scrollIntoView()")
    _take(visitor, "celitech")


def _on_phone(browser: Browser, url: str) -> Visitor:
    options = {"viewport": PHONE, "is_mobile": True, "has_touch": True}
    return Visitor(browser.new_page(**options), url)  # type: ignore[arg-type]


def _phone(browser: Browser, url: str) -> None:
    """Show a card that waits on a small screen."""
    visitor = _on_phone(browser, url)
    visitor.become("ana")
    visitor.types("/esim buy 2 tags=demo")
    expect(visitor.message("Buy 2 eSIMs")).to_be_visible()
    _take(visitor, "phone")


def _codes(browser: Browser, url: str) -> None:
    """Show an activation code in the direct message that it comes in."""
    visitor = _on_phone(browser, url)
    expect(visitor.order("/esim buy 1 tags=demo", "1 eSIM from Telnyx")).to_contain_text("Bought")
    visitor.become("ana")
    _open_thread(visitor, "1 eSIM from Telnyx", "Send activation codes")
    visitor.page.get_by_role("button", name="Send activation codes").click()
    visitor.with_button("Send to you").get_by_role("button", name="Send to you").click()
    visitor.become("ana", ANAS_MESSAGES)
    expect(visitor.page.locator("figure.picture img")).to_be_visible()
    visitor.page.set_viewport_size({"width": PHONE["width"], "height": WHOLE_MESSAGE})
    _take(visitor, "codes")


def _open_thread(visitor: Visitor, title: str, says: str) -> None:
    visitor.message(title).get_by_role("link", name="repl").click()
    visitor.until_ready()
    expect(visitor.page.locator("#thread")).to_contain_text(says)


def _take(visitor: Visitor, name: str) -> None:
    """Take a picture of what is on the screen."""
    visitor.page.evaluate("document.activeElement.blur()")
    visitor.page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")


if __name__ == "__main__":
    sys.exit(main())
