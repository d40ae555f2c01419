"""reactions.add."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sandbox.slack.refusal import Refusal
from sandbox.slack.web_api.access import known_channel, require_membership, require_open

if TYPE_CHECKING:
    from sandbox.slack.web_api.invocation import Invocation

NAME = re.compile(r"[a-z0-9_'+-]+(::skin-tone-[2-6])?")


def add(call: Invocation) -> dict[str, Any]:
    """React to a message with an emoji, by its name without the colons."""
    workspace, arguments = call.workspace, call.arguments
    name = arguments.required("name").strip(":")
    if not NAME.fullmatch(name):
        raise Refusal("invalid_name")
    channel = known_channel(workspace, arguments.required("channel"))
    require_open(channel)
    require_membership(workspace, channel)
    message = workspace.find(channel.id, arguments.required("timestamp"))
    if message is None:
        raise Refusal("message_not_found")
    users = message.reactions.setdefault(name, [])
    if workspace.bot.id in users:
        raise Refusal("already_reacted")
    users.append(workspace.bot.id)
    workspace.changes.announce()
    return {}
