"""A Redis that forgets what was sent: it is looked up first, and never sent a second time."""

import asyncio
import os
import shutil
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from bot.domain.events import OrderState
from bot.store.connection import connect
from bot.store.embedded import EmbeddedServer
from bot.store.embedded.folder import plain_client
from bot.store.trust.presence import LEASE
from tests.support.lives.balance import no_message_stands_twice, nothing_was_lost
from tests.support.lives.effects import Crash, Fuse
from tests.support.lives.life import Life

Begin = Callable[[str], EmbeddedServer]
End = Callable[[EmbeddedServer], None]


@pytest.fixture
async def ending() -> AsyncIterator[AsyncExitStack]:
    """Undo everything at the end."""
    async with AsyncExitStack() as stack:
        yield stack


@pytest.fixture
async def begin(tmp_path: Path, ending: AsyncExitStack) -> Begin:
    """Start servers, each on a folder of its own."""

    def start(name: str) -> EmbeddedServer:
        server = EmbeddedServer.start(tmp_path / name)
        ending.callback(server.stop)
        return server

    return start


async def client_of(server: EmbeddedServer, ending: AsyncExitStack) -> Redis:
    """A client of the test's own."""
    redis = connect(server.url)
    ending.push_async_callback(redis.aclose)
    return redis


@asynccontextmanager
async def approved(
    server: EmbeddedServer, ending: AsyncExitStack, folder: Path, line: str
) -> AsyncIterator[Life]:
    """An order, of two eSIMs a call, that was approved a moment ago; nothing has been sent yet."""
    redis = await client_of(server, ending)
    begun = Life.begin(redis, server.url, folder / "kept", line, "Approve", esim_batch_size=2)
    async with begun as life:
        await life.begin_approved()
        yield life


async def moved(life: Life, server: EmbeddedServer, ending: AsyncExitStack) -> None:
    """Another process goes on with this server."""
    life.redis, life.redis_url = await client_of(server, ending), server.url
    await life.restart(Fuse())
    await life.settle()


async def state_of(life: Life) -> OrderState:
    """The state that Redis has."""
    order = await life.order()
    assert order is not None
    return order.state


def data_of(server: EmbeddedServer) -> Path:
    """The folder of a server: its socket stands in it."""
    return Path(server.url.removeprefix("unix://")).parent


async def restored(
    life: Life, server: EmbeddedServer, begin: Begin, ending: AsyncExitStack
) -> None:
    """Buy; then put the data of before the purchase back, and start anew on it."""
    folder = data_of(server)
    shutil.copytree(folder, folder.with_name("copy"), ignore=shutil.ignore_patterns("*.sock"))
    await life.settle()
    assert await state_of(life) is OrderState.PURCHASED
    await life.kill()
    server.stop()
    shutil.rmtree(folder)
    shutil.move(folder.with_name("copy"), folder)
    await moved(life, begin(folder.name), ending)


@pytest.mark.parametrize(("line", "calls"), [("/esim buy 2", 1), ("/esim buy 5", 3)])
async def test_a_restored_snapshot(
    begin: Begin, ending: AsyncExitStack, tmp_path: Path, line: str, calls: int
) -> None:
    """Approved, copied, bought, restored: what was bought is found by its tags; no second call."""
    server = begin("data")
    async with approved(server, ending, tmp_path, line) as life:
        await restored(life, server, begin, ending)
        order = await life.order()
        assert order is not None
        assert order.state is OrderState.PURCHASED
        assert len(life.telnyx.ledger.requests) == calls
        assert {sim.iccid for sim in order.sims} == {
            sim["iccid"] for sim in life.telnyx.ledger.sims
        }
        nothing_was_lost(life, order)


async def test_a_restored_snapshot_and_a_list_that_hides(
    begin: Begin, ending: AsyncExitStack, tmp_path: Path
) -> None:
    """What can't be found either is a person's to decide; the bot sends nothing."""
    server = begin("data")
    async with approved(server, ending, tmp_path, "/esim buy 2") as life:
        life.telnyx.faults.hide_new_sims(listings=None)
        await restored(life, server, begin, ending)
        assert await state_of(life) is OrderState.NEEDS_ATTENTION
        assert len(life.telnyx.ledger.requests) == 1
        await life.clock.jump(86_400)
        await life.settle()
        assert len(life.telnyx.ledger.requests) == 1
        assert "I can't tell what was bought" in life.slack.transcript("ops")


async def test_the_same_server_needs_no_look(
    begin: Begin, ending: AsyncExitStack, tmp_path: Path
) -> None:
    """Where nothing can have been forgotten, the call is sent at once."""
    async with approved(begin("data"), ending, tmp_path, "/esim buy 1") as life:
        await life.restart(Fuse())
        await life.settle()
        order = await life.order()
        assert order is not None
        assert order.state is OrderState.PURCHASED
        assert order.attempts[0].lookups == ()


