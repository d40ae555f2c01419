"""Socket Mode: the bot connects to Slack, and envelopes go to it over a WebSocket."""

from __future__ import annotations

import asyncio
import json
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from sandbox.slack.dispatch.delivery import NO_ANSWER, Answer

if TYPE_CHECKING:
    from sandbox.slack.dispatch.delivery import Attempt, Parcel
    from sandbox.slack.workspace.workspace import Workspace

CLOSING_SECONDS = 0.2
ACKNOWLEDGED = 200
HOST = "sandbox"
MOST_CONNECTIONS = 10


@dataclass
class SocketMode:
    """The open connections. Envelopes go to one after the other, as a payload may go to any.

    Those that were told to disconnect are `leaving`.
    """

    workspace: Workspace
    connections: list[web.WebSocketResponse] = field(default_factory=list)
    leaving: list[web.WebSocketResponse] = field(default_factory=list)
    tickets: set[str] = field(default_factory=set)
    waiting: dict[str, list[asyncio.Future[str]]] = field(default_factory=dict)

    def new_ticket(self) -> str:
        """Return the ticket for one connection."""
        ticket = secrets.token_hex(16)
        self.tickets.add(ticket)
        return ticket

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection at /link/ until it closes; a ticket is good once."""
        ticket = request.query.get("ticket", "")
        if ticket not in self.tickets:
            return web.Response(status=401, text="invalid ticket")
        self.tickets.remove(ticket)
        socket = web.WebSocketResponse(timeout=CLOSING_SECONDS)
        await socket.prepare(request)
        if len(self.connections) >= MOST_CONNECTIONS:
            await self._part(socket, "too_many_websockets")
            await socket.close()
            return socket
        await self._greet(socket)
        self.connections.append(socket)
        self.workspace.changes.announce()
        try:
            await self._listen(socket)
        finally:
            self._forget(socket)
        return socket

    async def deliver(self, parcel: Parcel, seconds: float, attempt: Attempt) -> Answer:
        """Send an envelope and wait for its acknowledgement, for `seconds` at most."""
        socket = self.connections[0]
        self.connections = [*self.connections[1:], socket]
        acknowledged = asyncio.get_running_loop().create_future()
        # The same envelope may be under way twice: each acknowledgement is for one of them.
        waiting = self.waiting.setdefault(parcel.envelope_id, [])
        waiting.append(acknowledged)
        try:
            async with asyncio.timeout(seconds):
                await socket.send_json(_envelope(parcel, attempt))
                return Answer(ACKNOWLEDGED, await acknowledged)
        except TimeoutError:
            return Answer(NO_ANSWER, error="operation_timeout")
        except ConnectionError:
            return Answer(NO_ANSWER, error="dispatch_failed")
        finally:
            waiting.remove(acknowledged)
            if not waiting:
                del self.waiting[parcel.envelope_id]

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Tell every open connection that it will end, and why: the app then connects anew.

        No more envelopes go to them, acknowledgements are still taken. Slack does this every few
        hours, and closes after a while what the app leaves open; here only `stop` closes it.
        """
        sockets, self.connections = self.connections, []
        self.leaving += sockets
        for socket in sockets:
            await self._part(socket, reason)
        self.workspace.changes.announce()

    async def stop(self) -> None:
        """Tell every connection that it ends, and close it."""
        await self.refresh()
        for socket in [*self.leaving]:
            await socket.close()

    async def _part(self, socket: web.WebSocketResponse, reason: str) -> None:
        """Say that a connection ends, if it has not ended yet."""
        if not socket.closed:
            goodbye = {"type": "disconnect", "reason": reason, "debug_info": {"host": HOST}}
            await socket.send_json(goodbye)

    async def _greet(self, socket: web.WebSocketResponse) -> None:
        """Send the hello that opens every connection."""
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self.connections) + 1,
                "debug_info": {"host": HOST, "approximate_connection_time": 3600},
                "connection_info": {"app_id": self.workspace.installation.app_id},
            }
        )

    async def _listen(self, socket: web.WebSocketResponse) -> None:
        """Take acknowledgements until the connection closes."""
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self._acknowledge(json.loads(message.data))

    def _acknowledge(self, given: dict[str, Any]) -> None:
        """Hand an acknowledgement to the one who waits for it; a late one is nobody's."""
        waiting = self.waiting.get(given.get("envelope_id", ""), [])
        acknowledged = next((each for each in waiting if not each.done()), None)
        if acknowledged is not None:
            payload = given.get("payload")
            acknowledged.set_result(json.dumps(payload) if payload else "")

    def _forget(self, socket: web.WebSocketResponse) -> None:
        """Drop a connection that has closed."""
        self.connections = [each for each in self.connections if each is not socket]
        self.leaving = [each for each in self.leaving if each is not socket]
        self.workspace.changes.announce()


def _envelope(parcel: Parcel, attempt: Attempt) -> dict[str, Any]:
    """Return what Slack wraps a payload in."""
    envelope = {
        "envelope_id": parcel.envelope_id,
        "type": parcel.kind,
        "accepts_response_payload": parcel.is_command
        or parcel.is_submission
        or parcel.is_suggestion,
        "payload": parcel.payload,
    }
    if parcel.is_event:
        envelope |= {"retry_attempt": attempt.number, "retry_reason": attempt.reason}
    return envelope
