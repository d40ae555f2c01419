"""Answers one person where they acted: in the channel, above the form, or directly."""

from collections.abc import Awaitable, Callable, Iterator

import structlog

from bot.errors import SlackError
from bot.reasons import reason_of
from bot.slack.answer_delivery import AnswerDelivery
from bot.slack.ephemeral import Answer
from bot.slack.modals import notice
from bot.slack.web.client import SlackClient
from handlers.interaction import Interaction, Surface

_Way = Callable[[], Awaitable[None]]
"""Shows an answer. Raises SlackError."""


class Reply:
    """Shows answers; one that can't be shown now is stored and delivered later."""

    def __init__(self, client: SlackClient, unsent: AnswerDelivery) -> None:
        self._client = client
        self._unsent = unsent
        self._sending: dict[object, tuple[Interaction, Answer]] = {}

    async def send(self, interaction: Interaction, answer: Answer) -> None:
        """Show the answer, or store it to be delivered later."""
        this = object()
        self._sending[this] = interaction, answer
        reason = await self._show(interaction, answer)
        if self._sending.pop(this, None) and reason:
            await self._hand_over(interaction, answer, reason)

    async def keep_unsent(self) -> None:
        """Store the answers that are still being sent: this process is about to end."""
        unsent, self._sending = list(self._sending.values()), {}
        for interaction, answer in unsent:
            await self._hand_over(interaction, answer, "the bot was stopped")

    async def _hand_over(self, interaction: Interaction, answer: Answer, reason: str) -> None:
        if interaction.member:
            await self._unsent.keep(interaction.user, interaction.channel, answer, reason)
        else:
            structlog.get_logger().warning("answer_dropped", user=interaction.user, reason=reason)

    async def _show(self, interaction: Interaction, answer: Answer) -> str:
        """Show it in the first way that works; returns why none did, "" when one did."""
        reason = "there is no place to answer in"
        for way in self._ways(interaction, answer):
            try:
                await way()
            except SlackError as failure:
                reason = reason_of(failure)
            else:
                return ""
        return reason

    def _ways(self, interaction: Interaction, answer: Answer) -> Iterator[_Way]:
        """The ways to reach the person, best first.

        The answer to a click in a thread stands there, where the person looks. The answer to a
        form is part of its acknowledgement; a later one is a direct message, as for the Home tab.
        People of other workspaces are answered only where they acted.
        """
        user, text, blocks = interaction.user, answer.text, answer.blocks
        thread = interaction.thread or None
        surface = interaction.surface
        if interaction.response_url:
            yield lambda: self._client.respond(interaction.response_url, text, blocks, thread)
        if surface is Surface.CHANNEL and interaction.channel:
            yield lambda: self._client.ephemeral(interaction.channel, user, text, blocks, thread)
        if surface is Surface.MODAL and interaction.trigger:
            yield lambda: self._client.push(interaction.trigger, notice(answer))
        if surface not in {Surface.CHANNEL, Surface.NONE} and interaction.member:
            yield lambda: self._client.tell(user, text, blocks)
