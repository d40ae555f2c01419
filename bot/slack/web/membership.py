"""In which channels the bot is, as far as it has been told."""

from bot.clock import Clock

_FRESH = 600.0
"""Seconds for which a yes is not asked again."""
_MANY = 5000
"""Channels that are remembered."""


class Membership:
    """Remembers only a yes: whoever has just invited the bot must not hear an old no."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[str, float] = {}

    def note(self, channel: str, *, member: bool) -> None:
        """Keep what Slack says of this channel."""
        self._known.pop(channel, None)
        if member:
            if len(self._known) >= _MANY:
                self._known.pop(next(iter(self._known)))
            self._known[channel] = self._clock.monotonic()

    def forget(self, channel: str) -> None:
        """The bot may have lost its place there."""
        self._known.pop(channel, None)

    def is_fresh(self, channel: str) -> bool:
        """Whether the bot was in it a short time ago."""
        noted = self._known.get(channel)
        return noted is not None and self._clock.monotonic() - noted < _FRESH

    def is_known(self, channel: str) -> bool:
        """Whether the bot was in it when Slack was last asked."""
        return channel in self._known
