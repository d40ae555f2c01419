"""Socket Mode: a connection that is deaf is noticed within half a minute, and opened anew."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from bot.metrics import Metrics
from bot.slack.listening import InboundStatus, SocketMode, TokenWatch
from bot.slack.web.client import web_client
from sandbox.slack import SlackSandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_sdk.web.async_client import AsyncWebClient

    from tests.support.clock import ManualClock


@pytest.fixture
async def slack() -> AsyncIterator[SlackSandbox]:
    """Start a workspace."""
    sandbox = await SlackSandbox.start()
    yield sandbox
    await sandbox.stop()


@pytest.fixture
async def web(slack: SlackSandbox) -> AsyncIterator[AsyncWebClient]:
    """Open the bot's client."""
    async with aiohttp.ClientSession() as session:
        yield web_client(slack.bot_token, session, slack.api_url)


@pytest.fixture
def inbound(clock: ManualClock) -> InboundStatus:
    """Hear nothing yet."""
    return InboundStatus(clock, Metrics())


@pytest.fixture
async def socket(
    slack: SlackSandbox, web: AsyncWebClient, clock: ManualClock, inbound: InboundStatus
) -> AsyncIterator[SocketMode]:
    """Be connected; every envelope is acknowledged."""

    async def dispatch(client: Any, request: Any) -> None:
        await client.send_socket_mode_response({"envelope_id": request.envelope_id})

    socket = SocketMode(web, slack.app_token, dispatch, clock, inbound)
    task = asyncio.create_task(socket.run())
    await until(slack, clock, inbound, connected=True)
    yield socket
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def until(
    slack: SlackSandbox, clock: ManualClock, inbound: InboundStatus, *, connected: bool
) -> float:
    """Let time go by until that is known; the seconds of the clock that it took."""
    begun = clock.monotonic()
    for _ in range(50):
        with suppress(TimeoutError):
            await slack.until(lambda: bool(slack.dispatcher.sockets.connections), seconds=0.1)
        await clock.jump(5)
        await clock.until_asleep()
        if inbound.facts().connected is connected:
            return clock.monotonic() - begun
    raise TimeoutError(f"not connected={connected}: {inbound.facts()}")


async def test_an_envelope(slack: SlackSandbox, socket: SocketMode, inbound: InboundStatus) -> None:
    """What comes over the connection is heard, and acknowledged."""
    assert socket
    assert inbound.facts().last_heard is None
    assert (await slack.person("ana").types("/esim help")).ok
    assert inbound.facts().last_heard == 0
    assert inbound.facts().problem == ""


async def test_a_token_that_was_revoked(
    slack: SlackSandbox, socket: SocketMode, clock: ManualClock, inbound: InboundStatus
) -> None:
    """Slack says goodbye and opens no other: health says so within seconds, and why."""
    assert socket
    slack.faults.error("apps.connections.open", "token_revoked", times=1000)
    await slack.dispatcher.sockets.refresh("link_disabled")
    assert await until(slack, clock, inbound, connected=False) <= 30
    await slack.until(lambda: _refusals(slack))
    assert "token_revoked" in inbound.facts().problem
    assert "SLACK_APP_TOKEN" in inbound.facts().problem


async def test_a_token_that_works_again(
    slack: SlackSandbox, socket: SocketMode, clock: ManualClock, inbound: InboundStatus
) -> None:
    """Once Slack takes it again, the bot hears by itself, and nothing is a problem any more."""
    assert socket
    slack.faults.error("apps.connections.open", "token_revoked", times=2)
    await slack.dispatcher.sockets.refresh("link_disabled")
    await until(slack, clock, inbound, connected=False)
    await until(slack, clock, inbound, connected=True)
    assert inbound.facts().problem == ""
    assert (await slack.person("ana").types("/esim help")).ok


async def test_a_refresh_is_routine(
    slack: SlackSandbox, socket: SocketMode, clock: ManualClock, inbound: InboundStatus
) -> None:
    """Slack ends connections every few hours: the next one is there at once."""
    assert socket
    await slack.dispatcher.sockets.refresh()
    await until(slack, clock, inbound, connected=True)
    assert inbound.facts().problem == ""
    assert (await slack.person("ana").types("/esim help")).ok


async def test_a_part_that_died(
    slack: SlackSandbox, socket: SocketMode, clock: ManualClock, inbound: InboundStatus
) -> None:
    """A connection that is open and that nobody reads from is thrown away for a new one."""
    assert socket._client is not None
    before = socket._client
    receiver = before.message_receiver
    assert receiver is not None
    receiver.cancel()
    await asyncio.gather(receiver, return_exceptions=True)
    assert await until(slack, clock, inbound, connected=False) <= 30
    await until(slack, clock, inbound, connected=True)
    assert socket._client is not before
    assert (await slack.person("ana").types("/esim help")).ok


async def test_a_ticket_that_ran_out(
    slack: SlackSandbox,
    socket: SocketMode,
    clock: ManualClock,
    inbound: InboundStatus,
    *,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The official client tries the same one for ever: after 20 seconds all is made anew."""
    before = socket._client
    with monkeypatch.context() as patch:
        patch.setattr(slack.dispatcher.sockets, "new_ticket", lambda: "ran-out")
        await slack.dispatcher.sockets.refresh()
        assert await until(slack, clock, inbound, connected=False) <= 30
    await until(slack, clock, inbound, connected=True)
    assert socket._client is not before
    assert (await slack.person("ana").types("/esim help")).ok


async def test_the_end(slack: SlackSandbox, socket: SocketMode, inbound: InboundStatus) -> None:
    """A bot that stops closes its connection."""
    await socket._close()
    await slack.until(lambda: not slack.dispatcher.sockets.connections)
    assert inbound.facts().refused == 0


async def test_the_bots_own_token(
    slack: SlackSandbox, web: AsyncWebClient, clock: ManualClock, inbound: InboundStatus
) -> None:
    """Asked every minute: one that Slack does not know is a problem until it does."""
    watch = TokenWatch(web, clock, inbound, Metrics())
    slack.faults.error("auth.test", "token_revoked")
    await watch.ask()
    assert "token_revoked" in inbound.facts().problem
    assert "SLACK_BOT_TOKEN" in inbound.facts().problem
    await watch.ask()
    assert inbound.facts().problem == ""


async def test_slack_that_is_away(
    slack: SlackSandbox, web: AsyncWebClient, clock: ManualClock, inbound: InboundStatus
) -> None:
    """An outage of Slack's is told as one, and ends with it."""
    watch = TokenWatch(web, clock, inbound, Metrics())
    slack.faults.down()
    await watch.ask()
    assert "can't be reached" in inbound.facts().problem
    slack.faults.up()
    await watch.ask()
    assert inbound.facts().problem == ""


def _refusals(slack: SlackSandbox) -> list[str | None]:
    return [call.error for call in slack.calls if call.error == "token_revoked"]
