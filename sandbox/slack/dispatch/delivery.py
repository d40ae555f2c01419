"""A command or a click on its way to the bot, and what came back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

OK_STATUSES = range(200, 300)
NO_ANSWER = 0


@dataclass(frozen=True)
class Parcel:
    """What is sent: the signed bytes for HTTP, or the payload in an envelope for Socket Mode.

    `person` and `channel` (ids) say who did it where, `name` what: /esim, or the label of the
    button. `thread_ts` is the thread that the button is in.
    """

    kind: Literal["slash_commands", "interactive"]
    body: bytes
    headers: dict[str, str]
    payload: dict[str, Any]
    envelope_id: str
    person: str
    channel: str
    name: str
    thread_ts: str | None = None

    @property
    def is_command(self) -> bool:
        """Whether it is a slash command, which the bot may answer in its acknowledgement."""
        return self.kind == "slash_commands"


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
