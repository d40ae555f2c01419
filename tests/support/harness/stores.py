"""Stores that stand in for the real one: each says only what becomes of a commit or of a read."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from bot.domain.order import Order
from bot.store.orders import Change, OrderStore
from tests.support.lives.effects import Crash


class StandInStore(OrderStore):
    """The real store; something may happen before and after a commit, and at a read."""

    async def save_together(self, changes: Sequence[Change], *rest: Any, **named: Any) -> bool:
        """Commit, if it comes to that. Raises whatever happens."""
        await self.before(changes)
        remembers = await super().save_together(changes, *rest, **named)
        return await self.after(changes, remembers=remembers)

    async def load(self, order_id: str) -> Order | None:
        """Read. Raises whatever happens."""
        return await self.read(order_id, await super().load(order_id))

    async def before(self, changes: Sequence[Change]) -> None:
        """Raise here what keeps a commit from being made."""

    async def after(self, changes: Sequence[Change], *, remembers: bool) -> bool:
        """Raise here what loses the answer to a commit, or give another one."""
        del changes
        return remembers

    async def read(self, order_id: str, order: Order | None) -> Order | None:
        """Raise here what keeps an order from being read, or read another one."""
        del order_id
        return order


class FailingStore(StandInStore):
    """Commits fail, and reads may, until `failure` is None or as often as was said."""

    failure: Exception | None = None
    reads_fail = False
    _left: int | None = None

    def fail_commits(self, failure: Exception, times: int) -> None:
        """From now on, so many commits fail."""
        self.failure, self._left = failure, times

    async def before(self, changes: Sequence[Change]) -> None:
        """Fail, as long as that holds."""
        del changes
        if self._left is not None:
            self._left -= 1
        if self.failure and (self._left is None or self._left >= 0):
            raise self.failure

    async def read(self, order_id: str, order: Order | None) -> Order | None:
        """Fail, if reads do."""
        del order_id
        if self.failure and self.reads_fail:
            raise self.failure
        return order


class Death:
    """A process that is killed, or frozen, at its next commits of a step.

    `killed`: how many commits it lives through yet, and whether the next one still goes through.
    `frozen`: what it waits for once the next attempt is committed.
    """

    def __init__(self, store: OrderStore) -> None:
        self.killed: tuple[int, bool] | None = None
        self.frozen: Callable[[], Awaitable[None]] | None = None
        self._save: Callable[..., Awaitable[bool]] = store.save
        vars(store)["save"] = self.save  # whatever kind of store it is

    async def save(self, order: Order, previous: Order | None, *rest: Any, **named: Any) -> bool:
        """Commit, or be killed. Raises Crash, and as every store does."""
        left, goes_through = self.killed or (1, True)
        if self.killed:
            self.killed = (left - 1, goes_through)
        saved = (left or goes_through) and await self._save(order, previous, *rest, **named)
        if not left:
            raise Crash
        if previous and len(order.attempts) > len(previous.attempts):
            await self._freeze()
        return bool(saved)

    async def _freeze(self) -> None:
        frozen, self.frozen = self.frozen, None
        if frozen:
            await frozen()
