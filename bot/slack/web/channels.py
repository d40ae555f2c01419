"""In which channels the bot is, for somebody who looks for one to order in."""

from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.errors import SlackError
from bot.metrics import Metrics
from bot.slack.web.client import reaching_slack_within

_LIFE = 600.0
"""Seconds for which an answer of Slack's is remembered."""
_PATIENCE = 1.0
"""Seconds that a person waits for it."""
_MOST = 10


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
