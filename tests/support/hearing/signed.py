"""Requests as Slack makes them, of every kind, signed; and what it gets for an answer."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

if TYPE_CHECKING:
    from tests.support.world import World

ANA, OPS, TEAM = "U0ANA000000", "C0OPS000000", "T0SANDBOX00"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


class Answered(NamedTuple):
    """The bot's acknowledgement."""

    status: int
    body: str

    @property
    def told(self) -> dict[str, Any]:
        """Its body, where it is JSON."""
        told: dict[str, Any] = json.loads(self.body)
        return told


async def post(world: World, body: str, kind: str) -> Answered:
    """Send a body to where the bot listens for Slack."""
    signer, now = SignatureVerifier(world.slack.signing_secret), str(int(time.time()))
    headers = {
        "Content-Type": kind,
        "X-Slack-Request-Timestamp": now,
        "X-Slack-Signature": str(signer.generate_signature(timestamp=now, body=body)),
    }
    address = f"{world.url}/slack/events"
    async with (
        aiohttp.ClientSession() as session,
        session.post(address, data=body.encode(), headers=headers) as answer,
    ):
        return Answered(answer.status, await answer.text())


async def command(world: World, text: str) -> Answered:
    """Let ana type a command in #ops."""
    form = {
        "team_id": TEAM,
        "user_id": ANA,
        "channel_id": OPS,
        "channel_name": "ops",
        "command": "/esim",
        "text": text,
        "response_url": address_of(world),
        "trigger_id": world.slack.workspace.triggers.issue(ANA),
    }
    return await post(world, urlencode(form), FORM)


async def interaction(world: World, kind: str, **parts: Any) -> Answered:
    """Let ana do something that Slack tells of in a payload of this type."""
    payload = {
        "type": kind,
        "user": {"id": ANA, "team_id": TEAM},
        "team": {"id": TEAM, "domain": "esim-team"},
        "trigger_id": world.slack.workspace.triggers.issue(ANA),
        **parts,
    }
    return await post(world, urlencode({"payload": json.dumps(payload)}), FORM)


async def event(world: World, **parts: Any) -> Answered:
    """Let something happen that Slack tells apps of."""
    payload = {
        "type": "event_callback",
        "team_id": TEAM,
        "event_id": "Ev1",
        "event": {"type": "app_home_opened", "user": ANA, "tab": "home", **parts},
    }
    return await post(world, json.dumps(payload), JSON)


def in_message(world: World) -> dict[str, Any]:
    """What tells that something was done in a message in #ops."""
    return {
        "container": {"type": "message", "message_ts": "1.2", "channel_id": OPS},
        "channel": {"id": OPS, "name": "ops"},
        "message": {"type": "message", "ts": "1.2"},
        "response_url": address_of(world),
    }


def in_home() -> dict[str, Any]:
    """What tells that something was done in the Home tab."""
    return in_view("V0HOME", "home")


def in_view(view: str, kind: str = "modal") -> dict[str, Any]:
    """What tells that something was done in a view."""
    return {
        "container": {"type": "view", "view_id": view},
        "view": {"id": view, "type": kind, "callback_id": "a_form", "state": {"values": {}}},
    }


def in_modal(world: World) -> dict[str, Any]:
    """What tells that something was done in a form that ana has open."""
    view = world.slack.workspace.views.open(ANA, _A_FORM)
    trigger = world.slack.workspace.triggers.issue(ANA, view.id)
    return {**in_view(view.id), "trigger_id": trigger}


def address_of(world: World) -> str:
    """A new response address for ana in #ops."""
    workspace = world.slack.workspace
    ana, ops = workspace.person("ana"), workspace.channel("ops")
    return str(world.slack.serving.url + world.slack.response_urls.issue(ana, ops, None))


def button(action_id: str = "a_button", **parts: Any) -> dict[str, Any]:
    """What tells which button was clicked."""
    return {"actions": [{"type": "button", "action_id": action_id, "block_id": "b", **parts}]}


_A_FORM: dict[str, Any] = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "A form"},
    "blocks": [{"type": "section", "text": {"type": "plain_text", "text": "Something"}}],
}
