"""The app and its workspace: auth, OAuth, Socket Mode, team.info, emoji.list, blocks.validate."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aiohttp import web
from yarl import URL

from sandbox.blockkit import Problem, message_problems, view_problems
from sandbox.slack.refusal import Refusal, bad_argument
from sandbox.slack.workspace.installation import Consent

if TYPE_CHECKING:
    from sandbox.slack.web_api.invocation import Invocation
    from sandbox.slack.workspace.workspace import Workspace


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


def team_info(call: Invocation) -> dict[str, Any]:
    """Return the workspace."""
    app = call.workspace.installation
    if (call.arguments.text("team") or app.team_id) != app.team_id:
        raise Refusal("team_not_found")
    team = {
        "id": app.team_id,
        "name": app.team_name,
        "url": f"https://{app.team_domain}.slack.com/",
        "domain": app.team_domain,
        "email_domain": "example.com",
        "icon": {"image_default": True},
        "avatar_base_url": "https://ca.slack-edge.com/",
        "is_verified": False,
    }
    return {"team": team}


def list_emoji(call: Invocation) -> dict[str, Any]:
    """Return the workspace's custom emoji: addresses by name."""
    return {"emoji": dict(call.workspace.emoji), "cache_ts": f"{call.workspace.clock.now():.6f}"}


def exchange_code(call: Invocation) -> dict[str, Any]:
    """Return the bot's token for the code of an installation, once (oauth.v2.access)."""
    workspace, arguments = call.workspace, call.arguments
    app = workspace.installation
    if arguments.text("client_id") != app.client_id:
        raise Refusal("invalid_client_id")
    if arguments.text("client_secret") != app.client_secret:
        raise Refusal("bad_client_secret")
    if (arguments.text("grant_type") or "authorization_code") != "authorization_code":
        raise Refusal("invalid_grant_type")
    consent = workspace.consents.pop(arguments.text("code") or "", None)
    if consent is None or workspace.clock.now() > consent.until:
        raise Refusal("invalid_code")
    if (arguments.text("redirect_uri") or "") not in {"", consent.redirect_uri}:
        raise Refusal("bad_redirect_uri")
    return {
        "access_token": app.bot_token,
        "token_type": "bot",
        "scope": ",".join(sorted(app.scopes)),
        "bot_user_id": app.bot_user_id,
        "app_id": app.app_id,
        "team": {"id": app.team_id, "name": app.team_name},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {"id": consent.person},
    }


@dataclass(frozen=True)
class Consents:
    """Serves /oauth/v2/authorize, where a person lets the app in: here everybody does, at once."""

    workspace: Workspace

    async def handle(self, request: web.Request) -> web.Response:
        """Send the person on to redirect_uri with a code, which is good once, for ten minutes."""
        app, target = self.workspace.installation, request.query.get("redirect_uri", "")
        if request.query.get("client_id") != app.client_id:
            return web.Response(status=HTTPStatus.BAD_REQUEST, text="invalid_client_id")
        if not target.startswith(("http://", "https://")):
            return web.Response(status=HTTPStatus.BAD_REQUEST, text="bad_redirect_uri")
        code = secrets.token_hex(16)
        person = next(each for each in self.workspace.people.values() if not each.is_bot)
        until = self.workspace.clock.now() + CODE_SECONDS
        self.workspace.consents[code] = Consent(person.id, target, until)
        answer = {"code": code, "state": request.query.get("state", "")}
        place = str(URL(target).update_query(answer))
        return web.Response(status=HTTPStatus.FOUND, headers={"Location": place})


def open_connection(call: Invocation) -> dict[str, Any]:
    """Return an address for one Socket Mode connection."""
    app_id = call.workspace.installation.app_id
    host = call.origin.removeprefix("http")
    return {"url": f"ws{host}/link/?ticket={call.sockets.new_ticket()}&app_id={app_id}"}


KINDS = ("blocks", "message", "view")
CODE_SECONDS = 600


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
