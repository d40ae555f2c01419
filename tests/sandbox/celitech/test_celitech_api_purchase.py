"""Purchases: what is sold, what is answered, what is refused."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.celitech.calling import ORDER, bought, buy, listed

if TYPE_CHECKING:
    import httpx

    from sandbox.celitech import CelitechSandbox

DATES = {"duration": None, "startDate": "2026-01-01", "endDate": "2026-01-08"}


async def test_a_purchase(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """An array comes back, an eSIM of its own for each; money and ledger agree."""
    answer = await buy(client)
    assert answer.status_code == 200
    first, second = answer.json()
    assert first["profile"]["iccid"] != second["profile"]["iccid"]
    assert set(first["purchase"]) == {"id", "packageId", "createdDate"}
    assert first["purchase"]["createdDate"] == "2026-01-01T12:00:00+0000"
    (entry,) = celitech.ledger.requests
    assert (entry.outcome, entry.reference, entry.answered) == ("sold", "ref", True)
    assert entry.iccids == [first["profile"]["iccid"], second["profile"]["iccid"]]
    price = celitech.catalogue.price("FRA", 5, 7)
    assert celitech.ledger.spent_cents == 2 * price
    assert celitech.account.balance_cents == 1_000_000 - 2 * price


async def test_the_codes(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """The activation code is a picture in base64; the text is the LPA, or its end alone."""
    profile = (await bought(client))["profile"]
    assert len(profile["activationCode"]) > 1000
    assert base64.b64decode(profile["activationCode"]).startswith(b"\x89PNG")
    lpa = profile["manualActivationCode"]
    assert lpa.startswith("LPA:1$rsp.celitech.example$")
    assert profile["iosActivationLink"].startswith("https://")
    assert profile["androidActivationLink"].startswith("https://")
    celitech.dialect.manual_code, celitech.dialect.links = "matching_id", False
    other = (await bought(client))["profile"]
    assert "$" not in other["manualActivationCode"]
    assert "iosActivationLink" not in other


@pytest.mark.parametrize("destination", ["FRA", "FR", "EUR"])
async def test_destinations_by_either_code(client: httpx.AsyncClient, destination: str) -> None:
    """Two letters and three name the same place; a region is a destination too."""
    assert (await buy(client, destination=destination)).status_code == 200


@pytest.mark.parametrize(
    "other",
    [
        DATES,
        {"quantity": 2.0, "dataLimitInGB": 5.0},
        {"duration": 90},
        {"dataLimitInGB": 0.5},
        {**DATES, "dataLimitInGB": -1},
        {**DATES, "startDate": "2027-01-01", "endDate": "2027-01-08"},
        {**DATES, "endDate": "2026-04-01"},
        {"email": "ana@example.com", "language": "pt-br"},
        {"networkBrand": "Acme & Co. 5", "emailBrand": "Acme 5"},
        {"reference": "a" * 255},
        {"reference": "aZ9-_.@+"},
    ],
)
async def test_what_is_taken(client: httpx.AsyncClient, other: dict[str, Any]) -> None:
    """Everything that the models allow is sold, at the edges too."""
    answer = await buy(client, **other)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"quantity": 0}, "quantity must be one of"),
        ({"quantity": 6}, "quantity must be one of"),
        ({"quantity": 1.5}, "quantity must be one of"),
        ({"quantity": "2"}, "quantity must be one of"),
        ({"quantity": True}, "quantity must be one of"),
        ({"quantity": None}, "quantity is required"),
        ({"destination": None}, "destination is required"),
        ({"destination": "France"}, "destination must be an ISO code"),
        ({"destination": "fr"}, "destination must be an ISO code"),
        ({"destination": "XYZ"}, "Destination XYZ is not supported"),
        ({"dataLimitInGB": None}, "dataLimitInGB is required"),
        ({"dataLimitInGB": 4}, "dataLimitInGB must be one of"),
        ({"duration": 3}, "duration must be one of"),
        ({"duration": None}, "Either duration or"),
        ({"startDate": "2026-01-01"}, "not both"),
        ({"duration": None, "startDate": "2026-01-01"}, "required together"),
        ({**DATES, "startDate": "2025-12-31"}, "in the past"),
        ({**DATES, "startDate": "2027-01-02", "endDate": "2027-01-09"}, "12 months"),
        ({**DATES, "endDate": "2026-04-02"}, "at most 90 days"),
        ({**DATES, "startDate": "2026-01-09"}, "cannot be before"),
        ({**DATES, "startDate": "1.1.2026"}, "yyyy-MM-dd"),
        ({**DATES, "endDate": "2026-02-30"}, "yyyy-MM-dd"),
        ({"dataLimitInGB": -1}, "need startDate and endDate"),
        ({**DATES, "dataLimitInGB": -1, "endDate": "2026-01-03"}, "3 to 30 days"),
        ({**DATES, "dataLimitInGB": -1, "endDate": "2026-02-01"}, "3 to 30 days"),
        ({"reference": "a" * 256}, "referenceId must be"),
        ({"reference": "a b"}, "referenceId must be"),
        ({"reference": ""}, "referenceId must be"),
        ({"email": "ana"}, "email must be"),
        ({"language": "it"}, "language must be one of"),
        ({"networkBrand": "a" * 16}, "networkBrand must be"),
        ({"networkBrand": "Acme!"}, "networkBrand must be"),
        ({"emailBrand": "a" * 26}, "emailBrand must be"),
        ({"emailBrand": "A&B"}, "emailBrand must be"),
        ({"packageId": "x"}, "packageId is not allowed"),
    ],
)
async def test_what_is_refused(
    celitech: CelitechSandbox, client: httpx.AsyncClient, other: dict[str, Any], words: str
) -> None:
    """What the models don't allow is refused with 400 and a message; nothing is sold."""
    answer = await buy(client, **other)
    assert answer.status_code == 400
    assert words in answer.json()["message"]
    assert celitech.ledger.requests[0].outcome == "refused"
    assert celitech.account.balance_cents == 1_000_000


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b'{"quantity": NaN}'])
async def test_bodies_that_are_no_objects(client: httpx.AsyncClient, raw: bytes) -> None:
    """The body must be a JSON object."""
    answer = await client.post("/purchases/v2", content=raw)
    assert (answer.status_code, answer.json()["message"]) == (
        400,
        "The body must be a JSON object.",
    )


