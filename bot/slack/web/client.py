"""The calls that the bot makes to Slack; `faults` says whose fault a failure is.

Nothing here is sent twice: the caller decides whether a message that may have gone through
must be searched first.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.errors import PlaceFault, PostedOutsideThread, SlackError, SlackUnavailable
from bot.metrics import Metrics
from bot.slack.message import EVENT_TYPE, File, Message
from bot.slack.web.calling import TIMEOUT, CallLimits, reaching_slack_within
from bot.slack.web.finding import file_ids, is_ours, messages_since
from bot.slack.web.last_moment import watched
from bot.slack.web.tiers import EDIT, HISTORY, POST, REPLIES, UPLOAD

_QUIET = logging.getLogger("slack_sdk.quiet")
"""A logger with a level of its own: without one, the client writes each request out for nobody."""
_QUIET.setLevel(logging.INFO)
_OK = 200

Begin = Callable[[], Awaitable[None]]
"""Records what is about to be sent; when it raises, nothing is sent."""


class Place(NamedTuple):
    """Where a message is posted."""

    channel: str
    ts: str


class Found(NamedTuple):
    """A message of the bot that is on Slack."""

    place: Place
    files: tuple[str, ...]
    """Slack's ids of its files."""


def web_client(token: str, session: aiohttp.ClientSession, base_url: str) -> AsyncWebClient:
    """The official client on a shared session, without its own retries.

    On a shared session it has no time limit of its own: callers set one.
    """
    return AsyncWebClient(
        token=token,
        session=watched(session),
        base_url=f"{base_url.rstrip('/')}/",
        retry_handlers=[],
        logger=_QUIET,
    )