async def test_an_emptied_server(begin: Begin, ending: AsyncExitStack, tmp_path: Path) -> None:
    """A click on the card of an order that Redis has lost gets a clear answer, and buys nothing."""
    redis = await client_of(server := begin("data"), ending)
    async with Life.begin(redis, server.url, tmp_path / "kept", "/esim buy 1", "Approve") as life:
        await life.restart(Fuse())
        await life.act()
        await life.settle()
        await redis.flushall()
        assert life.card is not None
        await life.slack.person("ben").clicks("Approve", life.card)
        await life.slack.until(lambda: life.slack.ephemerals("ben"))
        await life.settle()
        (told,) = life.slack.ephemerals("ben")
        assert "I know no order" in told.plain()
        assert life.telnyx.ledger.requests == []


async def test_emptied_between_approval_and_purchase(
    begin: Begin, ending: AsyncExitStack, tmp_path: Path
) -> None:
    """An order that is gone when its turn comes is not bought."""
    async with approved(begin("data"), ending, tmp_path, "/esim buy 1") as life:
        await life.redis.flushall()
        await life.settle()
        assert life.telnyx.ledger.requests == []


async def test_emptied_in_the_middle_of_a_purchase(
    begin: Begin, ending: AsyncExitStack, tmp_path: Path
) -> None:
    """What was bought for an order that is gone is told where it was asked, and stays on disk."""
    async with approved(begin("data"), ending, tmp_path, "/esim buy 2") as life:
        gate = life.telnyx.faults.hold()
        work = asyncio.create_task(life.process.work())
        await gate.reached()
        await life.redis.flushall()
        with capture_logs() as lines:
            gate.release()
            await work
            await life.restart(Fuse())
        told = [each for each in lines if each["event"] == "outcome_of_an_unknown_attempt"]
        assert len(told) == 2, "once when it came, once at the next start"
        (kept,) = (tmp_path / "kept").rglob("*.told")
        assert list((tmp_path / "kept" / "emergency").glob("*.json")) == []
        for sim in life.telnyx.ledger.sims:
            assert sim["iccid"] in kept.read_text()
            assert sim["iccid"] in str(told)
            assert str(sim["iccid"]) in life.slack.transcript("ops")


