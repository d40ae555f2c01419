"""Sets the scene: a Slack workspace, the providers, and the bot as a process of its own."""

import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from sandbox.celitech import CelitechSandbox
from sandbox.demo.bot_process import BotProcess
from sandbox.page.manifest import read_manifest
from sandbox.slack import SlackSandbox
from sandbox.telnyx import TelnyxSandbox

APPROVERS = ("ben", "carla")
"""Who may approve in the demo."""
SELF_APPROVAL_LIMIT = 5
"""eSIMs that an approver may approve for themselves in the demo."""
MAILED = "example.com"
"""The domain to which Celitech may mail codes in the demo; it mails nothing here."""
QUICK = {"ESIM_LOOKUP_DELAYS": "1,2,3", "ESIM_SEND_DELAYS": "2,3,5"}
"""Waits in seconds that a visitor has the patience for."""


@dataclass(frozen=True)
class Stage:
    """Everything that the demo needs, on free ports and in a temporary folder.

    `settings` are what the bot was started with.
    """

    slack: SlackSandbox
    telnyx: TelnyxSandbox
    celitech: CelitechSandbox
    bot: BotProcess
    settings: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    @asynccontextmanager
    async def set_up(cls) -> AsyncIterator[Self]:
        """Start all of it; stop all of it at the end."""
        slack = await SlackSandbox.start(scopes=read_manifest().content)
        slack.workspace.welcome_others()
        telnyx, celitech = await TelnyxSandbox.start(), await CelitechSandbox.start()
        try:
            with tempfile.TemporaryDirectory(prefix="esim-demo-") as folder:
                settings = environment(slack, telnyx, Path(folder))
                settings |= at_celitech(celitech) | QUICK
                bot = await BotProcess.start(settings)
                slack.connect(f"{bot.url}/slack/events")
                try:
                    yield cls(slack, telnyx, celitech, bot, settings)
                finally:
                    await bot.stop()
        finally:
            await slack.stop()
            await telnyx.stop()
            await celitech.stop()


def environment(slack: SlackSandbox, telnyx: TelnyxSandbox, folder: Path) -> dict[str, str]:
    """The settings of a bot that lives in the sandbox, as environment variables."""
    return {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
        "TELNYX_API_KEY": telnyx.api_key,
        "TELNYX_API_URL": telnyx.url,
        "ESIM_APPROVERS": ",".join(slack.person(name).id for name in APPROVERS),
        "ESIM_SELF_APPROVAL_LIMIT": str(SELF_APPROVAL_LIMIT),
        "ESIM_NOTIFY_CHANNELS": slack.workspace.channel("fleet").id,
        "ESIM_DATA_DIR": str(folder / "data"),
        "ESIM_HOST": "127.0.0.1",
        "LOG_LEVEL": "WARNING",
    }


def at_celitech(celitech: CelitechSandbox) -> dict[str, str]:
    """The settings that let a bot buy at Celitech too, when somebody says so."""
    return {
        "CELITECH_CLIENT_ID": celitech.client_id,
        "CELITECH_CLIENT_SECRET": celitech.client_secret,
        "CELITECH_API_URL": celitech.url,
        "CELITECH_AUTH_URL": celitech.auth_url,
        "CELITECH_EMAILS": MAILED,
        "ESIM_PROVIDER": "telnyx",
    }
