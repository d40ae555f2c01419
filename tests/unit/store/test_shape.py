"""How an order lies in Redis: what a step writes, and what is read back."""

import json
import zlib
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.order import SCHEMA, Order
from bot.errors import NewerOrder
from bot.store.orders.iccids import bucket_of
from bot.store.orders.packing import packed, unpacked
from bot.store.orders.shape import (
    FIRST,
    INLINE,
    LISTED,
    Parts,
    order_of,
    parts_of,
    pieces_of,
    was_earlier,
)
from tests.support.order_lives import lives
from tests.support.orders import ORDER_ID, a_purchase


class Server:
    """Keeps what is written, as the commit does."""

    def __init__(self) -> None:
        self.fields: dict[bytes, bytes] = {}
        self.history: list[bytes] = []

    def write(self, order: Order, previous: Order | None) -> Parts:
        """Take a step."""
        parts = parts_of(order, previous)
        self.fields[b"json"] = parts.core
        self.fields[b"version"] = str(order.version).encode()
        for number, attempt in parts.attempts.items():
            self.fields[f"attempt:{number}".encode()] = attempt
        if was_earlier(previous):
            self.fields[b"listed"] = b"all"
        known = parts.in_core if b"listed" not in self.fields else 0
        new = (*parts.earlier[len(self.history) :], *parts.entries[known:])
        self.history += [entry.encode() for entry in new]
        return parts

    def put(self, order: Order) -> None:
        """Hold an order as the fourth schema wrote it."""
        old = order.model_copy(update={"schema_number": LISTED})
        core = old.model_dump_json(exclude={"attempts", "history"}).encode()
        self.fields = {b"json": core, b"version": str(order.version).encode()}
        for attempt in order.attempts:
            name = f"attempt:{attempt.number}".encode()
            self.fields[name] = zlib.compress(attempt.model_dump_json().encode())
        self.history = [entry.model_dump_json().encode() for entry in order.history]

    def read(self) -> Order | None:
        """What a load gives."""
        return order_of(ORDER_ID, self.fields, self.history)


def as_json(order: Order) -> Order:
    """The order as any JSON of it is read: a number that is none is lost there."""
    return Order.model_validate_json(order.model_dump_json())


def inline(order: Order, number: int = INLINE) -> bytes:
    """The order as an earlier version wrote it."""
    return order.model_copy(update={"schema_number": number}).model_dump_json().encode()


def in_pairs(steps: Sequence[Order]) -> list[tuple[Order, Order | None]]:
    """Each step with the one before."""
    return list(zip(steps, [None, *steps[:-1]], strict=True))


@settings(max_examples=60)
@given(lives())
def test_every_prefix_of_a_life_is_read_back(steps: list[Order]) -> None:
    """After each step what is read is the order as it is then."""
    server = Server()
    for order, previous in in_pairs(steps):
        server.write(order, previous)
        assert server.read() == as_json(order)


@settings(max_examples=60)
@given(lives(), st.data())
def test_an_earlier_shape_goes_on_in_the_new_one(steps: list[Order], data: st.DataObject) -> None:
    """An order that lies inline is read, and its next steps are written beside it, once each."""
    place = data.draw(st.integers(0, len(steps) - 1))
    server = Server()
    server.fields = {b"json": inline(steps[place]), b"version": str(place + 1).encode()}
    read = server.read()
    assert read is not None
    assert read == as_json(read.model_copy(update={"schema_number": INLINE}))
    for order in steps[place + 1 :]:
        server.write(order, read)
        read = server.read()
        assert read == as_json(order)


@settings(max_examples=60)
@given(lives(), st.data())
def test_the_fourth_schema_goes_on_in_the_new_one(steps: list[Order], data: st.DataObject) -> None:
    """Its list keeps the whole history, and its attempts lie as they are until they change."""
    place = data.draw(st.integers(0, len(steps) - 1))
    server = Server()
    server.put(steps[place])
    read = server.read()
    assert read is not None
    assert read == as_json(read.model_copy(update={"schema_number": LISTED}))
    assert read.model_copy(update={"schema_number": SCHEMA}) == as_json(steps[place])
    for order in steps[place + 1 :]:
        server.write(order, read)
        read = server.read()
        assert read == as_json(order)
    assert len(server.history) == steps[-1].version


