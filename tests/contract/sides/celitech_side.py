"""Celitech in the contract: the sandbox."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import ClassVar, Self

from bot.domain.activation.code import WhyNoCode
from bot.domain.purchase.sim import Sim
from bot.domain.request import OrderKind, PurchaseRequest, Value
from bot.providers.base import Provider
from bot.providers.celitech import Celitech
from bot.providers.celitech.form import NAME
from sandbox.celitech import CelitechSandbox
from sandbox.celitech.checks.period import Period
from tests.contract.sides.relay import Relay
from tests.contract.sides.side import BEHAVIOURS, Side
from tests.support.clock import ManualClock

_WEEK = {"start": "2026-01-02", "end": "2026-01-08"}


class CelitechSide(Side):
    """An account at Celitech that is a sandbox; tokens and API are behind one relay."""

    purchases = "POST /v1/purchases/v2"
    looks = "GET /v1/purchases"
    asked = "GET /v1/packages"
    wanted: ClassVar[Mapping[str, Value]] = {"destination": "France"}

    def __init__(self, relay: Relay, clock: ManualClock, sandbox: CelitechSandbox) -> None:
        super().__init__(relay, clock)
        self.sandbox = sandbox

    @classmethod
    @asynccontextmanager
    async def begin(cls, clock: ManualClock) -> AsyncIterator[Self]:
        """Start an account; it waits for nothing."""
        sandbox = await CelitechSandbox.start(now=clock.time, sleep=clock.sleep)
        relay = await Relay.start(sandbox.auth_url)
        try:
            yield cls(relay, clock, sandbox)
        finally:
            await relay.stop()
            await sandbox.stop()

    def provider(self, url: str = "", *, stranger: bool = False) -> Provider:
        """Open a client."""
        address = url or self.relay.url
        secret = self.STRANGER if stranger else self.sandbox.client_secret
        return Celitech(
            self.sandbox.client_id,
            secret,
            self.clock,
            api_url=f"{address}/v1",
            auth_url=address,
        )

    def request(self, amount: int) -> PurchaseRequest:
        """Ask for a week in France."""
        return _request(amount, {"destination": "France", "data": "5GB", **_WEEK})

    def unsold(self) -> PurchaseRequest:
        """Ask for a size that is not sold there."""
        return _request(2, {"destination": "France", "data": "7GB", **_WEEK})

    def sell_out(self) -> None:
        """Take all the money away."""
        self.sandbox.account.balance_cents = 0

    def fall_short(self) -> None:
        """Sell one fewer; Celitech says no reason."""
        self.sandbox.faults.sell_fewer()

    def sell(self, reference: str, order_reference: str) -> int:
        """Sell two full pages, and one more."""
        del order_reference
        france = self.sandbox.catalogue.find("FRA")
        assert france is not None
        package = self.sandbox.catalogue.package(france, 5, 7)
        assert package is not None
        for _ in range(201):
            self.sandbox.account.sell(package, Period(7, duration=7), reference=reference)
        return 201

    @property
    def sold(self) -> Mapping[str, list[str]]:
        """By the reference of the purchase."""
        sold: dict[str, list[str]] = {}
        for purchase in self.sandbox.account.purchases:
            sold.setdefault(purchase.reference or "", []).append(purchase.esim.iccid)
        return sold

    @property
    def secrets(self) -> set[str]:
        """The client's secret, each token, and the code of each eSIM, as text and as picture."""
        tokens = {each.header("Authorization")[7:] for each in self.relay.exchanges} - {""}
        return {self.sandbox.client_secret, *tokens, *self.sandbox.account.issued_codes()}

    def code_target(self, sim: Sim) -> str:
        """The same for each: the ICCID stands in the query."""
        del sim
        return "GET /v1/esim"

    def code(self, sim: Sim) -> str:
        """As it was made."""
        return self.sandbox.account.esims[str(sim.iccid)].code.text

    def let_be(self, sim: Sim, why: WhyNoCode) -> None:
        """Say so in its status, or leave its code out."""
        self.sandbox.account.codes.become(BEHAVIOURS[why], str(sim.iccid))

    def ask_confirmation(self, sim: Sim) -> str:
        """Tell it beside the code."""
        self.sandbox.account.codes.become("told_confirmation", str(sim.iccid))
        return self.sandbox.account.esims[str(sim.iccid)].code.confirmation

    def changes(self, sims: Iterable[Sim]) -> list[PurchaseRequest]:
        """Top it up, move its dates, and at last suspend it."""
        (sim,) = sims
        (purchase,) = self.sandbox.account.purchases
        top_up = {"iccid": str(sim.iccid), "data": "5GB", "days": "7"}
        edit = {"purchase": purchase.id, "start": "2026-01-03", "end": "2026-01-09"}
        return [
            _request(1, top_up, OrderKind.TOP_UP),
            _request(1, edit, OrderKind.EDIT),
            _request(1, {"iccid": str(sim.iccid)}, OrderKind.SUSPENSION),
        ]


def _request(
    amount: int, options: Mapping[str, Value], kind: OrderKind = OrderKind.PURCHASE
) -> PurchaseRequest:
    return PurchaseRequest(kind=kind, provider=NAME, amount=amount, options=options)
