"""In which channels the bot is: one by its id, or public ones to suggest to a person."""

from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.errors import SlackError
from bot.metrics import Metrics
from bot.slack.web.calling import reaching_slack_within

_LIFE = 600.0
"""Seconds for which Slack's answer is remembered."""
_PATIENCE = 1.0
"""Seconds to wait for Slack's answer, as a person waits."""
_MOST = 10
_FRESH = 600.0
"""Seconds for which a yes is believed."""
_MANY = 5000
"""Channels that are remembered."""


class Channels:
    """Asks Slack at intervals. Public channels only: private names must not be shown to others."""

    def __init__(self, web: AsyncWebClient, clock: Clock, metrics: Metrics) -> None:
        self._web = web
        self._metrics = metrics
        self._clock = clock
        self._known: tuple[str, ...] = ()
        self._known_at: float | None = None

    async def public(self) -> tuple[str, ...]:
        """Ids of up to ten; the last known ones when Slack does not answer within a second."""
        if self._known_at is None or self._clock.monotonic() - self._known_at > _LIFE:
            try:
                async with reaching_slack_within(_PATIENCE, self._metrics):
                    await self._ask()
            except SlackError:
                return self._known
        return self._known

    async def _ask(self) -> None:
        answer = await self._web.users_conversations(
            types="public_channel", exclude_archived=True, limit=100
        )
        self._known = tuple(str(channel["id"]) for channel in answer["channels"][:_MOST])
        self._known_at = self._clock.monotonic()


class Membership:
    """Remembers only a yes, so that after an invitation nobody gets an old no."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[str, float] = {}

    def note(self, channel: str, *, member: bool) -> None:
        """Remember Slack's answer about this channel."""
        self._known.pop(channel, None)
        if member:
            if len(self._known) >= _MANY:
                self._known.pop(next(iter(self._known)))
            self._known[channel] = self._clock.monotonic()

    def forget(self, channel: str) -> None:
        """Forget a yes: the bot may have left the channel."""
        self._known.pop(channel, None)

    def is_fresh(self, channel: str) -> bool:
        """Whether the bot was in it a short time ago."""
        noted = self._known.get(channel)
        return noted is not None and self._clock.monotonic() - noted < _FRESH

    def is_known(self, channel: str) -> bool:
        """Whether the bot was in it when Slack was last asked."""
        return channel in self._known
