"""`esim-bot run` as an operator runs it: a process with settings, signals and exit codes."""

import asyncio
import json
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from sandbox.demo.bot_process import BotProcess
from sandbox.demo.stage import Stage, environment
from sandbox.slack import SlackSandbox
from sandbox.telnyx import TelnyxSandbox


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A bot process of its own, with an embedded server in a folder of its own."""
    slack, telnyx = await SlackSandbox.start(), await TelnyxSandbox.start()
    bot = await BotProcess.start(environment(slack, telnyx, tmp_path))
    slack.connect(f"{bot.url}/slack/events")
    yield Stage(slack, telnyx, bot)
    await bot.stop()
    await slack.stop()
    await telnyx.stop()


async def bought(stage: Stage, count: int) -> None:
    """Order and approve; wait until the ICCIDs are in the thread."""
    before = len(stage.slack.messages("ops"))
    await stage.slack.person("ana").types(f"/esim buy {count}")
    await stage.slack.until(lambda: len(stage.slack.messages("ops")) > before)
    card = stage.slack.messages("ops")[-1]
    await stage.slack.person("ben").clicks("Approve", card)
    await stage.slack.until(lambda: stage.slack.thread(card))
    assert str(stage.telnyx.ledger.sims[-1]["iccid"]) in stage.slack.thread(card)[0].plain()


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
    settings = environment(slack, telnyx, tmp_path)
    del settings["SLACK_SIGNING_SECRET"]
    bot = await BotProcess.start(settings | {"SLACK_APP_TOKEN": slack.app_token})
    try:
        await bought(Stage(slack, telnyx, bot), 1)
    finally:
        await bot.stop()
        await slack.stop()
        await telnyx.stop()


async def ended(settings: dict[str, str], *arguments: str) -> tuple[int, str]:
    """Run the command to its end: exit code and what it wrote for people."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        env={"PATH": "/usr/bin:/bin", **settings},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode()


async def test_missing_settings() -> None:
    """Exit code 2, with everything that is missing or wrong at once, and no stack trace."""
    code, said = await ended({"PORT": "many"}, "run", "--env-file", os.devnull)
    assert code == 2
    for part in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "TELNYX_API_KEY", "PORT is wrong"):
        assert part in said
    assert "Traceback" not in said


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
async def test_a_token_that_slack_refuses(tmp_path: Path, name: str) -> None:
    """The setting is named, and the token itself is not shown."""
    slack, telnyx = await SlackSandbox.start(), await TelnyxSandbox.start()
    wrong = {"SLACK_BOT_TOKEN": "xoxb-1-wrong", "SLACK_APP_TOKEN": "xapp-1-wrong"}[name]
    try:
        code, said = await ended(environment(slack, telnyx, tmp_path) | {name: wrong}, "run")
    finally:
        await slack.stop()
        await telnyx.stop()
    assert code == 2
    assert f"{name} is not accepted by Slack (invalid_auth)" in said
    assert wrong not in said
    assert "Traceback" not in said


async def test_a_port_that_is_taken(stage: Stage, tmp_path: Path) -> None:
    """Exit code 2 and the number, not a stack trace."""
    port = stage.bot.url.rsplit(":", 1)[1]
    settings = environment(stage.slack, stage.telnyx, tmp_path / "other") | {"PORT": port}
    code, said = await ended(settings, "run")
    assert code == 2
    assert f"PORT {port} can't be listened on" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("command", ["run", "doctor"])
async def test_a_file_that_is_not_there(tmp_path: Path, command: str) -> None:
    """A file of settings that was named is never passed over."""
    code, said = await ended({}, command, "--env-file", str(tmp_path / "nope.env"))
    assert code == 2
    assert f"{tmp_path}/nope.env is not there" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("REDIS_URL", "redis://:pa#hunter2@h", "REDIS_URL is wrong"),
        ("ALL_PROXY", "socks5://u:hunter2@h:1", "ALL_PROXY is wrong"),
        ("SSL_CERT_FILE", "/nowhere.pem", "SSL_CERT_FILE is wrong"),
        ("SSLKEYLOGFILE", "/nowhere/log", "SSLKEYLOGFILE is wrong"),
        ("ESIM_HOST", "192.0.2.1", "ESIM_HOST 192.0.2.1 can't be listened on"),
        ("ESIM_ADMIN_ADDR", "192.0.2.1:1", "ESIM_ADMIN_ADDR 192.0.2.1:1 can't be listened on"),
        ("ESIM_DATA_DIR", "/dev/null", "ESIM_DATA_DIR is wrong"),
    ],
)
async def test_what_a_library_refuses(
    stage: Stage, tmp_path: Path, name: str, value: str, told: str
) -> None:
    """One sentence that names the setting, exit code 2, no stack trace and no password."""
    settings = environment(stage.slack, stage.telnyx, tmp_path / "other")
    settings |= {"PORT": "0", "ESIM_ADMIN_ADDR": "off", name: value}
    code, said = await ended(settings, "run", "--env-file", os.devnull)
    assert code == 2, said
    assert told in said
    assert "Traceback" not in said
    assert "hunter2" not in said


