"""Slack as hand-outs see it, in memory: what stands before whom; it can fail."""

from __future__ import annotations

from contextlib import asynccontextmanager
from inspect import isawaitable
from typing import TYPE_CHECKING

from bot.domain.activation.hand_out import Columns, FoundCode, HandOut, Piece
from bot.domain.activation.recipient import Recipient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from bot.domain.activation.recipient import NoRecipient
    from bot.errors import SlackError


class GiverInMemory:
    """Keeps what stands by its ts. `failures`: what the next calls of a method raise, by its name.

    `between` is called after each piece stands, before anybody hears of it; what it gives is
    awaited where that is possible.
    """

    def __init__(self) -> None:
        self.standing: dict[str, tuple[str, FoundCode]] = {}
        self.failures: dict[str, list[SlackError | None]] = {}
        self.interrupted: list[HandOut] = []
        self.progressed: list[int] = []
        self.columns: list[Columns] = []
        self.between: Callable[[], object] = lambda: None
        self._last = 0

    def _fail(self, method: str) -> None:
        waiting = self.failures.get(method) or [None]
        failure = waiting.pop(0)
        if failure:
            raise failure

    async def open(self, to: str) -> str:
        """`D` and the person."""
        self._fail("open")
        return f"D-{to}"

    async def give(
        self, hand_out: HandOut, found: Sequence[FoundCode], columns: Columns, title: str
    ) -> AsyncIterator[Piece]:
        """A message for each code, then its picture."""
        del title
        self.columns.append(columns)
        for each in found:
            self._fail("give")
            self._last += 1
            ts = f"{self._last}.0"
            self.standing[ts] = (hand_out.channel, each)
            meanwhile = self.between()
            if isawaitable(meanwhile):
                await meanwhile
            yield Piece(ts=ts)
            yield Piece(ts=ts, file=f"F{ts}")

    async def remove(self, channel: str, piece: Piece) -> None:
        """Whatever stood there."""
        del channel
        self._fail("remove")
        self.standing.pop(piece.ts, None)

    async def find(self, hand_out: HandOut) -> tuple[Piece, ...]:
        """Everything that stands in its conversation."""
        self._fail("find")
        return tuple(
            Piece(ts=ts) for ts, (where, _) in self.standing.items() if where == hand_out.channel
        )

    async def tell_interrupted(self, hand_out: HandOut) -> None:
        """Note it."""
        self._fail("tell_interrupted")
        self.interrupted.append(hand_out)

    @asynccontextmanager
    async def progress(self, by: str, total: int) -> AsyncIterator[Callable[[int], None]]:
        """Note it."""
        del by, total
        yield self.progressed.append


class PeopleInMemory:
    """Everybody is of the workspace but those with a problem."""

    def __init__(self) -> None:
        self.problems: dict[str, NoRecipient] = {}
        self.failure: SlackError | None = None
        self.asked: list[str] = []

    async def recipient(self, user: str) -> Recipient:
        """As noted."""
        self.asked.append(user)
        if self.failure:
            raise self.failure
        return Recipient(user, self.problems.get(user))
