"""`esim-bot run` that can't start, or not yet: what an operator reads, and the exit code."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import pytest

from sandbox.demo.stage import Stage, environment
from sandbox.slack import SlackSandbox
from sandbox.telnyx import TelnyxSandbox
from tests.processes.commands import ended


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
