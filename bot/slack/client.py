"""The few things that the bot does on Slack, with three ways to fail.

Nothing here is sent twice: whoever calls decides whether a message whose fate is not known
must be looked for first.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, NamedTuple

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SlackRefused, SlackUnavailable
from bot.slack.message import EVENT_TYPE, File, Message

TIMEOUT = 10.0
"""Seconds for one call."""
_LONGEST_WAIT = 3600.0
"""Seconds to wait at most, whatever an answer asks for."""
_UNREACHABLE = (
    aiohttp.ClientError,
    TimeoutError,
    OSError,
    SlackClientError,
    # The official client trips over an answer that is no JSON object, and so not Slack's.
    ValueError,
    AttributeError,
)
_TRANSIENT = frozenset(
    {
        "ratelimited",
        "rate_limited",
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
        # The operator mends these; the messages wait until then.
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_expired",
        "token_revoked",
    }
)
"""Slack's errors that say nothing about the message itself."""
_PAGES = 10
"""Pages of history that are read to find a message of our own."""


class Place(NamedTuple):
    """Where a message stands."""

    channel: str
    ts: str


def web_client(token: str, session: aiohttp.ClientSession, base_url: str) -> AsyncWebClient:
    """The official client on a shared session, told to retry nothing by itself.

    On a shared session it knows no time limit of its own: whoever calls sets one.
    """
    return AsyncWebClient(
        token=token, session=session, base_url=f"{base_url.rstrip('/')}/", retry_handlers=[]
    )


class SlackClient:
    """Raises SlackRefused (asking again is useless) or SlackUnavailable (try again later)."""

    def __init__(self, web: AsyncWebClient, patience: float = TIMEOUT) -> None:
        """`patience` in seconds, for one call; for the three calls of an upload together."""
        self._web = web
        self._patience = patience

    async def post(
        self, message: Message, thread: str | None, metadata: Mapping[str, Any]
    ) -> Place:
        """Post a message, in a thread when one is given."""
        async with reaching_slack_within(self._patience):
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
        if strayed:
            await self.delete(place)
            raise SlackRefused("thread_not_found")
        return place

    async def update(self, place: Place, message: Message, metadata: Mapping[str, Any]) -> None:
        """Replace what a message of ours shows."""
        async with reaching_slack_within(self._patience):
            await self._web.chat_update(
                channel=place.channel,
                ts=place.ts,
                text=message.text,
                blocks=list(message.blocks),
                metadata=dict(metadata),
            )

    async def ephemeral(
        self, channel: str, user: str, text: str, blocks: Sequence[Mapping[str, Any]]
    ) -> None:
        """Show something to one person in a channel."""
        async with reaching_slack_within(self._patience):
            await self._web.chat_postEphemeral(
                channel=channel, user=user, text=text, blocks=[dict(block) for block in blocks]
            )

    async def delete(self, place: Place) -> None:
        """Remove a message of ours."""
        async with reaching_slack_within(self._patience):
            await self._web.chat_delete(channel=place.channel, ts=place.ts)

    async def upload(self, message: Message, thread: str | None) -> None:
        """Upload the message's files to its channel in one message, in a thread when one is given.

        Their bytes are made in a thread of their own: clicks are acknowledged meanwhile.
        """
        if not message.files:
            raise ValueError("a message without a file can't be uploaded")
        uploads = [await asyncio.to_thread(_upload_of, file) for file in message.files]
        channel = await self.direct(message.channel)
        async with reaching_slack_within(self._patience):
            await self._web.files_upload_v2(channel=channel, thread_ts=thread, file_uploads=uploads)

    async def permalink(self, place: Place) -> str:
        """The address of a message."""
        async with reaching_slack_within(self._patience):
            answer = await self._web.chat_getPermalink(channel=place.channel, message_ts=place.ts)
            return str(answer["permalink"])

    async def is_member(self, channel: str) -> bool:
        """Whether the bot is in this channel; one that it can't see counts as no."""
        try:
            async with reaching_slack_within(self._patience):
                answer = await self._web.conversations_info(channel=channel)
                return bool(answer["channel"].get("is_member"))
        except SlackRefused:
            return False

    async def direct(self, channel: str) -> str:
        """The id of the conversation: a user's id becomes that of the direct messages."""
        if not channel.startswith(("U", "W")):
            return channel
        async with reaching_slack_within(self._patience):
            answer = await self._web.conversations_open(users=channel)
            return str(answer["channel"]["id"])

    async def find(
        self, message: Message, thread: str | None, payload: Mapping[str, Any], since: datetime
    ) -> Place | None:
        """Look for a message of ours that may have been posted since then."""
        channel = await self.direct(message.channel)
        async for found in self._history(channel, thread, since):
            if _is_ours(found, message, payload):
                return Place(channel, str(found["ts"]))
        return None

    async def _history(
        self, channel: str, thread: str | None, since: datetime
    ) -> AsyncIterator[dict[str, Any]]:
        cursor: str | None = None
        for _ in range(_PAGES):
            async with reaching_slack_within(self._patience):
                page = await self._page(channel, thread, since, cursor)
            for message in page.get("messages", []):
                yield message
            cursor = page.get("response_metadata", {}).get("next_cursor")
            if not cursor:
                return

    async def _page(
        self, channel: str, thread: str | None, since: datetime, cursor: str | None
    ) -> Any:
        arguments: dict[str, Any] = {
            "channel": channel,
            "oldest": f"{since.timestamp():.6f}",
            "limit": 200,
            "cursor": cursor,
            "include_all_metadata": True,
        }
        if thread is None:
            return await self._web.conversations_history(**arguments)
        return await self._web.conversations_replies(ts=thread, **arguments)


def _upload_of(file: File) -> dict[str, Any]:
    return {"filename": file.name, "title": file.title, "content": file.content()}


def _is_ours(found: Mapping[str, Any], message: Message, payload: Mapping[str, Any]) -> bool:
    if message.files:
        wanted = {(file.name, file.title) for file in message.files}
        there = {(file.get("name"), file.get("title")) for file in found.get("files", [])}
        return wanted <= there
    metadata = found.get("metadata") or {}
    told = metadata.get("event_payload") or {}
    same = all(told.get(name) == payload[name] for name in ("order_id", "key"))
    return metadata.get("event_type") == EVENT_TYPE and same


@asynccontextmanager
async def reaching_slack_within(seconds: float) -> AsyncIterator[None]:
    """Sort every failure of a call: SlackRefused for good, or SlackUnavailable for now.

    What takes longer than `seconds` raises SlackUnavailable too.
    """
    try:
        async with asyncio.timeout(seconds):
            yield
    except SlackApiError as failure:
        raise _sorted(failure) from failure
    except _UNREACHABLE as failure:
        raise SlackUnavailable from failure


def _sorted(failure: SlackApiError) -> SlackRefused | SlackUnavailable:
    """A failure without Slack's own word for it comes from something in between."""
    answer: Any = failure.response
    error, status = _word_of(answer), getattr(answer, "status_code", 0)
    if not error or error in _TRANSIENT or status == 429 or status >= 500:  # noqa: PLR2004 - HTTP's own numbers
        return SlackUnavailable(_seconds(getattr(answer, "headers", {}).get("Retry-After")))
    return SlackRefused(error)


def _word_of(answer: Any) -> str:
    data = getattr(answer, "data", None)
    return str(data.get("error") or "") if isinstance(data, dict) else ""


def _seconds(text: str | None) -> float:
    try:
        return min(max(0.0, float(text or 0)), _LONGEST_WAIT)
    except ValueError:
        return 0.0
