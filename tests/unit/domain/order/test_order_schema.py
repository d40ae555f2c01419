"""The number of an order's shape changes whenever the shape does."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from bot.domain.order import SCHEMA, Order
from bot.domain.policy import Requirement
from bot.store.orders.shape import order_of

SHAPE = (6, "05f9692dc9d27772")
"""The schema's number, and the digest of the shape that has it."""
STORED = sorted((Path(__file__).parents[3] / "reliability").glob("order_of_version_*.json"))
"""What earlier versions wrote."""


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
        "default, and keep an order as the released version wrote it beside those in "
        f"tests/reliability. Then put {shape} into SHAPE."
    )


@pytest.mark.parametrize("stored", STORED, ids=lambda stored: stored.stem)
def test_orders_of_earlier_schemas_are_read(stored: Path) -> None:
    """They go on where they were, and their next step is written in today's shape."""
    order = order_of("7K2M9QXA", {b"json": stored.read_bytes()}, [])
    assert order is not None
    assert order.schema_number < SCHEMA
    assert (order.workspace, order.revision, order.votes) == ("", 1, ())
    assert order.requirement == Requirement()
    after = order.requeue("operator:root@bot-1", order.history[-1].at)
    assert (after.schema_number, after.version) == (SCHEMA, order.version + 1)
    assert Order.model_validate_json(after.model_dump_json()) == after
