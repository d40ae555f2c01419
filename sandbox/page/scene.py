"""What the page shows: a workspace, the providers, and the process of the bot."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from sandbox.page.feed import Feed
from sandbox.page.manifest import Manifest
from sandbox.page.switches import Switches

if TYPE_CHECKING:
    from sandbox.celitech import CelitechSandbox
    from sandbox.slack import SlackSandbox
    from sandbox.telnyx import TelnyxSandbox


class BotSwitch(Protocol):
    """Kills the bot's process, and starts it again with the same memory."""

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        ...

    @property
    def is_changing(self) -> bool:
        """Whether it is being killed or started right now."""
        ...

    async def kill(self) -> None:
        """End the process at once, with SIGKILL; a dead one stays dead."""
        ...

    async def start(self) -> None:
        """Start it and wait until it is ready; a running one goes on."""
        ...


@dataclass(frozen=True)
class Scene:
    """Everything behind the page. `bot` is None where nobody can kill it, as in most tests."""

    slack: SlackSandbox
    telnyx: TelnyxSandbox
    celitech: CelitechSandbox
    bot: BotSwitch | None = None
    manifest: Manifest = field(default_factory=Manifest)
    feed: Feed = field(default_factory=Feed)

    @cached_property
    def switches(self) -> Switches:
        """The faults that can be switched on."""
        return Switches(self.slack, self.telnyx, self.celitech, self._delete_card)

    def _delete_card(self) -> None:
        """Delete the newest message that the bot posted to a channel, outside of threads."""
        workspace = self.slack.workspace
        cards = [
            message
            for message in workspace.timeline
            if message.user == workspace.bot.id
            and not (message.thread_ts or message.only_for or message.deleted)
            and workspace.channels[message.channel].direct_to is None
        ]
        if cards:
            workspace.delete(cards[-1])
