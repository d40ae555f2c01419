"""A Slack workspace on this machine, behind a real HTTP server."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import aiohttp
from aiohttp import web

from sandbox.serving import HOST, Serving
from sandbox.slack.actor import Actor
from sandbox.slack.dispatch.answers import ResponseUrls
from sandbox.slack.dispatch.delivery import verification_request
from sandbox.slack.dispatch.dispatcher import Dispatcher
from sandbox.slack.dispatch.events import verification_payload
from sandbox.slack.dispatch.socket_mode import SocketMode
from sandbox.slack.faults import Faults
from sandbox.slack.methods.app import Consents
from sandbox.slack.methods.files import Uploads
from sandbox.slack.transcript import transcript
from sandbox.slack.web_api.endpoint import Endpoint
from sandbox.slack.web_api.pace import USUAL_LIMIT, Pace
from sandbox.slack.workspace.clock import Clock
from sandbox.slack.workspace.installation import install
from sandbox.slack.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from typing import Self

    from sandbox.slack.dispatch.delivery import Delivery
    from sandbox.slack.web_api.invocation import Call
    from sandbox.slack.web_api.pace import RateLimit
    from sandbox.slack.workspace.history import History
    from sandbox.slack.workspace.message import Message
    from sandbox.slack.workspace.model import File

T = TypeVar("T")
UPLOAD_BYTES = 100_000_000


@dataclass(frozen=True)
class SlackSandbox:
    """A running workspace: what a bot sees of Slack, and what people see and do there.

    `calls` are the Web API calls that were received, oldest first; `pace` counts them, and limits
    them.
    """

    serving: Serving
    workspace: Workspace
    faults: Faults
    calls: list[Call]
    dispatcher: Dispatcher
    response_urls: ResponseUrls
    pace: Pace

    @classmethod
    async def start(  # noqa: PLR0913 - each is a fact of its own about the workspace
        cls,
        port: int = 0,
        now: Callable[[], float] = time.time,
        scopes: Iterable[str] | Mapping[str, Any] | None = None,
        rate_limits: RateLimit | None = USUAL_LIMIT,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        *,
        host: str = HOST,
    ) -> Self:
        """Start a workspace with the bot installed, on `port` (0: any free one) of `host`.

        `now` is the workspace's clock in Unix seconds. `scopes` are the bot's: names, an app
        manifest that has them, or None for the usual ones. `rate_limits` is how often the bot may
        post to a channel, and whether each method has its limit (None: it calls as often as it
        likes). `sleep` waits by the same clock: for scheduled messages, and before an event that
        the bot did not take is sent again. Raises OSError when the port is taken.
        """
        workspace = Workspace(install(scopes), Clock(now, sleep))
        faults, calls, sockets = Faults(), list[Any](), SocketMode(workspace)
        response_urls, pace = ResponseUrls(workspace, faults), Pace(rate_limits, now)
        app = web.Application(client_max_size=UPLOAD_BYTES)
        endpoint = Endpoint(workspace, faults, calls, sockets, pace)
        app.router.add_route("*", "/api/{method}", endpoint.handle)
        uploads = Uploads(workspace, faults)
        app.router.add_post("/upload/v1/{file_id}", uploads.handle)
        app.router.add_post("/respond/{team_id}/{key}", response_urls.handle)
        app.router.add_get("/link/", sockets.handle)
        app.router.add_get("/files-pri/{key}/{name:.+}", uploads.fetch)
        app.router.add_get("/oauth/v2/authorize", Consents(workspace).handle)
        serving = await Serving.start(app, port, host)
        workspace.origin = serving.url
        dispatcher = Dispatcher(workspace, sockets, _session(), sleep)
        return cls(serving, workspace, faults, calls, dispatcher, response_urls, pace)

    async def stop(self) -> None:
        """Disconnect Socket Mode and stop serving."""
        await self.workspace.schedule.stop()
        await self.dispatcher.stop()
        await self.serving.stop()

    async def refuse_connections(self) -> None:
        """Be out of the bot's reach until `take_connections()`; what people send still leaves."""
        await self.serving.refuse()

    async def take_connections(self) -> None:
        """End what `refuse_connections()` began."""
        await self.serving.listen()

    @property
    def api_url(self) -> str:
        """The Web API's base address, with the slash at its end that slack-sdk expects."""
        return f"{self.serving.url}/api/"

    @property
    def bot_token(self) -> str:
        """The bot's token."""
        return self.workspace.installation.bot_token

    @property
    def app_token(self) -> str:
        """The app-level token, for Socket Mode."""
        return self.workspace.installation.app_token

    @property
    def signing_secret(self) -> str:
        """The secret that commands and clicks are signed with."""
        return self.workspace.installation.signing_secret

    @property
    def bot_user_id(self) -> str:
        """The bot's id as a member."""
        return self.workspace.installation.bot_user_id

    @property
    def files(self) -> list[File]:
        """The files whose upload was completed, oldest first."""
        return [file for file in self.workspace.files.values() if file.shared]

    @property
    def history(self) -> History:
        """Everything that ever stood here, also what was changed or deleted since."""
        return self.workspace.history

    def connect(self, events_url: str | None) -> None:
        """Send commands and clicks to the bot's `events_url` from now on; None: to nobody.

        While an app is connected over Socket Mode they go there instead.
        """
        self.dispatcher.url = events_url

    async def verify(self) -> bool:
        """Check the bot's address as Slack does when it is set: whether it echoes a challenge."""
        payload = verification_payload(self.workspace)
        answer = await self.dispatcher.post(*verification_request(self.workspace, payload))
        return answer.error is None and payload["challenge"] in answer.body

    def person(self, key: str) -> Actor:
        """Return a person (by name or id) to act as. Raises LookupError for nobody."""
        person, url = self.workspace.person(key), self.serving.url
        return Actor(person, self.workspace, self.dispatcher, self.response_urls, url)

    async def again(self, delivery: Delivery) -> Delivery:
        """Send the very same bytes and headers once more, as a redelivery or a replay would.

        The person sees the answer as if they had done it again.
        """
        return await self.dispatcher.send(delivery.parcel)

    def messages(self, channel: str) -> list[Message]:
        """Return a channel's messages outside of threads, oldest first."""
        return self.workspace.top_level(self.workspace.channel(channel).id)

    def thread(self, message: Message) -> list[Message]:
        """Return the replies to a message, oldest first."""
        return self.workspace.replies(message)

    def direct_messages(self, person: str) -> list[Message]:
        """Return what the bot wrote to a person, oldest first, replies included."""
        channel = self.workspace.direct(self.workspace.person(person))
        return [
            message
            for message in self.workspace.timeline
            if message.channel == channel.id
            and message.user == self.bot_user_id
            and not message.only_for
        ]

    def ephemerals(self, person: str) -> list[Message]:
        """Return everything that only this person saw, in any channel, oldest first."""
        who = self.workspace.person(person).id
        return [message for message in self.workspace.timeline if message.only_for == who]

    def transcript(self, channel: str | None = "ops", since: int = 0) -> str:
        """Return a channel as text with its threads indented; None: all that was written.

        Without the first `since` messages of the workspace.
        """
        return transcript(self.workspace, channel, since)

    async def until(self, condition: Callable[[], T], seconds: float = 10) -> T:
        """Wait until `condition()` is true, looking again at each change; return what it gave.

        Raises TimeoutError with the whole transcript when that takes longer than `seconds`.
        """
        try:
            return await self.workspace.changes.until(condition, seconds)
        except TimeoutError:
            everything = self.transcript(None) or "(nothing was written)"
            raise TimeoutError(f"not within {seconds:g} s; Slack shows:\n{everything}") from None


def _session() -> aiohttp.ClientSession:
    """Return a client that opens a connection for each delivery.

    A kept one could be left over from a receiver that has been restarted since.
    """
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True, limit=0))
