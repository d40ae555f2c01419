"""How often the bot asks Redis for one `/esim buy` and for one click on Approve.

    .venv/bin/python benchmarks/redis_round_trips.py

The bot runs as a process of its own; a proxy before its Redis notes every request. What is sent
at once (a pipeline) is one round trip.
"""

import asyncio
import re
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from hashlib import sha1
from pathlib import Path
from urllib.parse import urlsplit

from bot.store.connection import lua
from bot.store.embedded import EmbeddedServer
from sandbox.demo.bot_process import BotProcess
from sandbox.demo.stage import Stage, environment
from sandbox.slack import Message, SlackSandbox
from sandbox.telnyx import TelnyxSandbox

CLAIM, COMMIT, BEAT = "claim what is due", "commit a step", "compare what was seen"
SCRIPTS = {
    sha1(lua(name).encode(), usedforsecurity=False).hexdigest(): name
    for name in ("beat", "commit", "posted", "queue")
}
NAMES = {
    "claim": CLAIM,
    "beat": BEAT,
    "lrange": "load the order",
    "hgetall": "load what stands on Slack",
    "posted": "note what stands on Slack",
    "commit": COMMIT,
    "delivered": "Slack is up to date",
}
OWN = ("zcard", "hello", "client")
"""Of this benchmark's look at /readyz, and of a new connection."""
_COMMAND = re.compile(rb"\*\d+\r\n\$\d+\r\n(\w+)\r\n(?:\$\d+\r\n(\w+)\r\n)?")
_OPERATION = re.compile(rb'"operation": "(\w+)"')


@dataclass
class Proxy:
    """Passes everything on, and notes what the bot asked, oldest first."""

    target: str
    asked: list[str] = field(default_factory=list)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection of the bot until it ends."""
        from_redis, to_redis = await asyncio.open_unix_connection(self.target)
        answers = asyncio.create_task(_pass(from_redis, writer))
        while request := await reader.read(1 << 20):
            self._note(request)
            to_redis.write(request)
        to_redis.close()
        await answers

    def _note(self, request: bytes) -> None:
        match = _COMMAND.match(request)
        words = [word.decode().lower() for word in match.groups(b"")] if match else ["", ""]
        name = self._script(words[1], request) if words[0] == "evalsha" else words[0]
        if name == "hgetall" and b"LRANGE" in request:
            name = "lrange"
        if match and name not in OWN:
            self.asked.append(NAMES.get(name, name))

    def _script(self, sha: str, request: bytes) -> str:
        operation = _OPERATION.search(request)
        return operation[1].decode() if operation else SCRIPTS.get(sha, sha)


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while answer := await reader.read(1 << 20):
        writer.write(answer)
    writer.close()


@contextmanager
def redis_in(folder: Path) -> Iterator[str]:
    """Run an embedded server; the path of its socket comes back."""
    server = EmbeddedServer.start(folder / "redis")
    try:
        yield urlsplit(server.url).path
    finally:
        server.stop()


@asynccontextmanager
async def stage_with(proxy: Proxy, folder: Path) -> AsyncIterator[Stage]:
    """Run everything, the bot's Redis behind the proxy."""
    async with AsyncExitStack() as stack:
        socket = str(folder / "proxy.sock")
        await stack.enter_async_context(await asyncio.start_unix_server(proxy.handle, socket))
        slack, telnyx = await SlackSandbox.start(), await TelnyxSandbox.start()
        stack.push_async_callback(slack.stop)
        stack.push_async_callback(telnyx.stop)
        settings = {**environment(slack, telnyx, folder), "REDIS_URL": f"unix://{socket}"}
        bot = await BotProcess.start(settings)
        stack.push_async_callback(bot.stop)
        slack.connect(f"{bot.url}/slack/events")
        yield Stage(slack, telnyx, bot)


async def buy(stage: Stage) -> Message:
    """Type the command, and wait until nothing is left to do."""
    before = len(stage.slack.messages("ops"))
    await stage.slack.person("ana").types("/esim buy 3 tags=benchmark")
    await stage.slack.until(lambda: len(stage.slack.messages("ops")) > before)
    await stage.bot.until_up_to_date()
    return stage.slack.messages("ops")[before]


async def approve(stage: Stage, card: Message) -> None:
    """Click, and wait until the ICCIDs are in the thread and nothing is left to do."""
    await stage.slack.person("ben").clicks("Approve", card)
    await stage.slack.until(lambda: stage.slack.thread(card))
    await stage.bot.until_up_to_date()


def show(title: str, asked: list[str]) -> None:
    """Print the round trips: until the answer is sure, and those of the work that follows."""
    work = [name for name in asked if name not in {CLAIM, BEAT}]
    looks = len(asked) - len(work)
    print(f"{title}: {len(work)} round trips, and {looks} looks for what is due")
    print(f"  {work.index(COMMIT) + 1:4} until it is written down for good; in all:")
    for name, count in Counter(work).most_common():
        print(f"  {count:4} x {name}")


async def main(socket: str, folder: Path) -> None:
    """Measure and print; the first order only loads the scripts."""
    proxy = Proxy(socket)
    async with stage_with(proxy, folder) as stage:
        await approve(stage, await buy(stage))
        proxy.asked.clear()
        card = await buy(stage)
        command = proxy.asked.copy()
        proxy.asked.clear()
        await approve(stage, card)
    show("/esim buy, to the card", command)
    show("Approve, to the ICCIDs and every message", proxy.asked)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="esim-") as name, redis_in(Path(name)) as path:
        asyncio.run(main(path, Path(name)))
