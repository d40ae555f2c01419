"""The head of a request, which is the same for every provider, and how options are kept."""

import pytest
from hypothesis import given
from pydantic import ValidationError

from bot.domain.request import PurchaseRequest
from tests.support.requests import a_request
from tests.support.strategies import requests


@pytest.mark.parametrize(
    "parts",
    [
        {"amount": 0},
        {"amount": -1},
        {"amount": 1.5},
        {"amount": None},
        {"note": ""},
        {"provider": None},
        {"tags": ("a",)},
    ],
)
def test_nothing_wrong_gets_into_a_request(parts: dict[str, object]) -> None:
    """Whoever builds a request, a form or the command, the rules of its head are the same."""
    with pytest.raises(ValidationError):
        PurchaseRequest.model_validate({"provider": "telnyx", "amount": 1, **parts})


def test_a_request_does_not_change() -> None:
    """What was asked for can't be altered on its way to the provider, nor its options."""
    request = a_request(tags=("a",))
    with pytest.raises(ValidationError, match="frozen"):
        setattr(request, "amount", 5)  # noqa: B010 - mypy would not let it be assigned
    with pytest.raises(TypeError):
        request.options["tags"] = ("b",)  # type: ignore[index]


def test_a_request_with_every_part_survives_storage() -> None:
    """What was approved is, to the letter, what is bought after a restart."""
    request = a_request(
        7,
        status="enabled",
        status_chosen=False,
        tags=("a", 'b"\\'),
        whitelabel_name="Café",
        note="日本語 🎉",
    )
    assert PurchaseRequest.model_validate_json(request.model_dump_json()) == request


@given(requests())
def test_every_request_survives_storage(request: PurchaseRequest) -> None:
    """The same for any request at all, and equal ones count as one."""
    again = PurchaseRequest.model_validate_json(request.model_dump_json())
    assert again == request
    assert len({again, request}) == 1
