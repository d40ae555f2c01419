"""auth.test, api.test, apps.connections.open for Socket Mode, and blocks.validate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.blockkit import Problem, message_problems, view_problems
from sandbox.slack.refusal import Refusal, bad_argument

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


KINDS = ("blocks", "message", "view")


def validate(call: Invocation) -> dict[str, Any]:
    """Check the one of `blocks`, `message` and `view` that is given; {} when it is right.

    Else the error is invalid_blocks, invalid_message or invalid_view, and `errors` has a code,
    a message, a field and a JSON pointer for each place.
    """
    given = [name for name in KINDS if call.arguments.values.get(name)]
    if len(given) != 1:
        raise bad_argument("provide exactly one of blocks, message, or view")
    (kind,) = given
    problems = _problems(kind, call.arguments.structure(kind, "invalid_arguments"))
    if problems:
        raise Refusal(f"invalid_{kind}", errors=[_error(problem) for problem in problems])
    return {}


def _problems(kind: str, value: Any) -> list[Problem]:
    """Return what is wrong; the pointers start at what was given."""
    if kind == "view" and isinstance(value, dict):
        return view_problems(value, at="")
    at = "/blocks" if kind == "message" else ""
    blocks = value.get("blocks", []) if kind == "message" and isinstance(value, dict) else value
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        return [Problem("must be an array of objects" if kind == "blocks" else "must be valid", at)]
    return message_problems(blocks, at)


def _error(problem: Problem) -> dict[str, str]:
    """Return a problem as Slack tells it."""
    return {
        "code": problem.code,
        "message": problem.what,
        "field": problem.field,
        "pointer": problem.at,
    }
