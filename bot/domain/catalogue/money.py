"""Money, and the price of a request."""

from typing import Self

from pydantic import BaseModel, ConfigDict


class Money(BaseModel):
    """An amount of money."""

    model_config = ConfigDict(frozen=True)

    cents: int
    """Hundredths of the currency's unit."""
    currency: str
    """Three letters, as in `USD`."""


class Quote(BaseModel):
    """The price of a whole request."""

    model_config = ConfigDict(frozen=True)

    once: Money
    """For the purchase itself."""
    monthly: Money | None = None
    """Each month, while the SIM cards stay as ordered; None: not known."""
    firm: bool = False
    """The provider's own price; otherwise our estimate."""

    def exceeds(self, other: "Quote | None") -> bool:
        """Whether it asks for more than the other: at once, each month, or in other money."""
        if other is None or self.once.currency != other.once.currency:
            return True
        later, before = self.monthly, other.monthly
        each_month = later is not None and (before is None or later.cents > before.cents)
        return self.once.cents > other.once.cents or each_month

    def scaled(self, amount: int, ordered: int) -> Self:
        """The price of `amount` eSIMs, given this price of `ordered`; rounded down to cents."""

        def part(money: Money) -> Money:
            return money.model_copy(update={"cents": money.cents * amount // ordered})

        monthly = part(self.monthly) if self.monthly else None
        return self.model_copy(update={"once": part(self.once), "monthly": monthly})
