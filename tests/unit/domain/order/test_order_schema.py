"""The number of an order's shape changes whenever the shape does."""

import json
from hashlib import sha256
from typing import Any

import pytest

from bot.domain.events import OrderState
from bot.domain.order import SCHEMA, Order
from bot.domain.policy import Requirement
from tests.support.orders import an_order

SHAPE = (4, "075430d7637a51fb")
"""The schema's number, and the digest of the shape that has it."""
ADDED = {
    4: ("workspace", "revision", "requirement", "votes"),
    3: ("rest_of", "rest"),
}
"""What each schema added to the order itself."""


def digest(schema: Any) -> str:
    """The same for the same fields, types and defaults, whatever the docstrings say."""
    told = json.dumps(_without_words(schema), sort_keys=True)
    return sha256(told.encode()).hexdigest()[:16]


def _without_words(part: Any) -> Any:
    if isinstance(part, dict):
        kept = {key: each for key, each in part.items() if not _is_word(key, each)}
        return {key: _without_words(each) for key, each in kept.items()}
    return [_without_words(each) for each in part] if isinstance(part, list) else part


def _is_word(key: str, each: Any) -> bool:
    """Titles and descriptions are texts; a field that is called so is a mapping."""
    return key in {"title", "description"} and isinstance(each, str)


def test_a_new_shape_has_a_new_number() -> None:
    """Else an older process reads what it does not understand, and loses it at its next step."""
    shape = (SCHEMA, digest(Order.model_json_schema()))
    assert shape == SHAPE, (
        "The shape of an order has changed. If a released version wrote the old one: raise SCHEMA "
        "in bot/domain/order.py, say there what the number before lacked, give every new field a "
        "default, and add a line to ADDED and a test here that reads an old order. Then put what "
        f"is now {shape} into SHAPE."
    )


@pytest.mark.parametrize("number", sorted(range(1, SCHEMA), reverse=True))
def test_orders_of_every_earlier_schema_are_read(number: int) -> None:
    """They go on where they were, and their next step is written in today's shape."""
    order = an_order(state=OrderState.AWAITING_APPROVAL)
    old = json.loads(order.model_dump_json()) | {"schema_number": number}
    for later in range(number + 1, SCHEMA + 1):
        for name in ADDED.get(later, ()):
            del old[name]
    read = Order.model_validate_json(json.dumps(old))
    assert (read.workspace, read.revision, read.votes) == ("", 1, ())
    assert read.requirement == Requirement()
    approved = read.approve("U0BEN", read.created_at)
    assert (approved.state, approved.schema_number) == (OrderState.APPROVED, SCHEMA)
