"""What the tests of the workspace share: refusals, a watch, a receiver, a card."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

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
