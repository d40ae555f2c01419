"""Views in the JSON form that Slack sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.slack.views.view import View
    from sandbox.slack.workspace.model import Installation

TEXTS = ("private_metadata", "callback_id", "external_id")
FLAGS = ("clear_on_close", "notify_on_close", "submit_disabled")
FRAME = ("title", "submit", "close")


def view_json(app: Installation, view: View) -> dict[str, Any]:
    """Return a view object as the Web API and the payloads carry it, with its state."""
    given = view.content
    return {
        "id": view.id,
        "team_id": app.team_id,
        "type": view.kind,
        "blocks": view.blocks,
        **{name: given.get(name) or "" for name in TEXTS},
        **{name: bool(given.get(name)) for name in FLAGS},
        **{name: given.get(name) for name in FRAME},
        "state": {"values": view.values},
        "hash": view.hash,
        "root_view_id": view.root_id,
        "previous_view_id": view.previous_id,
        "app_id": app.app_id,
        "app_installed_team_id": app.team_id,
        "bot_id": app.bot_id,
    }
