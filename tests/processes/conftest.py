"""A bot as a process of its own, between a Slack and the providers on this machine."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.celitech import CelitechSandbox
from sandbox.demo.bot_process import BotProcess
from sandbox.demo.stage import Stage, environment
from sandbox.slack import SlackSandbox
from sandbox.telnyx import TelnyxSandbox


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A bot process of its own, with an embedded server in a folder of its own."""
    slack, telnyx = await SlackSandbox.start(), await TelnyxSandbox.start()
    celitech = await CelitechSandbox.start()
    bot = await BotProcess.start(environment(slack, telnyx, tmp_path))
    slack.connect(f"{bot.url}/slack/events")
    yield Stage(slack, telnyx, celitech, bot)
    for each in (bot, slack, telnyx, celitech):
        await each.stop()
