"""What a provider lists when it is asked: packages that it sells, and purchases that were made."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.catalogue.money import Money
from bot.domain.catalogue.offer import Fact
from bot.domain.request import Value


@dataclass(frozen=True)
class Package:
    """One package that can be ordered; its texts are plain: who shows them escapes them."""

    destination: str
    size: str
    """How much data: `5 GB`."""
    days: str
    """For how long: `7 days`."""
    price: Money
    """Of one eSIM."""
    options: Mapping[str, Value]
    """What it is ordered with, by the name of the field."""


@dataclass(frozen=True)
class PackageList:
    """The packages of one destination."""

    destination: str
    countries: tuple[str, ...]
    """Where they work, when that is more than one country."""
    packages: tuple[Package, ...]
    is_whole: bool
    """Whether these are all that there are."""


@dataclass(frozen=True)
class PastPurchase:
    """One purchase as the provider lists it, whoever made it; its texts are plain."""

    id: str
    iccid: str
    title: str
    """What was bought: `France, 5 GB`."""
    price: Money | None
    bought_at: datetime | None
    reference: str
    """Ours, or somebody else's; "" for none."""
    facts: tuple[Fact, ...]
    """Everything else that is known of it."""


@dataclass(frozen=True)
class PurchasePage:
    """Some of the purchases, as the provider hands them out."""

    purchases: tuple[PastPurchase, ...]
    cursor: str
    """Asks for the page after it; "" for the last one."""
