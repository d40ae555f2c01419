"""A pytest plugin: a Slack workspace and accounts at providers for each test, on one clock.

Switch it on with `-p sandbox.testing`, and ask for the fixtures by name:

    async def test_an_order(workspace, telnyx, clock):
        workspace.connect("http://127.0.0.1:3000/slack/events")  # the bot that is tested
        await workspace.person("ana").types("/esim buy 3")
        card = await workspace.until(lambda: workspace.person("ben").sees("wants 3 eSIMs"))
        await workspace.person("ben").clicks("Approve", card)
        await workspace.until(lambda: workspace.person("ana").sees("8901"))
        clock.move(3600)  # an hour goes by, in both

`workspace` is a `sandbox.slack.SlackSandbox`: `person(name)` types, says, clicks, fills, submits,
closes, opens_home, uses_shortcut, searches and sees; `until(condition)` waits for a change without
polling; its `history` is what ever stood there. `telnyx` is a `sandbox.telnyx.TelnyxSandbox` with
its ledger and faults, `celitech` a `sandbox.celitech.CelitechSandbox`; `account.codes` of either
says how activation codes behave, and `account.issued_codes()` which secrets there are. A test
folder can give fixtures of its own for
`slack_manifest` (an app manifest, or scopes), for `slack_rate_limits`, or for `clock`, which needs
`time()` and `sleep(seconds)`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from sandbox.celitech import CelitechSandbox
from sandbox.slack import RateLimit, SlackSandbox
from sandbox.telnyx import TelnyxSandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

NOON = 1_767_268_800.0
"""2026-01-01T12:00:00Z, where a clock starts."""


class MovedClock:
    """A clock that stands still until it is moved; who sleeps on it wakes when it has passed."""

    def __init__(self, now: float = NOON) -> None:
        self._now = now
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def time(self) -> float:
        """The time in seconds since 1970."""
        return self._now

    def move(self, seconds: float) -> None:
        """Let so many seconds go by (back, with a negative number) and wake whose time it is."""
        self._now += seconds
        for until, sleeper in self._sleepers:
            if until <= self._now and not sleeper.done():
                sleeper.set_result(None)

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock has been moved that far; for none at all, only let others run."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        entry = (self._now + seconds, asyncio.get_running_loop().create_future())
        self._sleepers.append(entry)
        try:
            await entry[1]
        finally:
            self._sleepers.remove(entry)


@pytest.fixture
def clock() -> MovedClock:
    """Make the clock that the workspace and the accounts go by."""
    return MovedClock()


@pytest.fixture
def slack_manifest() -> Any:
    """Give the manifest, or the scopes, that the bot is installed with; None: the usual ones."""
    return None


@pytest.fixture
def slack_rate_limits() -> RateLimit | None:
    """Say how often the bot may post to a channel; None: as often as it likes."""
    return RateLimit()


@pytest_asyncio.fixture
async def workspace(
    clock: MovedClock, slack_manifest: Any, slack_rate_limits: RateLimit | None
) -> AsyncIterator[SlackSandbox]:
    """Start a Slack workspace, and stop it at the end."""
    sandbox = await SlackSandbox.start(
        now=clock.time, scopes=slack_manifest, rate_limits=slack_rate_limits, sleep=clock.sleep
    )
    yield sandbox
    await sandbox.stop()


@pytest_asyncio.fixture
async def telnyx(clock: MovedClock) -> AsyncIterator[TelnyxSandbox]:
    """Start a Telnyx account, and stop it at the end."""
    sandbox = await TelnyxSandbox.start(now=clock.time, sleep=clock.sleep)
    yield sandbox
    await sandbox.stop()


@pytest_asyncio.fixture
async def celitech(clock: MovedClock) -> AsyncIterator[CelitechSandbox]:
    """Start a Celitech account, and stop it at the end."""
    sandbox = await CelitechSandbox.start(now=clock.time, sleep=clock.sleep)
    yield sandbox
    await sandbox.stop()
