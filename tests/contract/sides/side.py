"""What a provider brings to the contract: its client, and its far side on this machine."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

from bot.domain.activation.code import WhyNoCode
from bot.domain.purchase.sim import Sim
from bot.domain.request import PurchaseRequest, Value
from bot.providers.base import Prepared, Provider, PurchaseCall
from sandbox.provider.codes import Behaviour
from tests.contract.sides.relay import Fault, Relay, after_all, instead
from tests.integration.providers.wire.rude_server import answers, breaks_off, closes, resets
from tests.support.clock import ManualClock

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

ORDER: Final = "esim-7K2M9QXA"
"""The reference of the order whose calls are made."""
BEHAVIOURS: Final[Mapping[WhyNoCode, Behaviour]] = {
    WhyNoCode.INSTALLED: "installed",
    WhyNoCode.NOT_READY: "not_ready",
    WhyNoCode.GONE: "gone",
}
"""How the codes of a sandbox behave where there is none for this reason."""
_CUT: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"


class Side(ABC):
    """The far side of one provider, behind a relay. It keeps its own ledger of what it sold."""

    purchases: ClassVar[str]
    """Method and path of a purchase: `POST /orders`."""
    looks: ClassVar[str]
    """Method and path of the list in which a purchase is found again."""
    asked: ClassVar[str]
    """Method and path of what an offer asks."""
    STRANGER: ClassVar[str] = "K3Y-0F-S0MEB0DY-ELSE"
    """A key that the far side does not know."""
    wanted: ClassVar[Mapping[str, Value]] = {}
    """The options with which a catalogue is asked."""

    def __init__(self, relay: Relay, clock: ManualClock) -> None:
        self.relay = relay
        self.clock = clock

    @classmethod
    @abstractmethod
    def begin(cls, clock: ManualClock) -> "AbstractAsyncContextManager[Side]":
        """A far side with its relay, for as long as it is held."""

    @abstractmethod
    def provider(self, url: str = "", *, stranger: bool = False) -> Provider:
        """A new client. `url`: of another server than the relay; `stranger`: with a wrong key."""

    @abstractmethod
    def request(self, amount: int) -> PurchaseRequest:
        """A request for something that is sold."""

    @abstractmethod
    def unsold(self) -> PurchaseRequest:
        """A request for something that the far side does not have: no offer is made for it."""

    @abstractmethod
    def sell_out(self) -> None:
        """Let nothing be left to sell."""

    @abstractmethod
    def fall_short(self) -> None:
        """Let one eSIM fewer be sold of the next purchase, which asks for two."""

    @abstractmethod
    def sell(self, reference: str, order_reference: str) -> int:
        """Sell more under a reference than a page of its list holds; how many that was."""

    @property
    @abstractmethod
    def sold(self) -> Mapping[str, list[str]]:
        """What it really sold: reference of the call to ICCIDs."""

    @property
    @abstractmethod
    def secrets(self) -> set[str]:
        """What nobody may ever be told: keys, tokens, activation codes; those known so far."""

    # Activation codes: only of a provider that gives some

    def code_target(self, sim: Sim) -> str:
        """Method and path by which the code of this eSIM is asked for."""
        raise AssertionError(sim)

    def code(self, sim: Sim) -> str:
        """The text of its activation code: `LPA:1$...`."""
        raise AssertionError(sim)

    def let_be(self, sim: Sim, why: WhyNoCode) -> None:
        """Let the eSIM be installed, not ready or gone: it has no code for anybody then."""
        raise AssertionError(sim, why)

    def ask_confirmation(self, sim: Sim) -> str:
        """Let phones ask for a confirmation code besides; what that is."""
        raise AssertionError(sim)

    # What else it may be asked for

    def changes(self, sims: Iterable[Sim]) -> list[PurchaseRequest]:
        """A request of each other kind that the provider takes, about these SIM cards."""
        del sims
        return []

    # What the tests do with it

    @property
    def all_sold(self) -> list[str]:
        """Every ICCID that it sold."""
        return [iccid for iccids in self.sold.values() for iccid in iccids]

    @property
    def received(self) -> int:
        """How many whole purchases reached the relay."""
        return len(self.relay.sent(self.purchases))

    async def call(
        self,
        provider: Provider,
        quantity: int,
        number: int = 1,
        request: PurchaseRequest | None = None,
    ) -> PurchaseCall:
        """A call as the engine makes it: offered, prepared, and then to be sent."""
        request = request or self.request(quantity)
        offer = await provider.offer(request)
        options = {**request.options, **offer.options}
        found = request.model_copy(update={"options": options})
        call = PurchaseCall(found, quantity, f"{ORDER}-{number}", ORDER)
        return replace(call, body=self.prepared(provider, call).body)

    def prepared(self, provider: Provider, call: PurchaseCall) -> Prepared:
        """What is committed with the attempt."""
        return provider.prepare(call, self.clock.now())

    async def found(
        self, provider: Provider, call: PurchaseCall, *, urgent: bool = True
    ) -> Mapping[str, tuple[Sim, ...]]:
        """A look for what the call bought, as the engine makes it."""
        shares = self.prepared(provider, call).shares_tag
        reference = call.order_reference if shares else call.reference
        return await provider.find(reference, urgent=urgent)


def lost(url: str, purchases: str) -> dict[str, Fault]:
    """All that leaves open what became of a purchase, by name; `url` is that of the relay."""
    path = purchases.partition(" ")[2]
    ways = {
        "closed": closes,
        "reset": resets,
        "cut in its body": breaks_off(_CUT),
        "cut in its status": breaks_off(b"HTTP/1.1 20"),
        "HTTP 500": answers("500 Oh", b'{"message": "oh", "error": "oh"}'),
        "HTTP 502": answers("502 Bad Gateway", b"<html></html>"),
        "HTTP 504": answers("504 Gateway Timeout", b""),
        "HTTP 408": answers("408 Request Timeout", b""),
        **{
            f"HTTP {status}": answers(f"{status} Go", b"", f"Location: {url}{path}")
            for status in (301, 302, 303, 307, 308)
        },
        "no JSON": answers("200 OK", b"<html>Welcome</html>"),
        "nothing at all": answers("200 OK", b""),
        "an empty list": answers("200 OK", b"[]"),
        "an empty object": answers("200 OK", b"{}"),
        "null": answers("200 OK", b"null"),
    }
    before = {f"{name}, nothing sold": instead(behave) for name, behave in ways.items()}
    return before | {f"{name}, sold": after_all(behave) for name, behave in ways.items()}
