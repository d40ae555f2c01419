"""One request that may cost money, on its way through a sandbox."""

from __future__ import annotations

import contextlib
import copy
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Protocol

from aiohttp import web

from sandbox.provider.answer import JSON_TYPE, Answer

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable

    from sandbox.provider.changes import Changes

    Mangler = Callable[[Any], Any]

    class Entry(Protocol):
        """What a ledger notes of a request."""

        outcome: Any
        answered: bool


def as_ordered(amount: int) -> int:
    """Sell what was ordered: the change of quantity that changes nothing."""
    return amount


class Exchange(ABC):
    """Processes one request and answers it; a fault may do either, or neither."""

    entry: Entry

    def __init__(
        self, request: web.Request, entry: Entry, changes: Changes, manglers: deque[Mangler]
    ) -> None:
        self.request = request
        self.entry = entry
        self.response: web.StreamResponse = web.Response()
        self._changes = changes
        self._manglers = manglers

    @abstractmethod
    def process(self, quantity: Callable[[int], int] = as_ordered) -> Answer:
        """Check the request and do what it asks for `quantity(amount)`, or refuse it."""

    def note(self, outcome: str) -> None:
        """Write into the ledger what came of the request."""
        self.entry.outcome = outcome
        self._changes.announce()

    def mangled(self, answer: Answer) -> Answer:
        """Return the answer as the next waiting mangler changes it; only a 2xx is changed."""
        if not answer.is_success or not isinstance(answer.body, dict | list) or not self._manglers:
            return answer
        body = self._manglers.popleft()(copy.deepcopy(answer.body))
        return Answer(answer.status, body, answer.headers)

    async def send(self, answer: Answer) -> None:
        """Send the answer whole; the entry is answered when the connection took all of it.

        A client that has hung up gets nothing, and the entry stays unanswered.
        """
        # An empty list is a body of its own: nothing sold.
        content = {"Content-Type": JSON_TYPE} if answer.body or answer.body == [] else {}
        self.response = web.Response(
            status=answer.status, body=answer.encoded(), headers={**content, **answer.headers}
        )
        with contextlib.suppress(ConnectionError):
            await self.response.prepare(self.request)
            await self.response.write_eof()
            self.entry.answered = True
        self._changes.announce()
