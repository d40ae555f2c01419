"""The Telnyx client: sends a purchase once, and finds it again by its tags."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final

import httpx
import structlog
from pydantic import JsonValue, SecretStr

from bot.clock import Clock
from bot.domain.outcome import Outcome
from bot.domain.sim import Sim
from bot.errors import SettingsError
from bot.providers.base import Fence, Provider, PurchaseCall
from bot.providers.http import Connections, Sending
from bot.providers.telnyx.answers import TOO_LATE, outcome_of, outcome_of_failure
from bot.providers.telnyx.listing import Listing
from bot.providers.waiting import Patience

BASE_URL: Final = "https://api.telnyx.com/v2"


USUAL: Final = Patience()
"""What suits Telnyx itself."""


def connections(api_key: str | SecretStr, base_url: str) -> Connections:
    """The way to Telnyx. Raises SettingsError for a key, an address or a proxy of no use."""
    headers = {"Authorization": f"Bearer {_checked_key(api_key)}", "User-Agent": "esim-bot"}
    return Connections(_checked_url(base_url), headers)


def _checked_key(api_key: str | SecretStr) -> str:
    """The key, trimmed. A sign that no header can hold would be told with the key around it."""
    key = api_key.get_secret_value() if isinstance(api_key, SecretStr) else api_key
    key = key.strip()
    if not key:
        raise SettingsError("The Telnyx API key is empty.")
    if not all("!" <= sign <= "~" for sign in key):
        raise SettingsError("The Telnyx API key holds a space, a line break or a special letter.")
    return key


def _checked_url(base_url: str) -> httpx.URL:
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme not in {"http", "https"} or not url.host or url.userinfo:
        raise SettingsError("The Telnyx address must be like https://api.telnyx.com/v2.")
    return url


_PURCHASE: Final = "/actions/purchase/esims"
_GRACE: Final = 0.5
"""Seconds after the fence at which connecting ends, so that each part of it can end by itself."""


class Telnyx(Provider):
    """Sells eSIMs through an account at Telnyx.

    Telnyx declares no key that would make a purchase safe to repeat, so nothing here repeats
    one; its tags are the only way to find what was bought. Raises SettingsError for a key or an
    address that can't be used.
    """

    name: Final = "telnyx"

    def __init__(
        self,
        api_key: str | SecretStr,
        clock: Clock,
        *,
        base_url: str = BASE_URL,
        patience: Patience = USUAL,
    ) -> None:
        self._clock = clock
        self._patience = patience
        self._connections = connections(api_key, base_url)
        self._places = asyncio.Semaphore(patience.purchases)
        self._listing = Listing(self._connections, clock, patience)
        self._log = structlog.get_logger()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place among the connections for one purchase; looks have others."""
        async with self._places:
            yield

    async def purchase(self, call: PurchaseCall, fence: Fence) -> Outcome:
        """Send the call once, and only while the fence is open; a lost answer is `Unknown`."""
        started = self._clock.now()
        left = fence.remaining
        if left <= 0:
            self._tell(call, TOO_LATE, started)
            return TOO_LATE
        limit = asyncio.timeout(left + _GRACE)
        sending = Sending(fence, limit, self._patience.purchase)
        try:
            async with limit:
                response = await self._send(call, sending, left)
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
        """Nothing is open between the calls."""

    async def _send(self, call: PurchaseCall, sending: Sending, within: float) -> httpx.Response:
        async with self._connections.client(self._patience.for_purchase(within)) as http:
            trace = {"trace": sending.trace}
            return await http.post(_PURCHASE, json=purchase_body(call), extensions=trace)

    def _tell(
        self, call: PurchaseCall, outcome: Outcome, started: datetime, **answer: int | str
    ) -> None:
        self._log.info(
            "purchase_call",
            reference=call.reference,
            quantity=call.quantity,
            outcome=outcome.kind,
            seconds=(self._clock.now() - started).total_seconds(),
            **answer,
        )


def purchase_body(call: PurchaseCall) -> dict[str, JsonValue]:
    """The JSON of a purchase; what was not asked for is left to Telnyx's defaults.

    The status always goes along: Telnyx's own default costs ten times standby.
    """
    request = call.request
    group = request.sim_card_group_id
    optional: dict[str, JsonValue] = {
        "sim_card_group_id": str(group) if group else None,
        "product": request.product,
        "whitelabel_name": request.whitelabel_name,
    }
    return {
        "amount": call.quantity,
        "status": request.status.value,
        "tags": [*request.tags, call.order_reference, call.reference],
        **{name: value for name, value in optional.items() if value is not None},
    }
