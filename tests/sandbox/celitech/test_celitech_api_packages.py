"""What is sold where and for how much: destinations, packages, prices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.celitech.calling import buy

if TYPE_CHECKING:
    import httpx

    from sandbox.celitech import CelitechSandbox


async def packages(client: httpx.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    """Return the packages of one page."""
    answer = await client.get("/packages", params=query)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["packages"]
    return rows


async def test_destinations(client: httpx.AsyncClient) -> None:
    """Countries cover themselves, regions several; codes and names are all different."""
    places = (await client.get("/destinations")).json()["destinations"]
    by_name = {place["name"]: place for place in places}
    assert by_name["France"]["supportedCountries"] == ["FRA"]
    assert {"FRA", "DEU"} <= set(by_name["Europe"]["supportedCountries"])
    assert by_name["Côte d'Ivoire"]["destinationISO2"] == "CI"
    for name in ("name", "destination", "destinationISO2"):
        assert len({place[name] for place in places}) == len(places)
    countries = {each for place in places for each in place["supportedCountries"]}
    assert countries <= {place["destination"] for place in places}


async def test_packages_of_a_destination(client: httpx.AsyncClient) -> None:
    """The filters pick destination, size and days; unlimited ones come when asked for."""
    (found,) = await packages(
        client, destination="FR", dataLimitInGB=5, startDate="2026-01-01", endDate="2026-01-08"
    )
    assert (found["destination"], found["minDays"], found["maxDays"]) == ("FRA", 3, 7)
    assert (found["dataLimitInGB"], found["dataLimitInBytes"]) == (5, 5_000_000_000)
    sizes = {each["dataLimitInGB"] for each in await packages(client, destination="FRA", limit=160)}
    assert -1 not in sizes
    every = await packages(client, destination="FRA", includeUnlimited="true", limit=160)
    assert {each["dataLimitInBytes"] for each in every if each["dataLimitInGB"] == -1} == {-1}
    assert len(every) > len(await packages(client, destination="FRA", dataLimitInGB=0, limit=160))


async def test_packages_come_in_pages(client: httpx.AsyncClient) -> None:
    """Each page's cursor leads to the next one; the last has none."""
    ids, cursor = list[str](), ""
    for _ in range(20):
        answer = (
            await client.get(
                "/packages", params={"destination": "FRA", "limit": 7, "afterCursor": cursor}
            )
        ).json()
        ids += [each["id"] for each in answer["packages"]]
        cursor = answer["afterCursor"]
        if cursor is None:
            break
    assert ids == [each["id"] for each in await packages(client, destination="FRA", limit=160)]


@pytest.mark.parametrize(
    "query",
    [
        {"destination": "XYZ"},
        {"dataLimitInGB": "4"},
        {"dataLimitInGB": "x"},
        {"dataLimitInGB": "nan"},
        {"limit": "161"},
        {"limit": "0"},
        {"limit": "1.5"},
        {"includeUnlimited": "yes"},
        {"startDate": "2026", "endDate": "2026-01-01"},
        {"afterCursor": "x"},
        {"size": "5"},
    ],
)
async def test_packages_that_can_not_be_asked_for(
    client: httpx.AsyncClient, query: dict[str, str]
) -> None:
    """A wrong parameter is refused with 400 and a message."""
    answer = await client.get("/packages", params=query)
    assert (answer.status_code, list(answer.json())) == (400, ["message"])


async def test_prices_that_rise_after_a_look(
    celitech: CelitechSandbox, client: httpx.AsyncClient
) -> None:
    """The next answer still has the old price; what is bought then costs more."""
    query = {
        "destination": "FRA",
        "dataLimitInGB": 5,
        "startDate": "2026-01-01",
        "endDate": "2026-01-08",
    }
    before = celitech.catalogue.price("FRA", 5, 7)
    celitech.catalogue.change_prices_after(calls=1, percent=150)
    (shown,) = await packages(client, **query)
    assert shown["priceInCents"] == before
    (later,) = await packages(client, **query)
    assert later["priceInCents"] == celitech.catalogue.price("FRA", 5, 7) > before
    celitech.catalogue.reset()
    assert celitech.catalogue.price("FRA", 5, 7) == before


async def test_one_price(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """One package's price can be set, and a size taken away."""
    celitech.catalogue.set_price("FRA", 5, 7, 4_200)
    assert celitech.catalogue.price("FRA", 5, 5) == 4_200
    assert celitech.catalogue.price("FRA", 3, 7) != 4_200
    celitech.catalogue.stop_selling("FRA", 5)
    assert (await buy(client)).status_code == 422
    with pytest.raises(LookupError):
        celitech.catalogue.price("FRA", 5, 7)
