"""Telnyx's error codes and what they mean."""

import httpx
import pytest

from bot.domain.purchase.outcome import Refused, Unknown
from bot.domain.purchase.sim import Remedy
from bot.providers.base import PurchaseCall
from bot.providers.telnyx.answers import (
    _DOUBTS,
    _REMEDIES,
    is_refusal,
    leaves_doubt,
    outcome_of,
    remedy_of,
)
from tests.support.clock import NEW_YEAR
from tests.support.requests import a_request

INPUT = [
    *("10004", "10005", "10006", "10013", "10015", "10017"),
    *("10023", "10026", "10027", "10032", "10033"),
]
ACCOUNT = [
    *("10009", "10010", "10038", "10039"),
    *map(str, (*range(20001, 20009), *range(20012, 20018))),
]
REMEDIES = {
    **dict.fromkeys(INPUT, Remedy.CHANGE_REQUEST),
    **dict.fromkeys(ACCOUNT, Remedy.OPERATOR),
    "20100": Remedy.TOP_UP,
    "70001": Remedy.LATER_OR_FEWER,
}
OPEN = {
    "10007": Remedy.UNKNOWN,
    "10008": Remedy.UNKNOWN,
    "10036": Remedy.WAIT,
    "10037": Remedy.UNKNOWN,
}


@pytest.mark.parametrize(("code", "remedy"), REMEDIES.items())
def test_codes_that_refuse(code: str, remedy: Remedy) -> None:
    """Each names its remedy, and says for certain that nothing was bought."""
    assert remedy_of(code, 422) is remedy
    assert is_refusal(code)
    assert not leaves_doubt(code)


@pytest.mark.parametrize(("code", "remedy"), OPEN.items())
def test_codes_that_leave_doubt(code: str, remedy: Remedy) -> None:
    """After these something may have been bought."""
    assert remedy_of(code, 422) is remedy
    assert leaves_doubt(code)
    assert not is_refusal(code)


@pytest.mark.parametrize("code", ["10011", "", "99999", "20009", "20011", "20018", "7000"])
def test_other_codes(code: str) -> None:
    """A rate limit is waited for; of codes that nobody has described nothing is assumed."""
    assert remedy_of(code, 422) is (Remedy.WAIT if code == "10011" else Remedy.UNKNOWN)
    assert not is_refusal(code)
    assert not leaves_doubt(code)


def test_the_status_helps_where_the_code_does_not() -> None:
    """401 and 403 are the operator's, 402 is about money; a known code knows better."""
    assert [remedy_of("99999", status) for status in (401, 402, 403, 404)] == [
        Remedy.OPERATOR,
        Remedy.TOP_UP,
        Remedy.OPERATOR,
        Remedy.UNKNOWN,
    ]
    assert remedy_of("20100", 403) is Remedy.TOP_UP


@pytest.mark.parametrize("code", sorted(_REMEDIES.keys() | _DOUBTS))
def test_every_known_code_has_a_remedy_and_a_verdict(code: str) -> None:
    """No code is half added: it refuses or leaves doubt, or is a rate limit; and it is tested."""
    assert code in REMEDIES.keys() | OPEN.keys() | {"10011"}
    answer = httpx.Response(422, json={"errors": [{"code": code, "title": "x"}]})
    outcome = outcome_of(answer, NEW_YEAR, PurchaseCall(a_request(1), 1, "esim-A-1", "esim-A"))
    assert isinstance(outcome, Unknown if leaves_doubt(code) else Refused)
    (error,) = outcome.errors
    assert error.remedy is remedy_of(code, 422)
    assert leaves_doubt(code) or error.remedy is not Remedy.UNKNOWN
