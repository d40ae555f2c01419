"""Somebody who tries the page: does what people do, and waits for what people see."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    import re

    from playwright.sync_api import ConsoleMessage, Locator, Page, Response

OPS = "C0OPS000000"
ANAS_MESSAGES = "D0ANA000000"
"""Ana's direct messages with the bot."""
REDIRECTS = range(300, 400)


@dataclass
class Visitor:
    """A tab of a browser at the page; `troubles` are errors on its console."""

    page: Page
    url: str
    troubles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("response", self._response)

    def become(self, person: str, channel: str = OPS) -> None:
        """Open a channel as a person, and wait until the page works."""
        self.page.goto(f"{self.url}/as/{person}/{channel}")
        self.until_ready()

    def until_ready(self) -> None:
        """Wait until the page's script has started."""
        self.page.wait_for_selector("html[data-ready]")

    def types(self, line: str) -> None:
        """Type a line into the message field and send it."""
        self.page.fill("#composer", line)
        self.page.press("#composer", "Enter")

    def message(self, text: str) -> Locator:
        """The last message in the channel that says this."""
        return self.page.locator("#messages article", has_text=text).last

    def with_button(self, name: str | re.Pattern[str], says: str = "") -> Locator:
        """The last message with this button that `says` this.

        An open thread that is not its place is closed: on a small screen it covers the channel.
        """
        button = self.page.get_by_role("button", name=name)
        messages = self.page.locator("#messages article, #thread article").filter(has=button)
        message = messages.filter(has_text=says).last
        expect(message).to_be_visible()
        thread = self.page.locator("#thread")
        if thread.count() and not thread.filter(has=button).count():
            self.page.locator("#close-thread").click()
            self.until_ready()
        return message

    def approve(self, card: Locator) -> None:
        """Click Approve and confirm."""
        card.get_by_role("button", name="Approve").click()
        self.page.get_by_role("dialog").get_by_role("button", name="Buy").click()

    def order(self, line: str, title: str) -> Locator:
        """Order as ana, approve as ben; the card comes back."""
        self.become("ana")
        self.types(line)
        expect(self.message(title)).to_contain_text("waits for approval")
        self.become("ben")
        card = self.message(title)
        self.approve(card)
        return card

    def figure(self, name: str) -> Locator:
        """A figure of the provider panel."""
        return self.page.locator(f"#{name}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.troubles.append(message.text)

    def _response(self, response: Response) -> None:
        if not response.ok and response.status not in REDIRECTS:
            self.troubles.append(f"{response.status} {response.url}")
