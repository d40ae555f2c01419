"""The provider Telnyx: sends a purchase once, and finds its SIM cards by their tags."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Final

import httpx
import structlog
from pydantic import JsonValue, SecretStr, ValidationError

from bot.check import Answer, Check, Mark, Occasion, well
from bot.clock import Clock, Fence
from bot.domain.form import Form
from bot.domain.money import Quote
from bot.domain.offer import Offer
from bot.domain.purchase.outcome import Outcome, Refused
from bot.domain.purchase.sim import ProviderError, Remedy, Sim
from bot.domain.request import PurchaseRequest
from bot.errors import LookupFailed, LookupPostponed
from bot.network.proxies import through
from bot.providers.base import Provider, PurchaseCall
from bot.providers.http import (
    TOO_LATE,
    Connections,
    Sending,
    checked_address,
    checked_secret,
    outcome_of_failure,
)
from bot.providers.limits import CallLimits, Places
from bot.providers.looks import Looks
from bot.providers.telnyx.answers import outcome_of
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
_GRACE: Final = 0.5
"""Seconds after the fence at which connecting is stopped, if its own time limits fail."""


class Telnyx(Provider):
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
        self.form = sold or form()
        self._prices = prices or Prices()
        self._base_url = base_url
        self._clock = clock
        self._limits = limits
        self._connections = connections(api_key, base_url)
        self._places = Places(limits.purchases)
        looks = Looks(self._connections, clock, limits)
        self._listing = Listing(looks)
        self._groups = Groups(looks, clock)
        self._log = structlog.get_logger()

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

    def place(self) -> AbstractAsyncContextManager[None]:
        """A place among the connections for one purchase; looks have places of their own."""
        return self._places.take()

    @property
    def has_place(self) -> bool:
        """Whether `place` gives one at once."""
        return self._places.has_one

    @property
    def is_waited_for(self) -> bool:
        """Whether somebody waits for a place."""
        return self._places.is_waited_for

    async def purchase(self, call: PurchaseCall, fence: Fence) -> Outcome:
        """Send the call once, and only while the fence is open; a lost answer is `Unknown`."""
        started = self._clock.now()
        try:
            options = TelnyxOptions.of(call.request)
        except ValidationError as wrong:
            return _not_asked_for(wrong)
        left = fence.remaining
        if left <= 0:
            self._tell(call, TOO_LATE, started)
            return TOO_LATE
        body = options.body(call.quantity, (call.order_reference, call.reference))
        limit = asyncio.timeout(left + _GRACE)
        sending = Sending(fence, limit, self._limits.purchase)
        try:
            async with limit:
                response = await self._send(body, sending, left)
        except Exception as failure:  # noqa: BLE001 - whatever it was, the money may be spent
            outcome: Outcome = outcome_of_failure(failure, sending)
            self._tell(call, outcome, started, failure=type(failure).__name__)
            return outcome
        outcome = outcome_of(response, self._clock.now(), call)
        self._tell(call, outcome, started, status=response.status_code)
        return outcome

    async def find(
        self, order_reference: str, *, urgent: bool = True
    ) -> Mapping[str, tuple[Sim, ...]]:
        """All SIM cards that Telnyx lists for this order, by the reference of their call.

        Raises LookupFailed, and LookupPostponed for one that can wait.
        """
        return await self._listing.find(order_reference, urgent=urgent)

    async def close(self) -> None:
        """Does nothing: no connection is open between calls."""

    async def _send(
        self, body: Mapping[str, JsonValue], sending: Sending, within: float
    ) -> httpx.Response:
        async with self._connections.client(self._limits.for_purchase(within)) as http:
            trace = {"trace": sending.trace}
            return await http.post(_PURCHASE, json=body, extensions=trace)

    def _tell(
        self, call: PurchaseCall, outcome: Outcome, started: datetime, **answer: int | str
    ) -> None:
        self._log.info(
            "purchase_call_ended",
            reference=call.reference,
            quantity=call.quantity,
            outcome=outcome.kind,
            seconds=(self._clock.now() - started).total_seconds(),
            **answer,
        )


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
