"""What can be made to go wrong: faults for the next purchases and changes, and standing ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.celitech.errors import (
    CONFLICT,
    UNAUTHORIZED,
    UNAVAILABLE,
    UNPROCESSABLE,
    failure,
)
from sandbox.celitech.faults.reading import ReadingFaults
from sandbox.provider.answer import Answer
from sandbox.provider.faults import PurchaseFaults, sold_but

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.celitech.order import Order
    from sandbox.celitech.state.books import Books
    from sandbox.provider.answer import Body

SHORTAGE = "Insufficient balance to complete this purchase."


class Faults(PurchaseFaults["Order"], ReadingFaults):
    """The next request that buys or changes something takes the next queued fault."""

    def __init__(self, books: Books) -> None:
        PurchaseFaults.__init__(self, Answer(200, []))
        ReadingFaults.__init__(self, books.account)
        self._keys = books.keys

    def refuse(self, status: int = UNPROCESSABLE, message: str = SHORTAGE) -> None:
        """Refuse the next one with these words: of a lack of money, unless others are given."""
        self._instead(failure(status, message), "refused")

    def sell_fewer(self, by: int = 1) -> None:
        """Sell `by` fewer than ordered; the answer holds so many."""
        self._sell(lambda amount: amount - by)

    def sell_more(self, by: int = 1) -> None:
        """Sell `by` more than ordered."""
        self._sell(lambda amount: amount + by)

    def sell_none(self) -> None:
        """Answer an empty array, nothing sold."""
        self._sell(lambda _amount: 0)

    def answer_empty(self) -> None:
        """Sell what was ordered, but answer an empty array."""
        self._instead(Answer(200, []), "not_processed", after_selling=True)

    def answer_no_json(self, *, after_selling: bool = True) -> None:
        """Answer 200 with a page of HTML."""
        page = Answer(200, b"<html>Please wait</html>", {"Content-Type": "text/html"})
        self._instead(page, "not_processed", after_selling=after_selling)

    def redirect(self, status: int = 302, *, after_selling: bool = False) -> None:
        """Answer with a redirect to the same address: 302 is followed as GET, 307 sends again."""

        async def fault(order: Order) -> None:
            moved = Answer(status, None, {"Location": order.request.path})
            if after_selling:
                await sold_but(order, moved)
            else:
                await order.send(moved)

        self._queue.append(fault)

    def rate_limit(
        self,
        retry_after: int | None = 1,
        *,
        after_selling: bool = False,
        resets_at: float | None = None,
    ) -> None:
        """Answer 429; `retry_after` seconds stand in Retry-After, None leaves it out.

        `resets_at` (seconds since 1970) stands in X-RateLimit-Reset, which the SDK reads too.
        """
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        headers |= {} if resets_at is None else {"X-RateLimit-Reset": str(int(resets_at))}
        turned_away = Answer(429, {"message": "Too many requests"}, headers)
        self._instead(turned_away, "not_processed", after_selling=after_selling)

    def fail(
        self,
        status: int = 500,
        after_selling: bool = False,
        body: Body = None,
        *,
        forgets_key: bool = False,
    ) -> None:
        """Answer with this status, and `body` or a message.

        With `forgets_key` what was sold is not kept under the key: the same key sells again,
        which is what the documents say of every answer that is not 2xx.
        """
        told = failure(status, "Something went wrong.") if body is None else Answer(status, body)

        async def fault(order: Order) -> None:
            order.forgets_key = forgets_key
            if after_selling:
                await sold_but(order, told)
            else:
                await order.send(told)

        self._queue.append(fault)

    def unauthorized(self) -> None:
        """Answer 401 to a good token, nothing done."""
        self._instead(failure(UNAUTHORIZED, "Unauthorized"), "not_processed")

    def conflict(self, *, after_selling: bool = False) -> None:
        """Answer 409, as while the first request under the key runs."""
        running = failure(CONFLICT, "A request with this Idempotency-Key is still running.")
        self._instead(running, "not_processed", after_selling=after_selling)

    def key_store_down(self) -> None:
        """Answer 503: the store of keys is down, and nothing is done."""
        down = failure(UNAVAILABLE, "Idempotency is temporarily unavailable.")
        self._instead(down, "not_processed")

    def ignore_keys(self) -> None:
        """Let keys mean nothing from now on, as on servers before them."""
        self._keys.is_honoured = False

    def honour_keys(self) -> None:
        """End `ignore_keys()`."""
        self._keys.is_honoured = True

    def clear(self) -> None:
        """End all faults: nothing waits, nothing is queued, held requests go on."""
        super().clear()
        self.clear_reading()
        self.honour_keys()

    def _sell(self, quantity: Callable[[int], int]) -> None:
        async def fault(order: Order) -> None:
            await order.send(order.mangled(order.process(quantity)))

        self._queue.append(fault)
