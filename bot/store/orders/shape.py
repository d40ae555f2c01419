"""How an order lies in Redis: a small core, a compressed part for each attempt, its history.

So what a step writes does not grow with what was bought before.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from itertools import chain, repeat
from typing import NamedTuple

from bot.domain.events import Event
from bot.domain.order import SCHEMA, Order
from bot.domain.purchase.attempt import Attempt
from bot.errors import NewerOrder
from bot.store.orders.earlier import upgraded

INLINE = 3
"""Schemas up to this one have attempts and history in the core."""
_CORE, _ATTEMPT = "json", "attempt:"


class Parts(NamedTuple):
    """What a step writes of an order."""

    core: str
    """The order as JSON, without its attempts and its history."""
    attempts: Mapping[int, bytes]
    """By number, those that the step changed: JSON, compressed."""
    entries: Sequence[str]
    """The new ones of the history, as JSON."""
    earlier: Sequence[str] = ()
    """Those before them, where an earlier version had them in the core."""

    @property
    def texts(self) -> list[str | bytes]:
        """The core and the attempts."""
        return [self.core, *self.attempts.values()]


def was_inline(order: Order | None) -> bool:
    """Whether an earlier version wrote it: then nothing of it lies beside it yet."""
    return order is not None and order.schema_number <= INLINE


def changed_attempts(order: Order, previous: Order | None) -> list[tuple[Attempt | None, Attempt]]:
    """The attempts that don't lie in Redis as they are now, each after what lies there.

    Most steps change the last one: the others are the same objects, and found so at once.
    """
    known = previous.attempts if previous and not was_inline(previous) else ()
    begin = max(0, len(known) - 1)
    if known[:begin] != order.attempts[:begin]:
        begin = 0
    before = chain(known[begin:], repeat(None))
    pairs = zip(before, order.attempts[begin:], strict=False)
    return [(old, new) for old, new in pairs if old != new]


def parts_of(order: Order, previous: Order | None) -> Parts:
    """What must be written so that Redis, which has `previous`, has `order`."""
    core = order.model_copy(update={"schema_number": SCHEMA})
    before = previous.version if previous else 0
    inline = was_inline(previous)
    return Parts(
        core.model_dump_json(exclude={"attempts", "history"}),
        {
            attempt.number: zlib.compress(attempt.model_dump_json().encode())
            for _, attempt in changed_attempts(order, previous)
        },
        [entry.model_dump_json() for entry in order.history[before:]],
        [entry.model_dump_json() for entry in order.history[:before]] if inline else (),
    )


def order_of(
    order_id: str, fields: Mapping[bytes, bytes], history: Sequence[bytes]
) -> Order | None:
    """The order that its hash and its list hold; None for an empty hash.

    The list may be ahead of the hash by what was committed after that was read. Raises
    NewerOrder, and ValueError, TypeError, KeyError or zlib.error for what is no order.
    """
    core = fields.get(_CORE.encode())
    if core is None:
        return None
    known = json.loads(core)
    if known["schema_number"] > SCHEMA:
        raise NewerOrder(order_id)
    if known["schema_number"] <= INLINE:
        return Order.model_validate_json(json.dumps(upgraded(known)))
    version = int(fields[b"version"])
    if len(history) < version:
        raise ValueError("some of its history is missing")
    lists = {"attempts": _attempts(fields), "history": history[:version]}
    texts = (b',"%s":[%s]' % (name.encode(), b",".join(each)) for name, each in lists.items())
    order = Order.model_validate_json(core[: core.rindex(b"}")] + b"".join(texts) + b"}")
    if len(order.attempts) < sum(each.event is Event.ATTEMPT_STARTED for each in order.history):
        raise ValueError("an attempt is missing: its call would be made a second time")
    return order


def _attempts(fields: Mapping[bytes, bytes]) -> list[bytes]:
    """The JSON of each attempt, by its number. Raises KeyError when one is missing."""
    count = sum(name.startswith(_ATTEMPT.encode()) for name in fields)
    numbers = range(1, count + 1)
    return [zlib.decompress(fields[f"{_ATTEMPT}{number}".encode()]) for number in numbers]
