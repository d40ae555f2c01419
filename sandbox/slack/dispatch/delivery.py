"""What a person does on its way to the bot, and what came back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

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