async def listening_on_tcp(redis: Redis) -> int:
    """Let a server listen on a free port of the loopback interface, for its replica."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    await redis.config_set("port", port)
    return port


async def follows(replica: Redis, primary: Redis) -> None:
    """Make it a replica, and wait until it gets what the primary writes."""
    await primary.config_set("repl-diskless-sync-delay", 0)
    await replica.replicaof("127.0.0.1", str(await listening_on_tcp(primary)))
    await primary.set("esim:marker", "0")
    assert await primary.wait(1, 10_000) == 1


async def replicated(begin: Begin, ending: AsyncExitStack) -> tuple[EmbeddedServer, EmbeddedServer]:
    """A primary and its replica."""
    primary, replica = begin("primary"), begin("replica")
    await follows(await client_of(replica, ending), await client_of(primary, ending))
    return primary, replica


async def promote(replica: EmbeddedServer, ending: AsyncExitStack) -> None:
    """It goes on by itself from what it has."""
    await (await client_of(replica, ending)).replicaof("NO", "ONE")


async def caught_up(life: Life) -> None:
    """Wait until the replica has everything that this client and the bot wrote."""
    await life.redis.set("esim:marker", "1")
    assert await life.redis.wait(1, 10_000) == 1


@pytest.mark.parametrize("bought", [True, False])
async def test_a_replica_promoted_behind_its_primary(
    begin: Begin, ending: AsyncExitStack, tmp_path: Path, *, bought: bool
) -> None:
    """What the primary did after replication had stopped is found; if nothing, it goes on."""
    primary, replica = await replicated(begin, ending)
    async with approved(primary, ending, tmp_path, "/esim buy 2") as life:
        await caught_up(life)
        await promote(replica, ending)
        if bought:
            await life.settle()
            assert await state_of(life) is OrderState.PURCHASED
        await moved(life, replica, ending)
        assert await state_of(life) is OrderState.PURCHASED
        assert len(life.telnyx.ledger.requests) == 1


async def test_bought_again_on_a_server_that_may_have_forgotten(
    begin: Begin, ending: AsyncExitStack, tmp_path: Path
) -> None:
    """A person decided and a look showed nothing: this server is believed from then on."""
    primary, replica = await replicated(begin, ending)
    async with approved(primary, ending, tmp_path, "/esim buy 5") as life:
        life.telnyx.faults.hide_new_sims(None)
        await caught_up(life)
        await promote(replica, ending)
        await life.settle()
        sent = len(life.telnyx.ledger.requests)
        await moved(life, replica, ending)
        assert await state_of(life) is OrderState.NEEDS_ATTENTION
        assert len(life.telnyx.ledger.requests) == sent
        life.answers.append("Buy again")
        await life.live()
        assert await state_of(life) is OrderState.PURCHASED
        assert len(life.telnyx.ledger.requests) == 2 * sent


async def test_a_fail_over_that_lost_nothing(
    begin: Begin, ending: AsyncExitStack, tmp_path: Path
) -> None:
    """A replica that has everything goes on where its primary ended; each message stands once."""
    primary, replica = await replicated(begin, ending)
    async with approved(primary, ending, tmp_path, "/esim buy 2") as life:
        await life.settle()
        await caught_up(life)
        await promote(replica, ending)
        await moved(life, replica, ending)
        assert await state_of(life) is OrderState.PURCHASED
        assert len(life.telnyx.ledger.requests) == 1
        no_message_stands_twice(life.slack)


def sigterm(server: EmbeddedServer) -> None:
    """Stop it as every deploy does."""
    server.stop()


def sigkill(server: EmbeddedServer) -> None:
    """Kill it."""
    with plain_client(Path(server.url.removeprefix("unix://"))) as client:
        os.kill(int(client.info("server")["process_id"]), signal.SIGKILL)
    server.stop()


@pytest.mark.parametrize("end", [sigterm, sigkill])
@pytest.mark.parametrize("moment", [("commit", 4), ("commit", 9), ("purchase", 3)])
async def test_a_restart_in_the_middle_of_an_order(
    begin: Begin, ending: AsyncExitStack, tmp_path: Path, end: End, moment: tuple[str, int]
) -> None:
    """Bot and server die before a call or in one: the order goes on.

    A call that was recorded and never sent can't be told from one that was: a person decides.
    """
    server = begin("data")
    redis = await client_of(server, ending)
    limits = {"esim_batch_size": 100, "esim_max_amount": 1000}
    begun = Life.begin(redis, server.url, tmp_path, "/esim buy 1000", "Approve", **limits)
    async with begun as life:
        await life.begin_approved()
        await life.restart(fuse := Fuse())
        work = asyncio.create_task(life.process.work())
        await fuse.until(lambda: fuse.names.count(moment[0]) >= moment[1])
        fuse.burnt = True
        with pytest.raises(Crash):
            await work
        await life.kill()
        end(server)
        with capture_logs() as lines:
            await moved(life, begin("data"), ending)
            if moment[0] == "commit":
                life.answers.append("Buy again")
                await life.live()
        order = await life.order()
        assert order is not None
        assert order.state is OrderState.PURCHASED
        assert len(life.telnyx.ledger.requests) == 10
        assert "redis_may_have_forgotten" not in [line["event"] for line in lines]
        nothing_was_lost(life, order)


async def test_a_snapshot_from_before_the_approval(
    begin: Begin, ending: AsyncExitStack, tmp_path: Path
) -> None:
    """Copied, approved, bought, restored, approved again: what was bought is found."""
    server = begin("data")
    redis = await client_of(server, ending)
    async with Life.begin(redis, server.url, tmp_path / "kept", "/esim buy 3", "Approve") as life:
        await life.restart(Fuse())
        await life.act()
        await life.settle()
        folder = data_of(server)
        shutil.copytree(folder, folder.with_name("copy"), ignore=shutil.ignore_patterns("*.sock"))
        await life.act()
        await life.process.bot.agenda.drain()
        assert await state_of(life) is OrderState.PURCHASED
        await life.kill()
        server.stop()
        shutil.rmtree(folder)
        shutil.move(folder.with_name("copy"), folder)
        await moved(life, begin("data"), ending)
        assert await state_of(life) is OrderState.AWAITING_APPROVAL
        await life.act()
        await life.settle()
        assert await state_of(life) is OrderState.PURCHASED
        assert len(life.telnyx.ledger.requests) == 1


async def test_a_snapshot_and_a_lost_data_folder(
    begin: Begin, ending: AsyncExitStack, tmp_path: Path
) -> None:
    """With nobody left who saw anything, the server counts as one that may have forgotten."""
    server = begin("data")
    async with approved(server, ending, tmp_path, "/esim buy 2") as life:
        await life.settle()
        await life.kill()
        shutil.rmtree(tmp_path / "kept")
        server.stop()
        await moved(life, begin("data"), ending)
        await life.clock.jump(LEASE)
        await life.process.bot.presence.beat()
        assert life.process.bot.presence.forgotten == 1
        assert (await life.slack.person("ana").types("/esim buy 1")).ok
