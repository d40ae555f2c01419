"""One call of a method, with what it may use, and how often the bot may post."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.slack.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.slack.dispatch.socket_mode import SocketMode
    from sandbox.slack.web_api.arguments import Arguments
    from sandbox.slack.workspace.workspace import Workspace


@dataclass(frozen=True)
class Invocation:
    """A call that was let in. `origin` is the sandbox's own address, like http://127.0.0.1:80."""

    workspace: Workspace
    arguments: Arguments
    origin: str
    sockets: SocketMode
    pace: Pace


@dataclass(frozen=True)
class Call:
    """A call of the Web API that came in, for the record.

    `arguments` leave the token out; `at` is a Unix time in seconds; `ok` is what the caller was
    told, and `error` Slack's name for what was wrong: ratelimited for a 429, connection_closed
    for a call that came to nothing, answer_dropped for one that was carried out unanswered.
    """

    method: str
    arguments: dict[str, Any]
    at: float
    ok: bool
    error: str | None


class TooOftenError(Refusal):
    """ratelimited: to be answered with 429; `retry_after` is in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after


@dataclass(frozen=True)
class RateLimit:
    """Posts that a channel takes: `per_second` in the long run, `burst` of them at once.

    Slack documents one a second and that short bursts may go above it, not how far they may.
    """

    per_second: float = 1.0
    burst: int = 5


USUAL_LIMIT = RateLimit()


@dataclass
class Allowance:
    """How many posts a channel still takes, as it was at the time `at`."""

    left: float
    at: float


@dataclass
class Pace:
    """Keeps every channel to the limit, by the workspace's clock; without a limit to none."""

    limit: RateLimit | None
    now: Callable[[], float]
    allowances: dict[str, Allowance] = field(default_factory=dict)

    def spend(self, channel: str) -> None:
        """Count one post to a channel. Raises TooOftenError when it is one too many."""
        if self.limit is None:
            return
        left = self._left(channel, self.limit)
        if left < 1:
            raise TooOftenError(max(1, math.ceil((1 - left) / self.limit.per_second)))
        self.allowances[channel] = Allowance(left - 1, self.now())

    def _left(self, channel: str, limit: RateLimit) -> float:
        """Return how many posts a channel takes now."""
        before = self.allowances.get(channel)
        if before is None:
            return limit.burst
        passed = max(0.0, self.now() - before.at)  # a clock may be set back
        return min(limit.burst, before.left + passed * limit.per_second)
