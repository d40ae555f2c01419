"""Processes vouch together for a server: what each saw last is still there, or nothing is sent."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from bot.clock import SharedClock, SystemClock
from bot.errors import ServerUnproven, StoreUnavailable
from bot.store.connection import connect, milliseconds
from bot.store.orders import OrderStore
from bot.store.trust import presence as presences
from bot.store.trust.presence import LEASE, Presence
from bot.store.trust.witness import Seen, Witness
from tests.integration.store.samples import life, member, order_ids
from tests.support.orders import KEYS, ORDER_ID, T0

if TYPE_CHECKING:
    from collections.abc import Coroutine, MutableMapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from redis.asyncio import Redis

    from bot.domain.order import Order
    from tests.support.clock import ManualClock

PLACED, APPROVED, STARTED, *_ = life()


class Bot:
    """A process: its store, and its presence."""

    def __init__(
        self, redis: Redis, clock: ManualClock, name: str = "a", settle: float = 0.0
    ) -> None:
        self.presence = Presence(redis, KEYS, clock, Witness(name), settle=settle)
        self.store = OrderStore(redis, KEYS, presence=self.presence)
        self._now = clock.now

    async def commits(self, steps: Sequence[Order], previous: Order | None = None) -> bool:
        """Save each step upon the one before; whether Redis forgot nothing of the last one."""
        remembers = False
        for order in steps:
            remembers = await self.store.save(order, previous, self._now())
            previous = order
        return remembers


def warnings(lines: Sequence[MutableMapping[str, Any]]) -> list[str]:
    """What went wrong, by the log; steps are told there, too."""
    return [line["event"] for line in lines if line["log_level"] != "info"]


async def becomes_another_server(redis: Redis) -> None:
    """Let the server look as after a restart: what is trusted is another one."""
    await redis.hset(KEYS.server, "trusted", "abc-def")
    for process in await redis.hkeys(KEYS.compared):
        await redis.hset(KEYS.compared, process, "abc-def same")


async def cut_off(redis: Redis, number: int) -> None:
    """Forget every commit after this one, as a server that lost its last writes."""
    left: Any = await redis.xrange(KEYS.audit, "-", f"{number}-0")
    await redis.delete(KEYS.audit)
    for entry, fields in left:
        await redis.xadd(KEYS.audit, fields, entry)
    await redis.hset(KEYS.order(ORDER_ID), "version", number)


async def epoch_of(redis: Redis) -> str | None:
    """The epoch of the server."""
    epoch = await redis.hget(KEYS.server, "epoch")
    return str(epoch) if epoch else None


async def test_numbers_follow_each_other(redis: Redis, clock: ManualClock) -> None:
    """Each commit takes the next number, under which its operation stays for ever."""
    await Bot(redis, clock).commits(life())
    lines: Any = await redis.xrange(KEYS.audit)
    assert [entry for entry, _ in lines] == [f"{number}-0" for number in range(1, 7)]
    assert len({fields["op"] for _, fields in lines}) == 6


async def test_restart_that_lost_nothing(redis: Redis, clock: ManualClock) -> None:
    """The one process finds what it saw last: it sends at once, and no epoch begins."""
    bot = Bot(redis, clock)
    await bot.commits([PLACED, APPROVED])
    epoch = await epoch_of(redis)
    await becomes_another_server(redis)
    assert await bot.commits([STARTED], APPROVED)
    assert await epoch_of(redis) == epoch


async def test_restart_that_lost_a_commit(redis: Redis, clock: ManualClock) -> None:
    """What it saw last is not there: the call is recorded, and not to be sent."""
    bot = Bot(redis, clock)
    await bot.commits([PLACED, APPROVED, STARTED])
    await cut_off(redis, 2)
    await becomes_another_server(redis)
    with capture_logs() as lines:
        assert not await bot.commits([STARTED], APPROVED)
    assert warnings(lines) == ["redis_may_have_forgotten"]
    assert bot.presence.forgotten == 1


async def test_another_commit_under_that_number(redis: Redis, clock: ManualClock) -> None:
    """A copy that has gone on to higher numbers since is still not what the process saw."""
    bot, other = Bot(redis, clock), Bot(redis, clock, "b")
    await bot.commits([PLACED, APPROVED, STARTED])
    await cut_off(redis, 2)
    for order_id in order_ids(5):
        await other.commits(life(order_id)[:1])
    assert not await bot.commits([STARTED], APPROVED)


async def test_emptied_while_it_runs(redis: Redis, clock: ManualClock) -> None:
    """The same process id, and nothing in it: orders that are placed from then on are bought."""
    bot = Bot(redis, clock)
    await bot.commits(life())
    await redis.flushall()
    new = life(order_ids(1)[0])
    with capture_logs() as lines:
        for _ in range(3):
            await bot.presence.beat()
        assert await bot.commits(new[:3])
    assert warnings(lines) == ["redis_may_have_forgotten"]


async def test_an_approval_does_not_make_an_order_safe(redis: Redis, clock: ManualClock) -> None:
    """Restored to before the approval, approved again: its call is not sent."""
    bot = Bot(redis, clock)
    await bot.commits([PLACED, APPROVED, STARTED])
    await cut_off(redis, 1)
    await becomes_another_server(redis)
    await bot.presence.beat()
    await bot.commits([APPROVED], PLACED)
    assert not await bot.commits([STARTED], APPROVED)


async def test_a_look_makes_it_safe_again(redis: Redis, clock: ManualClock) -> None:
    """A complete look showed what was bought: from then on calls are sent; until then none."""
    bot = Bot(redis, clock)
    placed, approved, first, half, second, _ = life()
    await bot.commits([placed, approved, first])
    await redis.hset(KEYS.server, "epoch", "another")
    await bot.commits([half], first)
    assert not await bot.commits([second], half)
    await redis.hset(KEYS.order(ORDER_ID), "version", half.version)
    await bot.store.save(half, first.model_copy(update={"history": half.history}), T0, looked=True)
    assert await bot.commits([second], half)


async def test_one_of_two_lost_its_commits(redis: Redis, clock: ManualClock) -> None:
    """What one process saw may be there, and what the other saw may not: nothing is sent."""
    one, two = Bot(redis, clock), Bot(redis, clock, "b")
    await one.commits([PLACED, APPROVED])
    await one.presence.beat()
    await two.presence.beat()
    await two.commits([STARTED], APPROVED)
    await cut_off(redis, 2)
    await becomes_another_server(redis)
    with pytest.raises(ServerUnproven):
        await one.commits([STARTED], APPROVED)
    assert await redis.hget(KEYS.order(ORDER_ID), "version") == str(APPROVED.version)
    await two.presence.beat()
    assert not await one.commits([STARTED], APPROVED)


async def test_both_have_what_they_saw(redis: Redis, clock: ManualClock) -> None:
    """Once the other one has compared, too, the call is sent."""
    one, two = Bot(redis, clock), Bot(redis, clock, "b")
    await one.commits([PLACED, APPROVED])
    await two.presence.beat()
    await one.presence.beat()
    await becomes_another_server(redis)
    with pytest.raises(ServerUnproven):
        await one.commits([STARTED], APPROVED)
    await two.presence.beat()
    assert await one.commits([STARTED], APPROVED)


async def test_a_dead_process_is_waited_for_until_its_lease_ends(
    redis: Redis, clock: ManualClock
) -> None:
    """Then those that live go on; when it comes back with what it saw, it is heard."""
    one, two = Bot(redis, clock), Bot(redis, clock, "b")
    await one.commits([PLACED, APPROVED])
    await two.presence.beat()
    lost = two.presence.witness.seen._replace(number=9, op="lost")
    await becomes_another_server(redis)
    await clock.advance(LEASE - 1)
    with pytest.raises(ServerUnproven):
        await one.commits([STARTED], APPROVED)
    await clock.advance(2)
    assert await one.presence.beat()
    two.presence.witness.seen = lost
    with capture_logs() as lines:
        await two.presence.beat()
    assert warnings(lines) == ["redis_may_have_forgotten"]
    assert not await one.commits([STARTED], APPROVED)


async def test_a_process_that_left_is_not_waited_for(redis: Redis, clock: ManualClock) -> None:
    """Who ends in peace has nothing more to say."""
    one, two = Bot(redis, clock), Bot(redis, clock, "b")
    await one.commits([PLACED, APPROVED])
    await two.presence.beat()
    await two.presence.leave()
    await becomes_another_server(redis)
    assert await one.commits([STARTED], APPROVED)
    assert await redis.zrange(KEYS.processes, 0, -1) == ["a"]


async def test_nobody_to_vouch(redis: Redis, clock: ManualClock) -> None:
    """A lost data folder, and a server with a history: it may have forgotten some of it."""
    await Bot(redis, clock).commits([PLACED, APPROVED])
    await becomes_another_server(redis)
    with capture_logs() as lines:
        assert not await Bot(redis, clock, "new").commits([STARTED], APPROVED)
    assert warnings(lines) == ["redis_may_have_forgotten"]


async def test_who_came_later_can_not_vouch(redis: Redis, clock: ManualClock) -> None:
    """A new process has seen nothing but this server: what it learns there proves nothing."""
    await Bot(redis, clock, "a").commits([PLACED, APPROVED])
    await becomes_another_server(redis)
    await redis.delete(KEYS.processes, KEYS.beats, KEYS.compared)
    new = Bot(redis, clock, "b", settle=7)
    for _ in range(3):
        await new.presence.beat()
        await clock.advance(5)
    assert new.presence.forgotten == 1


async def test_a_new_process_on_a_trusted_server(redis: Redis, clock: ManualClock) -> None:
    """Who saw nothing yet goes by what the others know."""
    await Bot(redis, clock).commits([PLACED, APPROVED])
    assert await Bot(redis, clock, "new").commits([STARTED], APPROVED)


async def test_one_loss_is_one_epoch(redis: Redis, clock: ManualClock) -> None:
    """Each process that misses what it saw is heard once; then all go on from what there is."""
    bots = [Bot(redis, clock, name) for name in "abc"]
    await bots[0].commits([PLACED, APPROVED, STARTED])
    for bot in bots:
        await bot.presence.beat()
    await cut_off(redis, 2)
    await becomes_another_server(redis)
    with capture_logs() as lines:
        for bot in [*bots, *bots]:
            assert await bot.presence.beat()
    assert warnings(lines) == ["redis_may_have_forgotten"]
    assert len({bot.presence.witness.seen for bot in bots}) == 1


async def test_two_losses_are_two_epochs(redis: Redis, clock: ManualClock) -> None:
    """What was looked up after the first loss is looked up again after the second."""
    bot = Bot(redis, clock)
    await bot.commits([PLACED, APPROVED])
    epochs = set()
    for _ in range(2):
        await cut_off(redis, 1)
        await redis.xadd(KEYS.audit, {"op": "another"}, "2-0")
        await bot.presence.beat()
        epochs.add(await epoch_of(redis))
        bot.presence.saw(Seen(9, "lost", str(await epoch_of(redis))), forgot=False)
    await bot.presence.beat()
    epochs.add(await epoch_of(redis))
    assert len(epochs) == 3


async def test_a_copy_from_before_the_last_epoch(redis: Redis, clock: ManualClock) -> None:
    """An epoch that the server does not know is no excuse for what it does not have."""
    bot = Bot(redis, clock)
    await bot.commits([PLACED, APPROVED])
    bot.presence.witness.seen = Seen(7, "lost", "an epoch that the copy has not seen")
    with capture_logs() as lines:
        assert not await bot.commits([STARTED], APPROVED)
    assert warnings(lines) == ["redis_may_have_forgotten"]


async def test_a_new_server_is_watched_for_a_while(redis: Redis, clock: ManualClock) -> None:
    """A process that the copy does not know has time to find it: until then nothing is sent."""
    bot = Bot(redis, clock, settle=7)
    await bot.commits([PLACED, APPROVED])
    await becomes_another_server(redis)
    with pytest.raises(ServerUnproven):
        await bot.commits([STARTED], APPROVED)
    await clock.advance(6)
    assert not await bot.presence.beat()
    await clock.advance(1)
    assert await bot.commits([STARTED], APPROVED)


async def without_info(redis: Redis, name: str) -> Redis:
    """A client of a user who may do nothing dangerous: INFO and CONFIG are that."""
    await redis.acl_setuser(
        name,
        enabled=True,
        passwords=["+pass"],
        keys=["esim:*"],
        categories=["+@all", "-@dangerous"],
    )
    path = redis.connection_pool.connection_kwargs["path"]
    return connect(f"unix://{name}:pass@{path}")


@pytest.fixture
async def limited(redis: Redis):  # type: ignore[no-untyped-def]  # noqa: ANN201 - a fixture
    """Connect as a user without dangerous rights."""
    client = await without_info(redis, "limited")
    yield client
    await client.aclose()
    await redis.acl_deluser("limited")


async def waited_for(commit: Coroutine[Any, Any, bool], clock: ManualClock, *others: Bot) -> bool:
    """Let these compare while the commit waits for them, and time go by until it is done."""
    task = asyncio.ensure_future(commit)
    asleep = asyncio.ensure_future(clock.until_asleep())
    await asyncio.wait([task, asleep], return_when=asyncio.FIRST_COMPLETED)
    for other in others:
        await other.presence.beat()
    while not task.done():
        await clock.advance(1)
        await asyncio.sleep(0.005)
    asleep.cancel()
    return await task


async def test_one_process_without_info(limited: Redis, redis: Redis, clock: ManualClock) -> None:
    """Its own witness is enough: what it saw is there, or the call is not sent."""
    bot = Bot(limited, clock)
    assert await bot.commits([PLACED, APPROVED, STARTED])
    await cut_off(redis, 2)
    assert not await bot.commits([STARTED], APPROVED)


async def test_several_processes_without_info(limited: Redis, clock: ManualClock) -> None:
    """A restart can't be seen: each send waits until the others have compared anew."""
    one, two = Bot(limited, clock), Bot(limited, clock, "b")
    await one.commits([PLACED, APPROVED])
    await two.presence.beat()
    for _ in range(2):
        with pytest.raises(ServerUnproven):
            await waited_for(one.commits([STARTED], APPROVED), clock)
    assert await waited_for(one.commits([STARTED], APPROVED), clock, two)


