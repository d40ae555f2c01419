"""What a monitoring system reads on the operator's address: everything that the bot counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families

from handlers.web import admin_app
from tests.support.clock import ManualClock
from tests.support.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from redis.asyncio import Redis

    from bot.bootstrap import Bot
    from bot.store.embedded import EmbeddedServer


@pytest.fixture
async def world(redis: Redis, redis_server: EmbeddedServer, tmp_path: Path) -> AsyncIterator[World]:
    """A bot that works."""
    assert redis
    async with World.begin(redis_server.url, ManualClock(), tmp_path) as world:
        await world.start_bot()
        yield world


def bot_of(world: World) -> Bot:
    """The bot that runs."""
    assert world.bot is not None
    return world.bot


async def counted(world: World) -> dict[str, float]:
    """Everything that `/metrics` shows now, under its name and labels, without what is zero."""
    bot = bot_of(world)
    app = admin_app(bot.health.look, bot.metrics.text, lambda: True)
    async with TestClient(TestServer(app)) as client, client.get("/metrics") as answer:
        families = list(text_string_to_metric_families(await answer.text()))
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in families
        for sample in family.samples
        if sample.value and not sample.name.endswith("_created")
    }


async def test_nothing_has_happened(world: World) -> None:
    """All is zero, and no label of an earlier time is shown."""
    assert await counted(world) == {}


async def test_messages_that_wait(world: World) -> None:
    """Orders whose messages are behind, with Slack's word for why; nothing once they are up."""
    world.slack.faults.error("chat.postMessage", "accesslimited")
    assert (await world.slack.person("ana").types("/esim buy 3")).ok
    await world.until(lambda: world.slack.ephemerals("ana"))
    assert await counted(world) == {
        "esim_slack_refusals_total accesslimited": 1,
        "esim_deliveries_behind": 1,
        "esim_deliveries_waiting accesslimited": 1,
    }
    await world.clock.jump(60)
    await world.until(lambda: world.slack.messages("ops"))
    await world.pass_time(5)
    assert await counted(world) == {"esim_slack_refusals_total accesslimited": 1}


async def test_a_message_without_place(world: World) -> None:
    """What reaches nobody is counted once, however often it is tried again."""
    card = await world.ask("/esim buy 3")
    world.slack.faults.refuse("chat.postMessage", "user_disabled")
    await world.slack.person("ana").clicks("Cancel", card)
    await world.until(lambda: b"without_place_total 1.0" in bot_of(world).metrics.text())
    await world.clock.jump(3600)
    await world.pass_time(5)
    assert (await counted(world))["esim_messages_without_place_total"] == 1


async def test_strangers(world: World) -> None:
    """Requests that did not prove to come from Slack, by reason."""
    async with aiohttp.ClientSession() as session:
        await session.post(f"{world.url}/slack/events", data=b"command=/esim")
        await session.get(f"{world.url}/wp-login.php")
    shown = await counted(world)
    assert shown == {
        "esim_requests_refused_total unsigned": 1,
        "esim_requests_refused_total path": 1,
    }


async def test_everybody_who_calls_slack_counts(world: World) -> None:
    """The question about the token and the one about channels count like a post."""
    bot, faults = bot_of(world), world.slack.faults
    faults.error("auth.test", "token_revoked")
    await bot.token_watch.ask()
    faults.error("users.conversations", "Not a word of Slack's")
    assert not await bot.channels.ask()
    shown = await counted(world)
    assert shown["esim_slack_refusals_total token_revoked"] == 1
    assert shown["esim_slack_refusals_total other"] == 1
