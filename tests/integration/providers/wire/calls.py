"""Purchase calls, as the engine makes them, and the fences before them."""

from dataclasses import dataclass
from typing import Any, Final

from bot.clock import Fence
from bot.providers.base import PurchaseCall
from tests.support.requests import a_request

ORDER_REFERENCE: Final = "esim-7K2M9QXA"
"""What all calls of the order are found by."""
REFERENCE: Final = f"{ORDER_REFERENCE}-1"
"""What these calls are found by."""


@dataclass
class Standing(Fence):
    """A fence with as many seconds left as a test says."""

    left: float = 60.0
    looks: int = 1_000_000
    """How often it may be looked at until it is closed."""

    @property
    def remaining(self) -> float:
        """Seconds left."""
        self.looks -= 1
        return self.left if self.looks >= 0 else 0.0


OPEN: Final = Standing()
"""A fence that nobody reaches."""


def a_call(quantity: int = 3, reference: str = REFERENCE, **parts: Any) -> PurchaseCall:
    """A call for `quantity` eSIMs; `parts` are those of the request (tags, status, …)."""
    request = a_request(**{"amount": 10, **parts})
    return PurchaseCall(request, quantity, reference, reference.rpartition("-")[0])
