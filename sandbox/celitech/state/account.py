"""The account at Celitech: its money, its purchases and its eSIMs."""

from __future__ import annotations

import asyncio
import math
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sandbox.celitech.errors import Refusal
from sandbox.celitech.state.esims import Esim
from sandbox.provider.codes import Codes
from sandbox.provider.numbers import IccidBlock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sandbox.celitech.checks.period import Period
    from sandbox.celitech.state.catalogue import Package
    from sandbox.provider.changes import Changes

SMDP: Final = "rsp.celitech.example"
"""The address of the server that hands the profiles out."""
FIRST: Final = "First Purchase"
TOP_UP: Final = "Top-up Purchase"
DAY: Final = 86_400.0
ISSUED_DAYS: Final = 90
"""A package with a duration is used up within so many days of its issue."""


@dataclass
class Purchase:
    """One package on one eSIM."""

    package: Package
    """As it was when it was bought, its price too."""
    esim: Esim
    created_at: float
    start: float | None
    """Seconds since 1970; None for a package with a duration."""
    end: float | None
    duration: int | None
    reference: str | None = None
    email: str | None = None
    kind: str = FIRST
    source: str = "API"
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    used_bytes: int = 0
    ended_at: float | None = None
    """When it was ended before its time."""
    hidden_lists: float = 0
    """How many more lists leave it out; infinity: all of them."""
    hidden_until: float = 0
    """From when on (seconds since 1970) lists show it."""

    def is_active(self, now: float) -> bool:
        """Whether it is in use now: installed, begun and not yet over."""
        begun = self.start is None or self.start <= now
        return (
            self.esim.status in {"INSTALLED", "ENABLED"}
            and self.esim.is_connected
            and begun
            and not self.is_over(now)
        )

    def is_over(self, now: float) -> bool:
        """Whether its time is over, or was ended."""
        last = self.end
        if last is None:
            last = self.created_at + ISSUED_DAYS * DAY
        return self.ended_at is not None or now > last


class Account:
    """Money in cents and the tier, which may be set at any time; what was bought."""

    def __init__(
        self,
        changes: Changes,
        now: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.balance_cents = 1_000_000
        self.tier = "Diamond"
        """Gold, Platinum or Diamond; only the last may set a brand."""
        self.shortage_status = 422
        """The status of a refusal for lack of money; no page says which it is."""
        self.refers_first_only = False
        """Whether of several bought in one request only the first carries the reference."""
        self.purchases: list[Purchase] = []
        self.esims: dict[str, Esim] = {}
        self.hide_new_for: float = 0
        """How many lists leave out a purchase made from now on; infinity: all of them."""
        self.lag_seconds: float = 0
        """How long a purchase made from now on is missing in the list, by the clock."""
        self.codes = Codes(SMDP, changes, sleep)
        """The activation codes, and how they behave."""
        self.now = now
        self._iccids = IccidBlock("8948010")
        self._changes = changes

    def sell(
        self,
        package: Package,
        period: Period,
        *,
        esim: Esim | None = None,
        reference: str | None = None,
        email: str | None = None,
    ) -> Purchase:
        """Take the money for one package and return it, on a new eSIM unless one is given."""
        kind = TOP_UP if esim else FIRST
        purchase = Purchase(
            package,
            esim or self._new_esim(package),
            self.now(),
            period.start,
            period.end,
            period.duration,
            reference,
            email,
            kind,
            hidden_lists=self.hide_new_for,
            hidden_until=self.now() + self.lag_seconds,
        )
        self.balance_cents -= package.cents
        self.purchases.append(purchase)
        self._changes.announce()
        return purchase

    def afford(self, cents: int) -> None:
        """Raise Refusal where there is less money than this."""
        if cents > self.balance_cents:
            raise Refusal(self.shortage_status, "Insufficient balance to complete this purchase.")

    def purchase(self, purchase_id: object) -> Purchase:
        """Return a purchase. Raises Refusal (404) for none."""
        found = next((each for each in self.purchases if each.id == purchase_id), None)
        if found is None:
            raise Refusal(404, "Purchase not found.")
        return found

    def esim(self, iccid: object) -> Esim:
        """Return an eSIM. Raises Refusal (404) for none."""
        found = self.esims.get(iccid) if isinstance(iccid, str) else None
        if found is None:
            raise Refusal(404, "eSIM not found.")
        return found

    def packages_on(self, esim: Esim) -> list[Purchase]:
        """Return every purchase on this eSIM, the oldest first."""
        return [each for each in self.purchases if each.esim is esim]

    def install(self, iccid: str) -> None:
        """Let somebody install and use an eSIM, as a phone would. Raises Refusal for none."""
        esim = self.esim(iccid)
        esim.device = {
            "oem": "Google",
            "hardwareName": "Pixel 8",
            "hardwareModel": "GKWS6",
            "eid": f"89049032{int(uuid.uuid4()) % 10**24:024d}",
        }
        for status in ("DOWNLOADED", "INSTALLED", "ENABLED"):
            esim.become(status, self.now())
        self._changes.announce()

    def end(self, iccid: str) -> None:
        """Let an eSIM be deleted. Raises Refusal for none."""
        self.esim(iccid).become("DELETED", self.now())
        self._changes.announce()

    def issued_codes(self) -> frozenset[str]:
        """Return every secret of every eSIM that there ever was: codes and pictures.

        Those of digits alone are to be looked for as whole numbers.
        """
        return self.codes.issued()

    def use(self, purchase_id: str, gigabytes: float) -> None:
        """Use up so much data of a purchase. Raises Refusal for none."""
        self.purchase(purchase_id).used_bytes += int(gigabytes * 10**9)
        self._changes.announce()

    def show_all(self) -> None:
        """List every purchase, those made already and those made from now on."""
        self.hide_new_for = self.lag_seconds = 0
        for purchase in self.purchases:
            purchase.hidden_lists = purchase.hidden_until = 0

    def hide_new(self, lists: int | None) -> None:
        """Leave purchases made from now on out of so many lists, None: out of all."""
        self.hide_new_for = math.inf if lists is None else lists

    def _new_esim(self, package: Package) -> Esim:
        esim = Esim(self._iccids.next(), package.destination, self.now(), self.codes.new())
        self.esims[esim.iccid] = esim
        return esim
