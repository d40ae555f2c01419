"""The list of purchases: pages, filters, what hides; and reads that fail."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.sandbox.celitech.calling import bought, buy, listed

if TYPE_CHECKING:
    from sandbox.celitech import CelitechSandbox
    from sandbox.testing import MovedClock

NOON = 1_767_268_800


async def test_a_listed_purchase(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """All 13, 7 and 1 properties are there; a package with a duration has no dates yet."""
    made = await bought(client)
    (row,) = await listed(client)
    assert row == {
        "id": made["purchase"]["id"],
        "startDate": None,
        "endDate": None,
        "duration": 7,
        "createdDate": "2026-01-01T12:00:00+0000",
        "startTime": None,
        "endTime": None,
        "createdAt": NOON,
        "package": {
            "id": made["purchase"]["packageId"],
            "dataLimitInBytes": 5_000_000_000,
            "dataLimitInGB": 5,
            "destination": "FRA",
            "destinationISO2": "FR",
            "destinationName": "France",
            "priceInCents": celitech.catalogue.price("FRA", 5, 7),
        },
        "esim": {"iccid": made["profile"]["iccid"]},
        "source": "API",
        "purchaseType": "First Purchase",
        "referenceId": "ref",
    }


async def test_what_others_bought(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """A purchase from the dashboard is listed without a reference; the ledger knows none."""
    celitech.add_purchase("KEN", 5, 7)
    celitech.add_purchase("KEN", 5, 7, source="Not available")
    rows = await listed(client)
    assert [row["source"] for row in rows] == ["Not available", "dashboard"]
    assert [row["referenceId"] for row in rows] == [None, None]
    assert celitech.ledger.purchases == []
    with pytest.raises(LookupError):
        celitech.add_purchase("KEN", 50, 7)


async def test_filters(client: httpx.AsyncClient) -> None:
    """Each filter finds what it says, by itself."""
    old = await bought(client, reference="old", email="ana@example.com")
    queries: list[tuple[dict[str, Any], bool]] = [
        ({"purchaseId": old["purchase"]["id"]}, True),
        ({"iccid": old["profile"]["iccid"]}, True),
        ({"referenceId": "old"}, True),
        ({"email": "ana@example.com"}, True),
        ({"email": "ben@example.com"}, False),
        ({"referenceId": "ol"}, False),
        ({"afterDate": "2026-01-01"}, True),
        ({"afterDate": "2026-01-02"}, False),
        ({"beforeDate": "2026-01-01"}, True),
        ({"beforeDate": "2025-12-31"}, False),
        ({"after": NOON}, True),
        ({"after": (NOON + 1) * 1000}, False),
        ({"before": NOON * 1000}, True),
        ({"before": NOON - 1}, False),
    ]
    for query, finds in queries:
        assert bool(await listed(client, **query)) is finds, query


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 101},
        {"limit": 0},
        {"afterDate": "yesterday"},
        {"after": "x"},
        {"afterCursor": "x"},
        {"reference": "ref"},
    ],
)
async def test_purchases_that_can_not_be_asked_for(
    client: httpx.AsyncClient, query: dict[str, Any]
) -> None:
    """A wrong parameter is refused; a misspelt filter does not list everything."""
    assert (await client.get("/purchases", params=query)).status_code == 400


async def test_parameters_that_are_let_pass(
    celitech: CelitechSandbox, client: httpx.AsyncClient
) -> None:
    """A switch lets parameters pass that no model has: then they filter nothing."""
    await bought(client)
    celitech.dialect.refuses_unknown = False
    assert len(await listed(client, reference="other")) == 1


async def pages(client: httpx.AsyncClient, **query: Any) -> list[list[str]]:
    """Return the references on each page, up to six pages."""
    found, cursor = list[list[str]](), ""
    for _ in range(6):
        params = {**query, "afterCursor": cursor} if cursor else query
        page = (await client.get("/purchases", params=params)).json()
        found.append([row["referenceId"] for row in page["purchases"]])
        following = page.get("afterCursor")
        if not following or following == cursor:
            break
        cursor = following
    return found


@pytest.fixture
async def five(client: httpx.AsyncClient) -> None:
    """Buy one eSIM under each of five references."""
    for reference in "abcde":
        await bought(client, reference=reference)


@pytest.mark.usefixtures("five")
async def test_purchases_come_in_pages(
    celitech: CelitechSandbox, client: httpx.AsyncClient
) -> None:
    """The newest first, or the oldest; a page may hold fewer than was asked for."""
    assert await pages(client, limit=2) == [["e", "d"], ["c", "b"], ["a"]]
    celitech.dialect.oldest_first = True
    assert await pages(client, limit=3) == [["a", "b", "c"], ["d", "e"]]
    celitech.dialect.page_size = 2
    assert await pages(client, limit=3) == [["a", "b"], ["c", "d"], ["e"]]


@pytest.mark.usefixtures("five")
async def test_pages_that_are_cut_before_they_are_filtered(
    celitech: CelitechSandbox, client: httpx.AsyncClient
) -> None:
    """Some then hold nothing of what was asked for, and still lead to the next one."""
    celitech.dialect.filters_pages = True
    assert await pages(client, limit=2, referenceId="b") == [[], ["b"], []]


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize(("form", "last"), [("null", None), ("empty", ""), ("absent", "absent")])
async def test_the_last_cursor(
    celitech: CelitechSandbox, client: httpx.AsyncClient, form: Any, last: str | None
) -> None:
    """It is null, empty or not there."""
    celitech.dialect.last_cursor = form
    page = (await client.get("/purchases")).json()
    assert page.get("afterCursor", "absent") == last


@pytest.mark.usefixtures("five")
async def test_a_cursor_behind_the_last_entry(
    celitech: CelitechSandbox, client: httpx.AsyncClient
) -> None:
    """The last page may have one too: it leads to an empty page with the same cursor."""
    celitech.dialect.last_cursor = "same"
    assert await pages(client, limit=3) == [["e", "d", "c"], ["b", "a"], []]


async def test_new_purchases_hide(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """Only lists that ask for them count; those made before are shown all along."""
    await bought(client, reference="old")
    celitech.faults.hide_new_purchases(lists=2)
    await buy(client)
    assert len(await listed(client)) == 1
    assert [len(await listed(client, referenceId="ref")) for _ in range(3)] == [0, 0, 2]
    celitech.faults.hide_new_purchases(lists=None)
    made = await bought(client, reference="new")
    assert [await listed(client, iccid=made["profile"]["iccid"]) for _ in range(4)] == [[]] * 4
    celitech.faults.show_purchases()
    assert len(await listed(client)) == 4


async def test_the_list_lags(
    celitech: CelitechSandbox, client: httpx.AsyncClient, clock: MovedClock
) -> None:
    """What is bought appears in the list only after a time."""
    celitech.faults.lag(30)
    await buy(client)
    assert await listed(client) == []
    clock.move(29)
    assert await listed(client) == []
    clock.move(1)
    assert len(await listed(client)) == 2


@pytest.mark.usefixtures("five")
async def test_lists_that_contradict(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """Rows are missing, unreadable, twice, or not what was asked for; then all is well again."""
    faults = celitech.faults
    faults.give_fewer(2)
    assert len(await listed(client)) == 3
    faults.give_all()
    faults.spoil_pages()
    assert (await listed(client))[-1] is None
    faults.mend_pages()
    faults.repeat_rows()
    assert [row["referenceId"] for row in await listed(client, referenceId="a")] == ["a", "a"]
    faults.repeat_none()
    faults.ignore_filters()
    assert len(await listed(client, referenceId="a")) == 5
    faults.heed_filters()
    assert len(await listed(client, referenceId="a")) == 1


@pytest.mark.usefixtures("five")
async def test_pages_that_never_end(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """Every page has the same cursor, which leads to the same page."""
    celitech.faults.loop_pages()
    first = (await client.get("/purchases", params={"limit": 2})).json()
    second = (
        await client.get("/purchases", params={"limit": 2, "afterCursor": first["afterCursor"]})
    ).json()
    assert first == second
    celitech.faults.end_pages()
    assert await pages(client, limit=3) == [["e", "d", "c"], ["b", "a"]]


@pytest.mark.parametrize("name", ["destinations", "packages", "purchases"])
async def test_reads_that_fail(
    celitech: CelitechSandbox, client: httpx.AsyncClient, name: str
) -> None:
    """So many reads of one name fail, others don't; the body can be anything."""
    celitech.faults.fail_reads(name, 503, times=2)
    celitech.faults.fail_reads(name, 200, body=b"<html>")
    statuses = [(await client.get(f"/{name}")).status_code for _ in range(2)]
    assert statuses == [503, 503]
    assert (await client.get(f"/{name}")).content == b"<html>"
    assert (await client.get(f"/{name}")).status_code == 200
    assert (await buy(client)).status_code == 200
    assert len(celitech.ledger.reads_of(f"/{name}")) == 4


async def test_reads_that_are_cut(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """So many lists get no answer at all; then they are mended."""
    celitech.faults.close_reads(times=3)
    celitech.faults.fail_reads()
    with pytest.raises(httpx.RemoteProtocolError):
        await client.get("/purchases")
    celitech.faults.mend_reads()
    assert await listed(client) == []


async def test_details_that_fail(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """After the list the codes may fail."""
    iccid = (await bought(client))["profile"]["iccid"]
    celitech.faults.fail_reads("esim", 500)
    assert (await client.get("/esim", params={"iccid": iccid})).status_code == 500
    assert (await client.get("/esim", params={"iccid": iccid})).status_code == 200


async def test_lists_that_hang(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """A look-up gets no answer until the list answers again; purchases do."""
    celitech.faults.hang_reads("purchases")
    waiting = asyncio.create_task(client.get("/purchases"))
    assert (await buy(client)).status_code == 200
    assert not waiting.done()
    celitech.faults.answer_reads("purchases")
    assert len((await waiting).json()["purchases"]) == 2
