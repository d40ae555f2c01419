"""How soon a command is acknowledged and recorded, and how soon the bot can take one."""

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from statistics import median
from typing import NamedTuple
from urllib.parse import urlencode

import aiohttp
from redis.asyncio import Redis

from benchmarks.house import ROOT, House, house
from benchmarks.table import Figure, Result
from sandbox.slack.dispatch.delivery import signed_headers

_CLIENTS = 16
_LOOK_EVERY = 0.005
"""Seconds between two looks at a bot that starts."""
_PRECISION = 0.001
"""Seconds between two looks for an order that was acknowledged before it was recorded."""
_PATIENCE = 20.0
"""Seconds that an order may take until it is in Redis, and the bot until it is ready."""


class Sent(NamedTuple):
    """Unix times in seconds: the command left, its 200 was there, its order was seen in Redis."""

    at: float
    answered: float
    recorded: float

    @property
    def milliseconds(self) -> float:
        """Until both were so."""
        return (max(self.answered, self.recorded) - self.at) * 1000


@dataclass
class Client:
    """Sends signed commands to one application, on kept connections."""

    house: House
    url: str
    session: aiohttp.ClientSession
    _numbers: "count[int]" = field(default_factory=count)

    @classmethod
    @asynccontextmanager
    async def of(cls, house: House, url: str) -> AsyncIterator["Client"]:
        """One for the application at `url`."""
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            yield cls(house, url, session)

    async def send(self, desk: Sequence[str]) -> tuple[float, float]:
        """Send `/esim buy 3`; when it left, and when it was acknowledged."""
        body = urlencode(self._form(*desk)).encode()
        headers = signed_headers(body, self.house.settings["SLACK_SIGNING_SECRET"])
        at = time.time()
        path = f"{self.url}/slack/events"
        async with self.session.post(path, data=body, headers=headers) as response:
            await response.read()
            answered = time.time()
        if response.status not in range(200, 300):
            raise RuntimeError(f"{path} answered {response.status}")
        return at, answered

    def _form(self, person: str, channel: str) -> dict[str, str]:
        nobody = f"{self.house.settings['SLACK_API_URL']}nobody"
        return {
            "command": "/esim",
            "text": "buy 3 tags=bench",
            "user_id": person,
            "channel_id": channel,
            "team_id": self.house.facts["team"],
            "trigger_id": f"bench.{id(self)}.{next(self._numbers)}",
            "response_url": nobody,
        }


@dataclass(frozen=True)
class Recorder:
    """Sends commands to a bot, and sees when their orders are in Redis."""

    client: Client
    redis: Redis

    async def orders(self) -> int:
        """How many orders there are."""
        return int(await self.redis.zcard(self.client.house.keys.orders))

    async def send(self, desk: Sequence[str]) -> Sent:
        """Send one, and look for its order once it is acknowledged; nobody else sends."""
        before = await self.orders()
        at, answered = await self.client.send(desk)
        return Sent(at, answered, await self.until(before + 1))

    async def until(self, orders: int) -> float:
        """When so many orders were seen."""
        async with asyncio.timeout(_PATIENCE):
            while await self.orders() < orders:  # noqa: ASYNC110 - another process
                await asyncio.sleep(_PRECISION)
        return time.time()


async def acknowledgements(scale: float) -> dict[str, Result]:
    """The rows of the acknowledgement, and of sixteen clients at once."""
    async with house() as home, AsyncExitStack() as stack:
        bot, bare = await home.bot(), await home.bare_bolt()
        ours = await stack.enter_async_context(Client.of(home, bot.url))
        theirs = await stack.enter_async_context(Client.of(home, bare))
        recorder = Recorder(ours, home.redis)
        await one_client(recorder, theirs, 20)
        alone = await one_client(recorder, theirs, max(5, int(400 * scale)))
        crowd = await _crowd(recorder, theirs, max(1, int(5 * scale)))
    return {"ack": alone, "ack-16": crowd}


