"""In which channels the bot is: asked where one is used, and for somebody who looks for one."""

from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.errors import SlackError
from bot.metrics import Metrics
from bot.slack.web.calling import reaching_slack_within

_LIFE = 600.0
"""Seconds for which an answer of Slack's is remembered."""
_PATIENCE = 1.0
"""Seconds that a person waits for it."""
_MOST = 10
_FRESH = 600.0
"""Seconds for which a yes is not asked again."""
_MANY = 5000
"""Channels that are remembered."""


class Channels:
    """Asks Slack now and then. Only public ones: a private channel's name is not ours to tell."""

    def __init__(self, web: AsyncWebClient, clock: Clock, metrics: Metrics) -> None:
        self._web = web
        self._metrics = metrics
        self._clock = clock
        self._known: tuple[str, ...] = ()
        self._known_at: float | None = None

    async def public(self) -> tuple[str, ...]:
        """Ids of up to ten; as they were known last, where Slack does not say within a second."""
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
