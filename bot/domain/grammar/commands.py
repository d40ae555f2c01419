"""What a line can mean."""

from dataclasses import dataclass

from bot.domain.request import PurchaseRequest, SimStatus


@dataclass(frozen=True)
class Help:
    """Show what can be typed."""


@dataclass(frozen=True)
class Buy:
    """Ask for a purchase."""

    request: PurchaseRequest


@dataclass(frozen=True)
class ShowOrder:
    """Show one order with its history."""

    order_id: str


@dataclass(frozen=True)
class ListOrders:
    """List the last orders: mine, or everybody's in this channel."""

    everybody: bool = False


Command = Help | Buy | ShowOrder | ListOrders


@dataclass(frozen=True)
class Rules:
    """The settings that a line is read under."""

    max_amount: int = 1000
    """eSIMs in one order."""
    default_status: SimStatus = SimStatus.STANDBY
    """The status of an order that names none."""
    command: str = "/esim"
    """The slash command as people type it."""
