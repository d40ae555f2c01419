"""Socket Mode, seen by a bare WebSocket client."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import WSMsgType
from slack_sdk.web.async_client import AsyncWebClient

from tests.sandbox.slack.calling import OPS, card, refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.slack import SlackSandbox
    from tests.sandbox.slack.calling import Receiver

Socket = aiohttp.ClientWebSocketResponse


async def open_url(slack: SlackSandbox) -> str:
    """Ask for the address of a connection."""
    app = AsyncWebClient(slack.app_token, base_url=slack.api_url)
    return str((await app.apps_connections_open(app_token=slack.app_token))["url"])


@asynccontextmanager
async def connected(slack: SlackSandbox) -> AsyncIterator[Socket]:
    """Connect as an app does, and take the hello."""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(await open_url(slack)) as socket,
    ):
        hello = await socket.receive_json()
        assert (hello["type"], hello["connection_info"]) == ("hello", {"app_id": "A0ESIMBOT00"})
        yield socket


async def acknowledge(socket: Socket, payload: dict[str, Any] | None = None) -> dict[str, Any]:
    """Take one envelope, acknowledge it and return it."""
    envelope: dict[str, Any] = await socket.receive_json()
    answer = {"envelope_id": envelope["envelope_id"]} | ({"payload": payload} if payload else {})
    await socket.send_json(answer)
    return envelope


async def test_a_command_comes_in_an_envelope(slack: SlackSandbox) -> None:
    """An envelope carries the form as an object, and an answer in its acknowledgement is shown."""
    async with connected(slack) as socket:
        typing = asyncio.create_task(slack.person("ana").types("/esim buy 3"))
        envelope = await acknowledge(socket, {"text": "Hello"})
        delivery = await typing
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
    assert (envelope["payload"]["command"], envelope["payload"]["text"]) == ("/esim", "buy 3")
    assert (delivery.ok, delivery.status, json.loads(delivery.body)) == (
        True,
        200,
        {"text": "Hello"},
    )
    assert [seen.text for seen in slack.ephemerals("ana")] == ["Hello"]


async def test_a_click_comes_in_an_envelope(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """A click is an envelope of its own kind, with the same payload as over HTTP."""
    await client.chat_postMessage(channel=OPS, text="Order", blocks=card("Order"))
    async with connected(slack) as socket:
        (message,) = slack.messages("ops")
        clicking = asyncio.create_task(slack.person("ben").clicks("Approve", message))
        envelope = await acknowledge(socket)
        delivery = await clicking
    assert (envelope["type"], envelope["payload"]["type"]) == ("interactive", "block_actions")
    assert envelope["payload"] == delivery.parcel.payload
    assert (delivery.ok, delivery.body) == (True, "")


async def test_envelopes_go_to_any_connection(slack: SlackSandbox) -> None:
    """With two connections each gets an envelope in turn."""
    async with connected(slack) as one, connected(slack) as other:
        await slack.until(lambda: len(slack.dispatcher.sockets.connections) == 2)
        for socket in (one, other, one):
            typing = asyncio.create_task(slack.person("ana").types("/esim buy 3"))
            await acknowledge(socket)
            assert (await typing).ok


async def test_no_acknowledgement_in_time(slack: SlackSandbox) -> None:
    """Without an acknowledgement in time the person reads of a timeout; a late one is nobody's."""
    slack.dispatcher.answer_seconds = 0.05
    async with connected(slack) as socket:
        assert not (await slack.person("ana").types("/esim buy 3")).ok
        await acknowledge(socket, {"text": "late"})
        slack.dispatcher.answer_seconds = 3
        typing = asyncio.create_task(slack.person("ana").types("/esim buy 3"))
        await socket.send_json({"envelope_id": "unknown"})
        await acknowledge(socket)
        assert (await typing).ok
    assert [seen.text for seen in slack.ephemerals("ana")] == [
        '/esim failed with the error "operation_timeout"'
    ]


