"""What a person did, as far as an answer needs to know it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Interaction:
    """Who typed or clicked something, and where the answer goes."""

    user: str
    channel: str
    """Where it was done; "" in a form or a tab, which stand in no channel."""
    trigger: str
    """Slack's id of this command or click; the same when it is delivered twice."""
    response_url: str
    """Takes five answers within thirty minutes, also where the bot is no member; "" for none."""
    member: bool = True
    """Whether this is a person of the bot's own workspace: only their answers are kept."""

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "Interaction":
        """Read it from whatever Slack sent; what is missing or no text is ""."""
        user, container = _part(body, "user"), _part(body, "container")
        channel = body.get("channel_id") or _part(body, "channel").get("id")
        return cls(
            user=_text(body.get("user_id") or user.get("id")),
            channel=_text(channel or container.get("channel_id")),
            trigger=_text(body.get("trigger_id")),
            response_url=_text(body.get("response_url")),
        )


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = body.get(name)
    return part if isinstance(part, Mapping) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
