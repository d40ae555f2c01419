"""What a person does on its way to the bot: packed, signed, and what came back."""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode

if TYPE_CHECKING:
    from sandbox.slack.workspace.model import Channel, Person
    from sandbox.slack.workspace.workspace import Workspace

OK_STATUSES = range(200, 300)
NO_ANSWER = 0


@dataclass(frozen=True)
class Parcel:
    """What is sent: the signed bytes for HTTP, or the payload in an envelope for Socket Mode.

    `person` and `channel` (ids) say who did it where, `name` what: /esim, or the label of the
    button. `thread_ts` is the thread that the button is in, `view` the id of the view.
    """

    kind: Literal["slash_commands", "interactive", "events_api"]
    body: bytes
    headers: dict[str, str]
    payload: dict[str, Any]
    envelope_id: str
    person: str
    channel: str
    name: str
    thread_ts: str | None = None
    view: str | None = None

    @property
    def is_command(self) -> bool:
        """Whether it is a slash command, which the bot may answer in its acknowledgement."""
        return self.kind == "slash_commands"

    @property
    def is_event(self) -> bool:
        """Whether it is an event, which nobody waits for and which is sent again."""
        return self.kind == "events_api"

    @property
    def is_submission(self) -> bool:
        """Whether it is a modal that was submitted, which the bot may answer, too."""
        return self.payload.get("type") == "view_submission"

    @property
    def is_suggestion(self) -> bool:
        """Whether it asks for the options of a menu, which the bot answers with them."""
        return self.payload.get("type") == "block_suggestion"


@dataclass(frozen=True)
class Attempt:
    """Which time an event is sent again (1 to 3), and why; 0 for the first time of anything."""

    number: int = 0
    reason: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """The headers that tell it over HTTP."""
        if not self.number:
            return {}
        return {"X-Slack-Retry-Num": str(self.number), "X-Slack-Retry-Reason": self.reason}


@dataclass(frozen=True)
class Answer:
    """What the bot answered: a status (0 without an answer), a body, or why there is none.

    `final` when the bot asked not to be sent this again (X-Slack-No-Retry).
    """

    status: int
    body: str = ""
    error: str | None = None
    final: bool = False


@dataclass(frozen=True)
class Delivery:
    """What came of a command or a click. `status` is 0 when there was no answer in time.

    Over Socket Mode an acknowledgement counts as status 200, its payload as the body.
    """

    status: int
    body: str
    seconds: float
    parcel: Parcel = field(repr=False)

    @property
    def ok(self) -> bool:
        """Whether the bot took it."""
        return self.status in OK_STATUSES


FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"


def signed_headers(body: bytes, signing_secret: str, kind: str = FORM) -> dict[str, str]:
    """Return the headers for `body`, signed now: receivers compare with their own clock."""
    at = str(int(time.time()))
    signed = b":".join([b"v0", at.encode(), body])
    digest = hmac.new(signing_secret.encode(), signed, hashlib.sha256).hexdigest()
    return {
        "Content-Type": kind,
        "User-Agent": AGENT,
        "X-Slack-Request-Timestamp": at,
        "X-Slack-Signature": f"v0={digest}",
    }


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
