"""conversations.history and conversations.replies."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from sandbox.slack.refusal import Refusal
from sandbox.slack.web_api.access import readable_channel
from sandbox.slack.web_api.paging import page
from sandbox.slack.workspace.wire import message_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sandbox.slack.web_api.arguments import Arguments
    from sandbox.slack.web_api.invocation import Invocation
    from sandbox.slack.workspace.message import Message


def history(call: Invocation) -> dict[str, Any]:
    """Return a channel's messages outside of threads, newest first."""
    channel = readable_channel(call.workspace, call.arguments.required("channel"))
    messages = _between(call.workspace.top_level(channel.id), call.arguments)
    shown, cursor = page(messages[::-1], _ts, call.arguments)
    return _answer(call, shown, cursor)


def replies(call: Invocation) -> dict[str, Any]:
    """Return a thread, oldest first; its first message opens every page.

    For the ts of a reply Slack returns that reply alone.
    """
    workspace, arguments = call.workspace, call.arguments
    channel = readable_channel(workspace, arguments.required("channel"))
    parent = workspace.find(channel.id, arguments.required("ts"))
    if parent is None:
        raise Refusal("thread_not_found")
    thread = [parent, *_between(workspace.replies(parent), arguments)]
    shown, cursor = page(thread, _ts, arguments)
    if shown[0] is not parent:
        shown = [parent, *shown]
    return _answer(call, shown, cursor)


def _answer(call: Invocation, messages: Iterable[Message], cursor: str) -> dict[str, Any]:
    """Return a page of messages; metadata only when it was asked for."""
    wanted = call.arguments.flag("include_all_metadata")
    answer: dict[str, Any] = {
        "messages": [
            message_json(call.workspace, message, with_metadata=wanted) for message in messages
        ],
        "has_more": bool(cursor),
    }
    return answer | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


def _between(messages: list[Message], arguments: Arguments) -> Sequence[Message]:
    """Return the messages after `oldest` and before `latest`, with these if `inclusive`."""
    oldest, latest = _moment(arguments, "oldest"), _moment(arguments, "latest")
    inclusive = arguments.flag("inclusive")
    return [
        message
        for message in messages
        if (oldest is None or _later(Decimal(message.ts), oldest, inclusive))
        and (latest is None or _later(latest, Decimal(message.ts), inclusive))
    ]


def _later(one: Decimal, other: Decimal, inclusive: bool) -> bool:
    """Whether `one` comes after `other`, or may be the same."""
    return one > other or (inclusive and one == other)


def _moment(arguments: Arguments, name: str) -> Decimal | None:
    """Return a timestamp argument. Raises Refusal (invalid_ts_oldest or invalid_ts_latest)."""
    value = arguments.values.get(name)
    if value in (None, "", 0, "0"):
        return None
    try:
        moment = Decimal(str(value))
    except InvalidOperation:
        raise Refusal(f"invalid_ts_{name}") from None
    if not moment.is_finite():
        raise Refusal(f"invalid_ts_{name}")
    return moment


def _ts(message: Message) -> str:
    """Return what names a message in a cursor."""
    return message.ts
