"""What a visitor can make go wrong at Celitech, and what it can say in other ways."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from sandbox.page.switches.source import SLOW_SECONDS, Source, code_turns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.celitech import CelitechSandbox
    from sandbox.page.switches.source import Turn
    from sandbox.provider.codes import Behaviour

RISE_PERCENT = 110
"""What a rise of prices leaves of each, in percent."""
LIMITED_SECONDS = 2
CODES: Mapping[str, Behaviour] = MappingProxyType(
    {
        "celitech_codes_installed": "installed",
        "celitech_codes_not_ready": "not_ready",
        "celitech_codes_gone": "gone",
        "celitech_codes_confirmation": "confirmation",
        "celitech_codes_told": "told_confirmation",
        "celitech_codes_down": "down",
        "celitech_codes_slow": "slow",
    }
)
"""What codes can be made to do, by the switch."""
MANY = 10_000
"""More lists than anybody waits for."""
OPTIONAL = frozenset({"startTime", "endTime", "createdAt", "source", "package.destinationName"})
"""Properties of a purchase that its list may leave out; nobody is found by them."""


class AtCelitech(Source):
    """Its server, the faults of its account, its prices and its dialect."""

    def __init__(self, on: set[str], server: CelitechSandbox) -> None:
        super().__init__(on)
        self._server, self._faults = server, server.faults

    def standing(self) -> Mapping[str, tuple[Turn, Turn]]:
        """Return how each standing fault is switched on and off."""
        server, faults = self._server, self._faults
        return {
            "celitech_away": (server.refuse_connections, server.take_connections),
            "celitech_slow": (lambda: faults.slow(SLOW_SECONDS), self._up_again),
            "celitech_down": (faults.down, self._up_again),
            "celitech_no_tokens": (faults.tokens_down, faults.tokens_up),
            "celitech_hide": (lambda: faults.hide_new_purchases(None), faults.show_purchases),
            "celitech_list_fails": (
                lambda: faults.fail_reads("purchases", 500, MANY),
                lambda: faults.mend_reads("purchases"),
            ),
            "celitech_list_hangs": (faults.hang_reads, faults.answer_reads),
            "celitech_all_listed": (faults.ignore_filters, faults.heed_filters),
            "celitech_no_keys": (faults.ignore_keys, faults.honour_keys),
            "celitech_sparse": (self._speak_sparsely, self._speak_fully),
            "celitech_codes_spilt": (lambda: self._spill(True), lambda: self._spill(False)),
            "celitech_codes_bare": self._code_form("celitech_codes_bare", "bare"),
            "celitech_codes_id": self._code_form("celitech_codes_id", "matching_id"),
            **code_turns(self.on, server.account.codes, CODES),
        }

    def single(self) -> Mapping[str, tuple[str, Callable[[], None]]]:
        """Return what each fault for the next request is called, and how it is armed."""
        faults, catalogue = self._faults, self._server.catalogue
        return {
            "celitech_lose": ("done, but the answer is lost", faults.close),
            "celitech_fewer": ("sells one fewer", faults.sell_fewer),
            "celitech_empty": ("sold, but answered with an empty list", faults.answer_empty),
            "celitech_no_json": ("sold, but answered with no JSON", faults.answer_no_json),
            "celitech_failed": (
                "sold, but answered with 500",
                lambda: faults.fail(after_selling=True),
            ),
            "celitech_redirect": ("redirected with 307", lambda: faults.redirect(307)),
            "celitech_limited": ("answered with 429", lambda: faults.rate_limit(LIMITED_SECONDS)),
            "celitech_conflict": ("answered with 409", faults.conflict),
            "celitech_store": ("answered with 503", faults.key_store_down),
            "celitech_poor": ("refused for lack of money", faults.refuse),
            "celitech_rise": ("", lambda: catalogue.change_prices(RISE_PERCENT)),
            "celitech_rise_later": (
                "",
                lambda: catalogue.change_prices_after(1, RISE_PERCENT),
            ),
            "celitech_first_prices": ("", catalogue.reset),
            "celitech_end_tokens": ("", self._server.access.expire_all),
        }

    @property
    def waiting(self) -> int:
        """How many faults wait for the next requests."""
        return self._faults.waiting

    async def clear(self) -> None:
        """Switch everything off, and be in reach; prices stay."""
        await super().clear()
        self._faults.clear()
        self._speak_fully()
        self._server.account.codes.become("as_they_are")
        self._write("lpa")
        self._spill(False)
        await self._server.take_connections()

    def _speak_sparsely(self) -> None:
        self._server.dialect.absent = set(OPTIONAL)

    def _speak_fully(self) -> None:
        self._server.dialect.absent = set()

    def _code_form(self, name: str, form: Literal["bare", "matching_id"]) -> tuple[Turn, Turn]:
        """Return how a form of the code's text is switched on and off; one is on at a time."""

        def turn_on() -> None:
            self.on.difference_update({"celitech_codes_bare", "celitech_codes_id"} - {name})
            self._write(form)

        return turn_on, lambda: self._write("lpa")

    def _write(self, form: Literal["lpa", "bare", "matching_id"]) -> None:
        self._server.dialect.manual_code = form

    def _spill(self, is_spilling: bool) -> None:
        """Put secrets into lists and answers about eSIMs, or no longer."""
        self._server.dialect.spills = is_spilling

    def _up_again(self) -> None:
        """Switch off whichever of slow and down is not on; `up()` ends both."""
        self._faults.up()
        if "celitech_slow" in self.on:
            self._faults.slow(SLOW_SECONDS)
        if "celitech_down" in self.on:
            self._faults.down()
