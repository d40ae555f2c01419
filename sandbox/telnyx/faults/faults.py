"""What can be made to go wrong: faults for the next purchases, and standing ones."""

from __future__ import annotations

import math
from collections import deque
from http import HTTPStatus
from typing import TYPE_CHECKING

from sandbox.telnyx.errors import error, errors, status_error
from sandbox.telnyx.faults import wire
from sandbox.telnyx.faults.gate import Gate
from sandbox.telnyx.sale import Answer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import web

    from sandbox.telnyx.sale import Mangler, Sale
    from sandbox.telnyx.state.account import Account
    from sandbox.telnyx.state.ledger import Outcome
    from sandbox.telnyx.state.sims import Json

    Fault = Callable[[Sale], Awaitable[None]]
    Break = Callable[[web.Request, Answer], None]


async def no_fault(sale: Sale) -> None:
    """Process and answer a purchase as Telnyx does on a good day."""
    await sale.send(sale.mangled(sale.process()))


class Faults:
    """The next purchases take the queued faults in order, one each; the others stand.

    A purchase with a wrong key takes none. A fault that sells still refuses a wrong order.
    """

    def __init__(self, account: Account) -> None:
        self.manglers: deque[Mangler] = deque()
        self.delay_seconds: float = 0
        self.is_down = False
        self._account = account
        self._queue: deque[Fault] = deque()
        self._gates: list[Gate] = []
        self._failing_listings: deque[int] = deque()

    @property
    def waiting(self) -> int:
        """How many faults wait for the next purchases, one each."""
        return len(self._queue)

    def refuse(
        self,
        code: str = "20100",
        status: int = 422,
        title: str | None = None,
        detail: str | None = None,
        pointer: str | None = None,
    ) -> None:
        """Refuse the next purchase; a known code has Telnyx's usual title and detail."""
        entry = error(code, title=title, detail=detail, pointer=pointer)
        self._instead(Answer(status, errors(entry)), "refused")

    def sell_fewer(self, by: int = 1, error_code: str | None = "70001") -> None:
        """Sell `by` eSIMs fewer than ordered, with an error of this code unless it is None."""
        self._sell(lambda amount: amount - by, error_code)

    def sell_more(self, by: int = 1) -> None:
        """Sell `by` eSIMs more than ordered."""
        self._sell(lambda amount: amount + by, None)

    def sell_none(self, error_code: str | None = None) -> None:
        """Answer 202 without SIMs, with an error of this code unless it is None."""
        self._sell(lambda _amount: 0, error_code)

    def hold(self, before_selling: bool = False) -> Gate:
        """Return a gate that the next purchase waits at, before or after its SIMs are sold."""
        gate = Gate()
        self._gates.append(gate)

        async def fault(sale: Sale) -> None:
            if before_selling:
                await gate.wait()
            answer = sale.process()
            if not before_selling:
                await gate.wait()
            await sale.send(sale.mangled(answer))

        self._queue.append(fault)
        return gate

    def close(self, after_selling: bool = True) -> None:
        """Close the next purchase's connection without an answer."""
        self._break(wire.close_unanswered, after_selling=after_selling)

    def reset(self, after_selling: bool = True) -> None:
        """End the next purchase's connection with a TCP reset."""
        self._break(wire.reset, after_selling=after_selling)

    def cut_body(self, after_selling: bool = True) -> None:
        """Send half of the body that the answer's Content-Length promises, then close."""
        self._break(wire.cut_body, after_selling=after_selling)

    def half_status_line(self, after_selling: bool = True) -> None:
        """Send half of the answer's status line, then close."""
        self._break(wire.half_status_line, after_selling=after_selling)

    def rate_limit(self, retry_after: int = 1) -> None:
        """Answer 429, nothing sold; the limit resets in `retry_after` seconds.

        Telnyx's page "Rate limiting" names these three headers and no Retry-After.
        """
        limits = {
            "x-ratelimit-limit": "1",
            "x-ratelimit-remaining": "0",
            "x-ratelimit-reset": str(retry_after),
        }
        self._instead(Answer(429, status_error(429), limits), "not_processed")

    def fail(
        self,
        status: int = 500,
        after_selling: bool = False,
        code: str = "10007",
        body: bytes | Json | None = None,
    ) -> None:
        """Answer with this status, and `body` or else an error of this code."""
        failure = Answer(status, errors(error(code)) if body is None else body)

        async def fault(sale: Sale) -> None:
            if after_selling:
                sale.process()
            await sale.send(failure)

        self._queue.append(fault)

    def answer(
        self,
        status: int,
        body: bytes | Json,
        sell: int | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        """Answer exactly this, after selling `sell` eSIMs (None: nothing is processed)."""
        exact = Answer(status, body, headers or {})

        async def fault(sale: Sale) -> None:
            if sell is not None:
                sale.process(lambda _amount: sell)
            await sale.send(exact)

        self._queue.append(fault)

    def mangle(self, function: Mangler) -> None:
        """Send the next 202's payload as `function(payload)` returns it."""
        self.manglers.append(function)

    def hide_new_sims(self, listings: int | None = 2) -> None:
        """Leave every SIM sold from now on out of the next `listings` listings of its tags.

        None leaves them out until `show_sims()`. A listing without a tag counts for none.
        """
        self._account.hide_new_sims_for = math.inf if listings is None else listings

    def show_sims(self) -> None:
        """List every SIM again, those sold already and those sold from now on."""
        self._account.hide_new_sims_for = 0
        for sim in self._account.sims:
            sim.hidden_listings = 0

    def slow(self, seconds: float) -> None:
        """Let every call wait this long before it is looked at."""
        self.delay_seconds = seconds

    def down(self) -> None:
        """Close the connection of every call at once, nothing processed."""
        self.is_down = True

    def up(self) -> None:
        """End `slow()` and `down()`."""
        self.delay_seconds = 0
        self.is_down = False

    def fail_listing(self, status: int = 500, times: int = 1) -> None:
        """Answer the next `times` listings of SIM cards with this status."""
        self._failing_listings.extend([status] * times)

    def clear(self) -> None:
        """End all faults: nothing waits, nothing is queued, held purchases go on."""
        self._queue.clear()
        self.manglers.clear()
        self._failing_listings.clear()
        for gate in self._gates:
            gate.release()
        self._gates.clear()
        self.show_sims()
        self.up()

    def next_purchase(self) -> Fault:
        """Take the next queued fault, or the one that does nothing wrong."""
        return self._queue.popleft() if self._queue else no_fault

    def next_listing(self) -> int | None:
        """Take the status that the next listing fails with; None when it does not."""
        return self._failing_listings.popleft() if self._failing_listings else None

    def _instead(self, answer: Answer, outcome: Outcome) -> None:
        async def fault(sale: Sale) -> None:
            sale.note(outcome)
            await sale.send(answer)

        self._queue.append(fault)

    def _sell(self, quantity: Callable[[int], int], code: str | None) -> None:
        async def fault(sale: Sale) -> None:
            answer = sale.process(quantity)
            if answer.status == HTTPStatus.ACCEPTED and code and isinstance(answer.body, dict):
                answer.body["errors"].append(error(code))
            await sale.send(sale.mangled(answer))

        self._queue.append(fault)

    def _break(self, connection: Break, *, after_selling: bool) -> None:
        async def fault(sale: Sale) -> None:
            unsold = Answer(202, {"data": [], "errors": []})
            answer = sale.process() if after_selling else unsold
            connection(sale.request, sale.mangled(answer))

        self._queue.append(fault)
