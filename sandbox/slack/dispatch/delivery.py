"""A command or a click on its way to the bot, and what came back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

OK_STATUSES = range(200, 300)
NO_ANSWER = 0


@dataclass(frozen=True)
class Parcel:
    """What is sent: the signed bytes for HTTP, or the payload in an envelope for Socket Mode.

    `person`, `channel` (ids) and `command` say who did what; a click has no command.
    """

    kind: Literal["slash_commands", "interactive"]
    body: bytes
    headers: dict[str, str]
    payload: dict[str, Any]
    envelope_id: str
    person: str
    channel: str
    command: str | None


@dataclass(frozen=True)
class Answer:
    """What the bot answered: a status (0 without an answer), a body, or why there is none."""

    status: int
    body: str = ""
    error: str | None = None


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
