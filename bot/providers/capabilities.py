"""What only some providers can do beside selling. Their forms are among `form.others`."""

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from bot.domain.activation.code import ActivationCode
from bot.domain.catalogue.lists import PackageList, PurchasePage
from bot.domain.purchase.sim import Sim
from bot.domain.request import PurchaseRequest, Value


@runtime_checkable
class Changes(Protocol):
    """Changes what it has sold: its `offer` and `purchase` take requests of these kinds, too."""

    async def find_change(
        self, request: PurchaseRequest, reference: str, *, urgent: bool = True
    ) -> tuple[Sim, ...]:
        """The SIM card that was changed, once the provider shows that it was; else nothing.

        An empty answer means "not known". Raises as `Provider.find` does.
        """
        ...


@runtime_checkable
class Catalogue(Protocol):
    """Names what it sells."""

    async def packages(self, options: Mapping[str, Value]) -> PackageList:
        """The packages that fit these options. Raises NotOffered, LookupFailed, LookupPostponed."""
        ...


@runtime_checkable
class Ledger(Protocol):
    """Lists the purchases of the account, also those that were made elsewhere."""

    async def purchases(self, options: Mapping[str, Value], cursor: str = "") -> PurchasePage:
        """A page of the purchases that fit; `cursor` is that of the page before.

        Raises NotOffered for options that name nothing, LookupFailed, LookupPostponed.
        """
        ...


@runtime_checkable
class Codes(Protocol):
    """Gives activation codes; its form says so (`gives_codes`)."""

    async def activation_code(self, sim: Sim) -> ActivationCode:
        """The activation code of this eSIM, asked for now; nothing keeps it.

        The ICCID or the provider's id of `sim` is there, often both. Raises CodeNotGiven with the
        reason, LookupFailed when it could not be asked, LookupPostponed when that would be too
        often: it is asked again then.
        """
        ...
