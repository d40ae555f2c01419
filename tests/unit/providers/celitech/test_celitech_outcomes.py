"""What an answer says became of a call, and what a call is sent as."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from bot.domain.events import Reason
from bot.domain.purchase.outcome import Bought, NotSent, Outcome, Refused, Unknown
from bot.domain.purchase.sim import Remedy
from bot.domain.request import OrderKind, PurchaseRequest
from bot.providers.base import PurchaseCall
from bot.providers.celitech.calls import body_of, outcome_of, path_of

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
ICCID = "8988303000001234567"
REFERENCE = "esim-7K2M9QXA-1"
SOLD = {
    "purchase": {"id": "p1", "packageId": "k1", "createdDate": "2026-11-27T12:00:00+0000"},
    "profile": {
        "iccid": ICCID,
        "activationCode": "iVBORw0KGgo",
        "manualActivationCode": "LPA:1$rsp.example$SECRET",
        "iosActivationLink": "https://apple.example/?c=SECRET",
        "androidActivationLink": "https://android.example/?c=SECRET",
    },
}


def call_of(
    kind: OrderKind = OrderKind.PURCHASE, quantity: int = 2, **options: str
) -> PurchaseCall:
    """A call with these options."""
    request = PurchaseRequest(kind=kind, provider="celitech", amount=quantity, options=options)
    return PurchaseCall(request, quantity, REFERENCE, "esim-7K2M9QXA")


def answered(
    status: int, body: Any = None, call: PurchaseCall | None = None, retry_after: str = ""
) -> Outcome:
    """The outcome of this answer; a body that is bytes is sent as it is."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = httpx.Response(status, content=content, headers={"Retry-After": retry_after})
    return outcome_of(response, NOW, call or call_of(quantity=1))


# What was bought


def test_what_was_sold() -> None:
    """The ICCID and the purchase's id, without codes and links, whatever they are called."""
    outcome = answered(200, [SOLD])
    assert isinstance(outcome, Bought)
    (sim,) = outcome.sims
    assert sim.name == (ICCID, "p1")
    assert sim.fields == {
        "id": "p1",
        "packageId": "k1",
        "createdDate": "2026-11-27T12:00:00+00:00",
        "iccid": ICCID,
    }
    assert "SECRET" not in outcome.model_dump_json()
    assert "iVBOR" not in outcome.model_dump_json()


def test_half_a_profile() -> None:
    """What has an ICCID or an id counts; anything else is left out, and missing."""
    only_id, only_iccid = {"purchase": {"id": "p2"}}, {"profile": {"iccid": "898830300000123456"}}
    outcome = answered(200, [only_id, only_iccid, {}, None, "x", {"purchase": "p"}])
    assert isinstance(outcome, Bought)
    assert [sim.name for sim in outcome.sims] == [(None, "p2"), ("898830300000123456", None)]


def test_fewer_than_were_asked_for() -> None:
    """What is there is kept; the rest has no reason, so it is looked up."""
    outcome = answered(200, [SOLD], call_of(quantity=2))
    assert isinstance(outcome, Unknown)
    assert (len(outcome.sims), outcome.why) == (1, Reason.UNEXPLAINED)


def test_the_same_twice() -> None:
    """One ICCID is one eSIM; one id for several ICCIDs names none."""
    other = {"purchase": {"id": "p1"}, "profile": {"iccid": "8988303000001234568"}}
    outcome = answered(200, [SOLD, SOLD, other])
    assert isinstance(outcome, Bought)
    assert [sim.name for sim in outcome.sims] == [(ICCID, None), ("8988303000001234568", None)]


@pytest.mark.parametrize("status", [200, 201, 202, 400, 401, 409, 422, 500, 503])
def test_sims_count_whatever_the_status(status: int) -> None:
    """None of them is ever lost, though the status says otherwise."""
    assert isinstance(answered(status, [SOLD]), Bought)


def test_a_top_up() -> None:
    """It answers with one object."""
    outcome = answered(200, SOLD, call_of(OrderKind.TOP_UP, 1, iccid=ICCID))
    assert isinstance(outcome, Bought)
    assert [sim.name for sim in outcome.sims] == [(ICCID, "p1")]


# What was not


@pytest.mark.parametrize("status", [401, 429, 503])
def test_what_was_not_processed(status: int) -> None:
    """It may be sent again, by another attempt, after a look: Celitech itself turned it away."""
    outcome = answered(status, {"message": "no"}, retry_after="7")
    assert isinstance(outcome, NotSent)
    assert (outcome.turned_away, outcome.retry_after, outcome.too_late) == (True, 7, False)


@pytest.mark.parametrize(
    ("status", "message", "remedy"),
    [
        (400, "dataLimitInGB is wrong", Remedy.CHANGE_REQUEST),
        (422, "Brands need Diamond access.", Remedy.CHANGE_REQUEST),
        (422, "Insufficient balance", Remedy.TOP_UP),
        (400, "You have no funds left", Remedy.TOP_UP),
        (402, "no", Remedy.TOP_UP),
        (403, "no", Remedy.OPERATOR),
        (404, "no", Remedy.OPERATOR),
        (413, "no", Remedy.UNKNOWN),
    ],
)
def test_refusals(status: int, message: str, remedy: Remedy) -> None:
    """Nothing was bought, for certain; the message is told, with what helps."""
    outcome = answered(status, {"message": message})
    assert isinstance(outcome, Refused)
    (error,) = outcome.errors
    assert (error.detail, error.remedy) == (message, remedy)


