"""Shows answers by the response address, or where that fails as an ephemeral message."""

import aiohttp
import structlog
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.errors import SlackError
from bot.slack.ephemeral import Answer
from bot.slack.replies.interaction import Interaction
from bot.slack.replies.keeping import KeptAnswers
from bot.slack.web.calling import TIMEOUT, reaching_slack_within
from bot.slack.web.client import SlackClient

_OK = 200


class Replies:
    """Shows answers now, or hands them over to be kept: none is lost."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        client: SlackClient,
        kept: KeptAnswers,
        patience: float = TIMEOUT,
    ) -> None:
        """`patience` in seconds, for the response address."""
        self._session = session
        self._client = client
        self._kept = kept
        self._patience = patience
        self._sending: dict[int, tuple[Interaction, Answer]] = {}

    async def send(self, asked: Interaction, answer: Answer) -> None:
        """Let the person see the answer, now or when Slack takes it again."""
        number = id(answer)
        self._sending[number] = asked, answer
        reason = await self._shown(asked, answer)
        if self._sending.pop(number, None) and reason:
            await self._keep(asked, answer, reason)

    async def keep_unsent(self) -> None:
        """Keep whatever is still on its way: this process is about to end."""
        unsent, self._sending = list(self._sending.values()), {}
        for asked, answer in unsent:
            await self._keep(asked, answer, "the bot was stopped")

    async def _keep(self, asked: Interaction, answer: Answer, reason: str) -> None:
        if asked.member:
            await self._kept.keep(asked, answer, reason)
        else:
            structlog.get_logger().warning("answer_dropped", user=asked.user, reason=reason)

    async def _shown(self, asked: Interaction, answer: Answer) -> str:
        """Show it; why that could not be done, or "" when it was."""
        if asked.response_url and await self._by_address(asked, answer):
            return ""
        if not asked.channel:
            return "there is no channel to answer in"
        try:
            await self._client.ephemeral(asked.channel, asked.user, answer.text, answer.blocks)
        except SlackError as failure:
            return str(failure)
        return ""

    async def _by_address(self, asked: Interaction, answer: Answer) -> bool:
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
