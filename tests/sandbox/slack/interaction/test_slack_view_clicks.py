"""What is clicked and chosen in modals, in the Home tab and in messages, with the state there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sandbox.slack import NotThereError
from tests.sandbox.slack.calling import OPS, card, entry, opened, plain

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack import Message, SlackSandbox
    from tests.sandbox.slack.calling import Receiver

OPTIONS = [{"text": plain(text), "value": text.lower()} for text in ("One", "Two")]


def row(*elements: dict[str, Any]) -> dict[str, Any]:
    """Return a row of elements."""
    return {"type": "actions", "block_id": "row", "elements": list(elements)}


def menu(kind: str = "static_select", **parts: Any) -> dict[str, Any]:
    """Return a menu of two options."""
    return {"type": kind, "action_id": "menu", "options": OPTIONS, **parts}


async def posted(slack: SlackSandbox, client: AsyncWebClient, *blocks: dict[str, Any]) -> Message:
    """Post blocks and return the message."""
    await client.chat_postMessage(channel=OPS, text="x", blocks=list(blocks))
    return slack.messages("ops")[-1]


async def test_a_click_in_a_modal(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """The payload names the view instead of a message, and has what was entered so far."""
    view = await opened(slack, client, receiver, entry("plain_text_input"), *card("x"))
    ana = slack.person("ana")
    await ana.fills(view, {"field": "so far"})
    assert (await ana.clicks("Approve", view)).ok
    payload = receiver.payload()
    assert payload["type"] == "block_actions"
    assert payload["container"] == {"type": "view", "view_id": view.id}
    assert payload["view"]["state"]["values"]["field"]["the_field"]["value"] == "so far"
    assert payload["view"]["hash"] == view.hash
    (action,) = payload["actions"]
    assert (action["action_id"], action["value"], action["block_id"]) == ("approve", "K1", "decide")
    assert not {"channel", "message", "response_url"} & set(payload)


async def test_a_click_in_the_home_tab(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """A click there is like one in a modal, and its trigger_id opens a modal."""
    ben = slack.person("ben")
    await client.views_publish(user_id=ben.id, view={"type": "home", "blocks": card("Hello")})
    home = slack.workspace.home_of("ben")
    assert home
    await ben.clicks("Approve", home)
    payload = receiver.payload()
    assert (payload["view"]["type"], payload["container"]["view_id"]) == ("home", home.id)
    assert payload["user"]["id"] == ben.id
    with pytest.raises(AssertionError, match="no buttons"):
        await slack.person("ana").clicks("Approve", home)


async def test_failures_in_a_view(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """A click that fails is told in the view itself, and a good one ends the trouble."""
    view = await opened(slack, client, receiver, *card("x"))
    slack.connect(None)
    assert not (await slack.person("ana").clicks("Approve", view)).ok
    assert slack.person("ana").sees("trouble connecting") is view
    slack.connect("http://127.0.0.1:9/")
    assert not (await slack.person("ana").clicks("Approve", view)).ok
    assert slack.ephemerals("ana") == []


async def test_a_choice_is_told_at_once(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """Choosing outside of an input block is an action of its own, with the state after it."""
    view = await opened(slack, client, receiver, row(menu()))
    (delivery,) = await slack.person("ana").fills(view, {"row": "Two"})
    assert delivery.ok
    payload = receiver.payload()
    (action,) = payload["actions"]
    assert (action["type"], action["selected_option"]["value"]) == ("static_select", "two")
    state = payload["view"]["state"]["values"]["row"]["menu"]
    assert state["selected_option"]["value"] == "two"


async def test_an_input_is_told_when_it_asks_for_it(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """An input block tells what is typed only with dispatch_action."""
    quiet, loud = (
        entry("plain_text_input", name, dispatch_action=name == "loud")
        for name in ("quiet", "loud")
    )
    view = await opened(slack, client, receiver, quiet, loud)
    ana = slack.person("ana")
    assert await ana.fills(view, {"quiet": "x"}) == []
    (delivery,) = await ana.fills(view, {"loud": "y"})
    (action,) = delivery.parcel.payload["actions"]
    assert (action["type"], action["value"], action["block_id"]) == (
        "plain_text_input",
        "y",
        "loud",
    )


async def test_a_choice_in_a_message_is_each_persons_own(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """The state of a message is that of the one who acts; another person has their own."""
    message = await posted(slack, client, row(menu()), *card("x"))
    await slack.person("ana").fills(message, {"menu": "One"})
    await slack.person("ben").clicks("Approve", message)
    assert receiver.payload()["state"]["values"]["row"]["menu"]["selected_option"] is None
    await slack.person("ana").clicks("Approve", message)
    chosen = receiver.payload()["state"]["values"]["row"]["menu"]["selected_option"]
    assert chosen["value"] == "one"
    assert receiver.payload()["message"]["ts"] == message.ts


async def test_an_input_in_a_message(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """What is typed into a message goes along with a click on its button."""
    message = await posted(slack, client, entry("plain_text_input"), *card("x"))
    await slack.person("ana").fills(message, {"field": "because"})
    await slack.person("ana").clicks("Approve", message)
    values = receiver.payload()["state"]["values"]
    assert values["field"]["the_field"]["value"] == "because"


async def test_an_overflow_menu(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """What is chosen from an overflow menu is told, and kept nowhere."""
    section = {
        "type": "section",
        "block_id": "row",
        "text": plain("x"),
        "accessory": menu("overflow"),
    }
    message = await posted(slack, client, section)
    (delivery,) = await slack.person("ana").fills(message, {"menu": "Two"})
    assert delivery.ok
    payload = receiver.payload()
    (action,) = payload["actions"]
    assert (action["type"], action["selected_option"]["value"]) == ("overflow", "two")
    assert payload["state"]["values"] == {}
    assert payload["response_url"]


async def test_what_another_has_before_them(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """Nobody can use the fields of another's modal, or of a message that they can't see."""
    view = await opened(slack, client, receiver)
    dan = slack.person("dan")
    with pytest.raises(NotThereError, match="dan does not have this"):
        await dan.fills(view, {"field": "x"})
    with pytest.raises(NotThereError):
        await dan.submits(view)
    with pytest.raises(NotThereError):
        await dan.closes(view)
    await client.chat_postEphemeral(
        channel=OPS, user=slack.person("ana").id, text="x", blocks=[row(menu())]
    )
    with pytest.raises(NotThereError):
        await dan.fills(slack.ephemerals("ana")[0], {"menu": "One"})
    assert slack.workspace.views_of("ana") == [view]
