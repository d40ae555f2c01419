"""Redis is down, read-only or full: StoreUnavailable, and half a commit is never written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.purchase.outcome import Bought
from bot.domain.thing import Thing
from bot.errors import StoreUnavailable
from bot.slack.words.refusals import words_of
from bot.store.connection import connect, milliseconds
from bot.store.delayed_deliveries import Delay, DelayedDeliveries
from bot.store.embedded import EmbeddedServer
from bot.store.orders import OrderStore
from bot.store.posted import Posted, PostedStore, RoundEnd
from bot.store.queues import Claim, Queue
from bot.store.trust.presence import Presence
from tests.integration.store.samples import everything, life
from tests.support.orders import BEN, KEYS, ORDER_ID, T0, an_order, some_sims

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from pathlib import Path

    from redis.asyncio import Redis

PLACED, APPROVED, *_ = life()
THING = Thing.order(ORDER_ID)
LATER = RoundEnd(PLACED, T0, due=T0, delay=Delay(reason="a", since=T0))
CLAIM = Claim(THING, str(milliseconds(PLACED.due_at or T0)), str(PLACED.version))
READS: dict[str, Callable[[Redis], Awaitable[object]]] = {
    "load": lambda redis: OrderStore(redis, KEYS).load(ORDER_ID),
    "was_seen": lambda redis: OrderStore(redis, KEYS).was_seen("click"),
    "latest_of": lambda redis: OrderStore(redis, KEYS).latest_of("U0ANA", 5),
    "latest_in": lambda redis: OrderStore(redis, KEYS).latest_in("C0OPS", 5),
    "owners": lambda redis: OrderStore(redis, KEYS).owners(["1"]),
    "size": lambda redis: Queue.agenda(redis, KEYS).size(),
    "posted": lambda redis: PostedStore(redis, KEYS).load(ORDER_ID),
    "hurry": lambda redis: DelayedDeliveries(redis, KEYS).make_due_now(T0),
    "reasons": lambda redis: DelayedDeliveries(redis, KEYS).reasons(),
    "open_orders": lambda redis: DelayedDeliveries(redis, KEYS).open_orders(),
}
WRITES: dict[str, Callable[[Redis], Awaitable[object]]] = {
    "save": lambda redis: OrderStore(redis, KEYS).save(APPROVED, PLACED, T0),
    "claim": lambda redis: Queue.agenda(redis, KEYS).claim("", 1, 1),
    "put": lambda redis: Queue.agenda(redis, KEYS).put(THING, T0, 1),
    "add": lambda redis: Queue.agenda(redis, KEYS).add(Thing.order("other"), T0, 0),
    "renew": lambda redis: Queue.agenda(redis, KEYS).renew(CLAIM, "", 1),
    "release": lambda redis: Queue.agenda(redis, KEYS).release(CLAIM, ""),
    "beat": lambda redis: Presence(redis, KEYS).beat(),
    "take_out": lambda redis: Queue.agenda(redis, KEYS).put(THING, None, 1),
    "delivered": lambda redis: PostedStore(redis, KEYS).write(ORDER_ID, {}, RoundEnd(PLACED, T0)),
    "later": lambda redis: PostedStore(redis, KEYS).write(ORDER_ID, {}, LATER),
    "posted": lambda redis: PostedStore(redis, KEYS).change(ORDER_ID, "card", Posted(), Posted()),
    "take_turn": lambda redis: DelayedDeliveries(redis, KEYS).take_turn(60),
    "queue": lambda redis: DelayedDeliveries(redis, KEYS).queue(ORDER_ID, T0),
}


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """Start a server that these tests may maltreat."""
    server = EmbeddedServer.start(tmp_path_factory.mktemp("maltreated"))
    yield server
    server.stop()


@pytest.fixture
async def maltreated(own_server: EmbeddedServer) -> AsyncIterator[Redis]:
    """Connect to it, with one order placed; afterwards it is well again."""
    redis = connect(own_server.url)
    await redis.flushall()
    await OrderStore(redis, KEYS).save(PLACED, None, T0)
    yield redis
    await redis.replicaof("NO", "ONE")
    await redis.config_set("maxmemory", 0)
    await redis.aclose()


@pytest.mark.parametrize("name", [*READS, *WRITES])
async def test_server_is_down(tmp_path: Path, name: str) -> None:
    """Whatever is asked of a server that is away ends as StoreUnavailable."""
    redis = connect(f"unix://{tmp_path}/nobody.sock")
    with pytest.raises(StoreUnavailable):
        await (READS | WRITES)[name](redis)
    await redis.aclose()


@pytest.mark.parametrize("name", WRITES)
async def test_server_only_reads(maltreated: Redis, name: str) -> None:
    """After a fail-over the old primary refuses writes: StoreUnavailable, and nothing changes."""
    await maltreated.replicaof("127.0.0.1", "1")
    before = await everything(maltreated)
    with pytest.raises(StoreUnavailable):
        await WRITES[name](maltreated)
    assert await everything(maltreated) == before


async def test_server_is_full(maltreated: Redis) -> None:
    """A commit that does not fit into memory writes nothing at all; later it is done as usual."""
    store = OrderStore(maltreated, KEYS)
    bought = an_order(2, state=APPROVED.state).start_attempt(T0, T0)
    bought = bought.record(1, Bought(sims=some_sims(2)), T0)
    before = await everything(maltreated)
    await maltreated.config_set("maxmemory", 1)
    with pytest.raises(StoreUnavailable):
        await store.save(bought, PLACED, T0, "click")
    assert await everything(maltreated) == before
    await maltreated.config_set("maxmemory", 0)
    await store.save(PLACED.approve(BEN, T0), PLACED, T0, "click")
    assert await store.was_seen("click")


async def test_reason_is_kept(tmp_path: Path) -> None:
    """The person reads what it means for the money; the reason stays with the error."""
    redis = connect(f"unix://{tmp_path}/nobody.sock")
    with pytest.raises(StoreUnavailable) as failure:
        await OrderStore(redis, KEYS).load(ORDER_ID)
    assert "nothing is bought twice" in words_of(failure.value)
    assert "nobody.sock" in str(failure.value.__cause__)
    await redis.aclose()
