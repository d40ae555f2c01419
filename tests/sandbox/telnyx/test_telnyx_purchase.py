"""What a purchase sells, costs and is refused for."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from sandbox.telnyx import PRICE_CENTS

if TYPE_CHECKING:
    from sandbox.telnyx import TelnyxSandbox

PURCHASE = "/actions/purchase/esims"
FIELDS = {
    "id",
    "record_type",
    "status",
    "type",
    "iccid",
    "imsi",
    "msisdn",
    "sim_card_group_id",
    "tags",
    "data_limit",
    "current_billing_period_consumed_data",
    "actions_in_progress",
    "created_at",
    "updated_at",
    "esim_installation_status",
    "version",
    "resources_with_in_progress_actions",
    "eid",
    "authorized_imeis",
    "voice_enabled",
}


async def test_a_purchase_answers_202_with_every_field_of_every_sim(
    telnyx: TelnyxSandbox, client: httpx.AsyncClient
) -> None:
    """The answer has as many SIMs as ordered, each with all fields of the OpenAPI page."""
    group = telnyx.account.groups[1].id
    order = {"amount": 3, "tags": ["fleet", "esim-A1"], "sim_card_group_id": group}
    answer = await client.post(PURCHASE, json=order)
    assert answer.status_code == 202
    sims = answer.json()["data"]
    assert [set(sim) for sim in sims] == [FIELDS] * 3
    for sim in sims:
        assert sim["type"] == "esim"
        assert sim["tags"] == ["fleet", "esim-A1"]
        assert sim["sim_card_group_id"] == group
        assert sim["created_at"] == "2026-01-01T12:00:00.000Z"
        assert sim["status"]["value"] == "registering"
        assert sim["status"]["reason"]


async def test_sims_are_unique_and_look_real(client: httpx.AsyncClient) -> None:
    """No two SIMs share an id, ICCID, IMSI or MSISDN, and each has its usual form."""
    sims = []
    for _ in range(2):
        sims += (await client.post(PURCHASE, json={"amount": 50})).json()["data"]
    for name in ("id", "iccid", "imsi", "msisdn"):
        assert len({sim[name] for sim in sims}) == 100
    assert all(re.fullmatch(r"89\d{17,18}", sim["iccid"]) for sim in sims)
    assert all(re.fullmatch(r"\d{15}", sim["imsi"]) for sim in sims)
    assert all(re.fullmatch(r"\+\d{11}", sim["msisdn"]) for sim in sims)


async def test_a_sim_without_group_is_in_the_default_group(
    telnyx: TelnyxSandbox, client: httpx.AsyncClient
) -> None:
    """Telnyx puts an eSIM ordered without a group into the account's default one."""
    (sim,) = (await client.post(PURCHASE, json={"amount": 1})).json()["data"]
    assert telnyx.account.groups[0].default
    assert sim["sim_card_group_id"] == telnyx.account.groups[0].id
    assert sim["tags"] == []


async def test_the_ledger_holds_the_request_and_its_sims(
    telnyx: TelnyxSandbox, client: httpx.AsyncClient
) -> None:
    """An entry says when, what was asked with which headers, and what was sold; no key in it."""
    order = {"amount": 2, "tags": ["esim-A1"]}
    answer = await client.post(PURCHASE, json=order, headers={"Idempotency-Key": "k"})
    (entry,) = telnyx.ledger.requests
    assert entry.at == 1_767_268_800.0
    assert entry.body == order
    assert entry.headers["idempotency-key"] == "k"
    assert telnyx.api_key not in str(entry)
    assert (entry.outcome, entry.answered) == ("sold", True)
    assert entry.sims == answer.json()["data"] == telnyx.ledger.sims


async def test_money_and_stock_move_with_each_sim(
    telnyx: TelnyxSandbox, client: httpx.AsyncClient
) -> None:
    """Each eSIM takes 70 cents and one of the stock."""
    telnyx.account.balance_cents, telnyx.account.stock = 1_000, 10
    await client.post(PURCHASE, json={"amount": 4})
    assert PRICE_CENTS == 70
    assert telnyx.ledger.spent_cents == 280
    assert telnyx.account.balance_cents == 720
    assert telnyx.account.stock == 6


@pytest.mark.parametrize(
    ("balance_cents", "stock", "code"), [(139, 10, "20100"), (140, 1, "70001")]
)
async def test_an_order_beyond_money_or_stock_is_refused_whole(
    telnyx: TelnyxSandbox,
    client: httpx.AsyncClient,
    balance_cents: int,
    stock: int,
    code: str,
) -> None:
    """Too little money or stock sells nothing at all, with Telnyx's code for it."""
    telnyx.account.balance_cents, telnyx.account.stock = balance_cents, stock
    answer = await client.post(PURCHASE, json={"amount": 2})
    assert answer.status_code == 422
    assert [error["code"] for error in answer.json()["errors"]] == [code]
    assert (telnyx.account.balance_cents, telnyx.account.stock) == (balance_cents, stock)
    assert telnyx.ledger.sims == []


async def test_the_last_cent_and_the_last_sim_can_be_bought(
    telnyx: TelnyxSandbox, client: httpx.AsyncClient
) -> None:
    """An order that takes all money and all stock is sold."""
    telnyx.account.balance_cents, telnyx.account.stock = 140, 2
    assert (await client.post(PURCHASE, json={"amount": 2})).status_code == 202
    assert (telnyx.account.balance_cents, telnyx.account.stock) == (0, 0)


