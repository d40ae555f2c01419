"""How an order lies in Redis: what a step writes, and what is read back."""

import json
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.order import SCHEMA, Order
from bot.errors import NewerOrder
from bot.store.orders.shape import INLINE, Parts, order_of, parts_of
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
        self.fields[b"json"] = parts.core.encode()
        self.fields[b"version"] = str(order.version).encode()
        for number, attempt in parts.attempts.items():
            self.fields[f"attempt:{number}".encode()] = attempt
        earlier = parts.earlier[len(self.history) :]
        self.history += [entry.encode() for entry in (*earlier, *parts.entries)]
        return parts

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
    """The twentieth call of an order writes what the first one wrote."""
    pairs = in_pairs(a_purchase(20))
    sizes = [_size(parts_of(order, previous)) for order, previous in pairs]
    assert sizes[-1] <= sizes[3] + 40
    assert len(parts_of(*pairs[-1]).attempts) == 1


def _size(parts: Parts) -> int:
    return len(parts.core) + sum(map(len, parts.attempts.values())) + sum(map(len, parts.entries))


def test_only_the_attempt_that_changed_is_written() -> None:
    """What earlier calls bought stays as it lies there; the core names none of it."""
    *_, before, last = a_purchase(3)
    parts = parts_of(last, before)
    assert list(parts.attempts) == [3]
    assert not {"attempts", "history"} & set(json.loads(parts.core))
    assert len(parts.entries) == 1
    assert parts.earlier == ()


def test_what_was_committed_while_it_was_read() -> None:
    """The list may be ahead of the hash: then the order is read as the hash has it."""
    server = Server()
    placed, approved, *_ = a_purchase(1)
    server.write(placed, None)
    fields = dict(server.fields)
    server.write(approved, placed)
    assert order_of(ORDER_ID, fields, server.history) == placed


def test_no_order() -> None:
    """Where nothing stands there is none."""
    assert Server().read() is None


def test_a_newer_shape() -> None:
    """It is not even tried, whatever else stands there."""
    core = json.dumps({"schema_number": SCHEMA + 1, "surprise": 1}).encode()
    with pytest.raises(NewerOrder):
        order_of(ORDER_ID, {b"json": core}, [])


@pytest.mark.parametrize("lost", ["attempt:1", "attempt:2", "entry"])
def test_a_part_is_missing(lost: str) -> None:
    """An order that has lost something is no order: nothing goes on from half of it."""
    server = Server()
    for order, previous in in_pairs(a_purchase(2)):
        server.write(order, previous)
    if lost == "entry":
        server.history.pop()
    else:
        del server.fields[lost.encode()]
    with pytest.raises((KeyError, ValueError)):
        server.read()
