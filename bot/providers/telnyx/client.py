"""The Telnyx client: sends a purchase once, and finds it again by its tag."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final

import httpx
import structlog
from pydantic import JsonValue, SecretStr

from bot.clock import Clock
from bot.domain.outcome import NotSent, Outcome, Sim
from bot.providers.base import Fence, Provider, PurchaseCall
from bot.providers.telnyx.connection import BASE_URL, USUAL, Patience, open_client
from bot.providers.telnyx.listing import Listing
from bot.providers.telnyx.verdict import outcome_of, outcome_of_failure

_PURCHASE: Final = "/actions/purchase/esims"


class Telnyx(Provider):
    """Sells eSIMs through an account at Telnyx.

    Telnyx declares no key that would make a purchase safe to repeat, so nothing here repeats
    one; its tag is the only way to find what was bought. Raises SettingsError for a key or an
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
        self._http = open_client(api_key, base_url, patience)
        self._listing = Listing(self._http, clock, patience)
        self._log = structlog.get_logger()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place for one purchase."""
        yield

    async def purchase(self, call: PurchaseCall, fence: Fence) -> Outcome:
        """Send the call once, whatever happens; a lost answer is `Unknown`."""
        if fence.remaining <= 0:
            return NotSent(why="too late", too_late=True)
        started = self._clock.now()
        try:
            response = await self._send(call)
        except Exception as failure:  # noqa: BLE001 - whatever it was, the money may be spent
            outcome: Outcome = outcome_of_failure(failure)
            self._tell(call, outcome, started, failure=type(failure).__name__)
            return outcome
        outcome = outcome_of(response, self._clock.now())
        self._tell(call, outcome, started, status=response.status_code)
        return outcome

    async def find(
        self, order_reference: str, *, urgent: bool = True
    ) -> Mapping[str, tuple[Sim, ...]]:
        """All SIM cards that Telnyx lists for an order, by their reference. Raises LookupFailed."""
        del urgent
        found: dict[str, list[Sim]] = {}
        for sim in await self._listing.find(order_reference):
            tags: Any = sim.fields.get("tags")
            own = [tag for tag in tags if str(tag).startswith(f"{order_reference}-")]
            found.setdefault(str((own or [order_reference])[0]), []).append(sim)
        return {reference: tuple(sims) for reference, sims in found.items()}

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def _send(self, call: PurchaseCall) -> httpx.Response:
        async with asyncio.timeout(self._patience.purchase):
            return await self._http.post(_PURCHASE, json=purchase_body(call))

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