async def test_without_info_no_commit_knows_what_an_earlier_one_knew(
    limited: Redis, redis: Redis, clock: ManualClock
) -> None:
    """A comparison from before a send was asked for says nothing: its answer may be lost since."""
    one, two = Bot(limited, clock), Bot(limited, clock, "b")
    await one.commits([PLACED, APPROVED])
    for bot in (one, two):
        await bot.presence.beat()
    with pytest.raises(ServerUnproven):
        await waited_for(two.commits([STARTED], APPROVED), clock)
    await one.presence.beat()
    beats: Any = await redis.hgetall(KEYS.beats)
    number = one.presence.witness.seen.number
    assert await waited_for(one.commits([STARTED], APPROVED), clock, two)
    await cut_off(redis, number)
    await redis.hset(KEYS.order(ORDER_ID), "version", str(APPROVED.version))
    await redis.hset(KEYS.beats, mapping=beats)
    with pytest.raises(ServerUnproven):
        await waited_for(two.commits([STARTED], APPROVED), clock)
    assert not await waited_for(two.commits([STARTED], APPROVED), clock, one)


async def test_without_info_the_other_ones_commits_were_lost(
    limited: Redis, redis: Redis, clock: ManualClock
) -> None:
    """The comparison that counts comes after the send was asked for, so it finds the loss."""
    one, two = Bot(limited, clock), Bot(limited, clock, "b")
    await one.commits([PLACED, APPROVED])
    await two.commits([STARTED], APPROVED)
    await two.presence.beat()
    await cut_off(redis, 2)
    assert not await waited_for(one.commits([STARTED], APPROVED), clock, two)


