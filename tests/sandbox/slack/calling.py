"""What the tests of the workspace share: refusals, a watch, a receiver, a card."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack import SlackSandbox, View

NOON = 1_767_268_800.0  # 2026-01-01T12:00:00Z
OPS = "C0OPS000000"
METADATA = {"event_type": "order", "event_payload": {"key": "K1"}}


@dataclass
class Watch:
    """A clock that stands still until it is turned."""

    now: float = NOON


@dataclass
class Receiver:
    """A bare HTTP server in the bot's place: it keeps what it gets, and answers `answer()`."""

    answer: Callable[[], web.Response] = web.Response
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        """Keep the headers and the body of one request."""
        self.requests.append((dict(request.headers), await request.read()))
        return self.answer()

    def form(self) -> dict[str, str]:
        """Return the last body as a form."""
        fields = parse_qs(
            self.requests[-1][1].decode(), strict_parsing=True, keep_blank_values=True
        )
        return {name: value for name, (value,) in fields.items()}

    def payload(self) -> dict[str, Any]:
        """Return the last body as an interaction."""
        payload: dict[str, Any] = json.loads(self.form()["payload"])
        return payload

    def event(self) -> dict[str, Any]:
        """Return the last body as an event in its envelope."""
        envelope: dict[str, Any] = json.loads(self.requests[-1][1])
        return envelope

    def will_answer(self, **body: Any) -> None:
        """Answer with this JSON from now on; with nothing without arguments."""
        self.answer = lambda: web.json_response(body) if body else web.Response()


async def refusal(call: Awaitable[Any]) -> str:
    """Return Slack's name for why a call is refused."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


def card(text: str, label: str = "Approve") -> list[dict[str, Any]]:
    """Return a section and a button with a dialog."""
    button = {
        "type": "button",
        "action_id": "approve",
        "text": {"type": "plain_text", "text": label},
        "value": "K1",
        "confirm": {
            "title": {"type": "plain_text", "text": "Buy?"},
            "text": {"type": "mrkdwn", "text": "This spends money."},
        },
    }
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": text}},
        {"type": "actions", "block_id": "decide", "elements": [button]},
    ]


def plain(text: str) -> dict[str, Any]:
    """Return a plain text."""
    return {"type": "plain_text", "text": text}


def entry(kind: str, block_id: str = "field", /, **parts: Any) -> dict[str, Any]:
    """Return an input block; `parts` that a block has go to it, the others to the element."""
    own = {name: parts.pop(name) for name in ("optional", "dispatch_action") if name in parts}
    element: dict[str, Any] = {"type": kind, "action_id": f"the_{block_id}", **parts}
    label = plain(block_id.capitalize())
    block = {"type": "input", "block_id": block_id, "label": label, "element": element}
    return block | own


def modal(*blocks: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """Return a modal with these blocks, or one text field, and a button to submit it."""
    return {
        "type": "modal",
        "callback_id": "order",
        "title": plain("Order"),
        "submit": plain("Buy"),
        "blocks": list(blocks) or [entry("plain_text_input")],
    } | parts


async def triggered(slack: SlackSandbox, receiver: Receiver, who: str = "ana") -> str:
    """Let a person type a command, and return its trigger_id."""
    await slack.person(who).types("/esim buy")
    return receiver.form()["trigger_id"]


async def opened(
    slack: SlackSandbox,
    client: AsyncWebClient,
    receiver: Receiver,
    *blocks: dict[str, Any],
    **parts: Any,
) -> View:
    """Open a modal for ana, and return it."""
    trigger_id = await triggered(slack, receiver)
    await client.views_open(trigger_id=trigger_id, view=modal(*blocks, **parts))
    return slack.workspace.views_of("ana")[-1]


@dataclass(frozen=True)
class Form:
    """One modal with one field, before ana; the bot's answer is empty."""

    slack: SlackSandbox
    client: AsyncWebClient
    receiver: Receiver

    async def of(self, kind: str, parts: dict[str, Any]) -> View:
        """Open it with a field of this kind."""
        return await opened(self.slack, self.client, self.receiver, entry(kind, **parts))

    async def submit(self, view: View, values: dict[str, Any] | None = None) -> dict[str, Any]:
        """Let ana fill it in and submit it; the state of the field comes back, as it was sent."""
        await self.slack.person("ana").submits(view, values)
        values_sent = self.receiver.payload()["view"]["state"]["values"]
        state: dict[str, Any] = values_sent["field"]["the_field"]
        return state