async def one_client(ours: Recorder, theirs: Client | Recorder, times: int) -> Figure:
    """One after the other, in turn; the next waits until Slack shows the card of the last."""
    world, mine, others = ours.client.house.world, list[Sent](), list[float]()
    for desk in await world.ask("seat", count=times):
        mine.append(await ours.send(desk))
        await world.ask("cards", desks=[desk])
        if isinstance(theirs, Recorder):
            others.append((await theirs.send(desk)).milliseconds)
            await world.ask("cards", desks=[desk])
        else:
            at, answered = await theirs.send(desk)
            others.append((answered - at) * 1000)
    acked = median(each.answered - each.at for each in mine) * 1000
    recorded = median(each.recorded - each.at for each in mine) * 1000
    note = f"200 after {acked:.2f} ms, seen in Redis after {recorded:.2f} ms"
    return Figure(median(each.milliseconds for each in mine), median(others), note)


async def _crowd(ours: Recorder, theirs: Client, rounds: int) -> Figure:
    """Sixteen clients, each sending one command after the other, in rounds for each in turn."""
    each, mine, others = 8, 0.0, 0.0
    for _ in range(rounds):
        desks = await ours.client.house.world.ask("seat", count=_CLIENTS * each)
        before = await ours.orders()
        took, end = await _round(ours.client, desks)
        mine += max(took, await ours.until(before + len(desks)) - end + took)
        await ours.client.house.world.ask("cards", desks=desks)
        others += (await _round(theirs, desks))[0]
    sent = rounds * _CLIENTS * each
    return Figure(sent / mine, sent / others, "the bot posts the cards at the same time")


async def _round(client: Client, desks: Sequence[Sequence[str]]) -> tuple[float, float]:
    """Seconds until all were acknowledged, and when that was."""

    async def one(mine: Sequence[Sequence[str]]) -> None:
        for desk in mine:
            await client.send(desk)

    began = time.time()
    await asyncio.gather(*(one(desks[number::_CLIENTS]) for number in range(_CLIENTS)))
    return time.time() - began, time.time()


async def starts(scale: float) -> dict[str, Result]:
    """The row of the start: until the bot says that it is ready, and the listener listens."""
    times = max(2, int(10 * scale))
    mine, embedded, others = list[float](), list[float](), list[float]()
    async with house() as home:
        for number in range(times):
            data = {"ESIM_DATA_DIR": str(home.folder / f"start-{number}")}
            mine.append(await _ready({**home.settings, **data, "REDIS_URL": home.server.url}))
            others.append(await _timed(home.bare_bolt))
            data = {"ESIM_DATA_DIR": str(home.folder / f"embedded-{number}")}
            embedded.append(await _ready({**home.settings, **data}))
    note = f"p50 of {times}; {median(embedded):.2f} s with the embedded server, started too"
    return {"start": Figure(median(mine), median(others), note)}


async def _timed(work: Callable[[], Awaitable[object]]) -> float:
    began = time.monotonic()
    await work()
    return time.monotonic() - began


async def _ready(settings: dict[str, str]) -> float:
    """Seconds from the start of `esim-bot run` until it says that it is ready; then it ends."""
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.0.0.1", 0)) as other,
    ):
        port, admin = one.getsockname()[1], other.getsockname()[1]
    own = {"PORT": str(port), "ESIM_ADMIN_ADDR": f"127.0.0.1:{admin}"}
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run", "--env-file", os.devnull),
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **settings, **own},
    )
    try:
        async with asyncio.timeout(_PATIENCE), aiohttp.ClientSession() as session:
            while not await _is_ready(  # noqa: ASYNC110 - another process
                session, f"http://127.0.0.1:{admin}/readyz"
            ):
                await asyncio.sleep(_LOOK_EVERY)
        return time.monotonic() - began
    finally:
        process.terminate()
        await process.wait()


async def _is_ready(session: aiohttp.ClientSession, url: str) -> bool:
    with suppress(aiohttp.ClientError):
        async with session.get(url) as answer:
            return answer.ok
    return False
