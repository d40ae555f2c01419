"""How often Slack lets each method of the Web API be called in a workspace.

The tier of a method stands on its page below docs.slack.dev/reference/methods; those of all methods
are in Slack's Java SDK (`MethodsRateLimits`). What a tier allows is told at
docs.slack.dev/apis/web-api/rate-limits: "50+ per minute", and that bursts are welcome, but not how
large they may be.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

POST, EDIT, UPLOAD = "chat.postMessage", "chat.update", "files.upload"
HISTORY, REPLIES = "conversations.history", "conversations.replies"


@dataclass(frozen=True)
class Limit:
    """So many calls a second in the long run; after a pause, `burst` of them at once."""

    rate: float
    burst: float

    def share(self, processes: int) -> "Limit":
        """The part of each of so many processes; each may make at least one call at a time."""
        return Limit(self.rate / processes, max(1.0, self.burst / processes))


_TIER_2, _TIER_3, _TIER_4 = Limit(20 / 60, 8), Limit(50 / 60, 20), Limit(100 / 60, 40)
CHANNEL = Limit(1, 3)
"""Posts to one channel: "1 message per second", and short bursts above it."""
MESSAGE = Limit(1, 1)
"""Edits of one message."""
TIERS: Mapping[str, Limit] = MappingProxyType(
    {
        # "Several hundred messages per minute" in a workspace and "generous burst behavior", in no
        # figure. So this one slows only what goes on for minutes: too low a figure would hold back
        # ICCIDs for nothing, too high a one costs a 429, which says how long to wait.
        POST: Limit(600 / 60, 1800),
        EDIT: _TIER_3,
        "chat.delete": _TIER_3,
        "chat.postEphemeral": _TIER_4,
        HISTORY: _TIER_3,
        "conversations.info": _TIER_3,
        "conversations.open": _TIER_3,
        REPLIES: _TIER_3,
        "files.delete": _TIER_3,
        # Three methods of tier 4 under one name. An order's two files need an address each.
        UPLOAD: Limit(50 / 60, 20),
        "users.conversations": _TIER_2,
        "users.info": _TIER_4,
        "views.open": _TIER_4,
        "views.publish": _TIER_4,
        "views.push": _TIER_4,
        "views.update": _TIER_4,
    }
)
"""By method, for all processes together."""
