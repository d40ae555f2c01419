"""The public channels that the bot is in, to suggest to a person."""

from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.errors import SlackError
from bot.metrics import Metrics
from bot.slack.web.calling import TIMEOUT, reaching_slack_within

_EVERY = 600.0
"""Seconds after which Slack is asked anew."""
_AGAIN = 60.0
"""Seconds after which it is asked again when it did not tell."""
_MOST = 10


class Channels:
    """Asks Slack at intervals. Public channels only: private names must not be shown to others."""

    def __init__(self, web: AsyncWebClient, clock: Clock, metrics: Metrics) -> None:
        self._web = web
        self._metrics = metrics
        self._clock = clock
        self._known: tuple[str, ...] = ()

    def public(self) -> tuple[str, ...]:
        """Ids of up to ten, as Slack told last; nobody waits for Slack here."""
        return self._known

    async def run(self) -> None:
        """Ask Slack, again and again, until cancelled."""
        while True:
            await self._clock.sleep(_EVERY if await self.ask() else _AGAIN)

    async def ask(self) -> bool:
        """Ask Slack now; False when it does not tell: what it told last still holds."""
        try:
            async with reaching_slack_within(TIMEOUT, self._metrics):
                answer = await self._web.users_conversations(
                    types="public_channel", exclude_archived=True, limit=100
                )
                self._known = tuple(str(channel["id"]) for channel in answer["channels"][:_MOST])
        except SlackError:
            return False
        return True
