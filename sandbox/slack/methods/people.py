"""users.* and usergroups.*: who is in the workspace and in its groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.slack.refusal import Refusal
from sandbox.slack.web_api.arguments import page
from sandbox.slack.workspace.wire import person_json, usergroup_json

if TYPE_CHECKING:
    from sandbox.slack.web_api.invocation import Invocation


def user_info(call: Invocation) -> dict[str, Any]:
    """Return one person."""
    person = call.workspace.people.get(call.arguments.required("user"))
    if person is None:
        raise Refusal("user_not_found")
    return {"user": person_json(call.workspace.installation, person)}


def list_users(call: Invocation) -> dict[str, Any]:
    """Return everybody, bots included, page by page."""
    people = list(call.workspace.people.values())
    shown, cursor = page(people, lambda person: person.id, call.arguments)
    return {
        "members": [person_json(call.workspace.installation, person) for person in shown],
        "cache_ts": int(call.workspace.clock.now()),
        "response_metadata": {"next_cursor": cursor},
    }


def list_usergroups(call: Invocation) -> dict[str, Any]:
    """Return the groups; with their members only when include_users asks for them."""
    wanted = {
        "users": call.arguments.flag("include_users"),
        "user_count": call.arguments.flag("include_count"),
    }
    groups = [
        usergroup_json(call.workspace.installation, group)
        for group in call.workspace.usergroups.values()
    ]
    for group in groups:
        for field, included in wanted.items():
            if not included:
                del group[field]
    return {"usergroups": groups}


def list_usergroup_users(call: Invocation) -> dict[str, Any]:
    """Return the ids of a group's members."""
    group = call.workspace.usergroups.get(call.arguments.required("usergroup"))
    if group is None:
        raise Refusal("no_such_subteam")
    return {"users": list(group.users)}
