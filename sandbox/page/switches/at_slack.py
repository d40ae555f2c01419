"""What a visitor can make go wrong at Slack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.page.switches.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.page.switches.source import Turn
    from sandbox.slack import SlackSandbox

LIMITED_CALLS = 3
"""Calls of Slack's Web API that one press of "rate-limited" refuses."""
LIMITED_SECONDS = 2
"""What its Retry-After says."""
TIGHT = 0.1
"""The part of Slack's limits that is left when they are tight."""


class AtSlack(Source):
    """Its server; `delete_card` deletes the bot's newest message, as a person would."""

    def __init__(self, on: set[str], server: SlackSandbox, delete_card: Callable[[], None]) -> None:
        super().__init__(on)
        self._server, self._faults, self._delete_card = server, server.faults, delete_card

    def standing(self) -> Mapping[str, tuple[Turn, Turn]]:
        """Return how each standing fault is switched on and off."""
        server = self._server
        return {
            "slack_away": (server.refuse_connections, server.take_connections),
            "slack_tight": (lambda: self._allow(TIGHT), lambda: self._allow(1.0)),
            **{name: (on, self._up_again) for name, on in self._of_calls().items()},
        }

    def single(self) -> Mapping[str, tuple[str, Callable[[], None]]]:
        """Return how each fault for the next calls is armed."""
        faults = self._faults
        return {
            "slack_limited": ("", lambda: faults.rate_limit(None, LIMITED_CALLS, LIMITED_SECONDS)),
            "slack_drop": ("", faults.drop_after_storing),
            "slack_delete": ("", self._delete_card),
        }

    async def clear(self) -> None:
        """Switch everything off, and be in reach."""
        await super().clear()
        self._faults.clear()
        self._allow(1.0)
        await self._server.take_connections()

    def _of_calls(self) -> Mapping[str, Callable[[], None]]:
        """Return how each fault of all calls is switched on; `up()` ends all of them."""
        faults = self._faults
        return {
            "slack_down": faults.down,
            "slack_refuses": lambda: faults.refuse(None, "message_limit_exceeded"),
            "slack_no_edits": lambda: faults.refuse("chat.update", "update_failed"),
            "slack_no_files": lambda: faults.miss("upload"),
        }

    def _allow(self, part: float) -> None:
        """Let Slack take this part of its limits from now on."""
        self._server.pace.part = part

    def _up_again(self) -> None:
        """Switch off whichever is not on."""
        self._faults.up()
        for name, turn_on in self._of_calls().items():
            if name in self.on:
                turn_on()
