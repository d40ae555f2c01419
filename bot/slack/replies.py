"""Answers that only one person sees, to what they typed or clicked."""

from dataclasses import dataclass

import aiohttp
import structlog
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.errors import SlackError
from bot.slack.answers import Answer
from bot.slack.client import TIMEOUT, SlackClient, reaching_slack_within

_OK = 200


@dataclass(frozen=True)
class Asked:
    """Who typed or clicked something, and where the answer goes."""

    user: str
    channel: str
    trigger: str
    """Slack's id of this command or click; the same when it is delivered twice."""
    response_url: str
    """Takes five answers within thirty minutes, also where the bot is no member."""


class Replies:
    """Sends answers by the response address, or where that fails as an ephemeral message."""

    def __init__(
        self, session: aiohttp.ClientSession, client: SlackClient, patience: float = TIMEOUT
    ) -> None:
        """`patience` in seconds, for the response address."""
        self._session = session
        self._client = client
        self._patience = patience

    async def send(self, asked: Asked, answer: Answer) -> None:
        """Let the person see the answer; when Slack takes it in neither way, the log has it."""
        if await self._by_address(asked, answer):
            return
        try:
            await self._client.ephemeral(asked.channel, asked.user, answer.text, answer.blocks)
        except SlackError as failure:
            log = structlog.get_logger()
            log.error("answer_not_delivered", user=asked.user, reason=str(failure))  # noqa: TRY400 - the reason is enough

    async def _by_address(self, asked: Asked, answer: Answer) -> bool:
        webhook = AsyncWebhookClient(asked.response_url, session=self._session, retry_handlers=[])
        try:
            async with reaching_slack_within(self._patience):
                response = await webhook.send(
                    text=answer.text,
                    blocks=list(answer.blocks),
                    response_type="ephemeral",
                    replace_original=False,
                )
        except SlackError:
            return False
        return response.status_code == _OK
