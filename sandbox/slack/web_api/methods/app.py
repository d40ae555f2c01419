"""auth.test, api.test, and apps.connections.open for Socket Mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.slack.refusal import Refusal

if TYPE_CHECKING:
    from sandbox.slack.web_api.invocation import Invocation


def test_auth(call: Invocation) -> dict[str, Any]:
    """Return whom the token belongs to."""
    app = call.workspace.installation
    return {
        "url": f"https://{app.team_domain}.slack.com/",
        "team": app.team_name,
        "user": call.workspace.bot.name,
        "team_id": app.team_id,
        "user_id": app.bot_user_id,
        "bot_id": app.bot_id,
        "is_enterprise_install": False,
    }


def test_api(call: Invocation) -> dict[str, Any]:
    """Return the arguments; raise the error that `error` names."""
    given = {name: value for name, value in call.arguments.values.items() if name != "token"}
    error = call.arguments.text("error")
    if error:
        raise Refusal(error, args=given)
    return {"args": given}


def open_connection(call: Invocation) -> dict[str, Any]:
    """Return an address for one Socket Mode connection."""
    app_id = call.workspace.installation.app_id
    host = call.origin.removeprefix("http")
    return {"url": f"ws{host}/link/?ticket={call.sockets.new_ticket()}&app_id={app_id}"}
