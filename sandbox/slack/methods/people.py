"""users.*, bots.info and usergroups.*: who is in the workspace and in its groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.slack.refusal import Refusal
from sandbox.slack.web_api.arguments import page
from sandbox.slack.workspace.wire import person_json, profile_json, usergroup_json

if TYPE_CHECKING:
    from sandbox.slack.web_api.invocation import Invocation


def user_info(call: Invocation) -> dict[str, Any]:
    """Return one person."""
    person = call.workspace.people.get(call.arguments.required("user"))
    if person is None:
        raise Refusal("user_not_found")
    return {"user": person_json(call.workspace.installation, person)}


def list_users(call: Invocation) -> dict[str, Any]:
    """Return everybody, bots included: all at once, or page by page when there is a limit."""
    people = list(call.workspace.people.values())
    shown, cursor = page(people, lambda person: person.id, call.arguments, usual=len(people))
    return {
        "members": [person_json(call.workspace.installation, person) for person in shown],
        "cache_ts": int(call.workspace.clock.now()),
        "response_metadata": {"next_cursor": cursor},
    }


def by_email(call: Invocation) -> dict[str, Any]:
    """Return the person with this address."""
    email = call.arguments.required("email").lower()
    for person in call.workspace.people.values():
        if not (person.is_bot or person.deleted) and person.email.lower() == email:
            return {"user": person_json(call.workspace.installation, person)}
    raise Refusal("users_not_found")


def profile(call: Invocation) -> dict[str, Any]:
    """Return the profile of a person, or of the bot."""
    person = call.workspace.people.get(call.arguments.text("user") or call.workspace.bot.id)
    if person is None:
        raise Refusal("user_not_found")
    return {"profile": profile_json(call.workspace.installation, person)}


def bot_info(call: Invocation) -> dict[str, Any]:
    """Return the one bot user that there is, the app's own."""
    app = call.workspace.installation
    if (call.arguments.text("bot") or app.bot_id) != app.bot_id:
        raise Refusal("bot_not_found")
    bot = {
        "id": app.bot_id,
        "app_id": app.app_id,
        "user_id": app.bot_user_id,
        "name": call.workspace.bot.name,
        "deleted": False,
        "updated": 0,
        "icons": {f"image_{size}": "https://example.com/bot.png" for size in (36, 48, 72)},
    }
    return {"bot": bot}


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
