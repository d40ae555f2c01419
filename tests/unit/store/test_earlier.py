"""What earlier versions wrote down is read as what it meant."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.domain.catalogue.money import Money
from bot.domain.grammar import render
from bot.domain.order import Order
from bot.store.orders.earlier import upgraded
from bot.store.orders.shape import order_of
from tests.support.orders import an_order
from tests.support.requests import FORMS

FIRST = Path("tests/reliability/order_of_version_1.json")


def written_by_version_3(**request: Any) -> dict[str, Any]:
    """An order as the third schema had it, with these parts of its request."""
    shape: dict[str, Any] = json.loads(an_order().model_dump_json())
    del shape["quote"]
    shape["schema_number"] = 3
    shape["request"] = {"amount": 3, "status": "standby", "status_chosen": True} | request
    shape["terms"]["estimate"] = {"once_cents": 210, "monthly_cents": 60, "currency": "EUR"}
    return shape


def read(shape: dict[str, Any]) -> Order:
    """The order that the store reads from this."""
    order = order_of("7K2M9QXA", {b"json": json.dumps(shape).encode()}, [])
    assert order is not None
    return order


def test_the_first_version() -> None:
    """A file that the first version really wrote is read, with its price and its status."""
    order = read(json.loads(FIRST.read_text()))
    assert order.request.provider == "telnyx"
    assert set(order.request.options) >= {"status"}
    assert order.quote is not None
    assert order.quote.once.cents > 0
    assert not order.quote.firm


def test_options_were_parts_of_the_request() -> None:
    """Each is an option of the order's provider; what was not asked for is none."""
    parts = {"tags": ["a", "b"], "whitelabel_name": None, "sim_card_group_id": None, "note": "hi"}
    order = read(written_by_version_3(**parts))
    assert dict(order.request.options) == {"status": "standby", "tags": ("a", "b")}
    assert order.request.note == "hi"
    assert render(order.request, FORMS) == "buy 3 tags=a,b status=standby note=hi"


def test_what_a_setting_filled_in_is_still_not_chosen() -> None:
    """An order typed again takes the status that is the setting by then."""
    order = read(written_by_version_3(status_chosen=False))
    assert order.request.chosen == ()
    assert render(order.request, FORMS) == "buy 3"


def test_the_price_was_a_part_of_the_terms() -> None:
    """The price that people agreed to is still the one that is shown."""
    quote = read(written_by_version_3()).quote
    assert quote is not None
    assert (quote.once, quote.monthly) == (
        Money(cents=210, currency="EUR"),
        Money(cents=60, currency="EUR"),
    )


@pytest.mark.parametrize(
    "shape", [None, [], {}, {"request": 5}, {"request": {}, "terms": {"estimate": 5}}]
)
def test_what_is_no_order_stays_what_it_is(shape: object) -> None:
    """Nothing is made up: whoever reads it finds that it is no order."""
    assert upgraded(shape) is shape


def test_what_is_written_today_is_read_as_it_is() -> None:
    """Nothing of a current order is changed."""
    order = an_order(tags=("a",))
    assert Order.model_validate_json(order.model_dump_json()) == order
