"""How an order lies in Redis: a compressed core, a compressed part an attempt, a list of entries.

The core has the order's first entries too, so an ordinary order needs no list. What a step writes
does not grow with what was bought before. What has its default is left out.
"""

import json
from collections.abc import Generator, Mapping, Sequence
from itertools import chain, repeat
from typing import NamedTuple

from pydantic import TypeAdapter

from bot.domain.events import Entry, Event
from bot.domain.order import SCHEMA, Order
from bot.domain.purchase.attempt import Attempt
from bot.domain.purchase.raw import RawFields
from bot.domain.purchase.sim import Sim
from bot.domain.purchase.tally import Tally
from bot.errors import NewerOrder
from bot.store.orders.earlier import upgraded
from bot.store.orders.packing import is_of_another_dictionary, packed, unpacked

INLINE = 3
"""Schemas up to this one have attempts and history in the core, as JSON."""
LISTED = 4
"""This schema had its whole history in the list, and its core as JSON."""
FIRST = 8
"""Entries that lie in the core."""
_CORE, _ATTEMPT, _LISTED = b"json", b"attempt:", b"listed"
_BEGINNING = b'{"schema_number":%d,' % SCHEMA
_END = b"]}"
"""Of a core of this schema: its history comes last, and has an entry at least."""
_FEW = 2
"""Attempts that are read in one go, with all their SIM cards."""
_PIECE = 100
"""Entries that are read in one go."""
_ENTRIES = TypeAdapter(tuple[Entry, ...])


class Parts(NamedTuple):
    """What a step writes of an order."""

    core: bytes
    """The order without its id and its attempts, with its first entries."""
    attempts: Mapping[int, bytes]
    """By number, those that the step changed."""
    entries: Sequence[str]
    """The new ones of the history, as JSON."""
    in_core: int
    """How many of these lie in the core; the others are added to the list."""
    earlier: Sequence[str] = ()
    """Those before them, where an earlier version had them in the core: the list gets them."""

    @property
    def texts(self) -> list[str | bytes]:
        """The core and the attempts."""
        return [self.core, *self.attempts.values()]


def was_inline(order: Order | None) -> bool:
    """Whether an earlier version wrote it in one piece: nothing of it lies beside it yet."""
    return order is not None and order.schema_number <= INLINE


def was_earlier(order: Order | None) -> bool:
    """Whether an earlier version wrote it whose list has, or gets, the whole history."""
    return order is not None and order.schema_number <= LISTED


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
    before = previous.version if previous else 0
    inline = was_inline(previous)
    changed = changed_attempts(order, previous)
    return Parts(
        packed(_core(order)),
        {attempt.number: packed(_attempt(attempt)) for _, attempt in changed},
        [_entry(entry) for entry in order.history[before:]],
        max(0, min(FIRST, order.version) - before),
        [_entry(entry) for entry in order.history[:before]] if inline else (),
    )


def _core(order: Order) -> bytes:
    """The core as JSON, without the id, which its key has.

    It begins with the schema's number and ends with the first entries.
    """
    others = {"schema_number", "id", "attempts", "history"}
    parts = order.model_dump_json(exclude=others, exclude_defaults=True)
    entries = ",".join(map(_entry, order.history[:FIRST]))
    return f'{{"schema_number":{SCHEMA},{parts[1:-1]},"history":[{entries}]}}'.encode()


def _attempt(attempt: Attempt) -> bytes:
    """The attempt as JSON without its SIM cards, and a line for each of these.

    Their fields stand apart from the rest: they are text already, and stay it when they are read.
    """
    head = attempt.model_dump_json(exclude={"sims"}, exclude_defaults=True)
    return "\n".join((head, *map(_sim, attempt.sims))).encode()


def _sim(sim: Sim) -> str:
    named = sim.model_dump_json(exclude={"fields"}, exclude_defaults=True)
    return f"{named}\t{RawFields(sim.fields).text}"


