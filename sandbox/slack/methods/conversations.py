"""conversations.info, list, members, open, history and replies."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sandbox.slack.refusal import Refusal, bad_argument
from sandbox.slack.web_api.access import (
    family,
    known_channel,
    readable_channel,
    require_reader,
    require_scope,
)
from sandbox.slack.web_api.arguments import page
from sandbox.slack.workspace.wire import channel_json, message_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sandbox.slack.web_api.arguments import Arguments
    from sandbox.slack.web_api.invocation import Invocation
    from sandbox.slack.workspace.message import Message
    from sandbox.slack.workspace.model import Channel, Person

FAMILIES: Mapping[str, str] = MappingProxyType(
    {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}
)


THREAD_PAGE = 1_000
LARGEST_GROUP = 8


def info(call: Invocation) -> dict[str, Any]:
    """Return one conversation."""
    channel = known_channel(call.workspace, call.arguments.required("channel"))
    require_scope(call.workspace, f"{family(channel)}:read")
    shown = channel_json(channel, call.workspace.bot.id)
    if not call.arguments.flag("include_num_members"):
        shown.pop("num_members", None)
    return {"channel": shown}


def list_channels(call: Invocation) -> dict[str, Any]:
    """Return the conversations of the asked-for types that the bot can know of."""
    return _listed(call, None)


def of_user(call: Invocation) -> dict[str, Any]:
    """Return those of them that a person, or else the bot, is in (users.conversations)."""
    user = call.arguments.text("user") or call.workspace.bot.id
    if user not in call.workspace.people:
        raise Refusal("user_not_found")
    return _listed(call, user)


def _listed(call: Invocation, member: str | None) -> dict[str, Any]:
    """Return a page of the conversations that the bot can know of; with `member`, of theirs."""
    workspace, arguments = call.workspace, call.arguments
    families = _families(arguments.text("types") or "public_channel")
    for each in families:
        require_scope(workspace, f"{each}:read")
    bot = workspace.bot.id
    channels = [
        channel
        for channel in workspace.channels.values()
        if family(channel) in families
        and (not channel.private or bot in channel.members)
        and (member is None or member in channel.members)
        and not (channel.archived and arguments.flag("exclude_archived"))
    ]
    shown, cursor = page(channels, lambda channel: channel.id, arguments)
    return {
        "channels": [channel_json(channel, bot) for channel in shown],
        "response_metadata": {"next_cursor": cursor},
    }


def members(call: Invocation) -> dict[str, Any]:
    """Return the ids of those who are in a conversation, page by page."""
    channel = known_channel(call.workspace, call.arguments.required("channel"))
    require_scope(call.workspace, f"{family(channel)}:read")
    shown, cursor = page(sorted(channel.members), lambda member: member, call.arguments)
    return {"members": list(shown), "response_metadata": {"next_cursor": cursor}}


def open_direct(call: Invocation) -> dict[str, Any]:
    """Open the direct messages with the people in `users`, or those in `channel`.

    Those with one person are always open here. A group of two to eight has its own, which is
    there from the first time on.
    """
    workspace, arguments = call.workspace, call.arguments
    if key := arguments.text("channel"):
        channel, is_new = known_channel(workspace, key), False
        if channel.is_named:
            raise Refusal("method_not_supported_for_channel_type")
        require_reader(workspace, channel)
    else:
        channel, is_new = _direct_messages(call, _addressed(call))
    shown = channel_json(channel, workspace.bot.id) if arguments.flag("return_im") else {}
    already = {} if is_new else {"no_op": True, "already_open": True}
    return {**already, "channel": {"id": channel.id, **shown}}


def _addressed(call: Invocation) -> list[Person]:
    """Return the people in `users` apart from the bot itself, each once."""
    keys = [key.strip() for key in call.arguments.required("users").split(",")]
    people = [call.workspace.people.get(key) for key in dict.fromkeys(keys)]
    found = [person for person in people if person is not None]
    if len(found) < len(people):
        raise Refusal("user_not_found")
    others = [person for person in found if person.id != call.workspace.bot.id]
    if not others or any(person.is_bot for person in others):
        raise Refusal("cannot_dm_bot")
    if any(person.deleted for person in others):
        raise Refusal("user_disabled")
    if len(others) > LARGEST_GROUP:
        raise Refusal("too_many_users")
    return others


def _direct_messages(call: Invocation, people: list[Person]) -> tuple[Channel, bool]:
    """Return the direct messages with these people, and whether they begin only now."""
    workspace = call.workspace
    require_scope(workspace, "im:write" if len(people) == 1 else "mpim:write")
    if len(people) == 1:
        return workspace.direct(people[0]), False
    group = workspace.group(people)
    if group is None and call.arguments.flag("prevent_creation"):
        raise Refusal("channel_not_found")
    return (group, False) if group else (workspace.open_group(people), True)


def _families(types: str) -> list[str]:
    """Return the scopes' first parts for a comma-separated list of types."""
    names = [name.strip() for name in types.split(",")]
    if not set(names) <= set(FAMILIES):
        raise bad_argument(f"must be a valid enum value: {', '.join(FAMILIES)}", "types")
    return [FAMILIES[name] for name in names]


def history(call: Invocation) -> dict[str, Any]:
    """Return a channel's messages outside of threads, newest first.

    With `oldest` alone the first page begins there, and each one after it is newer; else the
    first page is the newest one (docs.slack.dev, conversations.history).
    """
    arguments = call.arguments
    channel = readable_channel(call.workspace, arguments.required("channel"))
    messages = _between(call.workspace.top_level(channel.id), arguments)
    if _moment(arguments, "oldest") is not None and _moment(arguments, "latest") is None:
        shown, cursor = page(messages, _ts, arguments)
        return _answer(call, shown[::-1], cursor)
    shown, cursor = page(messages[::-1], _ts, arguments)
    return _answer(call, shown, cursor)


def replies(call: Invocation) -> dict[str, Any]:
    """Return a thread, oldest first, a thousand at once; its first message opens every page.

    For the ts of a reply Slack returns that reply alone.
    """
    workspace, arguments = call.workspace, call.arguments
    channel = readable_channel(workspace, arguments.required("channel"))
    parent = workspace.find(channel.id, arguments.required("ts"))
    if parent is None:
        raise Refusal("thread_not_found")
    thread = [parent, *_between(workspace.replies(parent), arguments)]
    shown, cursor = page(thread, _ts, arguments, usual=THREAD_PAGE)
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