async def test_it_beats_until_told_to_stop(
    redis: Redis, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every few seconds it compares; a server that is away is tried again; then it leaves."""
    monkeypatch.setattr(presences, "BEAT", 0.01)
    monkeypatch.setattr(presences, "_RETRY", 0.01)
    bot, stopping, tries = Bot(redis, clock), asyncio.Event(), asyncio.Event()
    real, failures = bot.presence.beat, 2

    async def beat() -> bool:
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise StoreUnavailable
        if int(await redis.hget(KEYS.beats, "a") or 0) >= 2:
            tries.set()
        return await real()

    monkeypatch.setattr(bot.presence, "beat", beat)
    run = asyncio.create_task(bot.presence.run(stopping))
    await tries.wait()
    stopping.set()
    await run
    assert await redis.zscore(KEYS.processes, "a") == milliseconds(clock.now()) + LEASE * 1000


class Skewed(SystemClock):
    """A machine whose clock is wrong."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def now(self) -> datetime:
        """The time, as this machine has it."""
        return SharedClock.now(self._shifted())

    def _shifted(self) -> SharedClock:
        clock = SharedClock(SystemClock())
        clock.ahead = -self._seconds
        return clock


@pytest.mark.parametrize("seconds", [12.0, -12.0])
async def test_the_clock_is_set_right(redis: Redis, seconds: float) -> None:
    """A process whose clock is ahead or behind judges by the server's time, not by its own."""
    clock = SharedClock(Skewed(seconds))
    await Presence(redis, KEYS, clock).beat()
    assert abs(clock.ahead - seconds) < 1
    assert abs((clock.now() - SystemClock().now()).total_seconds()) < 1


async def test_a_lease_that_ended_is_forgotten(redis: Redis, clock: ManualClock) -> None:
    """Nothing is kept of processes that are long gone."""
    await Bot(redis, clock, "gone").presence.beat()
    await clock.advance(LEASE + 1)
    await Bot(redis, clock).presence.beat()
    for key in (KEYS.beats, KEYS.compared):
        assert await redis.hkeys(key) == ["a"]
    assert await redis.zrange(KEYS.processes, 0, -1) == ["a"]


async def test_leaving_a_server_that_is_away(tmp_path: Path, clock: ManualClock) -> None:
    """The end does not wait for it: its lease runs out by itself."""
    async with connect(f"unix://{tmp_path}/nobody.sock") as redis:
        await Presence(redis, KEYS, clock, Witness.of(tmp_path, "T0")).leave()
    assert Witness.of(tmp_path, "T0").process


async def test_a_slow_answer_tells_no_time(redis: Redis) -> None:
    """A clock is not set by an answer that took longer than the difference that matters."""
    clock, now = SharedClock(SystemClock()), SystemClock().now()
    clock.compare(now, now, now + timedelta(seconds=9))
    assert clock.ahead == 0
    clock.compare(now, now + timedelta(seconds=5), now + timedelta(seconds=5))
    assert clock.ahead == 5
    await Presence(redis, KEYS, clock).beat()
    assert abs(clock.ahead) < 1


async def test_a_send_has_its_lease_by_the_servers_time(redis: Redis) -> None:
    """Whatever the clock of the process says, its attempt is its own for a whole lease."""
    store = OrderStore(redis, KEYS, presence=Presence(redis, KEYS, SharedClock(SystemClock())))
    await store.save(PLACED, None, T0)
    await store.save(APPROVED, PLACED, T0)
    assert STARTED.due_at is not None
    await store.save(STARTED, APPROVED, STARTED.due_at - timedelta(seconds=10))
    seconds, _ = await redis.time()
    score = await redis.zscore(KEYS.agenda, member())
    assert score is not None
    assert 5 < score / 1000 - seconds < 12


async def test_an_answer_that_nobody_foresaw(
    redis: Redis, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told, and the comparisons go on."""
    monkeypatch.setattr(presences, "_RETRY", 0.001)
    presence, stopping, beats = Bot(redis, clock, "a").presence, asyncio.Event(), 0

    async def beat() -> None:
        nonlocal beats
        beats += 1
        if beats == 1:
            raise ValueError("odd")
        stopping.set()

    monkeypatch.setattr(presence, "beat", beat)
    with capture_logs() as lines:
        await presence.run(stopping)
    assert (warnings(lines), beats) == (["beat_failed"], 2)
