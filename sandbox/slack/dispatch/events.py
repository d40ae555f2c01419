"""Events: the envelope around each of them, and the check of a new address."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from sandbox.slack.workspace.wire import view_json

if TYPE_CHECKING:
    from sandbox.slack.workspace.model import Person
    from sandbox.slack.workspace.workspace import Workspace


def home_opened(workspace: Workspace, person: Person, tab: str) -> dict[str, Any]:
    """Return the event of a person who opens a tab of the app: home or messages."""
    event = {
        "type": "app_home_opened",
        "user": person.id,
        "channel": workspace.direct(person).id,
        "tab": tab,
        "event_ts": workspace.clock.next_ts(),
    }
    home = workspace.home_of(person)
    if tab == "home" and home is not None:
        return event | {"view": view_json(workspace.installation, home)}
    return event


def event_payload(workspace: Workspace, event: dict[str, Any]) -> dict[str, Any]:
    """Return an event in its envelope."""
    app = workspace.installation
    authorization = {
        "enterprise_id": None,
        "team_id": app.team_id,
        "user_id": app.bot_user_id,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "type": "event_callback",
        "token": app.verification_token,
        "team_id": app.team_id,
        "api_app_id": app.app_id,
        "event": event,
        "event_id": f"Ev{secrets.token_hex(5).upper()}",
        "event_time": int(workspace.clock.now()),
        "event_context": f"4-{secrets.token_hex(12)}",
        "authorizations": [authorization],
        "is_ext_shared_channel": False,
    }


def verification_payload(workspace: Workspace) -> dict[str, Any]:
    """Return the request that a new address has to answer with the challenge."""
    return {
        "type": "url_verification",
        "token": workspace.installation.verification_token,
        "challenge": secrets.token_urlsafe(24),
    }
