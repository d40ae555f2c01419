"""The terms of an order: the settings that were in force when it was placed."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, PositiveInt

from bot.domain.request import PurchaseRequest, SimStatus


class Estimate(BaseModel):
    """What an order will cost, as far as the configured prices are right."""

    model_config = ConfigDict(frozen=True)

    once_cents: int
    """For the purchase itself."""
    monthly_cents: int
    """Each month, while the SIM cards keep the ordered status."""
    currency: str = "USD"

    def scaled(self, amount: int, ordered: int) -> "Estimate":
        """The cost of `amount` eSIMs, when this is that of `ordered`."""
        costs = {
            "once_cents": self.once_cents * amount // ordered,
            "monthly_cents": self.monthly_cents * amount // ordered,
        }
        return self.model_copy(update=costs)


class Prices(BaseModel):
    """Prices of one eSIM, in cents. The provider has no price preview: these are settings."""

    model_config = ConfigDict(frozen=True)

    esim_cents: int = 70
    enabled_monthly_cents: int = 200
    idle_monthly_cents: int = 20
    """For standby and disabled alike."""
    currency: str = "USD"

    def estimate(self, request: PurchaseRequest) -> Estimate:
        """The cost of a whole request."""
        enabled = request.status is SimStatus.ENABLED
        monthly = self.enabled_monthly_cents if enabled else self.idle_monthly_cents
        return Estimate(
            once_cents=request.amount * self.esim_cents,
            monthly_cents=request.amount * monthly,
            currency=self.currency,
        )


class Terms(BaseModel):
    """Snapshot of what holds for one order, so that a changed setting never changes it."""

    model_config = ConfigDict(frozen=True)

    estimate: Estimate
    approval_expires: float
    """Seconds that the card may wait for a decision."""
    batch_size: PositiveInt
    """eSIMs in one purchase call."""
    lookup_delays: tuple[float, ...]
    """Seconds before each look for an attempt in doubt."""
    send_delays: tuple[float, ...]
    """Seconds before each new try of a call that never reached the provider."""
    reminder: float = 14_400
    """Seconds between reminders, and looks, while a person must decide."""

    def expiry(self) -> timedelta:
        """How long the card may wait for a decision."""
        return timedelta(seconds=self.approval_expires)
