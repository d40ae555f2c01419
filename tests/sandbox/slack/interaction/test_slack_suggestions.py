"""external_select: a menu whose options the bot brings while the person types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

from sandbox.slack import NoSuchFieldError
from tests.sandbox.slack.calling import OPS, entry, opened, plain

if TYPE_CHECKING:
    from slack_bolt.app.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack import Message, SlackSandbox, View
    from tests.sandbox.slack.calling import Form, Receiver


def option(text: str) -> dict[str, Any]:
    """Return one option."""
    return {"text": plain(text), "value": text.lower()}


CITIES = [option("Berlin"), option("Bern")]


async def shown(slack: SlackSandbox, client: AsyncWebClient, **parts: Any) -> Message:
    """Post a message with such a menu."""
    menu = {"type": "external_select", "action_id": "city", **parts}
    block = {"type": "actions", "block_id": "where", "elements": [menu]}
    await client.chat_postMessage(channel=OPS, text="Where?", blocks=[block])
    return slack.messages("ops")[-1]


async def test_a_search_in_a_message(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """The bot is told which menu, what is typed and where; its options come back."""
    message = await shown(slack, client)
    receiver.will_answer(options=CITIES)
    assert await slack.person("ana").searches(message, "city", "Ber") == CITIES
    payload = receiver.payload()
    assert payload["type"] == "block_suggestion"
    assert (payload["action_id"], payload["block_id"], payload["value"]) == ("city", "where", "Ber")
    assert (payload["message"]["ts"], payload["channel"]["id"]) == (message.ts, OPS)
    assert payload["container"]["type"] == "message"
    assert "trigger_id" not in payload


async def test_a_choice_in_a_message(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """What is filled in is searched for first; then the choice is told like any other."""
    message = await shown(slack, client)
    receiver.will_answer(options=CITIES)
    await slack.person("ana").fills(message, {"city": "Berlin"})
    (action,) = receiver.payload()["actions"]
    assert action["selected_option"] == CITIES[0]
    assert len(receiver.requests) == 2


@pytest.mark.parametrize(
    ("kind", "values", "state"),
    [
        ("external_select", "Bern", CITIES[1]),
        ("multi_external_select", ["Berlin", "Bern"], CITIES),
        ("multi_external_select", [CITIES[0], "Bern"], CITIES),
        ("external_select", CITIES[0], CITIES[0]),
        ("external_select", None, None),
    ],
)
async def test_a_choice_in_a_form(form: Form, kind: str, values: Any, state: Any) -> None:
    """One or several are submitted as options; an option itself, or nothing, asks for none."""
    view = await form.of(kind, {} if values else {"initial_option": CITIES[0]})
    if values is None:
        view.content["blocks"][0]["optional"] = True
    form.receiver.will_answer(options=CITIES)
    await form.slack.person("ana").fills(view, {"field": values})
    form.receiver.will_answer()
    sent = await form.submit(view)
    assert sent.get("selected_option", sent.get("selected_options")) == state


async def test_options_in_groups(form: Form) -> None:
    """Options may come in groups."""
    view: View = await form.of("external_select", {})
    form.receiver.will_answer(option_groups=[{"label": plain("Cities"), "options": CITIES}])
    assert await form.slack.person("ana").searches(view, "field", "Ber") == CITIES
    assert form.receiver.payload()["view"]["id"] == view.id


async def test_a_text_that_is_too_short(form: Form) -> None:
    """Nothing is asked before three characters, or as many as the menu wants."""
    ana, view = form.slack.person("ana"), await form.of("external_select", {})
    form.receiver.will_answer(options=CITIES)
    asked = len(form.receiver.requests)
    assert await ana.searches(view, "field", "Be") == []
    assert len(form.receiver.requests) == asked
    open_view = await form.of("external_select", {"min_query_length": 0})
    form.receiver.will_answer(options=CITIES)
    assert await ana.searches(open_view, "field") == CITIES


@pytest.mark.parametrize(
    "answer",
    [
        {"options": [{"text": "Berlin", "value": "b"}]},
        {"options": [option("x" * 76)]},
        {"options": [option(f"City {number}") for number in range(101)]},
        {"choices": CITIES},
    ],
)
async def test_an_answer_that_slack_does_not_take(form: Form, answer: dict[str, Any]) -> None:
    """Options that break Slack's limits, or none at all, are not offered."""
    view = await form.of("external_select", {})
    form.receiver.will_answer(**answer)
    assert await form.slack.person("ana").searches(view, "field", "City 1") == []


async def test_a_bot_that_fails(form: Form) -> None:
    """The person finds nothing to choose, and reads no error."""
    view = await form.of("external_select", {})
    form.receiver.answer = lambda: web.Response(status=500)
    with pytest.raises(NoSuchFieldError, match="no option 'Berlin'"):
        await form.slack.person("ana").fills(view, {"field": "Berlin"})
    assert form.slack.ephemerals("ana") == []


async def test_another_menu_is_not_searched(form: Form) -> None:
    """A menu with options of its own asks the bot for none."""
    view = await form.of("static_select", {"options": CITIES})
    with pytest.raises(NoSuchFieldError, match="not the app's to bring"):
        await form.slack.person("ana").searches(view, "field", "Ber")


async def test_a_bolt_app_brings_options(
    bolt: AsyncApp, slack: SlackSandbox, client: AsyncWebClient
) -> None:
    """Over Socket Mode a Bolt listener's options are found and chosen."""
    chosen: list[str] = []

    @bolt.options("city")
    async def bring(ack: Any, payload: dict[str, Any]) -> None:
        await ack(options=[each for each in CITIES if payload["value"] in each["text"]["text"]])

    @bolt.action("city")
    async def choose(ack: Any, action: dict[str, Any]) -> None:
        await ack()
        chosen.append(action["selected_option"]["value"])

    handler = AsyncSocketModeHandler(bolt, slack.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    await slack.until(lambda: slack.dispatcher.sockets.connections)
    await slack.person("ana").fills(await shown(slack, client), {"city": "Berlin"})
    assert chosen == ["berlin"]
    await handler.close_async()  # type: ignore[no-untyped-call]


async def test_other_fields_beside_it(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """In one form the fields are filled in together."""
    fields = [entry("external_select"), entry("plain_text_input", "why")]
    view = await opened(slack, client, receiver, *fields)
    receiver.will_answer(options=CITIES)
    await slack.person("ana").fills(view, {"field": "Bern", "why": "fair"})
    assert view.values["field"]["the_field"]["selected_option"] == CITIES[1]
    assert view.values["why"]["the_why"]["value"] == "fair"