async def test_what_is_waited_for_is_told_with_its_reason(stage: Stage, tmp_path: Path) -> None:
    """Slack is away: each line says why, and SIGTERM ends the wait at once."""
    settings = environment(stage.slack, stage.telnyx, tmp_path / "other")
    settings |= {"PORT": "0", "ESIM_ADMIN_ADDR": "off", "SLACK_API_URL": "http://127.0.0.1:1/"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run", "--env-file", os.devnull),
        env={"PATH": "/usr/bin:/bin", **settings},
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    line = json.loads(await process.stderr.readline())
    assert (line["event"], line["reason"]) == ("slack_not_reached_yet", "connection refused")
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 5) == 0


async def test_what_is_not_well_at_the_start_is_logged(stage: Stage, tmp_path: Path) -> None:
    """Redis is away and nobody may approve: a line each, with what to do."""
    settings = environment(stage.slack, stage.telnyx, tmp_path / "other")
    settings |= {"REDIS_URL": "redis://127.0.0.1:1", "ESIM_APPROVERS": "", "ESIM_APROVERS": "x"}
    settings |= {"PORT": "0", "ESIM_ADMIN_ADDR": "off"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run", "--env-file", os.devnull),
        env={"PATH": "/usr/bin:/bin", **settings},
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    wanted = {"not_reached_yet": "connection refused", "ESIM_APROVERS": "did you mean"}
    async with asyncio.timeout(30):
        while wanted:
            line = (await process.stderr.readline()).decode()
            for part in [part for part in wanted if part in line]:
                assert wanted.pop(part) in line
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 10) == 0


async def test_a_folder_that_is_in_use(stage: Stage, tmp_path: Path) -> None:
    """A second bot on the same folder is refused: two servers would be a way to buy twice."""
    settings = environment(stage.slack, stage.telnyx, tmp_path) | {"PORT": "0"}
    code, said = await ended(settings, "run")
    assert code == 2
    assert "REDIS_URL" in said


async def demo(line: str) -> tuple[int, str]:
    """Run `esim-bot demo --once`."""
    return await ended({}, "demo", "--once", line)


async def test_the_demo_shows_the_whole_conversation() -> None:
    """Exit code 0, the card, the ICCIDs and who was told, as plain text with Slack's emoji."""
    code, said = await demo("/esim buy 3 tags=demo")
    assert code == 0, said
    for part in ("#ops", "✅ Bought 3 of 3 eSIMs", "• 8", "#fleet", "@ana (direct messages)"):
        assert part in said


@pytest.mark.parametrize(
    ("line", "told"), [("/esim help", "shows this"), ("/esim buy ten or twelve", "12")]
)
async def test_a_line_that_is_only_answered_in_the_demo(line: str, told: str) -> None:
    """The answer is shown, and the exit code says that the line did what it could."""
    code, said = await demo(line)
    assert code == 0, said
    assert told in said


@pytest.mark.parametrize("line", ["esim buy 1", "", "  ", "/nosuch 1"])
async def test_a_line_that_nobody_can_type_in_the_demo(line: str) -> None:
    """Exit code 2, and a sentence with an example."""
    code, said = await demo(line)
    assert code == 2, said
    assert "esim-bot demo --once '/esim buy 3 tags=demo'" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("port", ["99999", "-1", "many"])
async def test_a_demo_on_no_port(port: str) -> None:
    """Exit code 2 and the name of the option, not a stack trace."""
    code, said = await ended({}, "demo", "--port", port)
    assert code == 2
    assert "--port" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_the_demo_serves_its_page(number: signal.Signals) -> None:
    """Without a terminal it prints its address and serves until it is stopped: exit code 0."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--port", "0"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    said = (await process.stdout.readline()).decode()
    address = next(word for word in said.split() if word.startswith("http://"))
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        assert answer.status == 200
        assert "/esim buy 3" in await answer.text()
    process.send_signal(number)
    assert await asyncio.wait_for(process.wait(), 15) == 0


async def test_a_demo_on_a_port_that_is_taken(stage: Stage) -> None:
    """Exit code 2 and a sentence, not a stack trace."""
    code, said = await ended({}, "demo", "--port", stage.bot.url.rpartition(":")[2])
    assert code == 2
    assert "The demo can't start" in said
    assert "Traceback" not in said
