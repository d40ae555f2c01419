"""Starts what a row needs, each part a process of its own: the world, Redis, bots, anchors."""

import asyncio
import json
import os
import platform
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from bot.store.connection import connect
from bot.store.embedded import EmbeddedServer
from bot.store.keys import Keys
from sandbox.demo.bot_process import BotProcess

ROOT = Path(__file__).parents[1]
PROCESSES = ROOT / "benchmarks" / "processes"
SDK_PYTHON = ROOT / ".bench" / "bin" / "python"
"""The environment that has the provider's SDK."""
NO_SDK = "the provider's SDK is not there: make bench installs it into .bench"
_LINE = 1 << 24
LINE = "/esim buy 3 tags=bench"
"""An ordinary order."""
Card = list[str]
"""Channel and ts of a message."""
Desk = list[str]
"""Somebody who orders, and the channel of their own; both are ids."""
_TICKS = os.sysconf("SC_CLK_TCK")
_REST = 1.2
"""Seconds that cards stand before somebody clicks: Slack takes a post a second and channel."""


class CantMeasure(Exception):
    """What is asked for can't be measured here; the text says why."""


class WorldFailed(Exception):
    """What people wanted to do came to nothing; the text says why."""


@dataclass(frozen=True)
class World:
    """People, Slack and the provider; `processes/world.py` tells what they do."""

    process: asyncio.subprocess.Process

    @classmethod
    @asynccontextmanager
    async def running(cls) -> AsyncIterator["World"]:
        """Start it; end it with the block."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "benchmarks.processes.world",
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_LINE,
        )
        try:
            yield cls(process)
        finally:
            await _end(process)

    async def ask(self, do: str, **arguments: Any) -> Any:
        """Let it do something, and wait for what came of it. Raises WorldFailed."""
        if self.process.stdin is None or self.process.stdout is None:
            raise WorldFailed("it has no pipes")
        self.process.stdin.write(json.dumps({"do": do, **arguments}).encode() + b"\n")
        line = await self.process.stdout.readline()
        reply = json.loads(line) if line else {"error": "its process has ended"}
        if "error" in reply:
            raise WorldFailed(reply["error"])
        return reply["answer"]


@dataclass(frozen=True)
class House:
    """Everything of one row. `settings` are those of a bot that lives in the world."""

    folder: Path
    world: World
    server: EmbeddedServer
    redis: Redis
    keys: Keys
    facts: Mapping[str, Any]
    stack: AsyncExitStack
    _bots: list[BotProcess] = field(default_factory=list)

    @property
    def settings(self) -> dict[str, str]:
        """A bot's settings, but for its Redis and its data folder."""
        return dict(self.facts["settings"])

    async def bot(self, redis_url: str | None = None, **settings: str) -> BotProcess:
        """One more `esim-bot run`; it has a data folder of its own, where its witness lies."""
        own = {
            "REDIS_URL": redis_url or self.server.url,
            "ESIM_DATA_DIR": str(self.folder / f"data-{len(self._bots)}"),
        }
        bot = await BotProcess.start({**self.settings, **own, **settings})
        self.stack.push_async_callback(bot.stop)
        self._bots.append(bot)
        return bot

    async def bare_bolt(self) -> str:
        """The address of a bare Bolt listener."""
        return (await self.anchor(Path(sys.executable), "bare_bolt"))[0]

    async def forty_lines(
        self, *, same_messages: bool = False, notice: str = ""
    ) -> tuple[str, int]:
        """Address and process of the bot of forty lines. Raises CantMeasure without its SDK."""
        if not SDK_PYTHON.exists():
            raise CantMeasure(NO_SDK)
        messages = {"SAME_MESSAGES": "1", "NOTICE": notice} if same_messages else {}
        return await self.anchor(SDK_PYTHON, "forty_lines", **messages)

    async def anchor(self, python: Path, name: str, **variables: str) -> tuple[str, int]:
        """Start an anchor; its address and process id."""
        settings = self.settings
        settings["TOKEN"] = settings.pop("SLACK_BOT_TOKEN")  # Bolt warns of one it does not need
        process = await asyncio.create_subprocess_exec(
            str(python),
            str(PROCESSES / f"{name}.py"),
            env={**settings, **variables},
            stdout=asyncio.subprocess.PIPE,
        )
        self.stack.push_async_callback(_end, process)
        port = await process.stdout.readline() if process.stdout else b""
        if not port:
            raise CantMeasure(f"the anchor {name} did not start")
        return f"http://127.0.0.1:{int(port)}", process.pid

    async def cards(self, url: str, count: int, line: str = LINE) -> list[Card]:
        """So many new cards that have stood long enough, each in a channel of its own."""
        return await self.cards_at(await self.world.ask("seat", count=count), url, line)

    async def cards_at(self, desks: Sequence[Desk], url: str, line: str = LINE) -> list[Card]:
        """A new card that has stood long enough at each of these desks."""
        cards: list[Card] = await self.world.ask("place", url=url, desks=list(desks), line=line)
        await asyncio.sleep(_REST)
        return cards

    async def quiet(self, seconds: float = 1.5) -> None:
        """Wait until nobody calls Slack any more."""
        await self.world.ask("quiet", seconds=seconds)


@asynccontextmanager
async def house() -> AsyncIterator[House]:
    """A world, and a server that has every write on disk before it answers."""
    async with AsyncExitStack() as stack:
        name = stack.enter_context(
            tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True)
        )
        server = served(stack, Path(name) / "redis")
        world = await stack.enter_async_context(World.running())
        facts = await world.ask("facts", folder=name)
        redis = connect(server.url)
        stack.push_async_callback(redis.aclose)
        yield House(Path(name), world, server, redis, Keys(facts["team"]), facts, stack)


def served(stack: AsyncExitStack, folder: Path) -> EmbeddedServer:
    """One more server, which ends with the stack."""
    server = EmbeddedServer.start(folder)
    stack.callback(server.stop)
    return server


async def machine() -> str:
    """On what the figures were measured: server, Python, cores, and how busy it was before."""
    async with AsyncExitStack() as stack:
        name = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-"))
        server = served(stack, Path(name))
        redis = connect(server.url)
        stack.push_async_callback(redis.aclose)
        facts = await redis.info("server")
    version = facts.get("valkey_version") or facts["redis_version"]
    return (
        f"{facts.get('server_name', 'redis')} {version} (appendfsync always), "
        f"Python {platform.python_version()}, {os.cpu_count()} cores of {platform.machine()}, "
        f"load before {os.getloadavg()[0]:.1f}"
    )


def cpu_seconds(pid: int) -> float:
    """Processor time that a process has used. Raises CantMeasure where there is no /proc."""
    text = _proc(pid, "stat").rpartition(")")[2].split()
    return (int(text[11]) + int(text[12])) / _TICKS


def resident_bytes(pid: int) -> int:
    """Memory of a process that is resident. Raises CantMeasure where there is no /proc."""
    return int(_proc(pid, "statm").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _proc(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text()
    except FileNotFoundError as failure:
        raise CantMeasure("it needs /proc, which only Linux has") from failure


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
        await process.wait()
