"""Modals and the App Home: drawn, filled in, submitted, refused, closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.page.site import OPS

if TYPE_CHECKING:
    from sandbox.slack.views.view import View
    from tests.sandbox.page.site import Bot, Site


def plain(text: str) -> dict[str, str]:
    """Return a text object."""
    return {"type": "plain_text", "text": text}


def asked(block_id: str, kind: str, **facts: Any) -> dict[str, Any]:
    """Return an input block."""
    element = {"type": kind, "action_id": f"{block_id}-a", **facts}
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(f"The {block_id}"),
        "element": element,
    }


OPTIONS = [{"text": plain(name), "value": name} for name in ("red", "green")]
MODAL = {
    "type": "modal",
    "callback_id": "buy",
    "title": plain("Buy <eSIMs>"),
    "submit": plain("Order"),
    "close": plain("Never mind"),
    "notify_on_close": True,
    "blocks": [
        asked("amount", "number_input", is_decimal_allowed=False, min_value="1"),
        asked("note", "plain_text_input", multiline=True) | {"optional": True},
        asked("colours", "checkboxes", options=OPTIONS) | {"optional": True},
        asked("people", "multi_users_select") | {"optional": True},
        asked("when", "datetimepicker") | {"optional": True},
        asked("status", "static_select", options=OPTIONS) | {"dispatch_action": True},
        {
            "type": "actions",
            "block_id": "more",
            "elements": [{"type": "button", "action_id": "more", "text": plain("More")}],
        },
    ],
}


@pytest.fixture
def modal(site: Site) -> View:
    """Open a modal before ana."""
    return site.scene.slack.workspace.views.open("U0ANA000000", MODAL)


async def test_it_is_drawn_for_its_person(site: Site, modal: View) -> None:
    """A dialog with its title, labels, fields and both buttons; nobody else gets it."""
    shown = await site.html()
    for part in (
        f'<dialog id="{modal.id}"',
        "Buy &lt;eSIMs&gt;</h2>",
        'for="in-amount-amount-a">The amount<',
        'type="number"',
        "(optional)",
        '<textarea id="in-note-note-a"',
        'type="checkbox"',
        'type="datetime-local"',
        "Never mind</button>",
        f'form="form-{modal.id}" class="primary">Order</button>',
    ):
        assert part in shown
    assert "<dialog" not in await site.html(f"/as/ben/{OPS}")


async def test_submitting(site: Site, bot: Bot, modal: View) -> None:
    """The bot gets every value in the form that Slack sends it, and the modal closes."""
    form = {"amount": "3", "note": "two\r\nlines", "colours": "red", "people": "U0BEN000000"}
    form |= {"status": "green", "when": "2026-01-02T10:00"}
    assert await site.post(f"/as/ana/{OPS}/submit", view=modal.id, **form) == {}
    values = bot.heard[0]["view"]["state"]["values"]
    assert values["amount"]["amount-a"]["value"] == "3"
    assert values["note"]["note-a"]["value"] == "two\nlines"
    assert [each["value"] for each in values["colours"]["colours-a"]["selected_options"]] == ["red"]
    assert values["people"]["people-a"]["selected_users"] == ["U0BEN000000"]
    assert values["status"]["status-a"]["selected_option"]["value"] == "green"
    assert isinstance(values["when"]["when-a"]["selected_date_time"], int)
    assert "<dialog" not in await site.html()


async def test_what_slack_itself_refuses(site: Site, bot: Bot, modal: View) -> None:
    """A required field that is empty is told below it; what was typed stays; no bot is asked."""
    form = {"amount": "", "note": "kept <i>", "status": "red"}
    assert await site.post(f"/as/ana/{OPS}/submit", view=modal.id, **form) == {}
    shown = await site.html()
    assert "Please complete this required field." in shown
    assert "kept &lt;i&gt;</textarea>" in shown
    assert not [heard for heard in bot.heard if heard["type"] == "view_submission"]


async def test_what_the_bot_refuses(site: Site, bot: Bot, modal: View) -> None:
    """Its errors stand below their fields, and the modal stays."""
    bot.answer = {"response_action": "errors", "errors": {"amount": "At most 2 <today>."}}
    await site.post(f"/as/ana/{OPS}/submit", view=modal.id, amount="3", status="red")
    shown = await site.html()
    assert "At most 2 &lt;today&gt;.</p>" in shown
    assert 'value="3"' in shown


async def test_an_input_that_the_bot_hears_of_at_once(site: Site, bot: Bot, modal: View) -> None:
    """A choice in a field with dispatch_action is sent before anything is submitted."""
    form = {"view": modal.id, "action": "status", "value": "green"}
    assert await site.post(f"/as/ana/{OPS}/enter", **form) == {}
    assert bot.heard[0]["type"] == "block_actions"
    assert bot.heard[0]["actions"][0]["selected_option"]["value"] == "green"


async def test_a_button_in_a_modal(site: Site, bot: Bot, modal: View) -> None:
    """It is clicked in its view."""
    form = {"view": modal.id, "block": "more", "action": "more"}
    assert await site.post(f"/as/ana/{OPS}/click", **form) == {}
    assert bot.heard[0]["view"]["id"] == modal.id


async def test_closing(site: Site, bot: Bot, modal: View) -> None:
    """It goes, and the bot is told if it asked for that; a second time does nothing."""
    assert await site.post(f"/as/ana/{OPS}/close", view=modal.id) == {}
    assert await site.post(f"/as/ana/{OPS}/close", view=modal.id) == {}
    assert [heard["type"] for heard in bot.heard] == ["view_closed"]
    assert "<dialog" not in await site.html()


async def test_anothers_modal(site: Site, bot: Bot, modal: View) -> None:
    """Nobody submits or closes what is before somebody else."""
    told = await site.post(f"/as/ben/{OPS}/submit", view=modal.id, amount="1")
    assert "no longer there" in told["problem"]
    await site.post(f"/as/ben/{OPS}/close", view=modal.id)
    assert bot.heard == []
    assert "<dialog" in await site.html()


async def test_the_home_tab(homely: Site) -> None:
    """What the bot published for a person is on their Home tab; without that it says so."""
    assert "has not published a Home tab for ana" in await homely.html("/as/ana/home")
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "*Welcome*"}}]
    homely.scene.slack.workspace.views.publish("U0ANA000000", {"type": "home", "blocks": blocks})
    assert "<strong>Welcome</strong>" in await homely.html("/as/ana/home")
    assert "<strong>Welcome</strong>" not in await homely.html("/as/ben/home")


async def test_an_app_without_a_home_tab(site: Site) -> None:
    """The manifest has none: there is no tab to it, and no page."""
    direct = "/as/ana/D0ANA000000"
    assert "/as/ana/home" not in await site.html(direct)
    async with site.session.get(f"{site.url}/as/ana/home") as answer:
        assert answer.status == 404


async def test_the_tabs_of_the_app(homely: Site) -> None:
    """Messages and Home lead to each other where the app has both."""
    direct = "/as/ana/D0ANA000000"
    assert 'href="/as/ana/home"' in await homely.html(direct)
    assert f'href="{direct}"' in await homely.html("/as/ana/home")
