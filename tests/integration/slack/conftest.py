"""A workspace on this machine, the bot's client of it, and a desk to deliver orders from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import pytest

from bot.metrics import Metrics
from bot.slack.answer_delivery import AnswerDelivery
from bot.slack.web.client import SlackClient, web_client
from bot.store.unsent_answers import UnsentAnswerStore
from sandbox.slack import SlackSandbox
from tests.integration.slack.desk import Desk
from tests.support.orders import KEYS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from redis.asyncio import Redis

    from tests.support.clock import ManualClock


@pytest.fixture
async def slack(clock: ManualClock) -> AsyncIterator[SlackSandbox]:
    """Start a workspace that shares the test's clock."""
    sandbox = await SlackSandbox.start(now=clock.time)
    yield sandbox
    await sandbox.stop()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Open the one session that a bot has."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def metrics() -> Metrics:
    """What this test counts."""
    return Metrics()


@pytest.fixture
def client(slack: SlackSandbox, session: aiohttp.ClientSession, metrics: Metrics) -> SlackClient:
    """Build the bot's client, as the wiring does."""
    web = web_client(slack.bot_token, session, slack.api_url)
    return SlackClient(web, metrics=metrics)


@pytest.fixture
def kept(redis: Redis, client: SlackClient, clock: ManualClock) -> AnswerDelivery:
    """Keep answers as the wiring does, on an empty Redis."""
    return AnswerDelivery(UnsentAnswerStore(redis, KEYS), client, clock)


@pytest.fixture
def desk(
    slack: SlackSandbox, client: SlackClient, redis: Redis, clock: ManualClock, metrics: Metrics
) -> Desk:
    """Set up delivery on an empty Redis; no channel is told."""
    return Desk(slack, client, redis, clock, metrics)
