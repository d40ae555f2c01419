"""All switches of the page, wherever their faults are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.page.switches.at_celitech import AtCelitech
from sandbox.page.switches.at_slack import AtSlack
from sandbox.page.switches.at_telnyx import REFUSALS, USUAL_REFUSAL, AtTelnyx

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.celitech import CelitechSandbox
    from sandbox.slack import SlackSandbox
    from sandbox.telnyx import TelnyxSandbox


class Switches:
    """Standing faults are on until they are switched off; armed ones meet the next call.

    Raises KeyError for the name of a fault that there is not.
    """

    def __init__(
        self,
        slack: SlackSandbox,
        telnyx: TelnyxSandbox,
        celitech: CelitechSandbox,
        delete_card: Callable[[], None] = lambda: None,
    ) -> None:
        self.on: set[str] = set()
        self.telnyx, self.celitech = AtTelnyx(self.on, telnyx), AtCelitech(self.on, celitech)
        self.sources = (self.telnyx, self.celitech, AtSlack(self.on, slack, delete_card))

    async def flip(self, name: str) -> None:
        """Switch a standing fault on, or off again."""
        found = {name: turns for each in self.sources for name, turns in each.standing().items()}
        turn_on, turn_off = found[name]
        if name in self.on:
            self.on.discard(name)
            turned = turn_off()
        else:
            self.on.add(name)
            turned = turn_on()
        if turned is not None:
            await turned

    def arm(self, name: str, code: str = "") -> None:
        """Let the next purchase at a provider, or the next calls to Slack, meet a fault.

        `code` is the error of a refusal.
        """
        self.telnyx.refusal = code if code in REFUSALS else USUAL_REFUSAL
        found = {name: each for each in self.sources for name in each.single()}
        found[name].arm(name)

    async def clear(self) -> None:
        """Switch everything off."""
        self.on.clear()
        for source in self.sources:
            await source.clear()