async def test_an_envelope_delivered_twice_at_once(slack: SlackSandbox) -> None:
    """The same envelope can be under way twice, and each takes one acknowledgement."""
    async with connected(slack) as socket:
        typing = asyncio.create_task(slack.person("ana").types("/esim buy 3"))
        await acknowledge(socket)
        first = await typing
        both = asyncio.gather(slack.again(first), slack.again(first))
        envelopes = [await acknowledge(socket) for _ in range(2)]
        assert [delivery.ok for delivery in await both] == [True, True]
    assert {envelope["envelope_id"] for envelope in envelopes} == {first.parcel.envelope_id}
    assert slack.dispatcher.sockets.waiting == {}


async def test_http_again_after_the_last_connection(
    slack: SlackSandbox, receiver: Receiver
) -> None:
    """While an app is connected nothing goes over HTTP; afterwards everything does again."""
    async with connected(slack) as socket:
        typing = asyncio.create_task(slack.person("ana").types("/esim buy 3"))
        await acknowledge(socket)
        await typing
        assert receiver.requests == []
    await slack.until(lambda: not slack.dispatcher.sockets.connections)
    assert (await slack.person("ana").types("/esim buy 3")).ok
    assert len(receiver.requests) == 1


async def test_tickets(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """Only the app token opens connections, and an address is good for one of them."""
    bot = client.apps_connections_open(app_token=slack.bot_token)
    assert await refusal(bot) == "not_allowed_token_type"
    url = await open_url(slack)
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url) as socket:
            assert (await socket.receive_json())["num_connections"] == 1
        with pytest.raises(aiohttp.WSServerHandshakeError, match="401"):
            await session.ws_connect(url)


async def test_stopping_says_goodbye(slack: SlackSandbox) -> None:
    """When the workspace stops, apps are told to disconnect before the connection closes."""
    async with connected(slack) as socket:
        await slack.stop()
        assert (await socket.receive_json())["type"] == "disconnect"
        assert (await socket.receive()).type is WSMsgType.CLOSE
    await slack.stop()


async def test_a_refresh(slack: SlackSandbox) -> None:
    """A connection that is to end gets no more envelopes, and may still acknowledge the last."""
    async with connected(slack) as old:
        typing = asyncio.create_task(slack.person("ana").types("/esim buy 3"))
        envelope = await old.receive_json()
        await slack.dispatcher.sockets.refresh()
        goodbye = await old.receive_json()
        assert (goodbye["type"], goodbye["reason"]) == ("disconnect", "refresh_requested")
        await old.send_json({"envelope_id": envelope["envelope_id"]})
        assert (await typing).ok
        async with connected(slack) as new:
            typing = asyncio.create_task(slack.person("ana").types("/esim buy 3"))
            await acknowledge(new)
            assert (await typing).ok


async def test_ten_connections_at_most(slack: SlackSandbox) -> None:
    """An eleventh connection is told that there are too many."""
    async with AsyncExitStack() as stack:
        for _ in range(10):
            await stack.enter_async_context(connected(slack))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        socket = await stack.enter_async_context(session.ws_connect(await open_url(slack)))
        goodbye = await socket.receive_json()
        assert (goodbye["type"], goodbye["reason"]) == ("disconnect", "too_many_websockets")
        assert (await socket.receive()).type is WSMsgType.CLOSE
        assert len(slack.dispatcher.sockets.connections) == 10


async def test_an_event_comes_in_an_envelope(slack: SlackSandbox) -> None:
    """An event has an envelope of its own kind that tells of the attempt."""
    async with connected(slack) as socket:
        opening = asyncio.create_task(slack.person("ana").opens_home())
        envelope = await acknowledge(socket)
        assert await opening
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("events_api", False)
    assert (envelope["retry_attempt"], envelope["retry_reason"]) == (0, "")
    assert envelope["payload"]["event"]["type"] == "app_home_opened"
