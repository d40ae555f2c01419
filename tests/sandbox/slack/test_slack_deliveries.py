"""Commands and clicks: what is sent, how it is signed, and what comes of it."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from sandbox.slack import NoSuchButtonError
from tests.sandbox.slack.calling import METADATA, OPS, card

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack import Message, SlackSandbox
    from tests.sandbox.slack.calling import Receiver


async def posted(slack: SlackSandbox, client: AsyncWebClient, **parts: Any) -> Message:
    """Post a card and return it."""
    given = {"channel": OPS, "text": "Order", "blocks": card("Order")} | parts
    await client.chat_postMessage(**given)
    return slack.workspace.timeline[-1]


async def clicked(slack: SlackSandbox, receiver: Receiver, message: Message) -> dict[str, Any]:
    """Let ben click, and return the payload that was sent."""
    await slack.person("ben").clicks("Approve", message)
    payload: dict[str, Any] = json.loads(receiver.form()["payload"])
    return payload


async def test_requests_are_signed(slack: SlackSandbox, receiver: Receiver) -> None:
    """The official verifier, with its own clock, takes the signature; not for another body."""
    delivery = await slack.person("ana").types("/esim buy 3")
    headers, body = receiver.requests[-1]
    verifier = SignatureVerifier(slack.signing_secret)
    assert verifier.is_valid_request(body, headers)
    assert not verifier.is_valid_request(body + b" ", headers)
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert (delivery.ok, delivery.status, delivery.body) == (True, 200, "")
    assert 0 < delivery.seconds < 3


async def test_a_command_is_a_form(slack: SlackSandbox, receiver: Receiver) -> None:
    """A slash command has the fields that Slack documents."""
    await slack.person("ana").types('/esim buy 3 whitelabel="Acme"', "fleet")
    form = receiver.form()
    for name in ("token", "trigger_id", "api_app_id", "team_id"):
        assert form.pop(name)
    assert form.pop("response_url").startswith(slack.api_url.removesuffix("api/"))
    assert form == {
        "team_domain": "sandbox",
        "channel_id": "C0FLEET0000",
        "channel_name": "fleet",
        "user_id": slack.person("ana").id,
        "user_name": "ana",
        "command": "/esim",
        "text": 'buy 3 whitelabel="Acme"',
        "is_enterprise_install": "false",
    }


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("@ana and @dan.", "<@U0ANA000000|ana> and <@U0DAN000000|dan>."),
        ("notify=#ops,#fleet", "notify=<#C0OPS000000|ops>,<#C0FLEET0000|fleet>"),
        ("@nobody #nowhere @anais #ops-two", "@nobody #nowhere @anais #ops-two"),
        ("ana@ben.example", "ana@ben.example"),
        ("@here", "<!here>"),
        ("see https://example.com/x", "see <https://example.com/x>"),
        ("<@U0ANA000000>", "&lt;@U0ANA000000&gt;"),
        ("“Acme”  —  10", "“Acme”  —  10"),
        ("", ""),
    ],
)
async def test_typed_text_is_escaped(
    slack: SlackSandbox, receiver: Receiver, typed: str, sent: str
) -> None:
    """Entities are escaped, and known names and links become references."""
    await slack.person("ana").types(f"/esim {typed}")
    assert receiver.form()["text"] == sent


async def test_a_click_is_a_block_action(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """A click carries the person, the place, the message with its metadata, and the button."""
    message = await posted(slack, client, metadata=METADATA)
    payload = await clicked(slack, receiver, message)
    assert payload["type"] == "block_actions"
    assert payload["user"]["id"] == slack.person("ben").id
    assert payload["channel"] == {"id": OPS, "name": "ops"}
    assert payload["container"] == {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": OPS,
        "is_ephemeral": False,
    }
    assert payload["message"]["metadata"] == METADATA
    assert payload["message"]["ts"] == message.ts
    (action,) = payload["actions"]
    assert (action["action_id"], action["block_id"], action["value"], action["type"]) == (
        "approve",
        "decide",
        "K1",
        "button",
    )
    assert float(action["action_ts"]) > float(message.ts)
    for name in ("token", "trigger_id", "response_url", "api_app_id", "state", "team"):
        assert payload[name]


async def test_clicks_in_threads_and_ephemeral_messages(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """The container names the thread; an ephemeral message itself is left out."""
    parent = await posted(slack, client)
    payload = await clicked(slack, receiver, await posted(slack, client, thread_ts=parent.ts))
    assert payload["container"]["thread_ts"] == payload["message"]["thread_ts"] == parent.ts
    await client.chat_postEphemeral(
        channel=OPS, user=slack.person("ben").id, text="x", blocks=card("x")
    )
    payload = await clicked(slack, receiver, slack.ephemerals("ben")[-1])
    assert (payload["container"]["is_ephemeral"], "message" in payload) == (True, False)


@pytest.mark.usefixtures("receiver")
async def test_buttons_that_are_not_there(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """Nobody can click what isn't there (any more), or what they can't see."""
    message = await posted(slack, client)
    with pytest.raises(NoSuchButtonError, match=r"no \[Buy\] for ben .*: \[Approve\]"):
        await slack.person("ben").clicks("Buy", message)
    await client.chat_update(channel=OPS, ts=message.ts, text="Done")
    with pytest.raises(AssertionError, match="no buttons"):
        await slack.person("ben").clicks("Approve", message)
    message = await posted(slack, client)
    await client.chat_delete(channel=OPS, ts=message.ts)
    with pytest.raises(NoSuchButtonError):
        await slack.person("ben").clicks("Approve", message)


async def test_private_messages_are_not_for_everybody(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """Another's ephemeral message, a private channel and direct messages can't be clicked."""
    slack.workspace.invite("secret")
    secret = await posted(slack, client, channel="C0SECRET000")
    direct = await posted(slack, client, channel=slack.person("ana").id)
    await client.chat_postEphemeral(
        channel=OPS, user=slack.person("ana").id, text="x", blocks=card("x")
    )
    for message in (secret, direct, slack.ephemerals("ana")[0]):
        with pytest.raises(NoSuchButtonError):
            await slack.person("dan").clicks("Approve", message)
        await slack.person("ana").clicks("Approve", message)
    assert len(receiver.requests) == 3
    public = await posted(slack, client, channel="C0FINANCE00")
    slack.workspace.channel("finance").members.discard(slack.person("dan").id)
    assert (await slack.person("dan").clicks("Approve", public)).ok


async def test_a_stale_view(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """A slow client shows, and sends, the message as it was: its earlier blocks or revision."""
    message = await posted(slack, client)
    await client.chat_update(channel=OPS, ts=message.ts, text="Done")
    (revision,) = message.revisions
    for stale in (revision, revision[1]):
        delivery = await slack.person("ben").clicks("Approve", message, stale_blocks=stale)
        assert delivery.ok
        payload = json.loads(receiver.form()["payload"])
        assert payload["message"]["blocks"] == revision[1]
        assert payload["actions"][0]["value"] == "K1"
    assert message.plain() == "Done"


async def test_where_people_can_type(slack: SlackSandbox, receiver: Receiver) -> None:
    """People type where they are members, and what they type is a command."""
    await slack.person("ana").types("/esim help", "D0ANA000000")
    assert receiver.form()["channel_name"] == "directmessage"
    with pytest.raises(LookupError, match="dan is not in secret"):
        await slack.person("dan").types("/esim help", "secret")
    with pytest.raises(LookupError, match="there are ops, fleet, finance, secret"):
        await slack.person("dan").types("/esim help", "nowhere")
    with pytest.raises(LookupError, match="nobody is called"):
        slack.person("eve")
    with pytest.raises(ValueError, match="starts with a slash"):
        await slack.person("ana").types("esim help")
    assert len(receiver.requests) == 1


async def test_again_sends_the_same_bytes(slack: SlackSandbox, receiver: Receiver) -> None:
    """A replay is the very same body under the very same signature; typing again is not."""
    delivery = await slack.person("ana").types("/esim buy 3")
    await slack.again(delivery)
    await slack.person("ana").types("/esim buy 3")
    (headers, body), (again_headers, again_body), (_, other_body) = receiver.requests
    assert (again_body, again_headers) == (body, headers)
    assert other_body != body


async def test_answers_are_shown(slack: SlackSandbox, receiver: Receiver) -> None:
    """The answer to a command, text or JSON, is shown to the person; that to a click is not."""
    receiver.answer = lambda: web.Response(text="Hello")
    await slack.person("ana").types("/esim buy 3")
    message = {"text": "x", "blocks": card("Hello all"), "response_type": "in_channel"}
    receiver.answer = lambda: web.json_response(message)
    delivery = await slack.person("ana").types("/esim buy 3")
    assert json.loads(delivery.body) == message
    (card_for_all,) = slack.messages("ops")
    await slack.person("ben").clicks("Approve", card_for_all)
    assert [seen.plain() for seen in slack.ephemerals("ana")] == ["Hello"]
    assert (slack.messages("ops"), slack.ephemerals("ben")) == ([card_for_all], [])


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (lambda: web.Response(status=404), "http_client_error"),
        (lambda: web.Response(status=500), "http_service_error"),
        (lambda: web.Response(status=302), "http_client_error"),
        (lambda: web.json_response({"blocks": [{"type": "x"}]}), "invalid_blocks"),
    ],
)
async def test_failures_are_shown(
    slack: SlackSandbox, receiver: Receiver, answer: Any, error: str
) -> None:
    """What is no proper answer is told to the person by Slack's name for it."""
    receiver.answer = answer
    await slack.person("ana").types("/esim buy 3")
    (seen,) = slack.ephemerals("ana")
    assert seen.plain() == f'/esim failed with the error "{error}"'
    assert slack.messages("ops") == []


