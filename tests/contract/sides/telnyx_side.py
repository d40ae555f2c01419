"""Telnyx in the contract: the sandbox."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Self

from bot.domain.activation.code import WhyNoCode
from bot.domain.purchase.sim import Sim
from bot.domain.request import PurchaseRequest
from bot.providers.base import Provider
from bot.providers.telnyx import Telnyx
from sandbox.telnyx import TelnyxSandbox
from sandbox.telnyx.state.sims import SimCard
from tests.contract.sides.relay import Relay
from tests.contract.sides.side import BEHAVIOURS, Side
from tests.support.clock import ManualClock
from tests.support.requests import a_request


class TelnyxSide(Side):
    """An account at Telnyx that is a sandbox."""

    purchases = "POST /v2/actions/purchase/esims"
    looks = "GET /v2/sim_cards"
    asked = "GET /v2/sim_card_groups"

    def __init__(self, relay: Relay, clock: ManualClock, sandbox: TelnyxSandbox) -> None:
        super().__init__(relay, clock)
        self.sandbox = sandbox

    @classmethod
    @asynccontextmanager
    async def begin(cls, clock: ManualClock) -> AsyncIterator[Self]:
        """Start an account; it waits for nothing."""
        sandbox = await TelnyxSandbox.start(now=clock.time, sleep=clock.sleep)
        sandbox.account.spills = True
        relay = await Relay.start(sandbox.url.removesuffix("/v2"))
        try:
            yield cls(relay, clock, sandbox)
        finally:
            await relay.stop()
            await sandbox.stop()

    def provider(self, url: str = "", *, stranger: bool = False) -> Provider:
        """Open a client."""
        key = self.STRANGER if stranger else self.sandbox.api_key
        return Telnyx(key, self.clock, base_url=f"{url or self.relay.url}/v2")

    def request(self, amount: int) -> PurchaseRequest:
        """Ask for eSIMs of a group, which is looked up."""
        return a_request(amount, sim_card_group_id="Fleet")

    def unsold(self) -> PurchaseRequest:
        """Ask for those of a group that is not there."""
        return a_request(2, sim_card_group_id="Fleat")

    def sell_out(self) -> None:
        """Empty the stock."""
        self.sandbox.account.stock = 0

    def fall_short(self) -> None:
        """Sell one fewer, with an error."""
        self.sandbox.faults.sell_fewer()

    def sell(self, reference: str, order_reference: str) -> int:
        """Sell two full pages, and one more."""
        for _ in range(501):
            self.sandbox.account.add_sim(tags=[order_reference, reference])
        return 501

    @property
    def sold(self) -> Mapping[str, list[str]]:
        """By the last tag, which is that of the call."""
        sold: dict[str, list[str]] = {}
        for sim in self.sandbox.account.sims:
            sold.setdefault(sim.fields["tags"][-1], []).append(sim.fields["iccid"])
        return sold

    @property
    def secrets(self) -> set[str]:
        """The key, and the code of each eSIM with all that comes with it."""
        return {self.sandbox.api_key, *self.sandbox.account.issued_codes()}

    def code_target(self, sim: Sim) -> str:
        """By the id, which is all that Telnyx takes."""
        (known,) = (each.fields["id"] for each in self._sims if sim.iccid == each.fields["iccid"])
        return f"GET /v2/sim_cards/{known}/activation_code"

    def code(self, sim: Sim) -> str:
        """As it was made."""
        (text,) = (each.code.text for each in self._sims if sim.iccid == each.fields["iccid"])
        return text

    def let_be(self, sim: Sim, why: WhyNoCode) -> None:
        """Refuse its code, and let the SIM card show why."""
        self.sandbox.account.codes.become(BEHAVIOURS[why], str(sim.iccid))

    def ask_confirmation(self, sim: Sim) -> str:
        """Tell it beside the code."""
        self.sandbox.account.codes.become("told_confirmation", str(sim.iccid))
        (told,) = (each.code for each in self._sims if sim.iccid == each.fields["iccid"])
        return told.confirmation

    @property
    def _sims(self) -> Iterable[SimCard]:
        return self.sandbox.account.sims
