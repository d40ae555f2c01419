"""A provider that lives in tests only: other fields, a firm price, columns of its own."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import count
from typing import Final

from bot.check import Answer, Check, well
from bot.clock import Fence
from bot.domain.catalogue.money import Money, Quote
from bot.domain.catalogue.offer import Offer
from bot.domain.form import Column, Field, FieldKind, Form
from bot.domain.purchase.outcome import Bought, Outcome
from bot.domain.purchase.sim import Sim
from bot.domain.request import PurchaseRequest
from bot.providers.base import Provider, PurchaseCall

NAME: Final = "corner-shop"
_DESTINATIONS: Final = ("portugal", "japan", "the-world")


def _plan(text: str) -> str:
    """The plan; ValueError where the shop has no such name."""
    plan = text.strip().upper()
    if not plan.startswith("P-"):
        raise ValueError("a plan is named like P-7GB")
    return plan


def _extra(text: str) -> str:
    """One extra, as it is kept; an empty one: ValueError."""
    extra = text.strip().lower()
    if not extra or "," in extra:
        raise ValueError("an extra is empty: remove the extra comma or write the extra")
    return extra


FORM: Final = Form(
    provider=NAME,
    title="The corner shop",
    fields=(
        Field(
            name="where",
            words=("destination", "country"),
            label="Destination",
            kind=FieldKind.CHOICE,
            example="japan",
            about="where they work",
            choices=_DESTINATIONS,
        ),
        Field(
            name="plan",
            words=("plan",),
            label="Plan",
            kind=FieldKind.WORD,
            example="P-7GB",
            about="the name of a plan",
            check=_plan,
            caution=lambda value: "sold out soon" if value == "P-7GB" else "",
        ),
        Field(
            name="extras",
            words=("extras", "extra"),
            label="Extras",
            kind=FieldKind.LIST,
            example=("calls", "text"),
            about="what comes with it",
            check=_extra,
            item="extra",
            tells_apart=True,
        ),
    ),
    most_per_call=2,
    columns=(Column("shelf", 8, lambda sim: sim.fields.get("shelf")),),
    examples=("2 destination=japan plan=P-7GB",),
)


class CornerShop(Provider):
    """Sells from its shelves, in memory."""

    name = NAME
    form = FORM

    def __init__(self) -> None:
        self.bodies: list[dict[str, object]] = []
        """What it was asked for, call by call."""
        self._numbers = count(1)
        self._sold: dict[str, tuple[Sim, ...]] = {}

    def estimate(self, request: PurchaseRequest) -> Quote:
        """Its own price: five euros a piece, and nothing later."""
        return Quote(once=Money(cents=500 * request.amount, currency="EUR"), firm=True)

    async def offer(self, request: PurchaseRequest) -> Offer:
        """The same price."""
        return Offer(quote=self.estimate(request))

    def checks(self) -> Sequence[Check]:
        """Whether it is open."""
        return [Check("shop", FORM.title, "Is it open?", "", "", self._is_open)]

    async def _is_open(self) -> Sequence[Answer]:
        return well("is open.")

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """There is always a place."""
        yield

    async def purchase(self, call: PurchaseCall, fence: Fence) -> Outcome:
        """Sell all of it."""
        assert fence.remaining > 0
        self.bodies.append({"count": call.quantity, **call.request.options})
        sims = tuple(self._piece() for _ in range(call.quantity))
        self._sold[call.reference] = sims
        return Bought(sims=sims)

    def _piece(self) -> Sim:
        number = next(self._numbers)
        iccid = f"8988000000000{number:06d}"
        return Sim(iccid=iccid, fields={"iccid": iccid, "shelf": f"S{number}"})

    async def find(
        self, order_reference: str, *, urgent: bool = True
    ) -> Mapping[str, tuple[Sim, ...]]:
        """Everything that was sold for the order."""
        del urgent
        return {name: sims for name, sims in self._sold.items() if name.startswith(order_reference)}

    async def close(self) -> None:
        """Nothing is open."""