@pytest.mark.parametrize(
    "other", [{"destination": "KEN", "dataLimitInGB": 8}, {"dataLimitInGB": 0.5, "duration": 30}]
)
async def test_packages_that_are_not_sold(client: httpx.AsyncClient, other: dict[str, Any]) -> None:
    """A size or a duration that the destination has not is refused with 422."""
    answer = await buy(client, **other)
    assert answer.status_code == 422
    assert "is available for" in answer.json()["message"]


@pytest.mark.parametrize("status", [422, 400])
async def test_too_little_money(
    celitech: CelitechSandbox, client: httpx.AsyncClient, status: int
) -> None:
    """A purchase that costs more than there is sells nothing; no page says with which status."""
    celitech.account.balance_cents = 2 * celitech.catalogue.price("FRA", 5, 7) - 1
    celitech.account.shortage_status = status
    answer = await buy(client)
    assert answer.status_code == status
    assert "balance" in answer.json()["message"]
    assert celitech.ledger.purchases == []


async def test_brands_need_diamond(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """On another tier a brand is refused, and an order without one is sold."""
    celitech.account.tier = "Gold"
    assert (await buy(client, networkBrand="Acme")).status_code == 422
    assert (await buy(client)).status_code == 200


async def test_unknown_fields_may_be_let_pass(
    celitech: CelitechSandbox, client: httpx.AsyncClient
) -> None:
    """A switch lets fields pass that no model has."""
    celitech.dialect.refuses_unknown = False
    assert (await buy(client, packageId="x")).status_code == 200


async def test_the_first_form_of_the_call(client: httpx.AsyncClient) -> None:
    """`POST /purchases` sells one eSIM, for two dates, and answers an object with them."""
    body = {**ORDER, "referenceId": "old", **DATES}
    del body["quantity"], body["duration"]
    answer = await client.post("/purchases", json=body)
    assert answer.status_code == 200
    purchase = answer.json()["purchase"]
    assert purchase["startDate"] == "2026-01-01T00:00:00+0000"
    assert purchase["endDate"] == "2026-01-08T23:59:59+0000"
    assert "iosActivationLink" not in answer.json()["profile"]
    assert (await listed(client, referenceId="old"))[0]["id"] == purchase["id"]
    assert (await client.post("/purchases", json={**body, "quantity": 1})).status_code == 400
    timed = {**body, "startTime": 1_767_270_000, "endTime": 1_767_870_000_000}
    purchase = (await client.post("/purchases", json=timed)).json()["purchase"]
    assert (purchase["startTime"], purchase["endTime"]) == (1_767_270_000, 1_767_870_000)
    assert (await client.post("/purchases", json={**body, "endTime": "soon"})).status_code == 400


async def test_whose_reference_it_is(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """Each of several carries it, or the first alone: no page says which."""
    await buy(client, quantity=3)
    assert len(await listed(client, referenceId="ref")) == 3
    celitech.account.refers_first_only = True
    await buy(client, reference="other", quantity=3)
    assert len(await listed(client, referenceId="other")) == 1
    assert len(celitech.ledger.requests[1].purchases) == 3


async def test_prices_rise(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """What is sold costs what it costs at that moment; what was sold keeps its price."""
    before = celitech.catalogue.price("FRA", 5, 7)
    await buy(client, "a", quantity=1)
    celitech.catalogue.change_prices(110)
    after = celitech.catalogue.price("FRA", 5, 7)
    assert after > before
    await buy(client, "b", quantity=1)
    assert celitech.ledger.spent_cents == before + after
    (old,) = await listed(client, referenceId="a")
    assert old["package"]["priceInCents"] == before
