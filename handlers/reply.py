"""Answers one person where they look: in the channel, above the form, or directly."""

from collections.abc import Awaitable, Callable, Iterator

import structlog

from bot.errors import SlackError
from bot.reasons import reason_of
from bot.slack.ephemeral import Answer
from bot.slack.forms import notice
from bot.slack.kept_answers import KeptAnswers
from bot.slack.web.client import SlackClient
from handlers.interaction import Interaction, Surface

_Way = Callable[[], Awaitable[None]]
"""Shows an answer. Raises SlackError."""


class Reply:
    """Shows answers now, or hands them over to be kept: none is lost."""

    def __init__(self, client: SlackClient, kept: KeptAnswers) -> None:
        self._client = client
        self._kept = kept
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
            await self._kept.keep(asked.user, asked.channel, answer, reason)
        else:
            structlog.get_logger().warning("answer_dropped", user=asked.user, reason=reason)

    async def _shown(self, asked: Interaction, answer: Answer) -> str:
        """Show it in the first way that works; why none did, or "" when one did."""
        reason = "there is no place to answer in"
        for way in self._ways(asked, answer):
            try:
                await way()
            except SlackError as failure:
                reason = reason_of(failure)
            else:
                return ""
        return reason

    def _ways(self, asked: Interaction, answer: Answer) -> Iterator[_Way]:
        """The ways to reach the person, the one nearest to what they did first.

        A form that was sent has its answer in the acknowledgement: what comes later is written
        directly, as to somebody in the Home tab. Strangers are written to nowhere else than where
        they are.
        """
        user, text, blocks = asked.user, answer.text, answer.blocks
        if asked.response_url:
            yield lambda: self._client.respond(asked.response_url, text, blocks)
        if asked.surface is Surface.CHANNEL and asked.channel:
            yield lambda: self._client.ephemeral(asked.channel, user, text, blocks)
        if asked.surface is Surface.MODAL and asked.trigger:
            yield lambda: self._client.push(asked.trigger, notice(answer))
        if asked.surface in {Surface.MODAL, Surface.DIRECT, Surface.FORM} and asked.member:
            yield lambda: self._client.tell(user, text, blocks)
