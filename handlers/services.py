"""What listeners work with."""

from dataclasses import dataclass

from bot.domain.grammar import Rules
from bot.engine.orders import Orders
from bot.slack.client import SlackClient
from handlers.hearing import Hearing


@dataclass(frozen=True)
class Services:
    """Made once, by the wiring; `rules.command` is replaced by what people really type."""

    orders: Orders
    slack: SlackClient
    hearing: Hearing
    rules: Rules
    bot_user: str
    """Slack user id of the bot."""
