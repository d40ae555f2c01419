"""Answers that contradict what is known, and lists that contradict themselves."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

    from sandbox.telnyx import TelnyxSandbox

ORDER = "esim-7K2M9QXA"
CALL = f"{ORDER}-1"


async def buy(client: httpx.AsyncClient, amount: int = 3, order: str = ORDER) -> httpx.Response:
    """Buy as the bot does, with both tags."""
    body = {"amount": amount, "tags": ["Fleet", order, f"{order}-1"]}
    return await client.post("/actions/purchase/esims", json=body)


async def listed(client: httpx.AsyncClient, **query: str | int) -> dict[str, Any]:
    """A page of what the list shows of the order."""
    answer = await client.get("/sim_cards", params={"filter[tags]": ORDER, **query})
    body: dict[str, Any] = answer.json()
    return body


async def test_a_list_that_counts_more(telnyx: TelnyxSandbox, client: httpx.AsyncClient) -> None:
    """The counts are those of all, the last ones are on no page."""
    await buy(client, 5)
    telnyx.faults.give_fewer(2)
    first, second = [await listed(client, **{"page[size]": 3, "page[number]": n}) for n in (1, 2)]
    assert [len(page["data"]) for page in (first, second)] == [3, 0]
    assert first["meta"]["total_results"] == 5
    telnyx.faults.give_fewer(99)
    assert (await listed(client))["data"] == []
    telnyx.faults.give_all()
    assert len((await listed(client))["data"]) == 5


async def test_pages_that_are_spoilt(telnyx: TelnyxSandbox, client: httpx.AsyncClient) -> None:
    """The last entry of a page is nothing that can be read; an empty page stays empty."""
    telnyx.faults.spoil_pages()
    assert (await listed(client))["data"] == []
    await buy(client)
    assert [entry is None for entry in (await listed(client))["data"]] == [False, False, True]
    telnyx.faults.mend_pages()
    assert None not in (await listed(client))["data"]


async def test_a_list_that_hangs(telnyx: TelnyxSandbox, client: httpx.AsyncClient) -> None:
    """Purchases go on meanwhile; the list is answered when the fault ends."""
    telnyx.faults.hang_listings()
    looking = asyncio.create_task(listed(client))
    assert (await buy(client)).status_code == 202
    assert not looking.done()
    telnyx.faults.clear()
    assert len((await looking)["data"]) == 3


async def test_tags_in_small_letters(telnyx: TelnyxSandbox, client: httpx.AsyncClient) -> None:
    """They come back so in answers and lists; the filter takes them as they were given."""
    telnyx.faults.lower_tags()
    small = ["fleet", ORDER.lower(), CALL.lower()]
    assert (await buy(client)).json()["data"][0]["tags"] == small
    assert (await listed(client))["data"][0]["tags"] == small
    telnyx.faults.keep_tags()
    assert (await listed(client))["data"][0]["tags"] == ["Fleet", ORDER, CALL]


async def test_429_after_the_sale(telnyx: TelnyxSandbox, client: httpx.AsyncClient) -> None:
    """It says that it was too much, and has sold all the same."""
    telnyx.faults.rate_limit(after_selling=True)
    assert (await buy(client)).status_code == 429
    assert telnyx.ledger.sold_per_order() == {ORDER: 3}
    assert len((await listed(client))["data"]) == 3


async def test_an_answer_without_iccids(telnyx: TelnyxSandbox, client: httpx.AsyncClient) -> None:
    """Ids are there, ICCIDs are not; the list has both."""
    telnyx.faults.name_no_iccids()
    told = (await buy(client)).json()["data"]
    assert [set(sim) & {"id", "iccid"} for sim in told] == [{"id"}] * 3
    assert all(sim["iccid"] for sim in (await listed(client))["data"])


async def test_an_answer_without_tags(telnyx: TelnyxSandbox, client: httpx.AsyncClient) -> None:
    """One SIM seems to carry none; the list knows better."""
    telnyx.faults.name_no_tags()
    told = (await buy(client)).json()["data"]
    assert [len(sim["tags"]) for sim in told] == [0, 3, 3]
    assert [len(sim["tags"]) for sim in (await listed(client))["data"]] == [3, 3, 3]


async def test_a_sim_that_was_sold_before(telnyx: TelnyxSandbox, client: httpx.AsyncClient) -> None:
    """The answer names it again, and one fewer was sold; the first sale names only its own."""
    telnyx.faults.name_an_old_sim()
    first = (await buy(client)).json()["data"]
    assert len({sim["id"] for sim in first}) == 3
    telnyx.faults.name_an_old_sim()
    other = (await buy(client, order="esim-00000000")).json()["data"]
    assert [sim["iccid"] for sim in other][2] == first[0]["iccid"]
    assert telnyx.ledger.sold_per_order() == {ORDER: 3, "esim-00000000": 2}


async def test_a_physical_sim(telnyx: TelnyxSandbox, client: httpx.AsyncClient) -> None:
    """The first of the next purchase alone is one, in the answer and in the list."""
    telnyx.faults.sell_physical()
    assert (await buy(client, amount=0)).status_code == 422
    assert [sim["type"] for sim in (await buy(client)).json()["data"]] == ["esim"] * 3
    telnyx.faults.sell_physical()
    for answer in ((await buy(client)).json(), await listed(client)):
        kinds = sorted(sim["type"] for sim in answer["data"])
        assert kinds[-2:] == ["esim", "physical"]


async def test_sold_per_order(telnyx: TelnyxSandbox, client: httpx.AsyncClient) -> None:
    """All calls of an order are added up; orders without a sale stand there with none."""
    await buy(client, 2)
    await buy(client, 1)
    telnyx.faults.refuse()
    await buy(client, order="esim-00000000")
    await client.post("/actions/purchase/esims", json={"amount": 1, "tags": [7, "fleet"]})
    await client.post("/actions/purchase/esims", json={"amount": 1, "tags": "fleet"})
    await client.post("/actions/purchase/esims", content=b"nonsense")
    assert telnyx.ledger.sold_per_order() == {ORDER: 3, "esim-00000000": 0}
