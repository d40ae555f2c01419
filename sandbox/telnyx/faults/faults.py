"""What can be made to go wrong: faults for the next purchases, and standing ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.provider.answer import Answer
from sandbox.provider.faults import PurchaseFaults, no_fault
from sandbox.telnyx.errors import error, errors, status_error
from sandbox.telnyx.faults.listings import ListingFaults

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.provider.answer import Json
    from sandbox.telnyx.sale import Sale
    from sandbox.telnyx.state.account import Account


class Faults(PurchaseFaults["Sale"], ListingFaults):
    """What can go wrong with Telnyx."""

    def __init__(self, account: Account) -> None:
        PurchaseFaults.__init__(self, Answer(202, {"data": [], "errors": []}))
        ListingFaults.__init__(self, account)

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
        self._instead(turned_away, "not_processed", after_selling=after_selling)

    def fail(
        self,
        status: int = 500,
        after_selling: bool = False,
        code: str = "10007",
        body: bytes | Json | None = None,
    ) -> None:
        """Answer with this status, and `body` or else an error of this code."""
        failure = Answer(status, errors(error(code)) if body is None else body)
        self._instead(failure, "not_processed", after_selling=after_selling)

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
            old = [self._account.described(sim) for sim in self._account.sims[:1]]
            await sale.retold(lambda sims: [*sims, *old], lambda amount: amount - len(old))

        self._queue.append(fault)

    def sell_physical(self) -> None:
        """Make the first SIM of the next purchase a physical one, in the answer and the list."""

        async def fault(sale: Sale) -> None:
            self._account.next_is_physical = True
            await no_fault(sale)
            self._account.next_is_physical = False  # also when nothing could be sold

        self._queue.append(fault)

    def clear(self) -> None:
        """End all faults: nothing waits, nothing is queued, held purchases go on."""
        super().clear()
        self.clear_listings()

    def _sell(self, quantity: Callable[[int], int], code: str | None) -> None:
        async def fault(sale: Sale) -> None:
            answer = sale.process(quantity)
            if answer.is_success and code and isinstance(answer.body, dict):
                answer.body["errors"].append(error(code))
            await sale.send(sale.mangled(answer))

        self._queue.append(fault)


def _unnamed(sim: Json) -> Json:
    """Return the SIM without its ICCID."""
    return {name: value for name, value in sim.items() if name != "iccid"}
