"""The pytest plugin: workspaces, accounts and clocks as fixtures."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

from sandbox.testing import NOON, MovedClock

ROOT = Path(__file__).parents[3]
CONFTEST = """
import pytest

@pytest.fixture
def slack_manifest():
    return {"oauth_config": {"scopes": {"bot": ["commands"]}},
            "features": {"slash_commands": [{"command": "/esim"}]}}
"""
TESTS = """
import pytest

async def test_fixtures(workspace, telnyx, celitech, clock):
    await workspace.person("ana").types("/esim buy 3")
    assert workspace.person("ana").sees("dispatch_failed")
    assert not workspace.person("ben").sees("dispatch_failed")
    assert telnyx.url.startswith("http://127.0.0.1")
    assert celitech.url.startswith("http://127.0.0.1")
    before = workspace.workspace.clock.now()
    clock.move(60)
    assert workspace.workspace.clock.now() == before + 60
    assert celitech.account.now() == before + 60
    assert workspace.workspace.installation.scopes == {"commands"}

async def test_a_new_workspace(workspace):
    assert workspace.ephemerals("ana") == []
"""


def test_the_plugin_gives_its_fixtures(tmp_path: Path) -> None:
    """With -p sandbox.testing a test gets a workspace of its own, set up by its conftest."""
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_it.py").write_text(TESTS)
    options = ["-q", "-p", "sandbox.testing", "-p", "no:cacheprovider", "-o", "asyncio_mode=auto"]
    ran = subprocess.run(  # noqa: S603 - our own interpreter and files
        [sys.executable, "-m", "pytest", *options, f"--rootdir={tmp_path}", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert "2 passed" in ran.stdout, ran.stdout + ran.stderr


async def test_a_clock_that_is_moved() -> None:
    """Who sleeps on the clock wakes when it was moved far enough, and not before."""
    clock = MovedClock()
    assert clock.time() == NOON
    woken: list[int] = []

    async def sleep(seconds: int) -> None:
        await clock.sleep(seconds)
        woken.append(seconds)

    async with asyncio.TaskGroup() as group:
        for seconds in (0, 10, 20):
            group.create_task(sleep(seconds))
        await asyncio.sleep(0)
        clock.move(9.5)
        await asyncio.sleep(0)
        assert woken == [0]
        clock.move(0.5)
        await asyncio.sleep(0)
        assert woken == [0, 10]
        clock.move(3_600)
    assert woken == [0, 10, 20]


async def test_a_sleeper_that_gives_up() -> None:
    """A sleeper that is cancelled is forgotten."""
    clock = MovedClock()
    sleeper = asyncio.create_task(clock.sleep(10))
    await asyncio.sleep(0)
    sleeper.cancel()
    await asyncio.gather(sleeper, return_exceptions=True)
    clock.move(20)
    assert sleeper.cancelled()
