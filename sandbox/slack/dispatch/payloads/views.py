"""view_submission and view_closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.slack.dispatch.payloads.commands import interaction
from sandbox.slack.views.wire import view_json

if TYPE_CHECKING:
    from sandbox.slack.views.view import View
    from sandbox.slack.workspace.model import Person
    from sandbox.slack.workspace.workspace import Workspace


def submission_payload(workspace: Workspace, person: Person, view: View) -> dict[str, Any]:
    """Return the payload for a modal that was submitted."""
    return interaction(workspace, person, "view_submission", view.id) | {
        "view": view_json(workspace.installation, view),
        "response_urls": [],
    }


def closed_payload(
    workspace: Workspace, person: Person, view: View, *, cleared: bool
) -> dict[str, Any]:
    """Return the payload for a modal that was closed; `cleared` when all of them were at once."""
    payload = interaction(workspace, person, "view_closed")
    del payload["trigger_id"]
    return payload | {
        "view": view_json(workspace.installation, view),
        "is_cleared": cleared,
    }
