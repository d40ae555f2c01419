"""Every button about an order says which order it is about, and which revision of it was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.events import OrderState
from bot.slack.button_value import PressedButton, button_value, read_button_value
from tests.support.orders import ORDER_ID, an_order, some_sims
from tests.unit.slack.shown import messages_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.domain.order import Order

STATES = [
    an_order(3),
    an_order(3, state=OrderState.NEEDS_ATTENTION),
    an_order(3, state=OrderState.PARTLY_PURCHASED, sims=some_sims(1)),
]


def values(order: Order) -> Iterator[object]:
    """What the buttons of all messages of an order carry."""
    for message in messages_of(order, (), "").values():
        for block in message.blocks:
            elements: list[dict[str, Any]] = block.get("elements") or []
            yield from (each.get("value") for each in elements if each.get("type") == "button")


@pytest.mark.parametrize("order", STATES, ids=lambda order: str(order.state))
def test_every_button_carries_the_revision(order: Order) -> None:
    """Card, question and result: a click says what the person had before their eyes."""
    later = order.model_copy(update={"revision": 7})
    assert set(values(later)) == {f"{ORDER_ID}:7"}
    assert button_value(later) == f"{ORDER_ID}:7"


def test_what_is_written_is_read() -> None:
    """The two sides agree, for every order."""
    assert read_button_value(button_value(an_order(3))) == PressedButton(ORDER_ID, 1)


def test_a_card_of_an_earlier_version() -> None:
    """It names the order alone, which fits every revision."""
    assert read_button_value(ORDER_ID) == PressedButton(ORDER_ID, None)


@pytest.mark.parametrize(
    "value", [None, 7, "", ":1", f"{ORDER_ID}:", f"{ORDER_ID}:0", f"{ORDER_ID}:x", f" {ORDER_ID}"]
)
def test_what_none_of_ours_carries(value: object) -> None:
    """A value of any other form is not guessed at."""
    assert read_button_value(value) is None
