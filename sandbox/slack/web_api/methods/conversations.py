"""conversations.info, list, members and open."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sandbox.slack.refusal import Refusal, bad_argument
from sandbox.slack.web_api.access import family, known_channel, require_scope
from sandbox.slack.web_api.paging import page
from sandbox.slack.workspace.wire import channel_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.slack.web_api.invocation import Invocation

FAMILIES: Mapping[str, str] = MappingProxyType(
    {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}
)


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
        and not (channel.archived and arguments.flag("exclude_archived"))
    ]
    shown, cursor = page(channels, lambda channel: channel.id, arguments)
    return {
        "channels": [channel_json(channel, bot) for channel in shown],
        "response_metadata": {"next_cursor": cursor},
    }


def of_user(call: Invocation) -> dict[str, Any]:
    """Return the conversations of the asked-for types that the bot is in (users.conversations)."""
    answer = list_channels(call)
    bot = call.workspace.bot.id
    known = call.workspace.channels
    mine = [each for each in answer["channels"] if bot in known[each["id"]].members]
    return answer | {"channels": mine}


def members(call: Invocation) -> dict[str, Any]:
    """Return the ids of those who are in a conversation, page by page."""
    channel = known_channel(call.workspace, call.arguments.required("channel"))
    require_scope(call.workspace, f"{family(channel)}:read")
    shown, cursor = page(sorted(channel.members), lambda member: member, call.arguments)
    return {"members": list(shown), "response_metadata": {"next_cursor": cursor}}


def open_direct(call: Invocation) -> dict[str, Any]:
    """Open the direct messages with the person in `users`, or those in `channel`.

    They are always open here, so nothing changes. There are none with several people.
    """
    workspace, arguments = call.workspace, call.arguments
    if key := arguments.text("channel"):
        channel = known_channel(workspace, key)
    else:
        person = workspace.people.get(arguments.required("users"))
        if person is None:
            raise Refusal("user_not_found")
        if person.is_bot:
            raise Refusal("cannot_dm_bot")
        channel = workspace.direct(person)
    shown = channel_json(channel, workspace.bot.id) if arguments.flag("return_im") else {}
    return {"no_op": True, "already_open": True, "channel": {"id": channel.id, **shown}}


def _families(types: str) -> list[str]:
    """Return the scopes' first parts for a comma-separated list of types."""
    names = [name.strip() for name in types.split(",")]
    if not set(names) <= set(FAMILIES):
        raise bad_argument(f"must be a valid enum value: {', '.join(FAMILIES)}", "types")
    return [FAMILIES[name] for name in names]
