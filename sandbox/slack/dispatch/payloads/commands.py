"""The form of a slash command, and the fields that every interaction has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.slack.workspace.model import Channel, Person
    from sandbox.slack.workspace.workspace import Workspace


def slash_form(
    workspace: Workspace, person: Person, channel: Channel, line: tuple[str, str], answer_to: str
) -> dict[str, str]:
    """Return the fields of a slash command; `line` is the command and the text after it."""
    app = workspace.installation
    return {
        "token": app.verification_token,
        "team_id": person.team or app.team_id,
        "team_domain": app.team_domain,
        "channel_id": channel.id,
        "channel_name": channel.label,
        "user_id": person.id,
        "user_name": person.name,
        "command": line[0],
        "text": line[1],
        "api_app_id": app.app_id,
        "is_enterprise_install": "false",
        "response_url": answer_to,
        "trigger_id": workspace.triggers.issue(person.id),
    }


def interaction(
    workspace: Workspace, person: Person, kind: str, view: str | None = None
) -> dict[str, Any]:
    """Return what every interaction tells: which kind, who, where, and a new trigger_id.

    `view` is the id of the view that it happened in.
    """
    app = workspace.installation
    return {
        "type": kind,
        "user": {
            "id": person.id,
            "username": person.name,
            "name": person.name,
            "team_id": person.team or app.team_id,
        },
        "api_app_id": app.app_id,
        "token": app.verification_token,
        "trigger_id": workspace.triggers.issue(person.id, view),
        "team": {"id": app.team_id, "domain": app.team_domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }
