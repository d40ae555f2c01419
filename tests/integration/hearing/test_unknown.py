"""Old buttons, unknown forms, malformed clicks, and what breaks: each gets an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sandbox.slack.dispatch.delivery import command_parcel, interaction_parcel
from sandbox.slack.dispatch.payloads import interaction, slash_form

if TYPE_CHECKING:
    from tests.support.log import Log
    from tests.support.world import World

UNKNOWN = "I don't know this button"
BUTTONS = [
    {"action_id": "old_approve", "type": "button", "value": "7K2M9QXA"},
    {"action_id": "esim:approve", "type": "button"},
    {"action_id": "", "type": "button", "value": "7K2M9QXA"},
    {"action_id": "whatever", "type": "static_select", "selected_option": {"value": "1"}},
]
VALUES: list[Any] = [
    None,
    "",
    "nonsense",
    "7k2m9qxa",
    "7K2M9QXA ",
    "7K2M9QXA:",
    "7K2M9QXA:0",
    "7K2M9QXA:-1",
    "7K2M9QXA:1:1",
    "7K2M9QXA:٣",
    "<!channel>",
    7,
    {"a": 1},
]


async def clicked(world: World, action: dict[str, Any], **changes: Any) -> str:
    """Let ana click something that the workspace does not show; her answer comes back."""
    workspace = world.slack.workspace
    ana, ops = workspace.person("ana"), workspace.channel("ops")
    address = world.slack.serving.url + world.slack.response_urls.issue(ana, ops, None)
    payload = interaction(workspace, ana, "block_actions") | {
        "container": {"type": "message", "message_ts": "1.2", "channel_id": ops.id},
        "channel": {"id": ops.id, "name": ops.name},
        "response_url": address,
        "actions": [action],
    }
    before = len(world.slack.ephemerals("ana"))
    parcel = interaction_parcel(workspace, ana, ops, payload | changes, "[?]")
    assert (await world.slack.dispatcher.send(parcel)).ok
    await world.slack.until(lambda: len(world.slack.ephemerals("ana")) > before)
    return world.slack.ephemerals("ana")[-1].plain()


def approving() -> str:
    """The action id of the button that approves."""
    from bot.slack.messages.card import APPROVE  # noqa: PLC0415 - one word of the bot's own

    return str(APPROVE)


@pytest.mark.parametrize("action", BUTTONS)
async def test_a_button_that_there_is_not(world: World, log: Log, action: dict[str, Any]) -> None:
    """A button of another version: the person is told, nothing is changed, nothing breaks."""
    assert UNKNOWN in await clicked(world, action)
    assert log.events() == []


@pytest.mark.parametrize("value", VALUES)
async def test_a_value_that_names_no_order(world: World, log: Log, value: Any) -> None:
    """A value that is not an order's id as our buttons carry it."""
    action = {"action_id": approving(), "type": "button", "value": value}
    assert UNKNOWN in await clicked(world, action)
    assert log.events() == []


@pytest.mark.parametrize("value", ["7K2M9QXA", "7K2M9QXA:1"])
async def test_an_order_that_there_is_not(world: World, value: str) -> None:
    """A well-formed id of no order."""
    action = {"action_id": approving(), "type": "button", "value": value}
    assert "I know no order 7K2M9QXA" in await clicked(world, action)


async def test_a_link_needs_no_answer(world: World) -> None:
    """Slack tells of a clicked link, too; it has done its work already."""
    link = {"action_id": "link", "type": "button", "url": "https://example.com"}
    with pytest.raises(TimeoutError):
        await _within(world, link)
    assert world.slack.ephemerals("ana") == []


async def _within(world: World, action: dict[str, Any]) -> None:
    assert world.bot is not None
    workspace = world.slack.workspace
    ana, ops = workspace.person("ana"), workspace.channel("ops")
    payload = interaction(workspace, ana, "block_actions") | {"actions": [action]}
    parcel = interaction_parcel(workspace, ana, ops, payload, "[?]")
    assert (await world.slack.dispatcher.send(parcel)).ok
    await world.bot.hearing.finish(1)
    await world.slack.until(lambda: world.slack.ephemerals("ana"), seconds=0.1)


@pytest.mark.parametrize("changes", [{"actions": []}, {"actions": [{}]}])
async def test_a_click_that_bolt_can_not_read(
    world: World, log: Log, changes: dict[str, Any]
) -> None:
    """What breaks before any listener is answered with a number that the log has, too."""
    told = await clicked(world, {}, **changes)
    assert "I ran into a fault of my own" in told
    (line,) = log.lines()
    assert line["fault"] in told


async def test_a_form_that_there_is_not(world: World) -> None:
    """A form of another version says so in its place."""
    workspace = world.slack.workspace
    ana, ops = workspace.person("ana"), workspace.channel("ops")
    payload = interaction(workspace, ana, "view_submission") | {
        "view": {"id": "V1", "type": "modal", "callback_id": "old_form", "state": {"values": {}}},
    }
    parcel = interaction_parcel(workspace, ana, ops, payload, "old_form")
    answer = await world.slack.dispatcher.post(parcel.body, parcel.headers)
    assert answer.status == 200
    assert "I don't know this form" in answer.body


async def test_a_shortcut_that_there_is_not(world: World) -> None:
    """It stands in no channel: the answer comes as a direct message."""
    workspace = world.slack.workspace
    ana, ops = workspace.person("ana"), workspace.channel("ops")
    payload = interaction(workspace, ana, "shortcut") | {"callback_id": "old_shortcut"}
    parcel = interaction_parcel(workspace, ana, ops, payload, "old_shortcut")
    assert (await world.slack.dispatcher.send(parcel)).ok
    await world.slack.until(lambda: world.slack.direct_messages("ana"))
    (told,) = world.slack.direct_messages("ana")
    assert "I don't know this shortcut" in told.plain()


@pytest.mark.parametrize("text", ["\ud800", "buy 3 note=\ud83d", "\x00", "a" * 5000, "‮buy 3"])  # noqa: PLE2502 - what people paste
async def test_texts_that_nobody_can_read(world: World, log: Log, text: str) -> None:
    """Half characters, control characters, endless words: an answer, and no fault."""
    workspace = world.slack.workspace
    ana, ops = workspace.person("ana"), workspace.channel("ops")
    address = world.slack.serving.url + world.slack.response_urls.issue(ana, ops, None)
    form = slash_form(workspace, ana, ops, ("/esim", ""), address)
    parcel = command_parcel(workspace, form | {"text": text.encode("utf-8", "replace").decode()})
    assert (await world.slack.dispatcher.send(parcel)).ok
    await world.until(lambda: world.slack.ephemerals("ana") or world.slack.messages("ops"))
    assert "fault" not in log.events()


@pytest.mark.parametrize("missing", ["text", "trigger_id", "channel_name", "command"])
async def test_fields_that_are_missing(world: World, log: Log, missing: str) -> None:
    """A command without one of its fields is answered like one that has it empty."""
    workspace = world.slack.workspace
    ana, ops = workspace.person("ana"), workspace.channel("ops")
    address = world.slack.serving.url + world.slack.response_urls.issue(ana, ops, None)
    form = slash_form(workspace, ana, ops, ("/esim", "help"), address)
    form[missing] = ""
    parcel = command_parcel(workspace, form)
    assert (await world.slack.dispatcher.send(parcel)).ok
    await world.slack.until(lambda: world.slack.ephemerals("ana"))
    assert "fault" not in log.events()
