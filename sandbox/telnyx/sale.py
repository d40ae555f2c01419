"""One purchase request on its way through the sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.provider.answer import Answer, read_json
from sandbox.provider.exchange import Exchange, as_ordered
from sandbox.telnyx.errors import error, errors
from sandbox.telnyx.state.account import PRICE_CENTS
from sandbox.telnyx.validation import problems

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable

    from aiohttp import web

    from sandbox.provider.answer import Json
    from sandbox.provider.exchange import Mangler
    from sandbox.telnyx.state.books import Books
    from sandbox.telnyx.state.ledger import LedgerEntry


class Sale(Exchange):
    """Processes one purchase request and answers it; a fault may do either, or neither."""

    entry: LedgerEntry

    def __init__(
        self, request: web.Request, entry: LedgerEntry, books: Books, manglers: deque[Mangler]
    ) -> None:
        super().__init__(request, entry, books.changes, manglers)
        self._account, self._ledger = books.account, books.ledger

    def process(self, quantity: Callable[[int], int] = as_ordered) -> Answer:
        """Check the order and sell `quantity(amount)` eSIMs, or refuse it; return the answer.

        A quantity below 1 sells nothing: the answer is a 202 without SIMs.
        """
        refusal = self._refusal()
        if refusal is not None:
            self.note("refused")
            return refusal
        sims = self._sell(quantity(self.entry.body["amount"]))
        return Answer(202, {"data": sims, "errors": []})

    async def retold(
        self,
        told: Callable[[list[Json]], list[Json]],
        quantity: Callable[[int], int] = as_ordered,
    ) -> None:
        """Sell `quantity(amount)` eSIMs, and answer with `told(sims)` in place of them."""
        answer = self.process(quantity)
        if answer.is_success and isinstance(answer.body, dict):
            answer = Answer(202, {**answer.body, "data": told(answer.body["data"])})
        await self.send(self.mangled(answer))

    def _sell(self, count: int) -> list[Json]:
        """Sell `count` eSIMs as the body says; return them as they are now."""
        if count < 1:
            self.note("refused")
            return []
        body = self.entry.body
        group, tags = body.get("sim_card_group_id"), body.get("tags", [])
        sims = self._account.sell(count, group, tags, body.get("status", "enabled"))
        self._ledger.record_sale(self.entry, [sim.fields for sim in sims])
        self._changes.announce()
        # Copies: what was answered does not change when a status does.
        return [dict(self._account.described(sim)) for sim in sims]

    def _refusal(self) -> Answer | None:
        """Return the answer of a refused order, None for one that can be sold."""
        try:
            found = problems(read_json(self.entry.raw))
        except ValueError:
            found = [error("10023", pointer="/")]
        if found:
            return Answer(422, errors(*found))
        return self._unknown_group() or self._shortage()

    def _unknown_group(self) -> Answer | None:
        group = self.entry.body.get("sim_card_group_id")
        if group is None or self._account.has_group(group):
            return None
        return Answer(404, errors(error("10005", pointer="/sim_card_group_id")))

    def _shortage(self) -> Answer | None:
        amount = self.entry.body["amount"]
        if amount * PRICE_CENTS > self._account.balance_cents:
            return Answer(422, errors(error("20100")))
        if amount > self._account.stock:
            return Answer(422, errors(error("70001", pointer="/amount")))
        return None
