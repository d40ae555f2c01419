"""Purchase calls, as the engine makes them."""

from typing import Any

from bot.domain.request import PurchaseRequest, SimStatus
from bot.providers.base import PurchaseCall

REFERENCE = "esim-7K2M9QXA-1"
"""What these calls are found by."""


def a_call(quantity: int = 3, reference: str = REFERENCE, **parts: Any) -> PurchaseCall:
    """A call for `quantity` eSIMs; `parts` are those of the request (tags, status, …)."""
    fields = {"amount": 10, "status": SimStatus.STANDBY, **parts}
    return PurchaseCall(PurchaseRequest.model_validate(fields), quantity, reference)