def test_a_large_order_is_read_in_pieces() -> None:
    """Others can go on between any two calls, and what is read is the same order."""
    steps, server = a_purchase(160), Server()
    for order, previous in in_pairs(steps):
        server.write(order, previous)
    pieces = pieces_of(ORDER_ID, server.fields, server.history)
    assert sum(1 for _ in pieces) >= 160 // 2 + (2 * 160 - FIRST) // 100 - 1
    assert server.read() == as_json(steps[-1])


def test_an_ordinary_order_needs_no_list() -> None:
    """Its history lies in it, and it is read in one go."""
    steps, server = a_purchase(1), Server()
    for order, previous in in_pairs(steps):
        server.write(order, previous)
    assert server.history == []
    assert list(pieces_of(ORDER_ID, server.fields, [])) == []


def test_a_step_without_an_entry_of_an_earlier_shape() -> None:
    """It may be written twice from the same order: the history stands there once."""
    steps, server = a_purchase(2), Server()
    old = Order.model_validate_json(inline(steps[-1]))
    later = old.model_copy(update={"due_at": None})
    for previous in (old, later):
        server.write(later, previous)
    assert len(server.history) == old.version
    assert server.read() == later.model_copy(update={"schema_number": SCHEMA})


def test_a_step_does_not_grow_with_what_was_bought_before() -> None:
    """The twentieth call of an order writes what the fifth one wrote."""
    pairs = in_pairs(a_purchase(20))
    sizes = [_size(parts_of(order, previous)) for order, previous in pairs]
    assert sizes[-1] <= sizes[11] + 40
    assert len(parts_of(*pairs[-1]).attempts) == 1


def _size(parts: Parts) -> int:
    return len(parts.core) + sum(map(len, parts.attempts.values())) + sum(map(len, parts.entries))


def test_only_the_attempt_that_changed_is_written() -> None:
    """What earlier calls bought stays as it lies there; the core names none of it."""
    *_, before, last = a_purchase(3)
    parts = parts_of(last, before)
    assert list(parts.attempts) == [3]
    assert "attempts" not in json.loads(unpacked(parts.core))
    assert len(parts.entries) == 1
    assert parts.earlier == ()


def test_what_was_committed_while_it_was_read() -> None:
    """The list may be ahead of the hash: then the order is read as the hash has it."""
    server, steps = Server(), a_purchase(6)
    for order, previous in in_pairs(steps[:-2]):
        server.write(order, previous)
    fields = dict(server.fields)
    for order, previous in in_pairs(steps)[-2:]:
        server.write(order, previous)
    assert order_of(ORDER_ID, fields, server.history) == steps[-3]


def test_no_order() -> None:
    """Where nothing stands there is none."""
    assert Server().read() is None


def test_a_newer_shape() -> None:
    """It is not even tried, whatever else stands there."""
    core = json.dumps({"schema_number": SCHEMA + 1, "surprise": 1}).encode()
    with pytest.raises(NewerOrder):
        order_of(ORDER_ID, {b"json": core}, [])
    with pytest.raises(NewerOrder):
        order_of(ORDER_ID, {b"json": packed(core)}, [])


def test_a_dictionary_that_is_not_known() -> None:
    """Only a newer version can have written it."""
    packing = zlib.compressobj(zdict=b"another one")
    core = packing.compress(b'{"schema_number":5}') + packing.flush()
    with pytest.raises(NewerOrder):
        order_of(ORDER_ID, {b"json": core}, [])


@pytest.mark.parametrize("lost", ["attempt:1", "attempt:4", "entry"])
def test_a_part_is_missing(lost: str) -> None:
    """An order that has lost something is no order: nothing goes on from half of it."""
    server = Server()
    for order, previous in in_pairs(a_purchase(4)):
        server.write(order, previous)
    if lost == "entry":
        server.history.pop()
    else:
        del server.fields[lost.encode()]
    with pytest.raises((KeyError, ValueError)):
        server.read()


def test_a_text_of_which_a_part_is_missing() -> None:
    """It is not taken for a shorter one."""
    with pytest.raises(zlib.error):
        unpacked(packed(b'{"state":"approved"}' * 20)[:-6])


@pytest.mark.parametrize(
    ("iccid", "bucket"),
    [("89310410106543000042", "42"), ("8931-0410 4 2", "42"), ("7", "7"), ("x", ""), ("٤٢", "")],
)
def test_buckets_of_iccids(iccid: str, bucket: str) -> None:
    """By the last two digits, whatever stands between or around them."""
    assert bucket_of(iccid) == bucket
