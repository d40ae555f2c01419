"""Whatever came from Slack, and whatever breaks on its way: the answer is where the person looks.

Every kind of request goes through the real app, signed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import handlers.actions
from handlers.door import Workspace
from tests.support.hearing.signed import (
    ANA,
    OPS,
    button,
    command,
    event,
    in_home,
    in_message,
    in_modal,
    in_view,
    interaction,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.log import Log
    from tests.support.world import World

FAULT = "I ran into a fault of my own"


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let everything break before any listener is reached."""

    def is_own(_own: Workspace, _body: object) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr(Workspace, "is_own", is_own)


async def alone(world: World) -> str:
    """What ana is told in the channel, to herself."""
    await world.slack.until(lambda: world.slack.ephemerals("ana"))
    (told,) = world.slack.ephemerals("ana")
    assert (told.channel, world.slack.direct_messages("ana")) == (OPS, [])
    return str(told.plain())


async def directly(world: World) -> str:
    """What ana is told in a direct message."""
    await world.slack.until(lambda: world.slack.direct_messages("ana"))
    (told,) = world.slack.direct_messages("ana")
    assert world.slack.ephemerals("ana") == []
    return str(told.plain())


async def above(world: World) -> str:
    """What ana is told in a window above the form that she has open."""
    await world.slack.until(lambda: len(world.slack.workspace.views.of(ANA)) > 1)
    form, window = world.slack.workspace.views.of(ANA)
    assert "Something" in str(form.blocks)
    assert world.slack.direct_messages("ana") == []
    return str(window.blocks)


async def nothing(world: World) -> None:
    """Ana is told nothing, wherever she looks."""
    assert world.bot is not None
    await world.bot.hearing.finish(1)
    assert (world.slack.ephemerals("ana"), world.slack.direct_messages("ana")) == ([], [])
    assert await world.bot.answers.waiting() == 0


def told_in_log(log: Log, told: str) -> None:
    """The log has the reason under the number that the person was told."""
    (line,) = [line for line in log.lines() if line["event"] == "fault"]
    assert FAULT in told
    assert line["fault"] in told


# What breaks


@pytest.mark.usefixtures("broken")
async def test_a_command_that_breaks(world: World, log: Log) -> None:
    """It is answered in the acknowledgement, to whoever typed it."""
    answered = await command(world, "buy 3")
    assert (answered.status, answered.told["response_type"]) == (200, "ephemeral")
    told_in_log(log, answered.body)
    await nothing(world)


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("kind", ["block_actions", "message_action"])
async def test_a_click_in_a_message_that_breaks(world: World, log: Log, kind: str) -> None:
    """The same for a button of a message, and for a shortcut in its menu."""
    answered = await interaction(world, kind, **in_message(world), **button(), callback_id="x")
    assert answered.status == 200
    told_in_log(log, await alone(world))


@pytest.mark.usefixtures("broken")
async def test_a_click_in_home_that_breaks(world: World, log: Log) -> None:
    """The Home tab stands in no channel: the answer comes directly."""
    assert (await interaction(world, "block_actions", **in_home(), **button())).status == 200
    told_in_log(log, await directly(world))


@pytest.mark.usefixtures("broken")
async def test_a_click_in_a_form_that_breaks(world: World, log: Log) -> None:
    """A window above the form says so, and the form stays as it was filled in."""
    answered = await interaction(world, "block_actions", **in_modal(world), **button())
    assert answered.status == 200
    told_in_log(log, await above(world))


@pytest.mark.usefixtures("broken")
async def test_a_form_that_breaks(world: World, log: Log) -> None:
    """It says so in its own place, in the acknowledgement."""
    answered = await interaction(world, "view_submission", **in_view("V1"))
    assert answered.told["response_action"] == "update"
    told_in_log(log, answered.body)
    await nothing(world)


@pytest.mark.usefixtures("broken")
async def test_a_shortcut_that_breaks(world: World, log: Log) -> None:
    """A shortcut stands in no channel either."""
    assert (await interaction(world, "shortcut", callback_id="x")).status == 200
    told_in_log(log, await directly(world))


@pytest.mark.usefixtures("broken")
async def test_a_menu_that_breaks(world: World, log: Log) -> None:
    """Slack asks anew at each letter: the menu is empty, and only the log says why."""
    menu = {"action_id": "menu", "block_id": "b", "value": "le"}
    answered = await interaction(world, "block_suggestion", **in_message(world), **menu)
    assert (answered.status, answered.told) == (200, {"options": []})
    assert log.events() == ["fault"]
    await nothing(world)


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("closed", [True, False], ids=["a form is closed", "an event"])
async def test_what_nobody_waits_for(world: World, log: Log, *, closed: bool) -> None:
    """The log has it, Slack its acknowledgement, so that it does not send it again."""
    sent = interaction(world, "view_closed", **in_view("V1")) if closed else event(world)
    assert (await sent).status == 200
    assert log.events() == ["fault"]
    await nothing(world)


async def test_a_listener_that_breaks(
    world: World, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It makes no difference where it breaks."""
    card = await world.ask("/esim buy 3")

    def unreadable(_value: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(handlers.actions, "read_button_value", unreadable)
    told_in_log(log, await world.click_told("Approve", card, "ben"))


# What the bot does not know


@pytest.mark.parametrize(
    ("where", "answer"), [(in_message, alone), (lambda _: in_home(), directly), (in_modal, above)]
)
async def test_a_button_that_there_is_not(
    world: World,
    log: Log,
    where: Callable[[World], dict[str, Any]],
    answer: Callable[[World], Any],
) -> None:
    """In a message, in the Home tab and in a form: each has its answer there."""
    assert (await interaction(world, "block_actions", **where(world), **button())).status == 200
    assert "I don't know this button" in await answer(world)
    assert log.events() == []


async def test_a_menu_that_there_is_not(world: World, log: Log) -> None:
    """It has no entries."""
    menu = {"action_id": "menu", "block_id": "b", "value": "le"}
    answered = await interaction(world, "block_suggestion", **in_message(world), **menu)
    assert answered.told == {"options": []}
    assert log.events() == []


async def test_events_and_closed_forms(world: World, log: Log) -> None:
    """They are acknowledged, and nothing else comes of them."""
    assert (await event(world)).status == 200
    assert (await interaction(world, "view_closed", **in_view("V1"))).status == 200
    await nothing(world)
    assert log.events() == []


# What a button says that the person saw


async def test_a_card_of_an_earlier_version(world: World) -> None:
    """Its buttons name the order alone, and still decide."""
    card = await world.ask("/esim buy 3")
    where = in_message(world)
    await interaction(
        world, "block_actions", **where, **button("cancel_order", value=world.order_id(card))
    )
    await world.until_state(card, "cancelled")


async def test_a_button_of_another_revision(world: World) -> None:
    """What the person saw is not what would be decided about: nothing changes, and they hear it."""
    card = await world.ask("/esim buy 3")
    value = f"{world.order_id(card)}:2"
    where = in_message(world)
    await interaction(world, "block_actions", **where, **button("cancel_order", value=value))
    assert "has changed since" in await alone(world)
    await world.pass_time(5)
    assert world.state(card) == "awaiting_approval"
