"""The kiosk in the contract: the example of a provider in a package of its own."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Self

from bot.domain.activation.code import WhyNoCode
from bot.domain.purchase.sim import Sim
from bot.domain.request import PurchaseRequest
from bot.providers.base import Provider
from esim_kiosk import kiosk
from far_side.kiosk_server import PAGE, KioskServer
from tests.contract.sides.relay import Relay
from tests.contract.sides.side import Side
from tests.support.clock import ManualClock


class KioskSide(Side):
    """A kiosk on this machine."""

    purchases = "POST /orders"
    looks = "GET /sims"
    asked = "GET /plans"

    def __init__(self, relay: Relay, clock: ManualClock, server: KioskServer) -> None:
        super().__init__(relay, clock)
        self.server = server

    @classmethod
    @asynccontextmanager
    async def begin(cls, clock: ManualClock) -> AsyncIterator[Self]:
        """Open it."""
        server = await KioskServer.start()
        relay = await Relay.start(server.url)
        try:
            yield cls(relay, clock, server)
        finally:
            await relay.stop()
            await server.stop()

    def provider(self, url: str = "", *, stranger: bool = False) -> Provider:
        """Make a client as the entry point does: from the environment."""
        key = self.STRANGER if stranger else self.server.key
        made = kiosk({"KIOSK_KEY": key, "KIOSK_URL": url or self.relay.url}, self.clock)
        assert made is not None
        return made

    def request(self, amount: int) -> PurchaseRequest:
        """Ask for a plan that it has."""
        return _request("japan-5", amount)

    def unsold(self) -> PurchaseRequest:
        """Ask for one that it has not."""
        return _request("japan-6", 2)

    def sell_out(self) -> None:
        """Empty the stock."""
        self.server.stock = 0

    def fall_short(self) -> None:
        """Leave one."""
        self.server.stock = 1

    def sell(self, reference: str, order_reference: str) -> int:
        """Sell two full pages, and one more."""
        del order_reference
        return len(self.server.sell("japan-5", 2 * PAGE + 1, reference))

    @property
    def sold(self) -> Mapping[str, list[str]]:
        """By the reference of the order."""
        sold: dict[str, list[str]] = {}
        for sim in self.server.sims:
            sold.setdefault(sim["reference"], []).append(sim["iccid"])
        return sold

    @property
    def secrets(self) -> set[str]:
        """The key, and the code of each eSIM."""
        codes = {part for sim in self.server.sims for part in (sim["lpa"], sim["lpa"][20:])}
        return {self.server.key, *codes}

    def code_target(self, sim: Sim) -> str:
        """By its ICCID."""
        return f"GET /sims/{sim.iccid}/code"

    def code(self, sim: Sim) -> str:
        """As it was made."""
        return str(self._sold(sim)["lpa"])

    def let_be(self, sim: Sim, why: WhyNoCode) -> None:
        """Let it be in a state that has no code."""
        self._sold(sim)["state"] = "registering" if why is WhyNoCode.NOT_READY else why.value

    def ask_confirmation(self, sim: Sim) -> str:
        """The same for every eSIM."""
        del sim
        self.server.confirmation = "4711"
        return self.server.confirmation

    def _sold(self, sim: Sim) -> dict[str, Any]:
        (sold,) = (each for each in self.server.sims if each["iccid"] == sim.iccid)
        return sold


def _request(plan: str, amount: int) -> PurchaseRequest:
    return PurchaseRequest(provider="kiosk", amount=amount, options={"plan": plan})
