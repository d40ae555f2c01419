"""How often Slack may be written to: it turns away more than about a post a second a channel."""

from bot.errors import TooSoon

_EVERY = 1.0
"""Seconds between two posts to a channel, and between two edits of a message."""
_BURST = 3
"""Posts to a channel that may follow each other at once after a quiet time."""
_MANY = 1000
"""Keys after which old ones are forgotten."""


class Pacer:
    """Counts what this process writes. Other processes are reined in by Slack's own 429."""

    def __init__(self) -> None:
        self._free_at: dict[tuple[str, ...], float] = {}

    def post(self, channel: str, now: float) -> None:
        """Count a post to a channel at `now` (seconds). Raises TooSoon."""
        self._count((channel,), now, _BURST)

    def edit(self, channel: str, ts: str, now: float) -> None:
        """Count an edit of a message at `now` (seconds). Raises TooSoon."""
        self._count((channel, ts), now, 1)

    def _count(self, key: tuple[str, ...], now: float, burst: int) -> None:
        """Each write moves the time at which all of its burst is free again."""
        free_at = max(self._free_at.get(key, now), now)
        wait = free_at - now - (burst - 1) * _EVERY
        if wait > 0:
            raise TooSoon(wait)
        self._free_at[key] = free_at + _EVERY
        if len(self._free_at) > _MANY:
            self._free_at = {each: at for each, at in self._free_at.items() if at > now}