WRONG_BODIES: list[tuple[dict[str, Any], str, str]] = [
    ({}, "10004", "/amount"),
    ({"amount": 0}, "10015", "/amount"),
    ({"amount": -1}, "10015", "/amount"),
    ({"amount": 1.0}, "10015", "/amount"),
    ({"amount": "1"}, "10015", "/amount"),
    ({"amount": True}, "10015", "/amount"),
    ({"amount": None}, "10015", "/amount"),
    ({"amount": 1, "status": "active"}, "10015", "/status"),
    ({"amount": 1, "status": []}, "10015", "/status"),
    ({"amount": 1, "sim_card_group_id": "fleet"}, "10015", "/sim_card_group_id"),
    ({"amount": 1, "sim_card_group_id": "6" * 32}, "10015", "/sim_card_group_id"),
    ({"amount": 1, "sim_card_group_id": None}, "10015", "/sim_card_group_id"),
    ({"amount": 1, "tags": "fleet"}, "10015", "/tags"),
    ({"amount": 1, "tags": ["fleet", 5]}, "10015", "/tags/1"),
    ({"amount": 1, "product": "sim"}, "10015", "/product"),
    ({"amount": 1, "whitelabel_name": "Acme"}, "10015", "/product"),
    *(
        ({"amount": 1, "product": "whitelabel", "whitelabel_name": name}, "10015", pointer)
        for name in ("Acme!", "Acme_Mobile", "", 5)
        for pointer in ("/whitelabel_name",)
    ),
    ({"amount": 1, "a/b~c": 2}, "10015", "/a~1b~0c"),
]


@pytest.mark.parametrize(("body", "code", "pointer"), WRONG_BODIES)
async def test_a_wrong_body_is_refused_at_the_place(
    telnyx: TelnyxSandbox, client: httpx.AsyncClient, body: dict[str, Any], code: str, pointer: str
) -> None:
    """A body that the OpenAPI page forbids gets 422, a code, and a pointer to the wrong field."""
    answer = await client.post(PURCHASE, json=body)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["code"], error["source"]["pointer"]) == (code, pointer)
    assert error["title"]
    assert error["detail"]
    (entry,) = telnyx.ledger.requests
    assert (entry.outcome, entry.answered, entry.body) == ("refused", True, body)
    assert telnyx.ledger.spent_cents == 0


async def test_every_wrong_field_is_named_at_once(client: httpx.AsyncClient) -> None:
    """One answer points at all wrong fields."""
    answer = await client.post(PURCHASE, json={"amount": 0, "status": "x", "colour": "red"})
    pointers = {error["source"]["pointer"] for error in answer.json()["errors"]}
    assert pointers == {"/amount", "/status", "/colour"}


@pytest.mark.parametrize("raw", [b"", b"{", b"amount=1", b"\xff", b'{"amount": NaN}'])
async def test_a_body_that_is_no_json_is_refused(
    telnyx: TelnyxSandbox, client: httpx.AsyncClient, raw: bytes
) -> None:
    """Anything but JSON gets 422, and the ledger keeps the bytes."""
    answer = await client.post(PURCHASE, content=raw)
    assert answer.status_code == 422
    assert [error["code"] for error in answer.json()["errors"]] == ["10023"]
    (entry,) = telnyx.ledger.requests
    assert (entry.raw, entry.body, entry.outcome) == (raw, {}, "refused")


async def test_a_json_list_is_refused(client: httpx.AsyncClient) -> None:
    """JSON that is no object is refused too."""
    answer = await client.post(PURCHASE, json=[{"amount": 1}])
    assert answer.status_code == 422


async def test_an_unknown_group_is_not_found(
    telnyx: TelnyxSandbox, client: httpx.AsyncClient
) -> None:
    """A UUID of no group of the account gets 404 and sells nothing."""
    group = "6a09cdc3-8948-47f0-aa62-74ac943d6c58"
    answer = await client.post(PURCHASE, json={"amount": 1, "sim_card_group_id": group})
    assert answer.status_code == 404
    assert [error["code"] for error in answer.json()["errors"]] == ["10005"]
    assert telnyx.ledger.sims == []


async def test_a_whitelabel_order_is_sold(client: httpx.AsyncClient) -> None:
    """Letters of any script, digits and whitespace make a whitelabel name."""
    order = {"amount": 1, "product": "whitelabel", "whitelabel_name": "Ácme Mobile 5"}
    assert (await client.post(PURCHASE, json=order)).status_code == 202


@pytest.mark.parametrize("authorization", [None, "Bearer wrong", "Basic x"])
async def test_a_wrong_key_buys_nothing_and_gets_no_body(
    telnyx: TelnyxSandbox, authorization: str | None
) -> None:
    """The purchase's 401 has no body; it uses up no queued fault either."""
    telnyx.faults.refuse()
    headers = {"Authorization": authorization} if authorization else {}
    async with httpx.AsyncClient(base_url=telnyx.url, headers=headers) as stranger:
        answer = await stranger.post(PURCHASE, json={"amount": 1})
    assert (answer.status_code, answer.content) == (401, b"")
    (entry,) = telnyx.ledger.requests
    assert (entry.outcome, entry.answered) == ("refused", True)
    key = {"Authorization": f"Bearer {telnyx.api_key}"}
    async with httpx.AsyncClient(base_url=telnyx.url, headers=key) as customer:
        assert (await customer.post(PURCHASE, json={"amount": 1})).status_code == 422


async def test_purchases_at_the_same_time_each_get_their_own_sims(
    telnyx: TelnyxSandbox, client: httpx.AsyncClient
) -> None:
    """Ten purchases at once sell ten times the amount, no SIM twice."""
    orders = [{"amount": 3, "tags": [f"esim-{number}"]} for number in range(10)]
    await asyncio.gather(*(client.post(PURCHASE, json=order) for order in orders))
    assert len({sim["iccid"] for sim in telnyx.ledger.sims}) == 30
    assert all(len(telnyx.ledger.sims_tagged(f"esim-{number}")) == 3 for number in range(10))
