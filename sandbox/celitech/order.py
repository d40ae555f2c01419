"""One request that buys or changes something, on its way through the sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.celitech.errors import CONFLICT, Refusal
from sandbox.provider.answer import Answer
from sandbox.provider.exchange import Exchange, as_ordered

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable

    from aiohttp import web

    from sandbox.celitech.state.books import Books
    from sandbox.celitech.state.ledger import LedgerEntry
    from sandbox.provider.exchange import Mangler

    Work = Callable[["Order", Callable[[int], int]], Answer]


class Order(Exchange):
    """Does `work` unless its key was used already; between `open()` and `close()` it runs."""

    entry: LedgerEntry

    def __init__(
        self,
        request: web.Request,
        entry: LedgerEntry,
        books: Books,
        work: Work,
        manglers: deque[Mangler],
    ) -> None:
        super().__init__(request, entry, books.changes, manglers)
        self.forgets_key = False
        """Whether the key runs again although this request was done."""
        self._keys, self._dialect, self._work = books.keys, books.dialect, work
        self._has_key = False
        self._earlier: Answer | Refusal | None = None
        self._done: Answer | None = None

    def open(self) -> None:
        """Take the key: from now on another request under it finds this one running."""
        key = self.entry.headers.get("idempotency-key")
        try:
            self._earlier = self._keys.begin(key, self.entry.path, self.entry.raw)
        except Refusal as refusal:
            self._earlier = refusal
        self._has_key = self._earlier is None

    def process(self, quantity: Callable[[int], int] = as_ordered) -> Answer:
        """Check the request and do it for `quantity(amount)`, or refuse it; return the answer.

        A key that was used is answered as the key store says. A quantity below 1 sells nothing.
        """
        if isinstance(self._earlier, Answer):
            self.note("replayed")
            return self._earlier
        try:
            if self._earlier is not None:
                raise self._earlier
            answer = self._work(self, quantity)
        except Refusal as refusal:
            self.note("not_processed" if refusal.status == CONFLICT else "refused")
            return refusal.answer()
        self._done = Answer(answer.status, self._dialect.numbers(answer.body), answer.headers)
        return self._done

    def close(self) -> None:
        """Keep the answer under the key, or free the key."""
        if self._has_key:
            self._keys.finish(self.entry.key, None if self.forgets_key else self._done)
