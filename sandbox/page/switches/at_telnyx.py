"""What a visitor can make go wrong at Telnyx."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from sandbox.page.switches.source import SLOW_SECONDS, Source, code_turns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.page.switches.source import Turn
    from sandbox.provider.codes import Behaviour
    from sandbox.telnyx import TelnyxSandbox

LIMITED_SECONDS = 2
"""When Telnyx says one may come back after a 429."""
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
CODES: Mapping[str, Behaviour] = MappingProxyType(
    {
        "codes_installed": "installed",
        "codes_not_ready": "not_ready",
        "codes_gone": "gone",
        "codes_confirmation": "confirmation",
        "codes_told": "told_confirmation",
        "codes_down": "down",
        "codes_slow": "slow",
    }
)
"""What codes can be made to do, by the switch."""
USUAL_REFUSAL = "20100"


class AtTelnyx(Source):
    """Its server, and the faults of its account."""

    def __init__(self, on: set[str], server: TelnyxSandbox) -> None:
        super().__init__(on)
        self._server, self._faults = server, server.faults
        self.refusal = USUAL_REFUSAL
        """The code that the next refusal has."""

    def standing(self) -> Mapping[str, tuple[Turn, Turn]]:
        """Return how each standing fault is switched on and off."""
        server, faults = self._server, self._faults
        return {
            "away": (server.refuse_connections, server.take_connections),
            "slow": (lambda: faults.slow(SLOW_SECONDS), self._up_again),
            "down": (faults.down, self._up_again),
            "hide": (lambda: faults.hide_new_sims(None), faults.show_sims),
            "fewer_listed": (faults.give_fewer, faults.give_all),
            "spoilt_pages": (faults.spoil_pages, faults.mend_pages),
            "list_hangs": (faults.hang_listings, faults.answer_listings),
            "lower_tags": (faults.lower_tags, faults.keep_tags),
            "codes_spilt": (lambda: self._spill(True), lambda: self._spill(False)),
            **code_turns(self.on, server.account.codes, CODES),
        }

    def single(self) -> Mapping[str, tuple[str, Callable[[], None]]]:
        """Return what each fault for the next purchase is called, and how it is armed."""
        faults, code = self._faults, self.refusal
        return {
            "refuse": (f"refused with {code}", lambda: faults.refuse(code)),
            "fewer": ("sells one fewer", faults.sell_fewer),
            "limited_after_sale": (
                "sold, but answered with 429",
                lambda: faults.rate_limit(LIMITED_SECONDS, after_selling=True),
            ),
            "no_iccids": ("sold, but answered without ICCIDs", faults.name_no_iccids),
            "old_sim": ("names a SIM sold before", faults.name_an_old_sim),
            "physical": ("sells a physical SIM", faults.sell_physical),
            "no_tags": ("names a SIM without its tags", faults.name_no_tags),
            "lose": ("sold, but the answer is lost", faults.close),
        }

    @property
    def waiting(self) -> int:
        """How many faults wait for the next purchases."""
        return self._faults.waiting

    async def clear(self) -> None:
        """Switch everything off, and be in reach."""
        await super().clear()
        self._faults.clear()
        self._server.account.codes.become("as_they_are")
        self._spill(False)
        await self._server.take_connections()

    def _spill(self, is_spilling: bool) -> None:
        """Put secrets into answers about eSIMs, or no longer."""
        self._server.account.spills = is_spilling

    def _up_again(self) -> None:
        """Switch off whichever of slow and down is not on; `up()` ends both."""
        self._faults.up()
        if "slow" in self.on:
            self._faults.slow(SLOW_SECONDS)
        if "down" in self.on:
            self._faults.down()
