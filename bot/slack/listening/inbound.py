"""Whether requests from Slack reach the bot: proven ones, refused ones, the connection."""

from dataclasses import dataclass
from enum import StrEnum

import structlog

from bot.clock import Clock
from bot.metrics import Metrics

_MINUTE = 60.0
"""Seconds between two log lines about the same kind of refusal."""
_FRESH = 600.0
"""Seconds for which a refusal or a proven request counts as the present state."""
_SECRET = "Slack app page → Basic Information → App Credentials → Signing Secret"  # noqa: S105 - where it is found


class Refused(StrEnum):
    """Why a request was refused. The first three may be for the operator to mend."""

    SIGNATURE = "signature"
    """Well made, of now, and signed with another secret."""
    CLOCK = "clock"
    """Signed with our secret, and too old or of the future."""
    OLD = "old"
    """Too old or of the future, and signed with another secret."""
    UNSIGNED = "unsigned"
    """Without a timestamp and a signature in the form that Slack gives them."""
    PATH = "path"
    """To an address that does not exist."""
    METHOD = "method"
    """By a method that the address does not take."""
    TOO_LARGE = "too_large"
    """Larger than anything that Slack sends."""
    UNREADABLE = "unreadable"
    """Its body came too slowly, not to its end, or in no encoding."""
    CONTENT = "content"
    """Signed by Slack, and neither a form nor JSON as Slack sends them."""


@dataclass(frozen=True)
class InboundFacts:
    """What the health pages show of it."""

    connected: bool | None
    """Whether Socket Mode is connected; None over HTTP, where only the next request tells."""
    last_heard: float | None
    """Seconds since the last command or click that proved to come from Slack; None: none yet."""
    problem: str
    """What is wrong and what to do about it; "" when nothing is known to be wrong."""
    refused: int
    """Requests that were refused since the start."""
    deaf_for: float = 0
    """Seconds since Socket Mode was last connected; 0 while it is, and over HTTP."""


@dataclass
class _Count:
    """Refusals of one kind."""

    told_at: float
    untold: int = 0


class InboundStatus:
    """One for each process: the listeners report to it, the health checks read it."""

    def __init__(self, clock: Clock, metrics: Metrics) -> None:
        self._clock = clock
        self._metrics = metrics
        self._counts: dict[Refused, _Count] = {}
        self._refused = 0
        self._heard_at: float | None = None
        self._doubt: tuple[float, str] | None = None
        self._connected: bool | None = None
        self._deaf_since: float | None = None
        self.connection_problem = ""
        """Why Socket Mode is not connected, as far as is known."""
        self.token_problem = ""
        """Why Slack does not take the bot's token; "" while it does."""

    @property
    def connected(self) -> bool | None:
        """Whether Socket Mode is connected; None over HTTP."""
        return self._connected

    @connected.setter
    def connected(self, connected: bool) -> None:
        if connected or self._deaf_since is None:
            self._deaf_since = None if connected else self._clock.monotonic()
        self._connected = connected

    def heard(self) -> None:
        """Note that a request proved to come from Slack."""
        self._heard_at = self._clock.monotonic()
        self._doubt = None

    def refused(self, reason: Refused, skew: float = 0) -> None:
        """Count a refused request; `skew`: seconds by which its time differs from ours.

        The first of a kind is logged at once, then their number once a minute.
        """
        now = self._clock.monotonic()
        why = self._explain(reason, skew, now)
        self._refused += 1
        self._metrics.requests_refused.labels(reason=reason).inc()
        count = self._counts.get(reason)
        if count is not None and now - count.told_at < _MINUTE:
            count.untold += 1
            return
        times = 1 + (count.untold if count else 0)
        self._counts[reason] = _Count(now)
        said = {"why": why} if why else {}
        structlog.get_logger().warning("request_refused", reason=str(reason), times=times, **said)

    def facts(self) -> InboundFacts:
        """The present state."""
        now = self._clock.monotonic()
        heard = None if self._heard_at is None else now - self._heard_at
        deaf_for = 0 if self._deaf_since is None else now - self._deaf_since
        return InboundFacts(self.connected, heard, self._problem(now), self._refused, deaf_for)

    def _problem(self, now: float) -> str:
        if self.token_problem:
            return self.token_problem
        if self.connected is False:
            return self.connection_problem or "Socket Mode is not connected."
        if self._doubt is not None and now - self._doubt[0] < _FRESH:
            return self._doubt[1]
        return ""

    def _explain(self, reason: Refused, skew: float, now: float) -> str:
        """What the operator can do against it, where that may help; the health checks show it."""
        if reason not in {Refused.SIGNATURE, Refused.CLOCK, Refused.OLD}:
            return ""
        if self._heard_at is not None and now - self._heard_at < _FRESH:
            return "Not from Slack, or sent again: other requests proved themselves just now."
        why = _remedy(reason, skew)
        sure = self._doubt is not None and "differ" in self._doubt[1]
        if reason is not Refused.SIGNATURE or not sure:
            self._doubt = now, why
        return why


def _remedy(reason: Refused, skew: float) -> str:
    if reason is Refused.SIGNATURE:
        return (
            "SLACK_SIGNING_SECRET does not fit, or a stranger knocks: copy it again from "
            f"{_SECRET}."
        )
    clocks = f"Slack's clock and this machine's differ by {abs(skew):.0f} s: set the clock (NTP)"
    return f"{clocks}." if reason is Refused.CLOCK else f"{clocks}, unless a stranger knocks."
