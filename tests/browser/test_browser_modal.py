"""A modal in a real browser: what is typed stays, choices are told, Esc closes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from playwright.async_api import async_playwright, expect

from sandbox.browser.chromium import ARGUMENTS
from sandbox.celitech import CelitechSandbox
from sandbox.page import Scene, read_manifest, served_page
from sandbox.serving import Serving
from sandbox.slack import SlackSandbox
from sandbox.telnyx import TelnyxSandbox
from tests.sandbox.page.site import Bot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Page as Tab

ANA = "U0ANA000000"


def _plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def _asked(block_id: str, **element: Any) -> dict[str, Any]:
    element = {"action_id": f"{block_id}-a", **element}
    return {"type": "input", "block_id": block_id, "label": _plain(block_id), "element": element}


MODAL = {
    "type": "modal",
    "title": _plain("Buy eSIMs"),
    "submit": _plain("Order"),
    "notify_on_close": True,
    "blocks": [
        _asked("amount", type="number_input", is_decimal_allowed=False),
        _asked("note", type="plain_text_input"),
        _asked("status", type="static_select", options=[{"text": _plain("On"), "value": "on"}])
        | {"dispatch_action": True},
    ],
}


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """Start what stands behind the page."""
    slack, telnyx = await SlackSandbox.start(), await TelnyxSandbox.start()
    celitech = await CelitechSandbox.start()
    yield Scene(slack, telnyx, celitech, manifest=read_manifest())
    for server in (slack, telnyx, celitech):
        await server.stop()


@pytest.fixture
async def bot(scene: Scene) -> AsyncIterator[Bot]:
    """Let interactions go to a server that refuses an amount."""
    refusal = {"response_action": "errors", "errors": {"amount": "At most 2 today."}}
    bot, app = Bot(answer=refusal), web.Application()
    app.router.add_post("/slack/events", bot.handle)
    serving = await Serving.start(app)
    scene.slack.connect(f"{serving.url}/slack/events")
    yield bot
    await serving.stop()


@pytest.fixture
async def tab(scene: Scene, chromium_path: str) -> AsyncIterator[Tab]:
    """Open the page as ana; its console may hold no error."""
    troubles: list[str] = []
    async with served_page(scene) as url, async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium_path, args=list(ARGUMENTS)
        )
        tab = await browser.new_page()
        tab.on("console", lambda message: troubles.append(message.text))
        tab.on("pageerror", lambda error: troubles.append(str(error)))
        await tab.goto(url)
        await tab.wait_for_selector("html[data-ready]")
        yield tab
        await browser.close()
    assert troubles == []


async def test_modals_and_menus(scene: Scene, bot: Bot, tab: Tab) -> None:
    """A modal opens by itself; words stay through refusals; Esc closes it; choices are sent on."""
    scene.slack.workspace.views.open(ANA, MODAL)
    await expect(tab.get_by_role("dialog", name="Buy eSIMs")).to_be_visible()
    await tab.get_by_label("note").fill("for Lyon")
    await tab.get_by_label("status").select_option("on")
    await scene.slack.until(lambda: len(bot.heard) == 1)
    assert bot.heard[0]["actions"][0]["selected_option"]["value"] == "on"
    await tab.get_by_label("amount").fill("3")
    await tab.get_by_role("button", name="Order").click()
    await expect(tab.get_by_text("At most 2 today.")).to_be_visible()
    await expect(tab.get_by_label("note")).to_have_value("for Lyon")
    assert bot.heard[1]["view"]["state"]["values"]["note"]["note-a"]["value"] == "for Lyon"
    await tab.keyboard.press("Escape")
    await expect(tab.get_by_role("dialog")).to_have_count(0)
    await scene.slack.until(lambda: len(bot.heard) == 3)
    assert bot.heard[2]["type"] == "view_closed"
    await _choose_in_a_message(scene, tab)
    await scene.slack.until(lambda: len(bot.heard) == 4)
    assert bot.heard[3]["actions"][0]["selected_option"]["value"] == "later"


async def _choose_in_a_message(scene: Scene, tab: Tab) -> None:
    """Choose from a menu in a message: that is sent on at once, without a button."""
    workspace = scene.slack.workspace
    option = {"text": _plain("Later"), "value": "later"}
    menu = {"type": "static_select", "action_id": "pick", "options": [option]}
    block = {"type": "actions", "block_id": "b", "elements": [menu | {"placeholder": _plain("?")}]}
    ops = workspace.channel("ops")
    workspace.post(workspace.compose(ops, workspace.bot, "", blocks=[block]))
    await tab.locator("#messages select").select_option("later")
