"""What the listeners need."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.clock import Clock
from bot.domain.grammar import Rules
from bot.domain.order import Order
from bot.engine.activation import Assignments, HandOuts, Removals
from bot.engine.orders import Orders
from bot.engine.questions import Questions
from bot.errors import StoreUnavailable
from bot.slack.ephemeral import Answer, plain
from bot.slack.message import File
from bot.slack.web.channels import Channels
from bot.slack.words.recording import noted
from handlers.hearing import Hearing, Recorded

_SOON = 1.5
"""Seconds within which the card itself is the answer."""


@dataclass(frozen=True)
class Services:
    """Made once, by the wiring; `rules.command` is replaced by the command that people type."""

    orders: Orders
    questions: Questions
    hand_outs: HandOuts
    removals: Removals
    assignments: Assignments
    channels: Channels
    hearing: Hearing
    rules: Rules
    bot_user: str
    """Slack user id of the bot."""
    is_card_settled: Callable[[str], Awaitable[bool]]
    """Whether an order's card is posted, or refused by Slack and the requester told."""

    card_wait: Callable[[str], float]
    """Seconds until a card can be posted to a channel, as far as is known."""
    hand: Callable[[str, tuple[File, ...]], Awaitable[None]]
    """Sends files to one person alone, by user id. Raises SlackError."""
    open_form: Callable[[str, Mapping[str, Any]], Awaitable[None]]
    """Opens a form by the trigger of a command or click. Raises SlackError."""
    clock: Clock

    def answer_about(self, order: Order) -> Recorded:
        """What is said of a new order: nothing, when its card is posted soon enough."""
        if self.card_wait(order.channel) > _SOON:
            return Recorded(order.id, plain(noted(order.id)))
        return Recorded(order.id, afterwards=partial(self._note_unless_settled, order.id))

    async def _note_unless_settled(self, order_id: str) -> Answer | None:
        await self.hearing.pause(_SOON)
        try:
            if await self.is_card_settled(order_id):
                return None
        except StoreUnavailable:
            pass  # the order is recorded: say that
        return plain(noted(order_id))
