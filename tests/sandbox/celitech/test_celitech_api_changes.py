"""Top-ups, edits, suspensions; and what can be looked at of an eSIM."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.celitech.calling import bought, listed, renew

if TYPE_CHECKING:
    import httpx

    from sandbox.celitech import CelitechSandbox
    from sandbox.testing import MovedClock

DATES = {"duration": None, "startDate": "2026-01-01", "endDate": "2026-01-08"}


async def top_up(client: httpx.AsyncClient, iccid: str, /, **other: Any) -> httpx.Response:
    """Top an eSIM up with 1 GB for a week, or with what is said otherwise."""
    body = {"iccid": iccid, "dataLimitInGB": 1, "duration": 7, "referenceId": "more", **other}
    body = {name: value for name, value in body.items() if value is not None}
    return await client.post("/purchases/topup", json=body)


async def edit(client: httpx.AsyncClient, purchase: str, start: str, end: str) -> httpx.Response:
    """Give a purchase other dates."""
    body = {"purchaseId": purchase, "startDate": start, "endDate": end}
    return await client.post("/purchases/edit", json=body)


async def esim(client: httpx.AsyncClient, iccid: str) -> dict[str, Any]:
    """Return an eSIM as it is now."""
    answer = await client.get("/esim", params={"iccid": iccid})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["esim"]
    return found


async def test_a_top_up(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """It is a purchase of its own on the same eSIM, under its own reference and kind."""
    iccid = (await bought(client))["profile"]["iccid"]
    answer = await top_up(client, iccid)
    assert answer.status_code == 200
    assert answer.json()["profile"] == {"iccid": iccid}
    (row,) = await listed(client, referenceId="more")
    assert row["purchaseType"] == "Top-up Purchase"
    assert row["esim"] == {"iccid": iccid}
    assert len(await listed(client, iccid=iccid)) == 2
    assert celitech.ledger.requests[1].call == "topup"
    assert celitech.ledger.requests[1].iccids == [iccid]


@pytest.mark.parametrize(
    ("other", "status"),
    [
        ({"iccid": "89" * 10}, 404),
        ({"iccid": "12"}, 400),
        ({"iccid": None}, 400),
        ({"quantity": 1}, 400),
        ({"destination": "FRA"}, 400),
        ({"duration": None}, 400),
        ({"dataLimitInGB": 0.5, "duration": 30}, 422),
        ({"duration": None, "startDate": "2026-01-01", "endDate": "2026-01-08"}, 200),
    ],
)
async def test_what_a_top_up_may_be(
    client: httpx.AsyncClient, other: dict[str, Any], status: int
) -> None:
    """It is checked like a purchase; its eSIM must be there."""
    iccid = (await bought(client))["profile"]["iccid"]
    assert (await top_up(client, iccid, **other)).status_code == status


async def test_top_ups_that_are_not_allowed(
    celitech: CelitechSandbox, client: httpx.AsyncClient
) -> None:
    """`isTopUpAllowed` says it before; the call then refuses."""
    iccid = (await bought(client))["profile"]["iccid"]
    celitech.account.esims[iccid].allows_top_up = False
    assert (await esim(client, iccid))["isTopUpAllowed"] is False
    assert (await top_up(client, iccid)).status_code == 422


async def test_an_edit(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """What has not begun takes both dates, and the list shows them."""
    made = await bought(client, **{**DATES, "startDate": "2026-01-05", "endDate": "2026-01-10"})
    purchase = made["purchase"]["id"]
    answer = await edit(client, purchase, "2026-02-01", "2026-02-07")
    assert answer.status_code == 200
    assert answer.json() == {
        "purchaseId": purchase,
        "newStartDate": "2026-02-01T00:00:00+0000",
        "newEndDate": "2026-02-07T23:59:59+0000",
        "newStartTime": 1_769_904_000,
        "newEndTime": 1_770_508_799,
    }
    assert (await listed(client))[0]["startDate"] == "2026-02-01T00:00:00+0000"
    assert celitech.ledger.requests[-1].outcome == "done"


@pytest.mark.parametrize(
    ("start", "end", "status"),
    [
        ("2026-01-05", "2026-01-13", 422),  # another price class
        ("2025-12-31", "2026-01-05", 400),
        ("2026-01-05", "2026-01-04", 400),
        ("2026-1-5", "2026-01-08", 400),
        ("2027-01-02", "2027-01-07", 400),
    ],
)
async def test_edits_that_are_refused(
    client: httpx.AsyncClient, start: str, end: str, status: int
) -> None:
    """Neither the price class nor the rules of dates are changed by an edit."""
    made = await bought(client, **{**DATES, "startDate": "2026-01-05", "endDate": "2026-01-10"})
    assert (await edit(client, made["purchase"]["id"], start, end)).status_code == status
    assert (await edit(client, "nobody", "2026-01-05", "2026-01-10")).status_code == 404


async def test_an_edit_of_what_has_begun(
    celitech: CelitechSandbox, client: httpx.AsyncClient, clock: MovedClock
) -> None:
    """Only its end may change; the start is sent unchanged. After its end nothing changes."""
    purchase = (await bought(client, **DATES))["purchase"]["id"]
    assert (await edit(client, purchase, "2026-01-02", "2026-01-08")).status_code == 422
    assert (await edit(client, purchase, "2026-01-01", "2025-12-31")).status_code == 400
    assert (await edit(client, purchase, "2026-01-01", "2026-01-06")).status_code == 200
    clock.move(6 * 86_400)
    await renew(celitech, client)
    assert (await edit(client, purchase, "2026-01-01", "2026-01-08")).status_code == 422


async def test_a_suspension(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """It is final: connectivity and every package end, and no top-up or edit is taken."""
    made = await bought(client)
    iccid, purchase = made["profile"]["iccid"], made["purchase"]["id"]
    celitech.account.install(iccid)
    assert (await client.get(f"/purchases/{purchase}/consumption")).json()["status"] == "ACTIVE"
    answer = await client.post(f"/esim/{iccid}/suspend")
    assert (answer.status_code, list(answer.json())) == (200, ["message"])
    after = await esim(client, iccid)
    assert (after["connectivityStatus"], after["isTopUpAllowed"]) == ("NOT_ACTIVE", False)
    assert (await client.get(f"/purchases/{purchase}/consumption")).json()["status"] == "NOT_ACTIVE"
    assert (await top_up(client, iccid)).status_code == 422
    assert (await edit(client, purchase, "2026-01-05", "2026-01-10")).status_code == 422
    assert (await client.post(f"/esim/{iccid}/suspend")).status_code == 422
    assert celitech.ledger.spent_cents == celitech.catalogue.price("FRA", 5, 7)


async def test_suspensions_that_are_refused(client: httpx.AsyncClient) -> None:
    """There is no such eSIM, or there is a body, which the call has not."""
    iccid = (await bought(client))["profile"]["iccid"]
    assert (await client.post("/esim/8900/suspend")).status_code == 404
    assert (await client.post(f"/esim/{iccid}/suspend", json={"why": "x"})).status_code == 400


async def test_an_esim(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """It has the codes of its purchase; once installed it has a device and a history."""
    profile = (await bought(client))["profile"]
    iccid = profile["iccid"]
    found = await esim(client, iccid)
    assert found == {
        "iccid": iccid,
        "smdpAddress": "rsp.celitech.example",
        "activationCode": profile["activationCode"],
        "manualActivationCode": profile["manualActivationCode"],
        "status": "RELEASED",
        "connectivityStatus": "ACTIVE",
        "isTopUpAllowed": True,
    }
    assert (await client.get(f"/esim/{iccid}/device")).status_code == 404
    celitech.account.install(iccid)
    assert (await esim(client, iccid))["status"] == "ENABLED"
    device = (await client.get(f"/esim/{iccid}/device")).json()["device"]
    assert set(device) == {"oem", "hardwareName", "hardwareModel", "eid"}
    history = (await client.get(f"/esim/{iccid}/history")).json()["esim"]["history"]
    assert [each["status"] for each in history] == [
        "RELEASED",
        "DOWNLOADED",
        "INSTALLED",
        "ENABLED",
    ]
    assert history[0]["date"] == 1_767_268_800


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/esim", 400),
        ("/esim?iccid=1", 404),
        ("/esim/1/history", 404),
        ("/purchases/1/consumption", 404),
        ("/nothing", 404),
        ("/purchases/v2", 405),
    ],
)
async def test_what_is_not_there(client: httpx.AsyncClient, path: str, status: int) -> None:
    """A message comes with each status."""
    answer = await client.get(path)
    assert (answer.status_code, list(answer.json())) == (status, ["message"])


async def test_consumption(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """What is left goes down with use, never below nothing; without a limit it is -1."""
    purchase = (await bought(client))["purchase"]["id"]
    celitech.account.use(purchase, 1.5)
    left = (await client.get(f"/purchases/{purchase}/consumption")).json()
    assert left == {
        "dataUsageRemainingInBytes": 3_500_000_000,
        "dataUsageRemainingInGB": 3.5,
        "status": "NOT_ACTIVE",
    }
    celitech.account.use(purchase, 10)
    left = (await client.get(f"/purchases/{purchase}/consumption")).json()
    assert left["dataUsageRemainingInBytes"] == 0
    endless = (await bought(client, **DATES, dataLimitInGB=-1))["purchase"]["id"]
    left = (await client.get(f"/purchases/{endless}/consumption")).json()
    assert (left["dataUsageRemainingInBytes"], left["dataUsageRemainingInGB"]) == (-1, -1)


async def test_the_iframe(client: httpx.AsyncClient) -> None:
    """Its token is given to who has one."""
    assert len((await client.post("/iframe/token")).json()["token"]) > 20
