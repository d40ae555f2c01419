"""What a bot of the tests lives between: a Slack and a Telnyx on this machine; its settings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

from bot.settings import Settings
from sandbox.page.manifest import read_manifest
from sandbox.slack import SlackSandbox
from sandbox.telnyx import TelnyxSandbox
from tests.support.clock import ManualClock

APPROVERS = ("ben", "carla")
"""Who approves unless a test says otherwise."""
TOLD = "fleet"
"""The channel that is told how orders end."""


@dataclass(frozen=True)
class Sandboxes:
    """Slack, with just the scopes of the manifest, and Telnyx."""

    slack: SlackSandbox
    telnyx: TelnyxSandbox

    @classmethod
    @asynccontextmanager
    async def begin(cls, clock: ManualClock | None = None) -> AsyncIterator[Self]:
        """Start both, on this clock or on the real one; stop them at the end."""
        now: dict[str, Any] = {"now": clock.time} if clock else {}
        sleep: dict[str, Any] = {"sleep": clock.sleep} if clock else {}
        slack = await SlackSandbox.start(scopes=_manifest(), **now)
        try:
            telnyx = await TelnyxSandbox.start(**now, **sleep)
            try:
                yield cls(slack, telnyx)
            finally:
                await telnyx.stop()
        finally:
            await slack.stop()

    def settings(self, folder: Path, **changes: Any) -> Settings:
        """The settings of a bot between them, which keeps its data in `folder`."""
        addresses = {
            "slack_bot_token": self.slack.bot_token,
            "slack_signing_secret": self.slack.signing_secret,
            "slack_api_url": self.slack.api_url,
            "telnyx_api_key": self.telnyx.api_key,
            "telnyx_api_url": self.telnyx.url,
            "esim_approvers": tuple(self.slack.person(name).id for name in APPROVERS),
            "esim_notify_channels": (self.slack.workspace.channel(TOLD).id,),
        }
        return settings_of(folder, **(addresses | changes))


def settings_of(folder: Path, **changes: Any) -> Settings:
    """Settings of a bot that reaches neither Slack nor a provider, unless these say where."""
    usual: dict[str, Any] = {
        "slack_bot_token": "xoxb-1",
        "slack_signing_secret": "secret",
        "telnyx_api_key": "KEY1",
        "esim_data_dir": folder,
    }
    return Settings.model_validate(usual | changes)


@cache
def _manifest() -> dict[str, Any] | None:
    return read_manifest().content
