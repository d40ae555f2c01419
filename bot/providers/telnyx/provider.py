"""The provider Telnyx: sends a purchase once, and finds its SIM cards by their tags."""

from collections.abc import Mapping, Sequence
from typing import Final

import httpx
from pydantic import SecretStr, ValidationError

from bot.check import Answer, Check, Mark, Occasion, well
from bot.clock import Clock, Fence
from bot.domain.activation.code import ActivationCode
from bot.domain.catalogue.money import Quote
from bot.domain.catalogue.offer import Offer
from bot.domain.form import Form
from bot.domain.purchase.outcome import Outcome, Refused
from bot.domain.purchase.sim import ProviderError, Remedy, Sim
from bot.domain.request import PurchaseRequest
from bot.errors import LookupFailed, LookupPostponed
from bot.network.proxies import through
from bot.providers.base import PurchaseCall
from bot.providers.capabilities import Codes
from bot.providers.http import (
    Connections,
    checked_address,
    checked_secret,
)
from bot.providers.limits import CallLimits
from bot.providers.looks import Looks
from bot.providers.seller import HttpSeller
from bot.providers.telnyx.answers import outcome_of
from bot.providers.telnyx.codes import ActivationCodes
from bot.providers.telnyx.form import NAME, Prices, TelnyxOptions, form
from bot.providers.telnyx.groups import FIELD, Groups
from bot.providers.telnyx.listing import Listing
from bot.reasons import reason_of

BASE_URL: Final = "https://api.telnyx.com/v2"


USUAL: Final = CallLimits()
"""The limits for Telnyx itself."""


def connections(api_key: str | SecretStr, base_url: str) -> Connections:
    """The connections to Telnyx. Raises SettingsError for an unusable key, address or proxy."""
    key = checked_secret("Telnyx API key", api_key)
    headers = {"Authorization": f"Bearer {key}", "User-Agent": "esim-bot"}
    return Connections(checked_address("Telnyx", base_url, BASE_URL), headers)


_PURCHASE: Final = "/actions/purchase/esims"
_NOBODYS: Final = "esim-doctor0"
"""A reference that no SIM card carries."""
_NOT_ACCEPTED: Final = ("HTTP 401", "HTTP 403")


class Telnyx(HttpSeller, Codes):
    """Sells eSIMs through an account at Telnyx.

    Telnyx has no idempotency key, so no purchase is ever repeated here; tags are the only way to
    find what was bought. Raises SettingsError for a key or an address that can't be used.
    """

    name = NAME

    def __init__(  # noqa: PLR0913 - the connection, and what it sells
        self,
        api_key: str | SecretStr,
        clock: Clock,
        *,
        base_url: str = BASE_URL,
        limits: CallLimits = USUAL,
        sold: Form | None = None,
        prices: Prices | None = None,
    ) -> None:
        super().__init__(connections(api_key, base_url), clock, limits)
        self.form = sold or form()
        self._prices = prices or Prices()
        self._base_url = base_url
        looks = Looks(self._connections, clock, limits)
        self._listing = Listing(looks)
        self._groups = Groups(looks, clock)
        self._codes = ActivationCodes(looks)

    def estimate(self, request: PurchaseRequest) -> Quote | None:
        """By the prices of the settings; None where a SIM card group must be looked up first."""
        return None if request.options.get(FIELD) else self._prices.quote(request)

    async def offer(self, request: PurchaseRequest) -> Offer:
        """The same estimate, for the SIM card group of the name or id that the request has.

        Raises NotOffered where the account has no such group, LookupFailed, LookupPostponed.
        """
        quote, named = self._prices.quote(request), request.options.get(FIELD)
        if not named:
            return Offer(quote=quote)
        group = await self._groups.find(str(named))
        return Offer(quote=quote, options={FIELD: group.id}, names={FIELD: group.name})

    def checks(self) -> Sequence[Check]:
        """A check whether Telnyx answers a look, and accepts the key."""
        return [
            Check(
                name="provider",
                title=self.form.title,
                asks="Does the provider answer a look for what nobody bought, with this key?",
                means="Nothing can be bought; orders are tried again, and in doubt wait for a "
                "look.",
                do="Mend what stands in brackets, or TELNYX_API_URL.",
                ask=self._ask,
                on=Occasion.START | Occasion.DOCTOR,
            )
        ]

    async def _ask(self) -> Sequence[Answer]:
        try:
            await self.find(_NOBODYS, urgent=False)
        except LookupPostponed:
            return well("is asked often enough just now; it was not asked again.")
        except LookupFailed as failure:
            return [_failed(failure, self._base_url)]
        return well("the key works.")

    async def purchase(self, call: PurchaseCall, fence: Fence) -> Outcome:
        """Send the call once, and only while the fence is open; a lost answer is `Unknown`."""
        try:
            options = TelnyxOptions.of(call.request)
        except ValidationError as wrong:
            return _not_asked_for(wrong)
        body = options.body(call.quantity, (call.order_reference, call.reference))

        def read(response: httpx.Response) -> Outcome:
            return outcome_of(response, self._clock.now(), call)

        return await self.send_once(call, fence, _PURCHASE, read, json=body)

    async def find(
        self, order_reference: str, *, urgent: bool = True
    ) -> Mapping[str, tuple[Sim, ...]]:
        """All SIM cards that Telnyx lists for this order, by the reference of their call.

        Raises LookupFailed, and LookupPostponed for one that can wait.
        """
        return await self._listing.find(order_reference, urgent=urgent)

    async def activation_code(self, sim: Sim) -> ActivationCode:
        """The code of this eSIM, asked for now.

        Raises CodeNotGiven, LookupFailed, LookupPostponed.
        """
        return await self._codes.of(sim)


def _not_asked_for(wrong: ValidationError) -> Refused:
    """The outcome for options that Telnyx does not sell: refused, nothing was sent."""
    parts = sorted({str(error["loc"][0]) for error in wrong.errors() if error["loc"]})
    detail = f"Telnyx sells nothing with this: {', '.join(parts)}. Nothing was sent."
    title = "Not an order for Telnyx"
    error = ProviderError(title=title, detail=detail, remedy=Remedy.CHANGE_REQUEST)
    return Refused(errors=(error,))


def _failed(failure: LookupFailed, address: str) -> Answer:
    why = reason_of(failure)
    if why in _NOT_ACCEPTED:
        do = "Set TELNYX_API_KEY anew: Telnyx portal → Account → API Keys."
        return Answer(Mark.WRONG, f"the key is not accepted ({why}).", do)
    return Answer(Mark.WRONG, f"can't be reached or asked{through(address)} ({why}).")
