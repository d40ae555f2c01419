"""What can be made to go wrong with tokens and reads; all but failures stand until ended."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict, deque
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.celitech.errors import failure
from sandbox.provider import wire

if TYPE_CHECKING:
    from sandbox.celitech.state.account import Account
    from sandbox.provider.answer import Answer, Body, Json

LOOP = "YWdhaW4"
TOKEN = "token"  # noqa: S105 - the name of a call, no secret


class ReadingFaults:
    """Spoils tokens and reads; `clear_reading()` ends all of it.

    A read is named destinations, packages, purchases, esim, device, history, consumption or
    iframe_token.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._failing: defaultdict[str, deque[Answer]] = defaultdict(deque)
        self._closing: Counter[str] = Counter()
        self._hanging: dict[str, asyncio.Event] = {}
        self._tokens_are_down = False
        self._withheld = 0
        self._is_unreadable = False
        self._repeats = False
        self.filters_are_ignored = False
        self.loop_cursor = ""
        """The cursor that leads to the first page again, while pages never end."""

    def fail_reads(
        self, name: str = "purchases", status: int = 500, times: int = 1, body: Body = None
    ) -> None:
        """Answer the next `times` reads of this name with this status, and `body` or a message."""
        self._failing[name].extend([_spoilt(status, body)] * times)

    def close_reads(self, name: str = "purchases", times: int = 1) -> None:
        """Close the connection of the next `times` reads of this name, without an answer."""
        self._closing[name] += times

    def mend_reads(self, name: str = "purchases") -> None:
        """End `fail_reads()` and `close_reads()` of this name."""
        self._failing.pop(name, None)
        self._closing.pop(name, None)

    def hang_reads(self, name: str = "purchases") -> None:
        """Take reads of this name, but answer none."""
        self._hanging.setdefault(name, asyncio.Event())

    def answer_reads(self, name: str = "purchases") -> None:
        """End `hang_reads()`: those that wait are answered too."""
        waiting = self._hanging.pop(name, None)
        if waiting is not None:
            waiting.set()

    def fail_tokens(self, status: int = 503, times: int = 1, body: Body = None) -> None:
        """Answer the next `times` requests for a token with this, a body of 200 included."""
        self._failing[TOKEN].extend([_spoilt(status, body)] * times)

    def tokens_down(self) -> None:
        """Close the connection of every request for a token."""
        self._tokens_are_down = True

    def tokens_up(self) -> None:
        """End `tokens_down()`."""
        self._tokens_are_down = False

    def hang_tokens(self) -> None:
        """Take requests for a token, but answer none."""
        self.hang_reads(TOKEN)

    def answer_tokens(self) -> None:
        """End `hang_tokens()`."""
        self.answer_reads(TOKEN)

    def hide_new_purchases(self, lists: int | None = 2) -> None:
        """Leave what is bought from now on out of the next `lists` lists that ask for it.

        None leaves it out until `show_purchases()`. A list without reference and ICCID counts
        for none.
        """
        self._account.hide_new(lists)

    def lag(self, seconds: float) -> None:
        """List what is bought from now on only so much later, by the clock."""
        self._account.lag_seconds = seconds

    def show_purchases(self) -> None:
        """List everything again: ends `hide_new_purchases()` and `lag()`."""
        self._account.show_all()

    def give_fewer(self, by: int = 1) -> None:
        """Leave the last `by` entries out of every page of purchases."""
        self._withheld = by

    def give_all(self) -> None:
        """End `give_fewer()`."""
        self._withheld = 0

    def spoil_pages(self) -> None:
        """Give the last entry of each page of purchases as null."""
        self._is_unreadable = True

    def mend_pages(self) -> None:
        """End `spoil_pages()`."""
        self._is_unreadable = False

    def repeat_rows(self) -> None:
        """Give the first entry of each page of purchases twice."""
        self._repeats = True

    def repeat_none(self) -> None:
        """End `repeat_rows()`."""
        self._repeats = False

    def ignore_filters(self) -> None:
        """List every purchase, whatever was asked for: the list contradicts the question."""
        self.filters_are_ignored = True

    def heed_filters(self) -> None:
        """End `ignore_filters()`."""
        self.filters_are_ignored = False

    def loop_pages(self) -> None:
        """Give, with every page of purchases, the same cursor: it never ends."""
        self.loop_cursor = LOOP

    def end_pages(self) -> None:
        """End `loop_pages()`."""
        self.loop_cursor = ""

    def clear_reading(self) -> None:
        """End all of these faults."""
        self._failing.clear()
        self._closing.clear()
        for name in list(self._hanging):
            self.answer_reads(name)
        for end in (
            self.tokens_up,
            self.show_purchases,
            self.give_all,
            self.mend_pages,
            self.repeat_none,
            self.heed_filters,
            self.end_pages,
        ):
            end()

    async def next_read(self, name: str, request: web.Request) -> web.StreamResponse | None:
        """Wait while reads of this name hang; return what this one gets, None on a good day."""
        waiting = self._hanging.get(name)
        if waiting is not None:
            await waiting.wait()
        if self._closing[name]:
            self._closing[name] -= 1
            return self._closed(request)
        failing = self._failing[name]
        return failing.popleft().response() if failing else None

    async def next_token(self, request: web.Request) -> web.StreamResponse | None:
        """Return what a request for a token gets in place of one, None on a good day."""
        if self._tokens_are_down:
            return self._closed(request)
        return await self.next_read(TOKEN, request)

    def spoilt(self, page: Json) -> Json:
        """Return a page of purchases as the faults make it."""
        rows = page["purchases"]
        given: list[Json | None] = list(rows[: max(0, len(rows) - self._withheld)])
        if self._repeats and given:
            given.insert(0, given[0])
        if self._is_unreadable and given:
            given[-1] = None
        cursor = {"afterCursor": self.loop_cursor} if self.loop_cursor else {}
        return {**page, "purchases": given, **cursor}

    @staticmethod
    def _closed(request: web.Request) -> web.Response:
        """Close the connection; what is returned reaches nobody."""
        wire.close(request)
        return web.Response()


def _spoilt(status: int, body: Body) -> Answer:
    """Return a failure with this body, or with a message."""
    usual = failure(status, "Something went wrong.")
    return usual if body is None else type(usual)(status, body)
