"""Clicks and choices in messages: what the page sends on for whom, and what it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.page.site import OPS

if TYPE_CHECKING:
    from sandbox.slack import Message
    from tests.sandbox.page.site import Bot, Site

PLAIN = {"type": "plain_text", "text": "One"}
BUTTON = {"type": "button", "action_id": "press", "value": "K", "text": PLAIN}
SELECT = {
    "type": "static_select",
    "action_id": "pick",
    "placeholder": {"type": "plain_text", "text": "Pick"},
    "options": [{"text": PLAIN, "value": "1"}],
}


def actions(*elements: dict[str, Any], block_id: str = "b") -> dict[str, Any]:
    """Return a row of elements."""
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def press(on: Message, /, **changes: str) -> dict[str, str]:
    """Return the form of BUTTON on a message."""
    form = {"message": on.ts, "revision": "0", "block": "b", "action": "press"}
    return form | changes


async def test_a_click(site: Site, bot: Bot) -> None:
    """The bot gets it from the person whose page it was, with the button's value."""
    message = site.bot_says(actions(BUTTON))
    assert await site.post(f"/as/dan/{OPS}/click", **press(message)) == {}
    (heard,) = bot.heard
    assert heard["user"]["id"] == "U0DAN000000"
    assert heard["message"]["ts"] == message.ts
    assert heard["actions"][0]["value"] == "K"


async def test_a_click_on_an_earlier_state(site: Site, bot: Bot) -> None:
    """What the page showed is what is clicked, though the button has gone since."""
    message = site.bot_says(actions(BUTTON))
    site.scene.slack.workspace.revise(message, "done", [])
    await site.post(f"/as/dan/{OPS}/click", **press(message))
    assert bot.heard[0]["actions"][0]["value"] == "K"
    told = await site.post(f"/as/dan/{OPS}/click", **press(message, revision="1"))
    assert "no longer there" in told["problem"]


@pytest.mark.parametrize(
    "changes", [{"action": "other"}, {"block": "other"}, {"message": "1.0"}, {"view": "V1"}]
)
async def test_what_is_not_there(site: Site, bot: Bot, changes: dict[str, str]) -> None:
    """No button, no click: the person reads that, and the bot hears nothing."""
    message = site.bot_says(actions(BUTTON))
    told = await site.post(f"/as/dan/{OPS}/click", **press(message, **changes))
    assert "no longer there" in told["problem"]
    assert bot.heard == []


async def test_anothers_ephemeral_message(site: Site, bot: Bot) -> None:
    """Nobody clicks what only another sees."""
    workspace = site.scene.slack.workspace
    ops, ana = workspace.channel("ops"), workspace.person("ana")
    blocks = [actions(BUTTON)]
    message = workspace.post(
        workspace.compose(ops, workspace.bot, "", blocks=blocks, only_for=ana.id)
    )
    assert "problem" in await site.post(f"/as/dan/{OPS}/click", **press(message))
    assert await site.post(f"/as/ana/{OPS}/click", **press(message)) == {}
    assert [heard["user"]["name"] for heard in bot.heard] == ["ana"]


async def test_a_menu_in_a_message(site: Site, bot: Bot) -> None:
    """The bot is told of a choice at once, and the page shows it to who made it."""
    message = site.bot_says(actions(SELECT))
    form = {"message": message.ts, "block": "b", "action": "pick", "value": "1"}
    assert await site.post(f"/as/dan/{OPS}/enter", **form) == {}
    assert bot.heard[0]["actions"][0]["selected_option"]["value"] == "1"
    chosen = '<option value="1" selected>'
    assert chosen in await site.region("messages", f"/as/dan/{OPS}")
    assert chosen not in await site.region("messages", f"/as/ana/{OPS}")


async def test_a_choice_that_is_not_offered(site: Site, bot: Bot) -> None:
    """It is refused with a sentence."""
    message = site.bot_says(actions(SELECT))
    form = {"message": message.ts, "block": "b", "action": "pick", "value": "9"}
    assert "no option" in (await site.post(f"/as/dan/{OPS}/enter", **form))["problem"]
    assert (
        "no longer there"
        in (await site.post(f"/as/dan/{OPS}/enter", **form | {"message": "1.0"}))["problem"]
    )
    assert bot.heard == []


async def test_what_is_in_a_container(site: Site, bot: Bot) -> None:
    """A menu in a container is chosen from like any other, and shows what was chosen."""
    container = {"type": "container", "title": PLAIN, "child_blocks": [actions(SELECT)]}
    message = site.bot_says(container)
    form = {"message": message.ts, "block": "b", "action": "pick", "value": "1"}
    assert await site.post(f"/as/ana/{OPS}/enter", **form) == {}
    (heard,) = bot.heard
    assert (heard["actions"][0]["block_id"], heard["actions"][0]["action_id"]) == ("b", "pick")
    assert '<option value="1" selected>One</option>' in await site.region("messages")


async def test_buttons_for_feedback(site: Site, bot: Bot) -> None:
    """Both have one action; the value tells which of them was clicked."""
    pair = {
        "type": "feedback_buttons",
        "action_id": "press",
        "positive_button": {"text": PLAIN, "value": "yes"},
        "negative_button": {"text": PLAIN | {"text": "Bad"}, "value": "no"},
    }
    message = site.bot_says({"type": "context_actions", "block_id": "b", "elements": [pair]})
    assert message.buttons() == ["One", "Bad"]
    assert await site.post(f"/as/ana/{OPS}/click", **press(message, value="no")) == {}
    (heard,) = bot.heard
    assert (heard["actions"][0]["type"], heard["actions"][0]["value"]) == ("feedback_buttons", "no")
