"""All that one script touches is in one slot, so that the same code runs on a Cluster."""

from __future__ import annotations

import socket
import subprocess
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from redis.crc import key_slot

from bot.store.connection import milliseconds
from bot.store.embedded import server_binary
from bot.store.keys import Keys
from bot.store.orders import OrderStore
from bot.store.posted import PostedStore, RoundEnd
from bot.store.queues import Queue
from tests.integration.store.samples import arguments_of, commit, life, order_ids, until
from tests.support.orders import KEYS, T0

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """Run a server in cluster mode."""
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("", 0)) as other:
        port, bus = one.getsockname()[1], other.getsockname()[1]
    flags = f"--bind 127.0.0.1 --port {port} --cluster-port {bus} --cluster-enabled yes"
    command = [server_binary(), *flags.split(), "--dir", str(tmp_path), "--save", ""]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:  # noqa: S603 - our own
        yield port
        process.terminate()


@pytest.fixture
async def node(port: int) -> AsyncIterator[Redis]:
    """Connect to it, as the one node that has all slots; it takes writes after two seconds."""
    patient = Retry(ConstantBackoff(0.02), 200)
    async with Redis(port=port, retry=patient, decode_responses=True) as redis:
        await redis.cluster("ADDSLOTSRANGE", 0, 16383)

        async def is_ready() -> bool:
            info = await redis.cluster("INFO")
            return bool(info["cluster_state"] == "ok")

        await until(is_ready)
        yield redis


@pytest.mark.parametrize("order_id", order_ids(4))
def test_keys_of_a_commit_share_a_slot(order_id: str) -> None:
    """Each key of each step of each order, with its click, is in the workspace's slot."""
    steps = life(order_id)
    for previous, order in zip([None, *steps], steps, strict=False):
        keys, _ = arguments_of(order, previous, "click")
        assert {key_slot(key.encode()) for key in keys} == {key_slot(KEYS.agenda.encode())}


def test_workspaces_are_spread() -> None:
    """Workspaces are in different slots, so that a Cluster can spread them."""
    slots = {key_slot(Keys(f"T{number}").agenda.encode()) for number in range(8)}
    assert len(slots) == 8


async def test_scripts_run_on_a_cluster(node: Redis) -> None:
    """A Cluster refuses scripts over several slots; none of ours is refused."""
    store, queue = OrderStore(node, KEYS), Queue.deliveries(node, KEYS)
    orders = [life(order_id) for order_id in order_ids(4)]
    for steps in orders:
        await commit(store, steps)
    later = T0 + timedelta(minutes=1)
    claimed = await queue.claim(str(milliseconds(later)), 10, 4)
    assert {thing.id for thing in claimed.things} == {steps[-1].id for steps in orders}
    for steps in orders:
        await PostedStore(node, KEYS).write(steps[-1].id, {}, RoundEnd(steps[-1], later))
    assert await queue.size() == 0
    assert len(await store.latest_of("U0ANA", 100)) == len(orders)
