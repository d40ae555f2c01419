"""`esim-bot after-restore`: nothing is sent unseen, and the operator knows where to look."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from bot.__main__ import cli
from bot.store.connection import connect
from bot.store.embedded import EmbeddedServer
from bot.store.keys import Keys
from bot.store.orders import OrderStore
from bot.store.trust.restored import table, workspaces
from tests.integration.store.samples import commit, life, order_ids
from tests.support.orders import ANA, BEN, KEYS, OPS, ORDER_ID, an_order
from tests.support.stored import core_of

if TYPE_CHECKING:
    from pathlib import Path

    from redis.asyncio import Redis


async def test_what_it_lists(redis: Redis) -> None:
    """Orders that go on, and those that ended lately, with where to look."""
    store = OrderStore(redis, KEYS)
    now = datetime.now(UTC)
    waiting, ended, old, newer, odd = order_ids(5)
    for order_id, age in ((waiting, 90), (ended, 1), (old, 30), (newer, 90), (odd, 90)):
        order = an_order(order_id=order_id, at=now - timedelta(days=age))
        await store.save(order, None, now)
        if order_id in {ended, old}:
            await store.save(order.decline(BEN, now), order, now)
    shape = await core_of(redis, newer)
    await redis.hset(KEYS.order(newer), "json", json.dumps({**shape, "schema_number": 99}))
    await redis.hset(KEYS.order(odd), "json", json.dumps({"schema_number": 1}))
    await redis.zadd(KEYS.state("approved"), {"gone": 0})
    head, *rows = (await table(redis)).splitlines()
    assert head.split("  ")[0] == "order"
    assert sorted(row.split() for row in rows) == sorted(
        [
            [waiting, "awaiting_approval", ANA, OPS, f"esim-{waiting}"],
            [ended, "declined", ANA, OPS, f"esim-{ended}"],
        ]
    )


async def test_every_order_is_looked_up_first(redis: Redis) -> None:
    """After the operator's command, a call for an order that the copy holds is not sent."""
    placed, approved, started, *_ = life()
    store = OrderStore(redis, KEYS)
    await commit(store, [placed, approved])
    await table(redis)
    assert not await store.save(started, approved, started.created_at)


async def test_each_workspace(redis: Redis) -> None:
    """All that share the server are named."""
    for workspace in ("T2", "T1"):
        await OrderStore(redis, Keys(workspace)).save(life()[0], None, life()[0].created_at)
    assert await workspaces(redis) == ["T1", "T2"]
    assert (await table(redis)).count(f"esim-{ORDER_ID}") == 2


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write the settings that a bot needs, with its data in a folder of the test's own."""
    monkeypatch.delenv("REDIS_URL", raising=False)
    file = tmp_path / ".env"
    lines = {
        "SLACK_BOT_TOKEN": "xoxb-1-2-abcdefghijkl",
        "SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef",
        "TELNYX_API_KEY": "KEY0123456789abcdef",
        "ESIM_DATA_DIR": str(tmp_path / "data"),
    }
    file.write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
    return file


def test_on_the_embedded_server(settings: Path, tmp_path: Path) -> None:
    """Without REDIS_URL it works on the bot's own folder, while the bot is stopped."""
    result = CliRunner().invoke(cli, ["after-restore", "--env-file", str(settings)])
    assert (result.exit_code, result.output.split()[:2]) == (0, ["order", "state"])
    server = EmbeddedServer.start(tmp_path / "data" / "redis")
    refused = CliRunner().invoke(cli, ["after-restore", "--env-file", str(settings)])
    server.stop()
    assert refused.exit_code == 2
    assert "Another esim-bot is running" in refused.output


def test_on_a_redis_of_ones_own(
    settings: Path, redis_server: EmbeddedServer, tmp_path: Path
) -> None:
    """With REDIS_URL it works there; one that is away is told in plain words."""
    text = settings.read_text()
    for url, code in ((redis_server.url, 0), (f"unix://{tmp_path}/nobody.sock", 2)):
        settings.write_text(f"{text}REDIS_URL={url}\n")
        result = CliRunner().invoke(cli, ["after-restore", "--env-file", str(settings)])
        assert result.exit_code == code, result.output
    assert "Redis can't be used: no such socket" in result.output


async def test_connects_as_the_bot_does(redis_server: EmbeddedServer) -> None:
    """An empty server has nothing to look at."""
    async with connect(redis_server.url) as redis:
        await redis.flushall()
        assert len((await table(redis)).splitlines()) == 1
