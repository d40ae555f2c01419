"""The workspace against a real Bolt app, over HTTP and over Socket Mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_bolt.app.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack import Message, SlackSandbox


@pytest.fixture
async def connected_bolt(bolt: AsyncApp, slack: SlackSandbox) -> AsyncIterator[AsyncApp]:
    """Connect the Bolt app over Socket Mode."""
    handler = AsyncSocketModeHandler(bolt, slack.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    await slack.until(lambda: slack.dispatcher.sockets.connections)
    yield bolt
    await handler.close_async()  # type: ignore[no-untyped-call]


async def order(slack: SlackSandbox, text: str = "buy 3") -> Message:
    """Type a command and return the card that comes of it."""
    delivery = await slack.person("ana").types(f"/esim {text}")
    assert (delivery.ok, delivery.status) == (True, 200)
    return (await slack.until(lambda: slack.messages("ops")))[-1]


async def everything_works(slack: SlackSandbox) -> None:
    """Order, look, approve and look again."""
    card = await order(slack)
    assert card.plain() == "@ana wants buy 3\n[Approve]"
    assert [seen.plain() for seen in slack.ephemerals("ana")] == ["You asked for: buy 3"]
    assert (await slack.person("ben").clicks("Approve", card)).ok
    await slack.until(lambda: slack.ephemerals("ben"))
    assert (card.plain(), card.buttons(), card.edited) == ("Approved by @ben", [], True)


@pytest.mark.usefixtures("served_bolt")
async def test_a_bolt_app_over_http(slack: SlackSandbox) -> None:
    """A command and a click reach a Bolt app over signed HTTP, and its answers are seen."""
    await everything_works(slack)


@pytest.mark.usefixtures("connected_bolt")
async def test_a_bolt_app_over_socket_mode(slack: SlackSandbox) -> None:
    """The same goes over Socket Mode, also when there is an address for HTTP."""
    slack.connect("http://127.0.0.1:9/nobody/is/there")
    await everything_works(slack)


@pytest.mark.usefixtures("served_bolt")
async def test_the_whole_round(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """A bot can find its message by metadata, link to it and upload a file to its thread."""
    card = await order(slack)
    found = await client.conversations_history(channel=card.channel, include_all_metadata=True)
    (message,) = found["messages"]
    assert message["metadata"]["event_payload"] == {"key": "K1"}
    link = await client.chat_getPermalink(channel=card.channel, message_ts=message["ts"])
    assert link["permalink"].endswith(f"/{card.channel}/p{card.ts.replace('.', '')}")
    await client.files_upload_v2(
        channel=card.channel, thread_ts=card.ts, filename="iccids.csv", content="iccid\n89\n"
    )
    (reply,) = slack.thread(card)
    (file,) = reply.files
    assert (file.name, file.content, file.thread_ts) == ("iccids.csv", b"iccid\n89\n", card.ts)
    assert slack.files == [file]


@pytest.mark.usefixtures("served_bolt")
async def test_bolt_checks_the_signature(slack: SlackSandbox) -> None:
    """Bolt refuses a request that was signed with another secret, and the person sees that."""
    installation = slack.workspace.installation
    object.__setattr__(installation, "signing_secret", "0" * 32)
    delivery = await slack.person("ana").types("/esim buy 3")
    assert (delivery.ok, delivery.status) == (False, 401)
    (seen,) = slack.ephemerals("ana")
    assert seen.plain() == '/esim failed with the error "http_client_error"'


@pytest.mark.usefixtures("served_bolt")
async def test_again_reaches_the_listener_again(slack: SlackSandbox) -> None:
    """The very same request runs Bolt's listener a second time, as Bolt knows no replays."""
    delivery = await slack.person("ana").types("/esim buy 3")
    again = await slack.again(delivery)
    assert again.ok
    assert again.parcel is delivery.parcel
    assert await slack.until(lambda: len(slack.messages("ops")) == 2)
