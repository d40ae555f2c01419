"""The faults that a visitor can switch on, and which of them are on."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from sandbox.slack import Faults as SlackFaults
    from sandbox.slack import SlackSandbox
    from sandbox.telnyx import Faults as TelnyxFaults
    from sandbox.telnyx import TelnyxSandbox

    Turn = Callable[[], Awaitable[None] | None]

SLOW_SECONDS = 8.0
"""How long a slow provider takes for each call; longer than the bot's first look-ups."""
LIMITED_CALLS = 3
"""Calls of Slack's Web API that one press of "rate-limited" refuses."""
LIMITED_SECONDS = 2
"""What its Retry-After says."""

TIGHT = 0.1
"""The part of Slack's limits that is left when they are tight."""

REFUSALS: Mapping[str, str] = MappingProxyType(
    {
        "20100": "Insufficient funds",
        "70001": "Not enough SIM cards in stock",
        "10015": "Bad request",
        "10039": "Feature limited at this account level",
        "10007": "Unexpected error",
    }
)
"""Error codes of Telnyx that a purchase can be refused with."""


@dataclass
class Switches:
    """Standing faults are on until they are switched off; armed ones meet the next call.

    Raises KeyError for the name of a fault that there is not.
    """

    slack_server: SlackSandbox
    telnyx_server: TelnyxSandbox
    delete_card: Callable[[], None] = lambda: None
    """Deletes the newest message of the bot's in a channel, as a person would."""
    on: set[str] = field(default_factory=set)
    _armed: list[str] = field(default_factory=list)

    @property
    def slack(self) -> SlackFaults:
        """What can go wrong at Slack while it can be reached."""
        return self.slack_server.faults

    @property
    def telnyx(self) -> TelnyxFaults:
        """What can go wrong at the provider while it can be reached."""
        return self.telnyx_server.faults

    async def flip(self, name: str) -> None:
        """Switch a standing fault on, or off again."""
        turn_on, turn_off = self._standing()[name]
        if name in self.on:
            self.on.discard(name)
            turned = turn_off()
        else:
            self.on.add(name)
            turned = turn_on()
        if turned is not None:
            await turned

    def arm(self, name: str, code: str = "") -> None:
        """Let the next purchase, or the next calls to Slack, meet a fault."""
        label, arm = self._single(code if code in REFUSALS else "20100")[name]
        arm()
        if not name.startswith("slack_"):
            self._armed.append(label)

    def armed(self) -> list[str]:
        """Return what waits for the next purchases, the next one first."""
        waiting = self.telnyx.waiting
        del self._armed[: len(self._armed) - waiting]
        return list(self._armed)

    async def clear(self) -> None:
        """Switch everything off."""
        self.on.clear()
        self._armed.clear()
        self.slack.clear()
        self.telnyx.clear()
        self._allow(1.0)
        await self.slack_server.take_connections()
        await self.telnyx_server.take_connections()

    def _standing(self) -> dict[str, tuple[Turn, Turn]]:
        """Return how each standing fault is switched on and off."""
        telnyx = self.telnyx
        return {
            "away": (self.telnyx_server.refuse_connections, self.telnyx_server.take_connections),
            "slack_away": (
                self.slack_server.refuse_connections,
                self.slack_server.take_connections,
            ),
            "slack_tight": (lambda: self._allow(TIGHT), lambda: self._allow(1.0)),
            "slow": (lambda: telnyx.slow(SLOW_SECONDS), self._up_again),
            "down": (telnyx.down, self._up_again),
            "hide": (lambda: telnyx.hide_new_sims(None), telnyx.show_sims),
            "fewer_listed": (telnyx.give_fewer, telnyx.give_all),
            "spoilt_pages": (telnyx.spoil_pages, telnyx.mend_pages),
            "list_hangs": (telnyx.hang_listings, telnyx.answer_listings),
            "lower_tags": (telnyx.lower_tags, telnyx.keep_tags),
            **{name: (on, self._slack_up_again) for name, on in self._standing_at_slack().items()},
        }

    def _standing_at_slack(self) -> dict[str, Callable[[], None]]:
        """Return how each standing fault of Slack's is switched on."""
        slack = self.slack
        return {
            "slack_down": slack.down,
            "slack_refuses": lambda: slack.refuse(None, "message_limit_exceeded"),
            "slack_no_edits": lambda: slack.refuse("chat.update", "update_failed"),
            "slack_no_files": lambda: slack.miss("upload"),
        }

    def _allow(self, part: float) -> None:
        """Let Slack take this part of its limits from now on."""
        self.slack_server.pace.part = part

    def _slack_up_again(self) -> None:
        """Switch off whichever is not on; `up()` ends all of them."""
        self.slack.up()
        for name, turn_on in self._standing_at_slack().items():
            if name in self.on:
                turn_on()

    def _up_again(self) -> None:
        """Switch off whichever of slow and down is not on; `up()` ends both."""
        self.telnyx.up()
        if "slow" in self.on:
            self.telnyx.slow(SLOW_SECONDS)
        if "down" in self.on:
            self.telnyx.down()

    def _single(self, code: str) -> dict[str, tuple[str, Callable[[], None]]]:
        """Return what each fault for the next purchase or call is called, and how it is armed."""
        telnyx, slack = self.telnyx, self.slack
        limited = LIMITED_CALLS
        return {
            "refuse": (f"refused with {code}", lambda: telnyx.refuse(code)),
            "fewer": ("sells one fewer", telnyx.sell_fewer),
            "limited_after_sale": (
                "sold, but answered with 429",
                lambda: telnyx.rate_limit(LIMITED_SECONDS, after_selling=True),
            ),
            "no_iccids": ("sold, but answered without ICCIDs", telnyx.name_no_iccids),
            "old_sim": ("names a SIM sold before", telnyx.name_an_old_sim),
            "physical": ("sells a physical SIM", telnyx.sell_physical),
            "no_tags": ("names a SIM without its tags", telnyx.name_no_tags),
            "lose": ("sold, but the answer is lost", telnyx.close),
            "slack_limited": ("", lambda: slack.rate_limit(None, limited, LIMITED_SECONDS)),
            "slack_drop": ("", slack.drop_after_storing),
            "slack_delete": ("", self.delete_card),
        }