@pytest.mark.parametrize("body", [b"<html>", {}, {"message": None}, [], None])
def test_a_refusal_without_a_reason(body: Any) -> None:
    """It says so, with the status."""
    outcome = answered(400, body)
    assert isinstance(outcome, Refused)
    assert "HTTP 400" in outcome.errors[0].detail


def test_a_code_in_a_refusal() -> None:
    """An activation code is taken out of Celitech's words, too."""
    outcome = answered(400, {"message": "LPA:1$rsp.example$SECRET is used"})
    assert "SECRET" not in outcome.model_dump_json()


# What nobody knows


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, []),
        (200, {}),
        (200, b"<html></html>"),
        (200, b""),
        (200, [{"profile": {}}]),
        (202, None),
        (204, b""),
        (302, b""),
        (307, b""),
        (408, {"message": "x"}),
        (409, {"message": "still running"}),
        (425, b""),
        (499, b""),
        (500, {"message": "x"}),
        (502, b""),
        (504, b""),
    ],
)
def test_doubt(status: int, body: Any) -> None:
    """An empty list, a redirect, what is no JSON, a conflict, a failure: it is looked up."""
    outcome = answered(status, body)
    assert isinstance(outcome, Unknown)
    assert outcome.why


# Changes


def test_an_edit() -> None:
    """It is done when the answer names that purchase; anything else is in doubt."""
    call = call_of(OrderKind.EDIT, 1, purchase="p1", iccid=ICCID, start="2026-12-01")
    outcome = answered(200, {"purchaseId": "p1", "newStartDate": "2026-12-01"}, call)
    assert isinstance(outcome, Bought)
    assert [sim.name for sim in outcome.sims] == [(ICCID, "p1")]
    others: list[Any] = [{"purchaseId": "p2"}, {}, [], b"x"]
    for body in others:
        assert isinstance(answered(200, body, call), Unknown)
    assert isinstance(answered(422, {"purchaseId": "p1"}, call), Refused)


def test_a_suspension() -> None:
    """Its answer is a message, which is all that there is."""
    call = call_of(OrderKind.SUSPENSION, 1, iccid=ICCID)
    outcome = answered(200, {"message": "ok"}, call)
    assert isinstance(outcome, Bought)
    assert [sim.name for sim in outcome.sims] == [(ICCID, None)]
    assert isinstance(answered(422, {"message": "already suspended"}, call), Refused)
    assert isinstance(answered(500, {"message": "x"}, call), Unknown)
    assert isinstance(answered(200, b"ok", call), Unknown)


# The bytes


@pytest.mark.parametrize(
    ("call", "path", "body"),
    [
        (
            call_of(destination="FRA", data="5GB", days="7"),
            "/purchases/v2",
            {"destination": "FRA", "quantity": 2, "dataLimitInGB": 5, "duration": 7},
        ),
        (
            call_of(destination="FR", data="0.5GB", start="2026-12-01", end="2026-12-15"),
            "/purchases/v2",
            {
                "destination": "FR",
                "quantity": 2,
                "dataLimitInGB": 0.5,
                "startDate": "2026-12-01",
                "endDate": "2026-12-15",
            },
        ),
        (
            call_of(
                destination="EUR",
                data="unlimited",
                start="today",
                end="2026-12-15",
                network_brand="Acme",
                email_brand="Acme Travel",
                language="fr",
                email="anna@example.com",
            ),
            "/purchases/v2",
            {
                "destination": "EUR",
                "quantity": 2,
                "dataLimitInGB": -1,
                "startDate": "2026-11-27",
                "endDate": "2026-12-15",
                "networkBrand": "Acme",
                "emailBrand": "Acme Travel",
                "language": "fr",
                "email": "anna@example.com",
            },
        ),
        (
            call_of(OrderKind.TOP_UP, 1, iccid=ICCID, data="1GB", days="30"),
            "/purchases/topup",
            {"iccid": ICCID, "dataLimitInGB": 1, "duration": 30},
        ),
    ],
)
def test_the_body(call: PurchaseCall, path: str, body: dict[str, Any]) -> None:
    """Numbers as numbers, dates as days, and the reference; the same call gives the same bytes."""
    assert path_of(call) == path
    assert json.loads(body_of(call, NOW)) == body | {"referenceId": REFERENCE}
    assert body_of(call, NOW) == body_of(call, NOW)


def test_the_bodies_of_changes() -> None:
    """An edit takes no reference, a suspension nothing at all."""
    edit = call_of(
        OrderKind.EDIT, 1, purchase="p1", start="2026-12-01", end="2026-12-15", iccid="8"
    )
    assert path_of(edit) == "/purchases/edit"
    assert json.loads(body_of(edit, NOW)) == {
        "purchaseId": "p1",
        "startDate": "2026-12-01",
        "endDate": "2026-12-15",
    }
    suspension = call_of(OrderKind.SUSPENSION, 1, iccid=ICCID)
    assert path_of(suspension) == f"/esim/{ICCID}/suspend"
    assert body_of(suspension, NOW) == ""
