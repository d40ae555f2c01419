"""A real process that is frozen (SIGSTOP) on its way to a call, and thaws after its time."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Final

import pytest
from pydantic import TypeAdapter

from bot.clock import Deadline, SystemClock
from bot.domain.purchase.outcome import Bought, NotSent, Outcome
from tests.integration.providers.conftest import StartRude
from tests.integration.providers.wire.rude_server import RudeServer, answers
from tests.integration.providers.wire.tls import CERTIFICATE, served

SOLD = answers("202 Accepted", b'{"data": [{"iccid": "89310410106543789301"}]}')
SECONDS: Final = 1.0
"""How long the process's fence is open: it gets to any place within them."""
LONG: Final = 60.0
"""Seconds of a fence that is open as long as the test takes."""
ROOT: Final = Path(__file__).parents[4]
ADAPTER: Final[TypeAdapter[Outcome]] = TypeAdapter(Outcome)
Start = Callable[[str, float, int], "subprocess.Popen[str]"]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Start buyers; none of them survives the test."""
    started: list[subprocess.Popen[str]] = []

    def begin(url: str, seconds: float, look: int) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "tests.integration.providers.wire.buyer"]
        buyer = subprocess.Popen(  # noqa: S603 - this Python, with our own module
            [*command, url, str(seconds), str(look)],
            cwd=ROOT,
            env={**os.environ, "SSL_CERT_FILE": str(CERTIFICATE)},
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(buyer)
        return buyer

    yield begin
    for buyer in started:
        buyer.kill()
        with buyer:  # which waits for it, and closes its output
            pass


async def thawed(buyer: "subprocess.Popen[str]") -> Outcome:
    """What the process tells, once it goes on long after its fence has closed."""
    closed = Deadline(SystemClock(), SECONDS + 1.5)
    await asyncio.sleep(closed.remaining)
    buyer.send_signal(signal.SIGCONT)
    return await told(buyer)


async def told(buyer: "subprocess.Popen[str]") -> Outcome:
    """The outcome that the process tells in its last line."""
    output, _ = await asyncio.to_thread(buyer.communicate)
    return ADAPTER.validate_json(output.splitlines()[-1])


async def stopped(buyer: "subprocess.Popen[str]") -> None:
    """Wait until the process has stopped itself."""
    how = os.WSTOPPED | os.WEXITED | os.WNOWAIT
    await asyncio.to_thread(os.waitid, os.P_PID, buyer.pid, how)


def too_late(outcome: Outcome) -> bool:
    """Whether it was not sent, and our own freeze is to blame."""
    assert isinstance(outcome, NotSent), outcome
    return outcome.too_late


@pytest.mark.parametrize(("look", "heads"), [(1, 0), (2, 0), (3, 1)])
async def test_frozen_before_a_part_of_the_call(
    start_rude: StartRude, start: Start, look: int, heads: int
) -> None:
    """Before it connects, before the head and before the body: what comes next is never sent."""
    rude = await start_rude(SOLD)
    buyer = start(rude.url, SECONDS, look)
    await stopped(buyer)
    assert too_late(await thawed(buyer))
    assert (len(rude.heads), rude.requests) == (heads, [])


async def test_frozen_while_it_connects(start: Start) -> None:
    """The server is late with its handshake, and the process frozen: it sends nothing after it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        buyer = start(f"https://127.0.0.1:{listener.getsockname()[1]}", SECONDS, 0)
        await knocked(listener)
        buyer.send_signal(signal.SIGSTOP)
        rude = await RudeServer.start(SOLD, tls=served(), listening=listener)
        assert too_late(await thawed(buyer))
        await rude.stop()
        assert rude.heads == []


async def test_frozen_for_a_moment(start_rude: StartRude, start: Start) -> None:
    """Who wakes in time sends the call, once."""
    rude = await start_rude(SOLD)
    buyer = start(rude.url, LONG, 3)
    await stopped(buyer)
    buyer.send_signal(signal.SIGCONT)
    assert isinstance(await told(buyer), Bought)
    assert len(rude.requests) == 1


def knocked(listener: socket.socket) -> Awaitable[None]:
    """Done when a connection waits to be accepted."""
    loop = asyncio.get_running_loop()
    done = loop.create_future()

    def ready() -> None:
        loop.remove_reader(listener)
        done.set_result(None)

    loop.add_reader(listener, ready)
    return done
