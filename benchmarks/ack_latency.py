"""How long Slack waits for the acknowledgement of `/esim help`, beside a bare Bolt listener.

    .venv/bin/python benchmarks/ack_latency.py

Both run as processes of their own on loopback; one client, one request at a time, on a kept
connection. The next request waits for the bot's answer to the person, so that the bot's work
after the acknowledgement is not counted as a wait for the one that follows.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from sandbox.demo.stage import Stage
from sandbox.serving import Serving
from sandbox.slack import SlackSandbox
from sandbox.slack.dispatch.delivery import signed_headers

ROUNDS, REQUESTS, WARM_UP = 5, 200, 50


class Client:
    """Sends signed commands to one application, and counts what comes to the response_url."""

    def __init__(self, url: str, slack: SlackSandbox, session: aiohttp.ClientSession) -> None:
        self.url = f"{url}/slack/events"
        self.answered = asyncio.Event()
        self._slack = slack
        self._session = session
        self._sent = 0

    async def send(self, answer_to: str, *, waits: bool) -> float:
        """Milliseconds from sending `/esim help` to the end of the acknowledgement."""
        body = urlencode(self._form(answer_to)).encode()
        headers = signed_headers(body, self._slack.signing_secret)
        self.answered.clear()
        started = time.perf_counter()
        async with self._session.post(self.url, data=body, headers=headers) as response:
            await response.read()
            took = time.perf_counter() - started
        if response.status != web.HTTPOk.status_code:
            raise RuntimeError(f"{self.url} answered {response.status}")
        if waits:
            await self.answered.wait()
        return took * 1000

    def _form(self, answer_to: str) -> dict[str, str]:
        self._sent += 1
        return {
            "command": "/esim",
            "text": "help",
            "user_id": self._slack.person("ana").id,
            "channel_id": self._slack.workspace.channel("ops").id,
            "team_id": self._slack.workspace.installation.team_id,
            "trigger_id": f"benchmark.{self._sent}",
            "response_url": answer_to,
        }


@asynccontextmanager
async def bare_bolt(slack: SlackSandbox) -> AsyncIterator[str]:
    """Run the bare listener; its address comes back."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(__file__).with_name("bare_bolt.py")),
        env={
            "TOKEN": slack.bot_token,
            "API_URL": slack.api_url,
            "SECRET": slack.signing_secret,
        },
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        port = await process.stdout.readline() if process.stdout else b""
        yield f"http://127.0.0.1:{int(port)}"
    finally:
        process.kill()
        await process.wait()


async def measure(stage: Stage, bare_url: str) -> tuple[list[float], list[float]]:
    """Milliseconds of every acknowledgement: the bot's, and the bare listener's."""
    async with aiohttp.ClientSession() as session:
        ours = Client(stage.bot.url, stage.slack, session)
        bare = Client(bare_url, stage.slack, session)
        answers = await Serving.start(_answers(ours))
        try:
            await _round(ours, answers.url, WARM_UP, waits=True)
            await _round(bare, answers.url, WARM_UP, waits=False)
            mine, theirs = list[float](), list[float]()
            for _ in range(ROUNDS):
                mine += await _round(ours, answers.url, REQUESTS, waits=True)
                theirs += await _round(bare, answers.url, REQUESTS, waits=False)
            return mine, theirs
        finally:
            await answers.stop()


async def _round(client: Client, answer_to: str, count: int, *, waits: bool) -> list[float]:
    return [await client.send(answer_to, waits=waits) for _ in range(count)]


def _answers(client: Client) -> web.Application:
    """Take the bot's answers to the person."""

    async def take(_: web.Request) -> web.Response:
        client.answered.set()
        return web.json_response({"ok": True})

    app = web.Application()
    app.router.add_post("/", take)
    return app


def _median_and_tail(times: list[float]) -> tuple[float, float]:
    cuts = quantiles(times, n=100)
    return cuts[49], cuts[94]


async def main() -> None:
    """Measure and print."""
    async with Stage.set_up() as stage, bare_bolt(stage.slack) as bare_url:
        mine, theirs = await measure(stage, bare_url)
    rows = {"esim-bot": _median_and_tail(mine), "bare Bolt": _median_and_tail(theirs)}
    print(f"Acknowledging /esim help, one client, {len(mine)} requests each, milliseconds")
    print(f"{'':10}{'p50':>8}{'p95':>8}")
    for name, (median, tail) in rows.items():
        print(f"{name:10}{median:8.2f}{tail:8.2f}")
    ratios = [theirs / mine for mine, theirs in zip(*rows.values(), strict=True)]
    print(f"{'ratio':10}{ratios[0]:7.1f}x{ratios[1]:7.1f}x")


if __name__ == "__main__":
    asyncio.run(main())
