"""Packing what a person did: the payload, and the very bytes that go over HTTP, signed."""

from __future__ import annotations

import copy
import json
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from sandbox.slack.dispatch.delivery import Parcel
from sandbox.slack.dispatch.signing import FORM, JSON, signed_headers

if TYPE_CHECKING:
    from sandbox.slack.workspace.model import Channel, Person
    from sandbox.slack.workspace.workspace import Workspace


def command_parcel(workspace: Workspace, form: dict[str, str]) -> Parcel:
    """Pack a slash command."""
    return Parcel(
        kind="slash_commands",
        payload=dict(form),
        person=form["user_id"],
        channel=form["channel_id"],
        name=form["command"],
        **_signed(workspace, urlencode(form), FORM),
    )


def interaction_parcel(  # noqa: PLR0913 - each is a fact of its own about what was done
    workspace: Workspace,
    person: Person,
    channel: Channel,
    payload: dict[str, Any],
    name: str,
    *,
    thread_ts: str | None = None,
    view: str | None = None,
) -> Parcel:
    """Pack an interaction. The person reads of a failure in `channel`, or in the view."""
    return Parcel(
        kind="interactive",
        payload=copy.deepcopy(payload),
        person=person.id,
        channel=channel.id,
        name=name,
        thread_ts=thread_ts,
        view=view,
        **_signed(workspace, urlencode({"payload": json.dumps(payload)}), FORM),
    )


def event_parcel(workspace: Workspace, person: Person, payload: dict[str, Any]) -> Parcel:
    """Pack an event, which goes as JSON."""
    return Parcel(
        kind="events_api",
        payload=copy.deepcopy(payload),
        person=person.id,
        channel=workspace.direct(person).id,
        name=payload["type"],
        **_signed(workspace, json.dumps(payload), JSON),
    )


def verification_request(
    workspace: Workspace, payload: dict[str, Any]
) -> tuple[bytes, dict[str, str]]:
    """Return the body and the headers of the check of an address."""
    signed = _signed(workspace, json.dumps(payload), JSON)
    return signed["body"], signed["headers"]


def _signed(workspace: Workspace, body: str, kind: str) -> dict[str, Any]:
    """Return what every parcel carries around its signed body."""
    secret = workspace.installation.signing_secret
    return {
        "body": body.encode(),
        "headers": signed_headers(body.encode(), secret, kind),
        "envelope_id": str(uuid.uuid4()),
    }
