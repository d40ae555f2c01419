"""A commit as commit.lua takes it: what changes, under which keys."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

from bot.domain.events import OrderState
from bot.domain.order import Order
from bot.domain.purchase.attempt import Attempt
from bot.domain.request import OrderKind
from bot.store.connection import milliseconds
from bot.store.keys import TRIGGER_SECONDS, Keys
from bot.store.orders.iccids import bucket_of
from bot.store.orders.shape import Parts, changed_attempts, parts_of, was_earlier

_BUYING = frozenset({OrderState.APPROVED, OrderState.PURCHASING})


@dataclass(frozen=True)
class Change:
    """A step of one order."""

    order: Order
    """As it is after the step."""
    previous: Order | None
    """As it was before; None: a new order."""
    looked: bool = False
    """Whether a successful, complete look at the provider showed what it bought."""

    @property
    def sends(self) -> bool:
        """Whether an attempt is recorded that is sent once this is committed: new, or again."""
        before = self.previous.attempts if self.previous else ()
        now = self.order.attempts
        return len(now) > len(before) or (bool(now) and now[-1].repeats > before[-1].repeats)

    @property
    def leaves_a_call(self) -> bool:
        """Whether a call may be under way, about which this step says nothing."""
        return self.order.attempt_is_open and not self.sends

    @property
    def goes_on(self) -> bool:
        """Whether the next step follows at once: a call, or the question for its price."""
        order = self.order
        if order.state is OrderState.CHECKING:
            return order.quote is None and order.is_due
        return order.state in _BUYING and (order.attempt_is_open or order.is_due)

    @property
    def version_before(self) -> int:
        """Steps that the order had made; 0: there was none."""
        return self.previous.version if self.previous else 0

    @cached_property
    def iccids(self) -> list[list[str]]:
        """The ICCIDs that are not written down yet, those of one bucket together.

        An earlier version put them into other buckets: those of its orders are written anew. Only
        a purchase gets SIM cards: other orders are about those of earlier ones.
        """
        if self.order.kind is not OrderKind.PURCHASE:
            return []
        known = None if was_earlier(self.previous) else self.previous
        changed = changed_attempts(self.order, known)
        new = set[str]().union(*(_iccids(now) - _iccids(before) for before, now in changed))
        return [list(each) for _, each in groupby(sorted(new, key=bucket_of), bucket_of)]

    @property
    def had(self) -> list[str]:
        """Those among them that an earlier version has counted: they stay, whoever has them."""
        before = self.previous if was_earlier(self.previous) else None
        return sorted(set[str]().union(*map(_iccids, before.attempts))) if before else []


def _iccids(attempt: Attempt | None) -> set[str]:
    return {sim.iccid for sim in attempt.counted if sim.iccid} if attempt else set()


class Commit(NamedTuple):
    """Steps that are committed together."""

    op: str
    """Of several commits with the same id only the first is made."""
    changes: Sequence[Change]
    at: datetime
    trigger: str
    waited: float = 0.0
    """Seconds since `at`."""
    awaited: str = "{}"
    """How often the other processes had compared when it was first asked for, as JSON."""
    not_after: datetime | None = None
    """The server's time after which nothing is written; None: whenever it comes."""

    @property
    def now(self) -> datetime:
        """The time of this try, where the client tells the time."""
        return self.at + timedelta(seconds=self.waited)

    @property
    def sends(self) -> bool:
        """Whether a purchase call follows this commit."""
        return any(change.sends for change in self.changes)

    def after(self, answer: Sequence[str] | None, seconds: float = 0.0) -> "Commit":
        """The same commit for another try, so many seconds after this answer."""
        awaited = answer[1] if answer else self.awaited
        return self._replace(waited=self.waited + seconds, awaited=awaited)


class ScriptCall(NamedTuple):
    """Keys, call and texts of the script."""

    keys: list[str]
    call: dict[str, object]
    texts: list[str | bytes]


def script_call(keys: Keys, commit: Commit) -> ScriptCall:
    """The script's arguments; the caller adds those about its process."""
    parts = [parts_of(change.order, change.previous) for change in commit.changes]
    both = list(zip(commit.changes, parts, strict=True))
    call = {
        "op": commit.op,
        "at": str(milliseconds(commit.at)),
        "not_after": str(milliseconds(commit.not_after)) if commit.not_after else "",
        "trigger_seconds": str(TRIGGER_SECONDS) if commit.trigger else "",
        "awaited": json.loads(commit.awaited),
        "changes": [_facts(change, each) for change, each in both],
    }
    names = [key for change in commit.changes for key in _keys_of(keys, change)]
    texts = [text for each in parts for text in each.texts]
    return ScriptCall([*fixed_keys(keys, commit.trigger), *names], call, texts)


def _facts(change: Change, parts: Parts) -> dict[str, object]:
    order = change.order
    return {
        "id": order.id,
        "expected": str(change.version_before),
        "version": str(order.version),
        "due": str(milliseconds(order.due_at)) if order.due_at else "",
        "created": str(milliseconds(order.created_at)),
        "sends": change.sends,
        "leaves_a_call": change.leaves_a_call,
        "looked": change.looked,
        "attempts": [str(number) for number in parts.attempts],
        "entries": parts.entries,
        "in_core": parts.in_core,
        "was_earlier": was_earlier(change.previous),
        "earlier": parts.earlier,
        "iccids": change.iccids,
        "goes_on": change.goes_on,
        "had": change.had,
    }


def fixed_keys(keys: Keys, trigger: str) -> list[str]:
    """The keys that every commit needs, in the order in which the script names them."""
    return [
        keys.audit,
        keys.agenda,
        keys.deliveries,
        keys.orders,
        keys.trigger(trigger),
        keys.server,
        keys.epochs,
        keys.processes,
        keys.beats,
        keys.former_sims,
    ]


def _keys_of(keys: Keys, change: Change) -> list[str]:
    """The keys of one order, in the order in which the script names them."""
    order, left = change.order, change.previous or change.order
    return [
        keys.order(order.id),
        keys.history(order.id),
        keys.state(left.state),
        keys.state(order.state),
        keys.requester(order.requester),
        keys.channel(order.channel),
        *(keys.iccids(bucket_of(group[0])) for group in change.iccids),
    ]
