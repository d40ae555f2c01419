"""Searches a conversation's history for a message of the bot."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.message import EVENT_TYPE, Message

_PAGES = 10
"""Pages of history that are read to find a message."""


async def messages_since(
    web: AsyncWebClient,
    channel: str,
    thread: str | None,
    since: datetime,
    calling: Callable[[], AbstractAsyncContextManager[None]],
) -> AsyncIterator[dict[str, Any]]:
    """The messages posted there since then, in a thread when one is given, newest first.

    Each call of the Web API is made within `calling`, which raises SlackError.
    """
    cursor: str | None = None
    for _ in range(_PAGES):
        async with calling():
            page = await _page(web, channel, thread, since, cursor)
        for message in page.get("messages", []):
            yield message
        cursor = page.get("response_metadata", {}).get("next_cursor")
        if not cursor:
            return


async def _page(
    web: AsyncWebClient, channel: str, thread: str | None, since: datetime, cursor: str | None
) -> Any:
    arguments: dict[str, Any] = {
        "channel": channel,
        "oldest": f"{since.timestamp():.6f}",
        "limit": 200,
        "cursor": cursor,
        "include_all_metadata": True,
    }
    if thread is None:
        return await web.conversations_history(**arguments)
    return await web.conversations_replies(ts=thread, **arguments)


def file_ids(files: Any) -> tuple[str, ...]:
    """Slack's ids of the files of an answer or a message."""
    return tuple(str(file["id"]) for file in files or () if file.get("id"))


def is_ours(found: Mapping[str, Any], message: Message, payload: Mapping[str, Any]) -> bool:
    """Whether it is this message of ours: by its files, or by its metadata."""
    if message.files:
        wanted = {(file.name, file.title) for file in message.files}
        there = {(file.get("name"), file.get("title")) for file in found.get("files", [])}
        return wanted <= there
    metadata = found.get("metadata") or {}
    told = metadata.get("event_payload") or {}
    same = all(told.get(name) == payload[name] for name in ("order_id", "key"))
    return metadata.get("event_type") == EVENT_TYPE and same
