"""Asks Slack at intervals whether it still accepts the bot's token."""

from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.errors import SlackError, SlackUnavailable
from bot.metrics import Metrics
from bot.reasons import reason_of
from bot.slack.listening.inbound import InboundStatus
from bot.slack.web.calling import TIMEOUT, reaching_slack_within

_EVERY = 60.0
"""Seconds between two questions."""


class TokenWatch:
    """Keeps `InboundStatus.token_problem` up to date while it runs."""

    def __init__(
        self, web: AsyncWebClient, clock: Clock, inbound: InboundStatus, metrics: Metrics
    ) -> None:
        self._web = web
        self._metrics = metrics
        self._clock = clock
        self._inbound = inbound

    async def run(self) -> None:
        """Ask at intervals, until cancelled."""
        while True:
            await self._clock.sleep(_EVERY)
            await self.ask()

    async def ask(self) -> None:
        """Ask once."""
        try:
            async with reaching_slack_within(TIMEOUT, self._metrics):
                await self._web.auth_test()
        except SlackError as failure:
            self._inbound.token_problem = _problem(failure)
        else:
            self._inbound.token_problem = ""


def _problem(failure: SlackError) -> str:
    """What is wrong: the token only where Slack itself says so, else the way to Slack."""
    why = reason_of(failure)
    if isinstance(failure, SlackUnavailable) and not failure.error:
        return f"Slack can't be reached ({why}): I can neither answer nor post."
    return (
        f"{why}: I can neither answer nor post. SLACK_BOT_TOKEN may be old, or the app not "
        "installed any more."
    )
