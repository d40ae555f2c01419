"""The terms of an order: the settings that were in force when it was placed."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, PositiveInt


class Terms(BaseModel):
    """Snapshot of what holds for one order, so that a changed setting never changes it."""

    model_config = ConfigDict(frozen=True)

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
