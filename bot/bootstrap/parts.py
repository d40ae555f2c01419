"""What the bot is wired of: what it is given, and what must be run, asked or closed."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from redis.asyncio import Redis
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.check import Check
from bot.clock import Clock
from bot.engine.outcomes import Outcomes
from bot.health.readiness import Readiness
from bot.metrics import Metrics
from bot.providers.base import Providers
from bot.slack.answer_delivery import AnswerDelivery
from bot.slack.delivery import Delivery, OpenCards
from bot.slack.listening import InboundStatus, SocketMode, TokenWatch
from bot.slack.web.channels import Channels
from bot.store.queues import Queue
from bot.store.sweep import Sweep
from bot.store.trust.presence import Presence
from bot.worker import Worker
from handlers.door import Door
from handlers.hearing import Hearing


@dataclass(frozen=True)
class Bot:
    """The wired parts that must be run, asked or closed."""

    hearing: Hearing
    agenda: Worker
    """Makes the steps of orders."""
    deliveries: Worker
    """Brings Slack up to date."""
    behind: Queue
    """The orders whose messages are behind."""
    outcomes: Outcomes
    """Saves outcomes, also those that an earlier process could not save."""
    presence: Presence
    """Registers this process, and finds out with the others whether Redis has lost data."""
    sweep: Sweep
    """Finds orders that are missing from a queue."""
    answers: AnswerDelivery
    """Delivers answers that could not be shown at once."""
    channels: Channels
    """Knows in which public channels the bot is."""
    inbound: InboundStatus
    """Whether requests from Slack reach the bot."""
    token_watch: TokenWatch
    door: Door | None
    """Receives Slack's requests over HTTP; None in Socket Mode."""
    socket_mode: SocketMode | None
    health: Readiness
    """Whether the bot can work."""
    checks: Sequence[Check]
    """The checks of everything that the bot depends on."""
    delivery: Delivery
    """Posts messages, and knows why some are delayed."""
    cards: OpenCards
    """Checks the cards that await a decision."""
    metrics: Metrics

    async def readiness(self) -> Mapping[str, Any]:
        """Whether the bot can work, looked at just now."""
        return await self.health.look()


@dataclass(frozen=True)
class Resources:
    """What the bot works with; whoever runs it opens and closes it."""

    redis: Redis
    slack: AsyncWebClient
    identity: AuthorizeResult
    """What Slack says of the bot's token."""
    providers: Providers
    clock: Clock
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the bot is told to stop: no purchase begins after that."""
    metrics: Metrics = field(default_factory=Metrics)
    """What is counted for a monitoring system."""
    warnings: Sequence[str] = ()
    """Warnings about the settings, as sentences."""