def attempt_of(text: bytes) -> Attempt:
    """The attempt of this text; what an earlier version wrote is JSON alone."""
    head, *lines = text.split(b"\n")
    if not lines:
        return Attempt.model_validate_json(head)
    pairs = [line.split(b"\t") for line in lines]
    named = b",".join([sim for sim, _ in pairs])
    attempt = Attempt.model_validate_json(b'%s,"sims":[%s]}' % (head[:-1], named))
    for sim, (_, fields) in zip(attempt.sims, pairs, strict=True):
        sim.__dict__["fields"] = RawFields.of(fields.decode())  # nobody has seen it yet
    return attempt


def _entry(entry: Entry) -> str:
    return entry.model_dump_json(exclude_defaults=True)


def order_of(
    order_id: str, fields: Mapping[bytes, bytes], history: Sequence[bytes]
) -> Order | None:
    """The order that its hash and its list hold; None for an empty hash.

    The list may be ahead of the hash by what was committed after that was read. Raises
    NewerOrder, and ValueError, TypeError, KeyError or zlib.error for what is no order.
    """
    pieces = pieces_of(order_id, fields, history)
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            order: Order | None = end.value
            return order


def pieces_of(
    order_id: str, fields: Mapping[bytes, bytes], history: Sequence[bytes]
) -> Generator[None, None, Order | None]:
    """Read it as `order_of` does, and stop every few milliseconds, so that others can go on.

    The order is the value of the generator.
    """
    core = fields.get(_CORE)
    if core is None:
        return None
    schema, text = _opened(order_id, core)
    if schema <= INLINE:
        return Order.model_validate_json(json.dumps(upgraded(json.loads(text))))
    if schema > LISTED:
        text = b'{"id":%s,%s' % (json.dumps(order_id).encode(), text[1:])
    version, in_core = int(fields[b"version"]), FIRST if schema > LISTED else 0
    both = in_core if _LISTED in fields else 0
    listed = history[both : max(0, version - in_core + both)]
    if in_core + len(listed) < version:
        raise ValueError("some of its history is missing")
    order = yield from _joined(text, fields, listed)
    calls = sum(entry.event is Event.ATTEMPT_STARTED for entry in order.history)
    if len(order.attempts) < calls:
        raise ValueError("an attempt is missing: its call would be made a second time")
    return order


def _opened(order_id: str, core: bytes) -> tuple[int, bytes]:
    """Schema and JSON of a core. Raises NewerOrder."""
    if is_of_another_dictionary(core):
        raise NewerOrder(order_id)
    text = core if core.startswith(b"{") else unpacked(core)
    if text.startswith(_BEGINNING):
        return SCHEMA, text
    schema = int(json.loads(text)["schema_number"])
    if schema > SCHEMA:
        raise NewerOrder(order_id)
    return schema, text


def _joined(
    core: bytes, fields: Mapping[bytes, bytes], listed: Sequence[bytes]
) -> Generator[None, None, Order]:
    """The order of these parts."""
    order, tally = Order.model_validate_json(_with_history(core, listed[:_PIECE])), Tally()
    entries, attempts = list(order.history), []
    for begin in range(_PIECE, len(listed), _PIECE):
        entries += _ENTRIES.validate_json(b"[%s]" % b",".join(listed[begin : begin + _PIECE]))
        yield
    count = sum(name.startswith(_ATTEMPT) for name in fields)
    for number in range(1, count + 1):
        attempts.append(attempt_of(unpacked(fields[b"%s%d" % (_ATTEMPT, number)])))
        tally = tally.with_new(attempts[-1])
        if number % _FEW == 0:
            yield
    lists = {"attempts": tuple(attempts), "history": tuple(entries)}
    return order.model_copy(update=lists).counted_as(tally)


def _with_history(core: bytes, listed: Sequence[bytes]) -> bytes:
    """The JSON of an order without attempts: a core of this schema has entries at its end."""
    begun = core.endswith(_END)
    before = core[: -len(_END)] if begun else core[:-1] + b',"history":['
    return b",".join([before, *listed] if begun else [before + b",".join(listed)]) + b"]}"