async def test_a_slow_bot(slack: SlackSandbox) -> None:
    """A bot that takes too long loses the delivery, and the person reads of a timeout."""
    assert slack.dispatcher.answer_seconds == 3
    slack.dispatcher.answer_seconds = 0.05
    held = asyncio.Event()

    async def hold(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await held.wait()
        writer.close()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    slack.connect(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    delivery = await slack.person("ana").types("/esim buy 3")
    held.set()
    server.close()
    assert (delivery.ok, delivery.status, delivery.body) == (False, 0, "")
    assert delivery.seconds >= 0.05
    assert [seen.text for seen in slack.ephemerals("ana")] == [
        '/esim failed with the error "operation_timeout"'
    ]


async def test_a_bot_that_is_down(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """Where nobody answers, or none is connected, the person is told, in the thread they are in."""
    parent = await posted(slack, client)
    reply = await posted(slack, client, thread_ts=parent.ts)
    assert not (await slack.person("ben").clicks("Approve", reply)).ok
    slack.connect("http://127.0.0.1:9/")
    assert not (await slack.person("ben").types("/esim buy 3")).ok
    clicking, typing = slack.ephemerals("ben")
    assert clicking.text == '[Approve] failed with the error "dispatch_failed"'
    assert (clicking.thread_ts, typing.thread_ts) == (parent.ts, None)
    assert typing.text == '/esim failed with the error "dispatch_failed"'


async def test_until_wakes_at_changes(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """until() returns what the condition gave, as soon as a change makes it true."""
    waiting = asyncio.create_task(slack.until(lambda: slack.messages("ops")))
    await client.chat_postMessage(channel=OPS, text="Hello")
    (message,) = await waiting
    assert message.text == "Hello"


async def test_until_tells_what_there_is(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """When it takes too long, the error shows everything that Slack shows."""
    with pytest.raises(TimeoutError, match="nothing was written"):
        await slack.until(lambda: slack.files, seconds=0.01)
    await client.chat_postMessage(channel=OPS, text="Hello")
    with pytest.raises(TimeoutError, match=r"not within 0\.01 s") as caught:
        await slack.until(lambda: slack.files, seconds=0.01)
    assert "#ops\n12:00:00 esim-bot: Hello" in str(caught.value)
