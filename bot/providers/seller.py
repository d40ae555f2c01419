"""What every provider over HTTP has in common: places for its calls, and how one is sent once."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Final

import httpx
import structlog

from bot.clock import Clock, Fence
from bot.domain.purchase.outcome import Outcome
from bot.providers.base import Provider, PurchaseCall
from bot.providers.http import TOO_LATE, Connections, Sending, outcome_of_failure
from bot.providers.limits import CallLimits, Places

_GRACE: Final = 0.5
"""Seconds after the fence at which connecting is stopped, if its own time limits fail."""


class HttpSeller(Provider):
    """A provider whose calls go over HTTP."""

    def __init__(self, connections: Connections, clock: Clock, limits: CallLimits) -> None:
        self._connections = connections
        self._clock = clock
        self._limits = limits
        self._places = Places(limits.purchases)
        self._log = structlog.get_logger()

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

    async def close(self) -> None:
        """Does nothing: no connection is open between calls."""

    async def send_once(
        self,
        call: PurchaseCall,
        fence: Fence,
        path: str,
        read: Callable[[httpx.Response], Outcome],
        **request: Any,
    ) -> Outcome:
        """Post the call once, and only while the fence is open; a lost answer is `Unknown`.

        `read` makes the outcome of an answer, `request` is what httpx takes of a post: its
        `content` or `json`, `headers`. A call without either has no body: it is sent with its head.
        """
        started, left = self._clock.now(), fence.remaining
        if left <= 0:
            return self.log_end(call, TOO_LATE, started)
        limit = asyncio.timeout(left + _GRACE)
        has_body = bool(request.get("json") or request.get("content"))
        sending = Sending(fence, limit, self._limits.purchase, has_body=has_body)
        try:
            async with limit, self._connections.client(self._limits.for_purchase(left)) as http:
                trace = {"trace": sending.trace}
                response = await http.post(path, extensions=trace, **request)
        except Exception as failure:  # noqa: BLE001 - whatever it was, the money may be spent
            outcome: Outcome = outcome_of_failure(failure, sending)
            return self.log_end(call, outcome, started, failure=type(failure).__name__)
        return self.log_end(call, read(response), started, status=response.status_code)

    def log_end(
        self, call: PurchaseCall, outcome: Outcome, started: datetime, **answer: int | str
    ) -> Outcome:
        """Log how a call has ended, and give its outcome back."""
        self._log.info(
            "purchase_call_ended",
            reference=call.reference,
            kind=call.request.kind.value,
            quantity=call.quantity,
            outcome=outcome.kind,
            seconds=(self._clock.now() - started).total_seconds(),
            **answer,
        )
        return outcome
