"""What can be made to go wrong with the list of SIM cards; all but failures stand until ended."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.provider.answer import Json
    from sandbox.telnyx.state.account import Account


class ListingFaults:
    """Spoils answers of the list; `clear_listings()` ends all of it."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._failing: deque[int] = deque()
        self._failing_groups: deque[int] = deque()
        self._withheld = 0
        self._unreadable = False
        self._answering = asyncio.Event()
        self._answering.set()

    def fail_listing(self, status: int = 500, times: int = 1) -> None:
        """Answer the next `times` listings of SIM cards with this status."""
        self._failing.extend([status] * times)

    def fail_groups(self, status: int = 500, times: int = 1) -> None:
        """Answer the next `times` lists of SIM card groups with this status."""
        self._failing_groups.extend([status] * times)

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

    def give_fewer(self, by: int = 1) -> None:
        """Count all SIM cards, but leave the last `by` of them out of the pages."""
        self._withheld = by

    def give_all(self) -> None:
        """End `give_fewer()`."""
        self._withheld = 0

    def spoil_pages(self) -> None:
        """Give the last entry of each page as null."""
        self._unreadable = True

    def mend_pages(self) -> None:
        """End `spoil_pages()`."""
        self._unreadable = False

    def hang_listings(self) -> None:
        """Take listings, but answer none."""
        self._answering.clear()

    def answer_listings(self) -> None:
        """End `hang_listings()`: those that wait are answered too."""
        self._answering.set()

    def lower_tags(self) -> None:
        """Give tags in small letters, in lists and in answers to purchases; filters still fit."""
        self._account.lowers_tags = True

    def keep_tags(self) -> None:
        """End `lower_tags()`."""
        self._account.lowers_tags = False

    def clear_listings(self) -> None:
        """End all of these faults."""
        self._failing.clear()
        self._failing_groups.clear()
        self.show_sims()
        self.give_all()
        self.mend_pages()
        self.answer_listings()
        self.keep_tags()

    async def next_listing(self) -> int | None:
        """Wait while lists hang, then take the status that this one fails with, if any."""
        await self._answering.wait()
        return self._failing.popleft() if self._failing else None

    def next_groups(self) -> int | None:
        """Take the status that this list of groups fails with, if any."""
        return self._failing_groups.popleft() if self._failing_groups else None

    def spoilt(self, page: Json, items: Sequence[Json]) -> Json:
        """Return a page of `items` as the faults make it."""
        missing = {id(item) for item in items[max(0, len(items) - self._withheld) :]}
        data: list[Json | None] = [item for item in page["data"] if id(item) not in missing]
        if self._unreadable and data:
            data[-1] = None
        return {**page, "data": data}
