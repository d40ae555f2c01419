"""What can be made to go wrong: faults for the next purchases, and standing ones."""

from __future__ import annotations

from collections import deque
from http import HTTPStatus
from typing import TYPE_CHECKING

from sandbox.telnyx.errors import error, errors, status_error
from sandbox.telnyx.faults import wire
from sandbox.telnyx.faults.gate import Gate
from sandbox.telnyx.faults.listings import ListingFaults
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


class Faults(ListingFaults):
    """The next purchases take the queued faults in order, one each; the others stand.

    A purchase with a wrong key takes none. A fault that sells still refuses a wrong order.
    """

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self.manglers: deque[Mangler] = deque()
        self.delay_seconds: float = 0
        self.is_down = False
        self._queue: deque[Fault] = deque()
        self._gates: list[Gate] = []

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

    def rate_limit(self, retry_after: int = 1, *, after_selling: bool = False) -> None:
        """Answer 429, usually with nothing sold; the limit resets in `retry_after` seconds.

        Telnyx's page "Rate limiting" names these three headers and no Retry-After.
        """
        limits = {
            "x-ratelimit-limit": "1",
            "x-ratelimit-remaining": "0",
            "x-ratelimit-reset": str(retry_after),
        }
        turned_away = Answer(429, status_error(429), limits)
        if after_selling:
            self._queue.append(lambda sale: _sold_but(sale, turned_away))
        else:
            self._instead(turned_away, "not_processed")

    def fail(
        self,
        status: int = 500,
        after_selling: bool = False,
        code: str = "10007",
        body: bytes | Json | None = None,
    ) -> None:
        """Answer with this status, and `body` or else an error of this code."""
        failure = Answer(status, errors(error(code)) if body is None else body)

        self._queue.append(
            lambda sale: _sold_but(sale, failure) if after_selling else sale.send(failure)
        )

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

    def name_no_iccids(self) -> None:
        """Sell what the next purchase orders, and answer without a single ICCID."""
        self._queue.append(lambda sale: sale.retold(lambda sims: [_unnamed(sim) for sim in sims]))

    def name_no_tags(self) -> None:
        """Answer the next purchase as if its first SIM carried no tag; the list knows better."""
        self._queue.append(
            lambda sale: sale.retold(lambda sims: [{**sims[0], "tags": []}, *sims[1:]])
        )

    def name_an_old_sim(self) -> None:
        """Name, in the next answer, the account's first SIM in place of the last one.

        One fewer is sold. While the account has no SIM nothing is odd.
        """

        async def fault(sale: Sale) -> None:
            old = [self._account.as_given(sim.fields) for sim in self._account.sims[:1]]
            await sale.retold(lambda sims: [*sims, *old], lambda amount: amount - len(old))

        self._queue.append(fault)

    def sell_physical(self) -> None:
        """Make the first SIM of the next purchase a physical one, in the answer and the list."""

        async def fault(sale: Sale) -> None:
            self._account.next_is_physical = True
            await no_fault(sale)
            self._account.next_is_physical = False  # also when nothing could be sold

        self._queue.append(fault)

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

    def clear(self) -> None:
        """End all faults: nothing waits, nothing is queued, held purchases go on."""
        self._queue.clear()
        self.manglers.clear()
        for gate in self._gates:
            gate.release()
        self._gates.clear()
        self.clear_listings()
        self.up()

    def next_purchase(self) -> Fault:
        """Take the next queued fault, or the one that does nothing wrong."""
        return self._queue.popleft() if self._queue else no_fault

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


async def _sold_but(sale: Sale, answer: Answer) -> None:
    """Sell what was ordered, and answer something else."""
    sale.process()
    await sale.send(answer)


def _unnamed(sim: Json) -> Json:
    """Return the SIM without its ICCID."""
    return {name: value for name, value in sim.items() if name != "iccid"}
