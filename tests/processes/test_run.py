"""`esim-bot run` as an operator runs it: a process with signals, health and a server of its own."""

import asyncio
import os
import re
import signal
import time
from pathlib import Path

import aiohttp
import pytest

from sandbox.celitech import CelitechSandbox
from sandbox.demo.bot_process import BotProcess
from sandbox.demo.stage import Stage, environment
from sandbox.slack import SlackSandbox
from sandbox.telnyx import TelnyxSandbox
from tests.processes.commands import bought


async def test_it_buys_over_http(stage: Stage) -> None:
    """The whole job through a real process."""
    await bought(stage, 2)
    await stage.bot.until_up_to_date()
    assert len(stage.telnyx.ledger.requests) == 1


async def test_health_and_readiness(stage: Stage) -> None:
    """The world reads a word, whatever it asks; only the operator's own address says more."""
    async with aiohttp.ClientSession() as session:
        for path in ("livez", "healthz", "readyz", "readyz?verbose"):
            async with session.get(f"{stage.bot.url}/{path}") as answer:
                assert (answer.status, await answer.text()) == (200, "ok")
        async with session.get(f"{stage.bot.url}/metrics") as answer:
            assert answer.status == 404
        async with session.get(f"{stage.bot.admin}/metrics") as answer:
            assert "esim_deliveries_behind 0.0" in await answer.text()
    facts = await stage.bot.readiness()
    assert (facts["ready"], facts["deliveries_behind"]) == (True, 0)
    assert {row["state"] for row in facts["checks"]} == {"ok"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_stops_within_ten_seconds(stage: Stage, number: signal.Signals) -> None:
    """Told to stop in the middle of a purchase, it ends in time and with exit code 0."""
    gate = stage.telnyx.faults.hold()
    await stage.slack.person("ana").types("/esim buy 1")
    await stage.slack.until(lambda: stage.slack.messages("ops"))
    await stage.slack.person("ben").clicks("Approve", stage.slack.messages("ops")[0])
    await gate.reached()
    began = time.monotonic()
    stage.bot.process.send_signal(number)
    assert await asyncio.wait_for(stage.bot.process.wait(), 10) == 0
    assert time.monotonic() - began < 10
    gate.release()


async def test_killed_in_the_middle_of_a_purchase(tmp_path: Path) -> None:
    """SIGKILL while Telnyx works: the next process looks, finds, tells; nothing is sent again."""
    slack, telnyx = await SlackSandbox.start(), await TelnyxSandbox.start()
    settings = environment(slack, telnyx, tmp_path) | {"ESIM_LOOKUP_DELAYS": "0.2,0.2,0.2"}
    first = await BotProcess.start(settings)
    slack.connect(f"{first.url}/slack/events")
    gate = telnyx.faults.hold()
    await slack.person("ana").types("/esim buy 2")
    await slack.until(lambda: slack.messages("ops"))
    card = slack.messages("ops")[0]
    await slack.person("ben").clicks("Approve", card)
    await gate.reached()
    first.process.kill()
    await first.process.wait()
    gate.release()
    second = await BotProcess.start(settings)
    try:
        await slack.until(lambda: "Bought 2 of 2" in card.plain(), seconds=50)
        iccids = [str(sim["iccid"]) for sim in telnyx.ledger.sims]
        await slack.until(lambda: slack.thread(card))
        assert all(iccid in slack.thread(card)[0].plain() for iccid in iccids)
        assert len(telnyx.ledger.requests) == 1
    finally:
        await second.stop()
        await slack.stop()
        await telnyx.stop()


async def test_its_server_is_killed(stage: Stage, tmp_path: Path) -> None:
    """The bot starts it again on its folder and goes on: orders, approvals, purchases."""
    await bought(stage, 1)
    log = tmp_path / "data" / "redis" / "redis.log"
    first = _number_of_the_server(log)
    os.kill(first, signal.SIGKILL)
    async with asyncio.timeout(20):
        while _number_of_the_server(log) == first:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)
    await asyncio.wait_for(stage.bot.until_ready(), 20)
    await bought(stage, 2)
    assert len(stage.telnyx.ledger.sims) == 3
    async with aiohttp.ClientSession() as session, session.get(f"{stage.bot.url}/livez") as answer:
        assert answer.status == 200


def _number_of_the_server(log: Path) -> int:
    """Its process, with which it begins each line of its log."""
    return int(re.findall(r"^(\d+):", log.read_text(), re.MULTILINE)[-1])


async def test_socket_mode(tmp_path: Path) -> None:
    """With an app token no public address is needed: the same job over a WebSocket."""
    slack, telnyx = await SlackSandbox.start(), await TelnyxSandbox.start()
    celitech = await CelitechSandbox.start()
    settings = environment(slack, telnyx, tmp_path)
    del settings["SLACK_SIGNING_SECRET"]
    bot = await BotProcess.start(settings | {"SLACK_APP_TOKEN": slack.app_token})
    try:
        await bought(Stage(slack, telnyx, celitech, bot), 1)
    finally:
        for each in (bot, slack, telnyx, celitech):
            await each.stop()
