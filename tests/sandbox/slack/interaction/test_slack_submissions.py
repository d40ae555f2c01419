"""Submitting a modal, and what the bot's answer makes of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from sandbox.slack import CannotSubmitError
from tests.sandbox.slack.calling import card, entry, modal, opened, plain

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack import SlackSandbox
    from tests.sandbox.slack.calling import Receiver

TROUBLE = "We had some trouble connecting. Try again?"


async def test_a_submission_carries_the_state(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """The bot gets the view with all values, and an empty answer closes the modal."""
    view = await opened(slack, client, receiver, private_metadata="K1")
    delivery = await slack.person("ana").submits(view, {"Field": "a < b & “c”"})
    assert delivery.ok
    payload = receiver.payload()
    assert (payload["type"], payload["user"]["id"]) == ("view_submission", slack.person("ana").id)
    assert payload["view"]["id"] == view.id
    assert (payload["view"]["callback_id"], payload["view"]["private_metadata"]) == ("order", "K1")
    state = {"type": "plain_text_input", "value": "a < b & “c”"}
    assert payload["view"]["state"]["values"] == {"field": {"the_field": state}}
    assert (payload["response_urls"], bool(payload["trigger_id"])) == ([], True)
    assert slack.workspace.views_of("ana") == []


async def test_errors_are_shown_below_the_fields(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """With response_action errors the modal stays, says what is wrong, and can be sent again."""
    view = await opened(slack, client, receiver)
    ana = slack.person("ana")
    receiver.will_answer(response_action="errors", errors={"field": "No such tag."})
    await ana.submits(view, {"field": "x"})
    assert slack.workspace.views_of("ana") == [view]
    assert ana.sees("No such tag.") is view
    receiver.will_answer()
    await ana.submits(view)
    assert (view.errors, slack.workspace.views_of("ana")) == ({}, [])


async def test_a_modal_is_replaced(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """With response_action update the same view has new content, under its id."""
    view = await opened(slack, client, receiver)
    receiver.will_answer(response_action="update", view=modal(*card("Done"), title=plain("Two")))
    await slack.person("ana").submits(view, {"field": "x"})
    assert slack.workspace.views_of("ana") == [view]
    assert (view.title, view.buttons()) == ("Two", ["Approve"])


async def test_a_modal_is_pushed_and_all_are_cleared(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """response_action push adds one above; clear takes all of them away."""
    view = await opened(slack, client, receiver)
    ana = slack.person("ana")
    receiver.will_answer(response_action="push", view=modal())
    await ana.submits(view, {"field": "x"})
    root, above = slack.workspace.views_of("ana")
    assert (root, above.previous_id) == (view, view.id)
    receiver.will_answer(response_action="clear")
    await ana.submits(above, {"field": "x"})
    assert slack.workspace.views_of("ana") == []


async def test_one_modal_closes_after_the_other(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """An empty answer closes the submitted one only, and the one below is seen again."""
    view = await opened(slack, client, receiver)
    ana = slack.person("ana")
    receiver.will_answer(response_action="push", view=modal(title=plain("Two")))
    await ana.submits(view, {"field": "x"})
    receiver.will_answer()
    await ana.submits(slack.workspace.views_of("ana")[-1], {"field": "x"})
    assert slack.workspace.views_of("ana") == [view]
    assert ana.sees("Order") is view


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "explode"},
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "errors", "errors": {"field": ""}},
        {"response_action": "errors"},
        {"response_action": "update", "view": modal(title=None)},
        {"response_action": "update"},
        {"response_action": "push", "view": {"type": "home", "blocks": []}},
    ],
)
async def test_answers_that_slack_does_not_take(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver, answer: dict[str, Any]
) -> None:
    """A wrong answer leaves the modal as it is, and the person reads of trouble."""
    view = await opened(slack, client, receiver)
    receiver.will_answer(**answer)
    await slack.person("ana").submits(view, {"field": "x"})
    assert slack.workspace.views_of("ana") == [view]
    assert (view.title, view.errors, view.trouble) == ("Order", {}, TROUBLE)
    assert slack.person("ana").sees(TROUBLE) is view


@pytest.mark.parametrize(
    "answer",
    [
        lambda: web.Response(text="fine"),
        lambda: web.json_response([]),
        lambda: web.Response(status=500),
        lambda: web.Response(status=404),
    ],
)
async def test_failures_stay_in_the_modal(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver, answer: Any
) -> None:
    """What is no answer at all is trouble, too; the next good answer ends it."""
    view = await opened(slack, client, receiver)
    receiver.answer = answer
    await slack.person("ana").submits(view, {"field": "x"})
    assert view.trouble == TROUBLE
    assert slack.ephemerals("ana") == []
    receiver.will_answer(response_action="errors", errors={"field": "No."})
    await slack.person("ana").submits(view)
    assert (view.trouble, view.errors) == ("", {"field": "No."})


async def test_a_slow_bot_in_a_modal(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """When the bot takes too long the modal stays, and what was entered is still there."""
    view = await opened(slack, client, receiver)
    slack.dispatcher.answer_seconds = 0.05
    held = asyncio.Event()

    async def hold(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await held.wait()
        writer.close()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    slack.connect(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    delivery = await slack.person("ana").submits(view, {"field": "x"})
    held.set()
    server.close()
    assert (delivery.ok, view.trouble) == (False, TROUBLE)
    assert view.values["field"]["the_field"]["value"] == "x"


async def test_the_same_submission_again(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """A submission that is delivered twice is the same bytes, and harms nothing afterwards."""
    view = await opened(slack, client, receiver)
    delivery = await slack.person("ana").submits(view, {"field": "x"})
    receiver.will_answer(response_action="clear")
    assert (await slack.again(delivery)).ok
    assert receiver.requests[-1][1] == receiver.requests[-2][1]
    assert slack.ephemerals("ana") == []


async def test_nothing_to_submit(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """A modal without a button, or whose button is off, can't be submitted."""
    for parts in ({"submit": None}, {"submit_disabled": True}):
        view = await opened(slack, client, receiver, *card("x"), **parts)
        with pytest.raises(CannotSubmitError, match="no button"):
            await slack.person("ana").submits(view)


async def test_slacks_client_checks_first(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """A required field that is empty is never sent; an optional one may stay empty."""
    fields = [entry("plain_text_input", "must"), entry("plain_text_input", "may", optional=True)]
    view = await opened(slack, client, receiver, *fields)
    heard = len(receiver.requests)
    with pytest.raises(CannotSubmitError, match="must: Please complete this required field") as no:
        await slack.person("ana").submits(view)
    assert set(no.value.complaints) == {"must"}
    assert len(receiver.requests) == heard
    await slack.person("ana").submits(view, {"must": "x"})
    assert len(receiver.requests) == heard + 1
