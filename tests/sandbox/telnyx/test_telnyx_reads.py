"""Listings, pages, filters, single SIM cards, groups and the balance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from sandbox.telnyx import TelnyxSandbox

PURCHASE = "/actions/purchase/esims"
Query = list[tuple[str, str | int | float | bool | None]]


async def buy(client: httpx.AsyncClient, amount: int, *tags: str) -> list[dict[str, Any]]:
    """Buy `amount` eSIMs with these tags and return them."""
    answer = await client.post(PURCHASE, json={"amount": amount, "tags": list(tags)})
    sims: list[dict[str, Any]] = answer.json()["data"]
    return sims


async def listed(client: httpx.AsyncClient, *query: tuple[str, str]) -> set[str]:
    """Return the ICCIDs of one listing with this query."""
    answer = await client.get("/sim_cards", params=httpx.QueryParams(list(query)))
    assert answer.status_code == 200, answer.text
    return {sim["iccid"] for sim in answer.json()["data"]}


def iccids(sims: list[dict[str, Any]]) -> set[str]:
    """Return the ICCIDs of these SIMs."""
    return {sim["iccid"] for sim in sims}


async def test_every_sim_is_on_exactly_one_page(client: httpx.AsyncClient) -> None:
    """Pages of 20 (the default) bring 45 SIMs once each, and a `meta` that counts them."""
    bought = await buy(client, 45, "fleet")
    seen: list[str] = []
    for number in (1, 2, 3, 4):
        query: Query = [("filter[tags]", "fleet"), ("page[number]", number)]
        page = (await client.get("/sim_cards", params=httpx.QueryParams(query))).json()
        seen += [sim["iccid"] for sim in page["data"]]
        counts = {"page_number": number, "page_size": 20, "total_pages": 3, "total_results": 45}
        assert page["meta"] == counts
    assert seen == [sim["iccid"] for sim in bought]


async def test_a_page_holds_up_to_250(client: httpx.AsyncClient) -> None:
    """The largest page has 250 SIMs; the next one the rest."""
    await buy(client, 260, "fleet")
    first = await client.get("/sim_cards", params={"page[size]": 250})
    second = await client.get("/sim_cards", params={"page[size]": 250, "page[number]": 2})
    assert (len(first.json()["data"]), len(second.json()["data"])) == (250, 10)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page[size]", "251"),
        ("page[size]", "0"),
        ("page[number]", "0"),
        ("page[number]", "-1"),
        ("page[number]", "two"),
        ("page[number]", "²"),
        ("filter[status]", "registering"),
        ("filter[sim_card_group_id]", "fleet"),
        ("filter[tag]", "fleet"),
        ("page[sise]", "20"),
    ],
)
async def test_a_wrong_parameter_is_refused_by_name(
    client: httpx.AsyncClient, name: str, value: str
) -> None:
    """A wrong value, or a misspelt name, gets 422 that names the parameter."""
    answer = await client.get("/sim_cards", params={name: value})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["code"], error["source"]) == ("10015", {"parameter": name})


async def test_a_sim_must_carry_all_tags(client: httpx.AsyncClient) -> None:
    """Several tags, repeated or with commas, find only the SIMs that carry every one."""
    both = iccids(await buy(client, 2, "customers", "staff", "test"))
    test = iccids(await buy(client, 1, "test"))
    customers = iccids(await buy(client, 1, "customers"))
    tags = "filter[tags]"
    assert await listed(client, (tags, "customers"), (tags, "test")) == both
    assert await listed(client, (tags, "customers,test")) == both
    assert await listed(client, ("filter[tags][]", "customers"), (tags, "test")) == both
    assert await listed(client, (tags, "test")) == both | test
    assert await listed(client, (tags, "customers")) == both | customers
    assert await listed(client, (tags, "customers"), (tags, "nobody")) == set()


async def test_near_equal_tags_are_different_tags(
    telnyx: TelnyxSandbox, client: httpx.AsyncClient
) -> None:
    """A tag is found whole and by its exact letters only, in the listing and in the ledger."""
    wanted = iccids(await buy(client, 1, "esim-A1-1"))
    for near in ("esim-A1-11", "esim-A1", "esim-a1-1", " esim-A1-1", "xesim-A1-1"):
        await buy(client, 1, near)
    assert await listed(client, ("filter[tags]", "esim-A1-1")) == wanted
    assert iccids(telnyx.ledger.sims_tagged("esim-A1-1")) == wanted


async def test_other_filters(telnyx: TelnyxSandbox, client: httpx.AsyncClient) -> None:
    """A part of an ICCID and a group each narrow the listing."""
    fleet = telnyx.account.groups[1].id
    await buy(client, 2)
    order = {"amount": 1, "sim_card_group_id": fleet}
    (sim,) = (await client.post(PURCHASE, json=order)).json()["data"]
    assert await listed(client, ("filter[sim_card_group_id]", fleet)) == {sim["iccid"]}
    assert await listed(client, ("filter[iccid]", sim["iccid"][9:])) == {sim["iccid"]}


@pytest.mark.parametrize("status", ["enabled", "disabled", "standby"])
async def test_a_sim_is_registering_until_it_was_read_once(
    client: httpx.AsyncClient, status: str
) -> None:
    """A status filter misses a SIM that is still registering; later it has the status ordered."""
    await client.post(PURCHASE, json={"amount": 1, "status": status})
    query = ("filter[status]", status)
    assert await listed(client, query) == set()
    assert len(await listed(client, query)) == 1
    (sim,) = (await client.get("/sim_cards")).json()["data"]
    assert sim["status"]["value"] == status
    assert sim["actions_in_progress"] is False


async def test_one_sim_and_its_activation_code(client: httpx.AsyncClient) -> None:
    """A SIM is found by its id, and so is its activation code, the same each time."""
    first, second = await buy(client, 2)
    codes = []
    for sim in (first, first, second):
        path = f"/sim_cards/{sim['id']}"
        assert (await client.get(path)).json()["data"]["iccid"] == sim["iccid"]
        codes.append((await client.get(f"{path}/activation_code")).json()["data"])
    assert codes[0] == codes[1] != codes[2]
    assert codes[0]["activation_code"].startswith("LPA:1$")
    assert codes[0]["record_type"] == "sim_card_activation_code"


async def test_unknown_sims_and_paths_are_not_found(client: httpx.AsyncClient) -> None:
    """404 comes with an errors body; a wrong method gets 405."""
    unknown = "/sim_cards/6a09cdc3-8948-47f0-aa62-74ac943d6c58"
    for path in (unknown, f"{unknown}/activation_code", "/nothing"):
        answer = await client.get(path)
        assert answer.status_code == 404
        assert answer.json()["errors"][0]["code"] == "10005"
    assert (await client.delete("/balance")).status_code == 405


async def test_a_physical_sim_has_no_activation_code(
    telnyx: TelnyxSandbox, client: httpx.AsyncClient
) -> None:
    """Telnyx gives activation codes for eSIMs only."""
    sim = telnyx.account.add_sim(physical=True)
    answer = await client.get(f"/sim_cards/{sim['id']}/activation_code")
    assert answer.status_code == 422
    assert answer.json()["errors"]


async def test_a_foreign_sim_is_listed_but_not_in_the_ledger(
    telnyx: TelnyxSandbox, client: httpx.AsyncClient
) -> None:
    """A SIM that came from elsewhere costs nothing here and is no sale."""
    foreign = telnyx.account.add_sim(tags=["fleet"])
    assert await listed(client, ("filter[tags]", "fleet")) == {foreign["iccid"]}
    assert telnyx.ledger.sims == []
    assert telnyx.ledger.requests == []
    assert telnyx.ledger.spent_cents == 0


async def test_groups(telnyx: TelnyxSandbox, client: httpx.AsyncClient) -> None:
    """One default group and two named ones, with the number of their SIMs, by name and by page."""
    await buy(client, 2)
    groups = (await client.get("/sim_card_groups")).json()["data"]
    assert [group["id"] for group in groups] == [group.id for group in telnyx.account.groups]
    assert [group["default"] for group in groups] == [True, False, False]
    assert [group["sim_card_count"] for group in groups] == [2, 0, 0]
    limits = [group["data_limit"] for group in groups]
    assert limits == [None, {"amount": "10240.0", "unit": "MB"}, None]
    name = telnyx.account.groups[2].name
    (named,) = (await client.get("/sim_card_groups", params={"filter[name]": name})).json()["data"]
    assert named["id"] == telnyx.account.groups[2].id
    page = await client.get("/sim_card_groups", params={"page[size]": 2, "page[number]": 2})
    assert page.json()["meta"]["total_pages"] == 2
    assert len(page.json()["data"]) == 1
    assert (await client.get("/sim_card_groups", params={"page[size]": 0})).status_code == 422


async def test_the_balance_is_text_and_follows_purchases(
    telnyx: TelnyxSandbox, client: httpx.AsyncClient
) -> None:
    """Money comes as text with two decimals, in dollars."""
    telnyx.account.balance_cents = 100_005
    await buy(client, 1)
    data = (await client.get("/balance")).json()["data"]
    assert data["balance"] == data["available_credit"] == "999.35"
    assert (data["credit_limit"], data["pending"], data["currency"]) == ("0.00", "0.00", "USD")


@pytest.mark.parametrize("path", ["/balance", "/sim_cards", "/sim_card_groups", "/nothing"])
async def test_a_wrong_key_reads_nothing(telnyx: TelnyxSandbox, path: str) -> None:
    """Every read without the key gets 401 with an errors body."""
    async with httpx.AsyncClient(base_url=telnyx.url) as stranger:
        answer = await stranger.get(path)
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["code"] == "10009"