class SlackClient:
    """Raises MessageFault, PlaceFault or SlackUnavailable; see `bot.slack.web.faults`."""

    def __init__(
        self,
        web: AsyncWebClient,
        patience: float = TIMEOUT,
        *,
        metrics: Metrics | None = None,
        limits: CallLimits | None = None,
    ) -> None:
        """`patience` in seconds, for one call; for the three calls of an upload together.

        `limits` count each call but posts, edits, uploads and searches, for which the caller asks
        them before, and hear what Slack's refusals ask for.
        """
        self._web = web
        self._patience = patience
        self._metrics = metrics
        self._limits = limits
        self._directs: dict[str, str] = {}

    def count(self, method: str) -> None:
        """Count a post, edit or upload that somebody waits for, right before it: in no turn."""
        if self._limits is not None:
            self._limits.count(method)

    async def post(
        self, message: Message, thread: str | None, metadata: Mapping[str, Any]
    ) -> Place:
        """Post a message, in a thread when one is given.

        Raises PostedOutsideThread when it stands in the channel and can't be deleted there.
        """
        async with self._calling(POST, in_turn=True):
            answer = await self._web.chat_postMessage(
                channel=message.channel,
                text=message.text,
                blocks=list(message.blocks),
                thread_ts=thread,
                metadata=dict(metadata),
                unfurl_links=False,
                unfurl_media=False,
            )
            place = Place(str(answer["channel"]), str(answer["ts"]))
            strayed = thread is not None and answer["message"].get("thread_ts") != thread
        if _is_person(message.channel):
            self._directs[message.channel] = place.channel
        if strayed:
            await self._take_back(place)
        return place

    async def _take_back(self, place: Place) -> None:
        """Delete what Slack posted to the channel because the thread is gone.

        Raises PlaceFault, or PostedOutsideThread when it can't be deleted.
        """
        try:
            await self.delete(place)
        except SlackError as failure:
            raise PostedOutsideThread(place.channel, place.ts) from failure
        raise PlaceFault("thread_not_found")

    async def update(self, place: Place, message: Message, metadata: Mapping[str, Any]) -> None:
        """Replace what a message of ours shows."""
        async with self._calling(EDIT, in_turn=True):
            await self._web.chat_update(
                channel=place.channel,
                ts=place.ts,
                text=message.text,
                blocks=list(message.blocks),
                metadata=dict(metadata),
            )

    async def ephemeral(
        self,
        channel: str,
        user: str,
        text: str,
        blocks: Sequence[Mapping[str, Any]],
        thread: str | None = None,
    ) -> None:
        """Show something to one person in a channel, or in a thread of it."""
        async with self._calling("chat.postEphemeral"):
            await self._web.chat_postEphemeral(
                channel=channel,
                user=user,
                text=text,
                blocks=[dict(block) for block in blocks],
                thread_ts=thread,
            )

    async def respond(
        self,
        address: str,
        text: str,
        blocks: Sequence[Mapping[str, Any]],
        thread: str | None = None,
    ) -> None:
        """Show something to the person who did what this response address came with.

        `thread`: where they did it, in which Slack may show it too.
        """
        webhook = AsyncWebhookClient(address, session=self._web.session, retry_handlers=[])
        body = {
            "text": text,
            "blocks": [dict(block) for block in blocks],
            "response_type": "ephemeral",
            "replace_original": False,
        }
        async with reaching_slack_within(self._patience):
            answer = await webhook.send_dict(body | ({"thread_ts": thread} if thread else {}))
        if answer.status_code != _OK:
            raise SlackUnavailable

    async def open(self, trigger: str, view: Mapping[str, Any]) -> None:
        """Open a form, within three seconds of what the trigger came with."""
        async with self._calling("views.open"):
            await self._web.views_open(trigger_id=trigger, view=dict(view))

    async def push(self, trigger: str, view: Mapping[str, Any]) -> None:
        """Open a window above an open form."""
        async with self._calling("views.push"):
            await self._web.views_push(trigger_id=trigger, view=dict(view))

    async def tell(self, user: str, text: str, blocks: Sequence[Mapping[str, Any]]) -> None:
        """Write to one person directly; Slack takes their id for the conversation's."""
        async with self._calling(POST):
            await self._web.chat_postMessage(
                channel=user,
                text=text,
                blocks=[dict(block) for block in blocks],
                unfurl_links=False,
                unfurl_media=False,
            )

    async def delete(self, place: Place) -> None:
        """Remove a message of ours."""
        async with self._calling("chat.delete"):
            await self._web.chat_delete(channel=place.channel, ts=place.ts)

    async def upload(
        self, message: Message, thread: str | None, begin: Begin | None = None
    ) -> tuple[str, ...]:
        """Upload the message's files to its channel in one message, in a thread when one is given.

        Returns the ids of the files. Their bytes are made in another thread, so that clicks are
        acknowledged meanwhile. `begin` is awaited just before the first call.
        """
        if not message.files:
            raise ValueError("a message without a file can't be uploaded")
        uploads = [await asyncio.to_thread(_upload_of, file) for file in message.files]
        channel = await self.direct(message.channel)
        if begin is not None:
            await begin()
        async with self._calling(UPLOAD, in_turn=True):
            answer = await self._web.files_upload_v2(
                channel=channel, thread_ts=thread, file_uploads=uploads
            )
            return file_ids(answer.get("files"))

    async def hand(self, user: str, files: tuple[File, ...]) -> None:
        """Upload files for one person alone, who waits for them: as a direct message."""
        self.count(UPLOAD)
        await self.upload(Message(user, files[0].title, files=files), None)

    async def delete_file(self, file: str) -> None:
        """Remove a file of ours; its message goes with it."""
        async with self._calling("files.delete"):
            await self._web.files_delete(file=file)

    async def direct(self, channel: str) -> str:
        """The id of the conversation: for a user's id, that of the direct messages."""
        if not _is_person(channel):
            return channel
        if channel not in self._directs:
            async with self._calling("conversations.open"):
                answer = await self._web.conversations_open(users=channel)
                self._directs[channel] = str(answer["channel"]["id"])
        return self._directs[channel]

    async def find(
        self, message: Message, thread: str | None, payload: Mapping[str, Any], since: datetime
    ) -> Found | None:
        """Search for a message of the bot that may have been posted since then."""
        channel = await self.direct(message.channel)
        calling = partial(self._calling, searching(thread), in_turn=True)
        async for found in messages_since(self._web, channel, thread, since, calling):
            if is_ours(found, message, payload):
                return Found(Place(channel, str(found["ts"])), file_ids(found.get("files")))
        return None

    async def messages(self, channel: str, since: datetime) -> AsyncIterator[dict[str, Any]]:
        """What stands in a conversation of the bot since then, newest first, with metadata."""
        async for found in messages_since(
            self._web, channel, None, since, partial(self._calling, HISTORY)
        ):
            yield found

    async def stands(self, place: Place) -> bool:
        """Whether a message of the bot, outside of threads, still exists."""
        async with self._calling(HISTORY):
            page = await self._web.conversations_history(
                channel=place.channel,
                latest=place.ts,
                oldest=place.ts,
                inclusive=True,
                limit=1,
                include_all_metadata=True,
            )
            return any(
                found.get("ts") == place.ts
                and (found.get("metadata") or {}).get("event_type") == EVENT_TYPE
                for found in page.get("messages") or []
            )

    @asynccontextmanager
    async def _calling(self, method: str, *, in_turn: bool = False) -> AsyncIterator[None]:
        """Make one call; a failure is sorted and counted, and names its method.

        `in_turn`: whoever makes it has asked whether it is its turn.
        """
        if not in_turn:
            self.count(method)
        try:
            async with reaching_slack_within(self._patience, self._metrics):
                yield
        except SlackUnavailable as failure:
            failure.method = method
            if self._limits is not None and failure.retry_after:
                self._limits.hold(method, failure.retry_after)
            raise


def _is_person(channel: str) -> bool:
    """Whether it is the id of a person, which Slack takes for that of a conversation."""
    return channel.startswith(("U", "W"))


def searching(thread: str | None) -> str:
    """The method that searches a thread, or else a conversation."""
    return HISTORY if thread is None else REPLIES


def _upload_of(file: File) -> dict[str, Any]:
    made = {"filename": file.name, "title": file.title, "content": file.content()}
    return {**made, "alt_txt": file.alt} if file.alt else made
