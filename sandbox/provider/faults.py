"""What can be made to go wrong with any provider: faults for the next purchases, slow and down."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

from sandbox.provider import wire
from sandbox.provider.answer import Answer
from sandbox.provider.gate import Gate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from aiohttp import web

    from sandbox.provider.answer import Body
    from sandbox.provider.exchange import Exchange, Mangler

    Break = Callable[[web.Request, Answer], None]

ExchangeT = TypeVar("ExchangeT", bound="Exchange")


async def no_fault(exchange: Exchange) -> None:
    """Process and answer a purchase as the provider does on a good day."""
    await exchange.send(exchange.mangled(exchange.process()))


async def sold_but(exchange: Exchange, answer: Answer) -> None:
    """Sell what was ordered, and answer something else."""
    exchange.process()
    await exchange.send(answer)


class PurchaseFaults(Generic[ExchangeT]):
    """The next purchases take the queued faults in order, one each; the others stand.

    A purchase with a wrong key takes none. A fault that sells still refuses a wrong order.
    """

    def __init__(self, nothing_sold: Answer) -> None:
        self.manglers: deque[Mangler] = deque()
        self.delay_seconds: float = 0
        self.is_down = False
        self._nothing_sold = nothing_sold
        self._queue: deque[Callable[[ExchangeT], Awaitable[None]]] = deque()
        self._gates: list[Gate] = []

    @property
    def waiting(self) -> int:
        """How many faults wait for the next purchases, one each."""
        return len(self._queue)

    def hold(self, before_selling: bool = False) -> Gate:
        """Return a gate that the next purchase waits at, before or after it is sold."""
        gate = Gate()
        self._gates.append(gate)

        async def fault(exchange: ExchangeT) -> None:
            if before_selling:
                await gate.wait()
            answer = exchange.process()
            if not before_selling:
                await gate.wait()
            await exchange.send(exchange.mangled(answer))

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

    def answer(
        self,
        status: int,
        body: Body,
        sell: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Answer exactly this, after selling `sell` eSIMs (None: nothing is processed)."""
        exact = Answer(status, body, headers or {})

        async def fault(exchange: ExchangeT) -> None:
            if sell is not None:
                exchange.process(lambda _amount: sell)
            await exchange.send(exact)

        self._queue.append(fault)

    def mangle(self, function: Mangler) -> None:
        """Send the next purchase's payload as `function(payload)` returns it."""
        self.manglers.append(function)

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
        self.up()

    def next_purchase(self) -> Callable[[ExchangeT], Awaitable[None]]:
        """Take the next queued fault, or the one that does nothing wrong."""
        return self._queue.popleft() if self._queue else no_fault

    def _instead(self, answer: Answer, outcome: str, *, after_selling: bool = False) -> None:
        """Answer the next purchase with this, after selling or with this outcome."""

        async def fault(exchange: ExchangeT) -> None:
            if after_selling:
                await sold_but(exchange, answer)
                return
            exchange.note(outcome)
            await exchange.send(answer)

        self._queue.append(fault)

    def _break(self, connection: Break, *, after_selling: bool) -> None:
        async def fault(exchange: ExchangeT) -> None:
            answer = exchange.process() if after_selling else self._nothing_sold
            connection(exchange.request, exchange.mangled(answer))

        self._queue.append(fault)
