"""Small screens, the keyboard alone, darkness: the page works in all of them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.browser.visitor import Visitor

TOKYO = ZoneInfo("Asia/Tokyo")
PHONE = {"viewport": {"width": 360, "height": 720}, "is_mobile": True, "has_touch": True}


def _fits(visitor: Visitor) -> bool:
    """Whether nothing is wider than the screen."""
    wide: bool = visitor.page.evaluate(
        "document.scrollingElement.scrollWidth > innerWidth"
        " || document.querySelector('#scroll').scrollWidth > innerWidth"
    )
    return not wide


def test_on_a_phone(open_page: Callable[..., Visitor]) -> None:
    """People, messages, thread and provider come one at a time, and nothing is cut off."""
    visitor = open_page(**PHONE)
    page = visitor.page
    visitor.become("ana")
    assert _fits(visitor)
    expect(page.get_by_role("link", name="ben approver")).to_be_hidden()
    visitor.types("/esim buy 5 tags=phone")
    expect(visitor.message("Buy 5 eSIMs")).to_be_visible()
    page.get_by_role("button", name="People and channels").click()
    page.get_by_role("link", name="ben approver").click()
    visitor.until_ready()
    visitor.approve(visitor.message("Buy 5 eSIMs"))
    card = visitor.message("5 eSIMs from Telnyx")
    expect(card).to_contain_text("Bought 5 of 5")
    assert _fits(visitor)
    card.get_by_role("link", name="reply").click()
    visitor.until_ready()
    expect(page.locator("#thread")).to_contain_text("Bought 5 of 5 eSIMs.")
    page.get_by_role("link", name="Close the thread").click()
    visitor.until_ready()
    page.get_by_role("button", name="Provider").click()
    expect(page.get_by_role("button", name="Kill the bot now")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Kill the bot now")).to_be_hidden()


def test_a_table_on_a_phone(open_page: Callable[..., Visitor]) -> None:
    """No number in a table is broken: what does not fit scrolls in its own place."""
    visitor = open_page(**PHONE)
    visitor.become("ana")
    visitor.types("/esim buy 12")
    expect(visitor.message("Buy 12 eSIMs")).to_be_visible()
    visitor.become("ben")
    visitor.approve(visitor.message("Buy 12 eSIMs"))
    card = visitor.message("12 eSIMs from Telnyx")
    expect(card).to_contain_text("Bought 12 of 12")
    card.get_by_role("link", name="repl").click()
    visitor.until_ready()
    cells = visitor.page.locator("#thread td, #thread th")
    heights = {round(cells.nth(at).bounding_box()["height"]) for at in range(cells.count())}  # type: ignore[index]
    assert len(heights) == 1
    assert max(heights) < 32
    assert _fits(visitor)


def test_by_keyboard_alone(visitor: Visitor) -> None:
    """Complete a command, become somebody else, approve and confirm, read the thread: no mouse."""
    page = visitor.page
    keyboard = page.keyboard
    visitor.become("ana")
    keyboard.type("/es")
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        keyboard.press(key)
    expect(page.locator("#composer")).to_have_value("/esim buy 10")
    keyboard.press("Enter")
    expect(visitor.message("Buy 10 eSIMs")).to_be_visible()
    _tab_to(visitor, "ben approver")
    keyboard.press("Enter")
    page.wait_for_url("**/as/ben/**")
    visitor.until_ready()
    _tab_to(visitor, "Approve", within="Buy 10 eSIMs")
    keyboard.press("Enter")
    _tab_to(visitor, "Buy 10 eSIMs")
    keyboard.press("Enter")
    expect(visitor.message("10 eSIMs from Telnyx")).to_contain_text("Bought 10 of 10")
    _tab_to(visitor, "1 reply to this message", within="10 eSIMs from Telnyx")
    keyboard.press("Enter")
    page.wait_for_url("**thread=**")
    visitor.until_ready()
    expect(page.locator("#reply")).to_be_focused()
    keyboard.press("Escape")
    page.wait_for_url(lambda url: "thread" not in url)


def _tab_to(visitor: Visitor, name: str, within: str = "") -> None:
    """Press Tab until the focus is on what begins with this name, and is visible there.

    It stands `within` a message that says this.
    """
    for _ in range(160):
        visitor.page.keyboard.press("Tab")
        told = visitor.page.evaluate(
            """() => {
                const at = document.activeElement;
                const outlined = getComputedStyle(at).outlineStyle !== "none";
                const words = at.textContent || at.ariaLabel || "";
                const around = at.closest("article")?.textContent ?? "";
                return [words.replace(/\\s+/g, " ").trim(), outlined, around];
            }"""
        )
        if told[0].startswith(name) and within in told[2]:
            assert told[1], f"the focus on {name} can't be seen"
            return
    raise AssertionError(f"Tab never came to {name}")


def test_in_the_dark(open_page: Callable[..., Visitor]) -> None:
    """Who prefers dark gets a dark ground with light words, and the other way round."""
    brightness: dict[str, tuple[float, float]] = {}
    for scheme in ("light", "dark"):
        visitor = open_page(color_scheme=scheme)
        visitor.become("ana")
        ground, ink = visitor.page.evaluate(
            """() => ["backgroundColor", "color"].map((name) =>
                getComputedStyle(document.body)[name].match(/[0-9]+/g).slice(0, 3)
                .reduce((sum, part) => sum + Number(part), 0) / 765)"""
        )
        brightness[scheme] = (ground, ink)
    (light_ground, light_ink), (dark_ground, dark_ink) = brightness["light"], brightness["dark"]
    assert light_ground > 0.9
    assert light_ink < 0.2
    assert dark_ground < 0.2
    assert dark_ink > 0.8


def test_times_in_the_browsers_zone(open_page: Callable[..., Visitor]) -> None:
    """A reader in Tokyo sees Tokyo's time, and on the card when it expires there."""
    visitor = open_page(timezone_id="Asia/Tokyo", locale="en-GB")
    visitor.become("ana")
    visitor.types("/esim buy 11")
    card = visitor.message("Buy 11 eSIMs")
    expect(card).to_be_visible()
    posted, expires = card.locator("time").first, card.locator("time").last
    for element, words in ((posted, "{}"), (expires, "at {}")):
        moment = datetime.fromisoformat(element.get_attribute("datetime") or "")
        expect(element).to_contain_text(words.format(f"{moment.astimezone(TOKYO):%H:%M}"))
