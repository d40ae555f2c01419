"""Orders in Redis: commit one step at a time, or one step of several together."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from redis.asyncio import Redis

from bot.clock import Fence, Stopwatch
from bot.domain.order import Order
from bot.domain.thing import order_id_of
from bot.errors import (
    Conflict,
    DuplicateDelivery,
    NotRecorded,
    OwnedElsewhere,
    ServerUnproven,
    StoreUnavailable,
)
from bot.store.connection import Script, lua, milliseconds
from bot.store.keys import Keys
from bot.store.orders.commit import Change, Commit, script_call
from bot.store.orders.reading import OrderReader
from bot.store.queues import LEASE
from bot.store.trust.presence import BEAT, Presence
from bot.store.trust.witness import Seen

PATIENCE = 6.0
"""Seconds for which the commit before a call is repeated: after that its lease is nearly over."""
_RETRY_AFTER = 1.0
"""Seconds between two tries; in all they take longer than a BEAT, in which others compare."""


_CLAIMS = 4
"""Place of the first claim in the answer of the script."""


def new_op() -> str:
    """The id of a commit: it stands in each entry of the audit, so it is short."""
    return secrets.token_urlsafe(12)


def _may_change(answer: Sequence[str] | None) -> bool:
    """Whether another try may help: the answer was lost, or other processes must compare first."""
    return answer is None or (answer[0] == "unproven" and answer[1] != "{}")


class Followers(Protocol):
    """Whoever in this process goes on with what was committed."""

    @property
    def deliver(self) -> bool:
        """Whether there is room to bring Slack up to date at once."""
        ...

    def committed(self, change: Change, claim: str) -> None:
        """Go on. `claim`: name of the claim on its delivery, which this process has; "": none."""
        ...


class Nobody(Followers):
    """Nobody goes on: the queues tell who has work."""

    deliver = False

    def committed(self, change: Change, claim: str) -> None:
        """Do nothing."""


class OrderStore(OrderReader):
    """The orders."""

    def __init__(
        self,
        redis: Redis,
        keys: Keys,
        followers: Followers | None = None,
        presence: Presence | None = None,
    ) -> None:
        """`presence`: this process among the others; without one, nothing that it saw is kept.

        Without one, the leases of attempts go by the times that callers pass.
        """
        super().__init__(redis, keys)
        self._commit = Script(redis, lua("commit"))
        self._followers = followers or Nobody()
        self._by_server = presence is not None and not presence.dictates
        self._presence = presence or Presence(redis, keys)

    def new_id(self) -> str:
        """A random id; when it is taken, the first `save` raises Conflict."""
        return order_id_of(secrets.randbits(40))

    async def save(  # noqa: PLR0913 - the parts of a commit
        self,
        order: Order,
        previous: Order | None,
        at: datetime,
        trigger: str = "",
        *,
        looked: bool = False,
        within: Fence | None = None,
        once: bool = False,
    ) -> bool:
        """Commit a step from `previous` (None: a new order) to `order`, all or nothing.

        `looked`: a successful, complete look showed what the order bought. For the rest see
        `save_together`.
        """
        changes = [Change(order, previous, looked)]
        return await self.save_together(changes, at, trigger, within=within, once=once)

    async def save_together(
        self,
        changes: Sequence[Change],
        at: datetime,
        trigger: str = "",
        *,
        within: Fence | None = None,
        once: bool = False,
    ) -> bool:
        """Commit a step of each of these orders: all of them or none.

        False when a new attempt was committed for an order of which the server may have forgotten
        calls (it was restored, emptied, or promoted behind its primary) since it was placed or
        looked up. Raises Conflict when an order is not at its `previous` any more, OwnedElsewhere
        when SIM cards of it are another order's,
        DuplicateDelivery when the trigger was carried out before, ServerUnproven when a call
        can't be sent yet (nothing was written), StoreUnavailable when it is not known to be
        written. The commit of a call takes up to PATIENCE before it says either.

        `within`: a person waits for it, so nothing is written after that. It raises NotRecorded
        when it is certain that nothing was written, and never will be. `once`: the commit of a call
        is not repeated either, and waits for no other process.
        """
        commit = Commit(new_op(), changes, at, trigger, not_after=self._not_after(at, within))
        try:
            patient = commit.sends and not once
            answer = await (self._commit_before_call(commit) if patient else self._send(commit))
        except StoreUnavailable as failure:
            if within is not None and failure.untouched:
                raise NotRecorded from failure
            raise
        match answer:
            case ["late"]:
                raise NotRecorded
            case ["seen"]:
                raise DuplicateDelivery
            case ["conflict"]:
                raise Conflict
            case ["owned", *pairs]:
                raise OwnedElsewhere(dict(zip(pairs[::2], pairs[1::2], strict=True)))
            case ["unproven", _]:
                raise ServerUnproven(BEAT)
        self._log_entries(changes)
        for change, claim in zip(changes, answer[_CLAIMS:], strict=True):
            self._followers.committed(change, claim)
        await self._remember(commit, answer)
        return bool(answer[0] == "ok")

    def _not_after(self, at: datetime, within: Fence | None) -> datetime | None:
        """The end of that time, as the server tells it."""
        if within is None:
            return None
        now = self._presence.clock.now() if self._by_server else at
        return now + timedelta(seconds=within.remaining)

    async def _commit_before_call(self, commit: Commit) -> list[str]:
        """Commit before a call: wait for other processes, and repeat when the answer was lost.

        The same `op` gets the same answer. Each commit learns anew what the other processes have
        compared: what an earlier commit learned may be about another server.
        """
        clock = self._presence.clock
        watch, answer = Stopwatch(clock), await self._send_or_none(commit)
        if answer and answer[0] == "unproven":
            if commit.not_after is not None:
                return answer  # a person waits: the call may follow later
            await self._presence.beat()
            commit = commit.after(answer)
            answer = await self._send_or_none(commit)
        while _may_change(answer) and watch.passed < PATIENCE:
            await clock.sleep(_RETRY_AFTER)
            commit = commit.after(answer, _RETRY_AFTER)
            answer = await self._send_or_none(commit)
        if answer is None:
            raise StoreUnavailable
        return answer

    async def _send_or_none(self, commit: Commit) -> list[str] | None:
        """The answer; None when it is not known whether the commit was written.

        Raises StoreUnavailable where a person waits, and nothing was: the first try can tell that.
        A later one knows of itself only, not whether the one before it was carried out.
        """
        try:
            return await self._send(commit)
        except StoreUnavailable as failure:
            if failure.untouched and commit.not_after is not None and not commit.waited:
                raise
            return None

    async def _send(self, commit: Commit) -> list[str]:
        keys, call, texts = script_call(self._keys, commit)
        process = {
            "process": self._presence.witness.process,
            "witness": self._presence.evidence,
            "delivers": self._followers.deliver,
            "lease": int(LEASE * 1000),
        }
        now = "" if self._by_server else str(milliseconds(commit.now))
        answer: list[str] = await self._commit(keys, call | process, now, *texts)
        return answer

    async def _remember(self, commit: Commit, answer: Sequence[Any]) -> None:
        """Remember the commit as seen; before a call is sent, on disk too."""
        _, number, epoch, forgot, *_ = answer
        self._presence.saw(Seen(int(number), commit.op, epoch), forgot=bool(forgot))
        if commit.sends or self._presence.witness.disk_is_empty:
            await self._presence.write()

    def _log_entries(self, changes: Sequence[Change]) -> None:
        """Log each step once, also when its commit took several tries."""
        for change in changes:
            entries = change.order.history[change.version_before :]
            for version, entry in enumerate(entries, change.version_before + 1):
                facts = {"state": entry.state, "version": version, "by": entry.by}
                self._log.info(entry.event, order=change.order.id, **facts)
