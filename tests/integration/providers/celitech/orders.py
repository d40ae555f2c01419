"""Requests to Celitech, and calls that carry them out as the engine does."""

from dataclasses import replace
from typing import Final

from bot.clock import Fence
from bot.domain.catalogue.offer import NotOffered, Unavailable
from bot.domain.purchase.outcome import Outcome
from bot.domain.request import OrderKind, PurchaseRequest
from bot.providers.base import PurchaseCall
from bot.providers.celitech import NAME, Celitech
from tests.integration.providers.wire.calls import OPEN
from tests.support.clock import ManualClock

REFERENCE: Final = "esim-7K2M9QXA-1"
FRANCE: Final = {"destination": "France", "data": "5GB", "days": "7"}


def asked(kind: OrderKind = OrderKind.PURCHASE, amount: int = 1, **options: str) -> PurchaseRequest:
    """A request with these options; for a purchase, 5 GB for France for a week."""
    given = options or (FRANCE if kind is OrderKind.PURCHASE else {})
    return PurchaseRequest(kind=kind, provider=NAME, amount=amount, options=given)


async def offered(celitech: Celitech, request: PurchaseRequest) -> PurchaseRequest:
    """The request as the order keeps it after its offer."""
    offer = await celitech.offer(request)
    return request.model_copy(update={"options": {**request.options, **offer.options}})


async def unavailable(celitech: Celitech, request: PurchaseRequest) -> Unavailable:
    """Why it is not sold."""
    try:
        offer = await celitech.offer(request)
    except NotOffered as refused:
        return refused.unavailable
    raise AssertionError(offer)


def call_of(
    celitech: Celitech, clock: ManualClock, request: PurchaseRequest, reference: str = REFERENCE
) -> PurchaseCall:
    """The call for all of it, with its bytes."""
    call = PurchaseCall(request, request.amount, reference, reference.rpartition("-")[0])
    return replace(call, body=celitech.prepare(call, clock.now()).body)


async def bought(
    celitech: Celitech,
    clock: ManualClock,
    request: PurchaseRequest | None = None,
    reference: str = REFERENCE,
    fence: Fence = OPEN,
) -> Outcome:
    """The outcome of a purchase after its offer; without a request, one for France."""
    wanted = await offered(celitech, request or asked())
    return await celitech.purchase(call_of(celitech, clock, wanted, reference), fence)
