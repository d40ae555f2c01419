"""Celitech in the panel: its ledger, its prices, its switches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

if TYPE_CHECKING:
    from tests.sandbox.page.site import Site

ORDER = {"destination": "FRA", "dataLimitInGB": 5, "quantity": 2, "duration": 7}


async def access(site: Site) -> dict[str, str]:
    """Return the headers of a call with a token."""
    celitech = site.scene.celitech
    form = {
        "grant_type": "client_credentials",
        "client_id": celitech.client_id,
        "client_secret": celitech.client_secret,
    }
    async with site.session.post(f"{celitech.auth_url}/oauth2/token", data=form) as answer:
        return {"Authorization": f"Bearer {(await answer.json())['access_token']}"}


async def call(site: Site, path: str, body: dict[str, Any] | None, key: str | None = None) -> int:
    """Send something to Celitech as a bot does; the status, or 0 without an answer."""
    headers = await access(site) | ({"Idempotency-Key": key} if key else {})
    try:
        async with site.session.post(
            f"{site.scene.celitech.url}{path}", json=body, headers=headers, allow_redirects=False
        ) as answer:
            return answer.status
    except aiohttp.ClientError:
        return 0


async def buy(site: Site, reference: str = "esim-A1-1", key: str | None = None) -> int:
    """Buy two eSIMs for France."""
    return await call(site, "/purchases/v2", {**ORDER, "referenceId": reference}, key)


async def test_the_ledger(site: Site) -> None:
    """Requests, packages, money, tokens and what was asked for are as in the ledger."""
    assert "Celitech has not been asked for anything yet" in await site.region("panel")
    assert await buy(site) == 200
    shown = await site.region("panel")
    for part in (
        '"celitech-requests">1<',
        '"celitech-sold">2<',
        '"celitech-spent">$10.80<',
        "$9,989.20",
        '"celitech-tokens">1<',
        "2 for FRA, 5 GB, 7 days: sold 2",
        "esim-A1-1",
        '"celitech-sold-beyond">0<',
        '"sold">0<',
    ):
        assert part in shown


async def test_what_was_sent_twice(site: Site) -> None:
    """With its key nothing more is sold; without keys it is, which stands out."""
    await buy(site, key="k1")
    await buy(site, key="k1")
    shown = await site.region("panel")
    assert "answered again, nothing sold" in shown
    assert "key <code>k1</code>" in shown
    assert "Sent twice under one reference: 1" in shown
    assert '"celitech-sold-beyond">0<' in shown
    await site.post("/faults/flip", name="celitech_no_keys")
    await buy(site, key="k1")
    shown = await site.region("panel")
    assert '"celitech-sold-beyond">2<' in shown
    assert 'class="bad"' in shown


async def test_every_kind_of_request(site: Site) -> None:
    """A top-up, an edit and a suspension say what they are about."""
    celitech = site.scene.celitech
    dates = {"startDate": "2999-01-01", "endDate": "2999-01-08"}
    await call(site, "/purchases/v2", {"destination": "FRA", "dataLimitInGB": -1, **dates})
    await buy(site)
    purchase = celitech.account.purchases[0]
    iccid = purchase.esim.iccid
    await call(site, "/purchases/topup", {"iccid": iccid, "dataLimitInGB": 1, "duration": 7})
    await call(site, "/purchases/edit", {"purchaseId": purchase.id, **dates})
    await call(site, f"/esim/{iccid}/suspend", None)
    shown = await site.region("panel")
    for part in (
        "1 for FRA, unlimited, 2999-01-01 – 2999-01-08: refused",
        "Top-up of 1 GB, 7 days: sold 1",
        "Edit to 2999-01-01 – 2999-01-08: refused",
        f"Suspend {iccid}: done",
    ):
        assert part in shown


@pytest.mark.parametrize(
    ("fault", "label", "status", "sold"),
    [
        ("lose", "the answer is lost", 0, 2),
        ("fewer", "sells one fewer", 200, 1),
        ("empty", "with an empty list", 200, 2),
        ("no_json", "with no JSON", 200, 2),
        ("failed", "answered with 500", 500, 2),
        ("redirect", "redirected with 307", 307, 0),
        ("limited", "answered with 429", 429, 0),
        ("conflict", "answered with 409", 409, 0),
        ("store", "answered with 503", 503, 0),
        ("poor", "for lack of money", 422, 0),
    ],
)
async def test_faults_of_the_next_request(
    site: Site, fault: str, label: str, status: int, sold: int
) -> None:
    """An armed fault is shown, meets the next request, and is gone after it."""
    assert await site.post("/faults/arm", name=f"celitech_{fault}") == {}
    assert label in await site.region("panel")
    assert await buy(site) == status
    assert len(site.scene.celitech.ledger.purchases) == sold
    assert label not in await site.region("panel")
    assert await buy(site, "esim-A1-2") == 200


async def test_armed_faults_are_each_providers_own(site: Site) -> None:
    """What waits for Telnyx does not wait for Celitech."""
    await site.post("/faults/arm", name="lose")
    await site.post("/faults/arm", name="celitech_poor")
    shown = await site.region("panel")
    assert '"armed">Next: sold, but the answer is lost<' in shown
    assert '"celitech-armed">Next: refused for lack of money<' in shown
    assert await buy(site) == 422
    assert '"armed">Next: sold, but the answer is lost<' in await site.region("panel")


async def test_prices(site: Site) -> None:
    """They rise at once, or after the next look at them; and go back to the first ones."""
    catalogue = site.scene.celitech.catalogue
    first = catalogue.price("FRA", 5, 7)
    await site.post("/faults/arm", name="celitech_rise")
    shown = await site.region("panel")
    assert '"celitech-prices">110%<' in shown
    assert "$5.90" in shown
    await site.post("/faults/arm", name="celitech_rise_later")
    assert "Prices rise after the next look" in await site.region("panel")
    catalogue.count_call()
    assert '"celitech-prices">121%<' in await site.region("panel")
    await site.post("/faults/arm", name="celitech_first_prices")
    assert catalogue.price("FRA", 5, 7) == first
    catalogue.stop_selling("FRA", 5)
    assert "is not sold" in await site.region("panel")


async def test_standing_faults(site: Site) -> None:
    """Each switch can be pressed, alone, and all end together."""
    celitech = site.scene.celitech
    every = site.scene.switches.celitech.standing()
    names = [name for name in every if "away" not in name and "codes" not in name]
    for name in names:
        await site.post("/faults/flip", name=name)
    assert (await site.region("panel")).count('aria-checked="true"') == len(names)
    await site.post("/faults/flip", name="celitech_down")
    assert (celitech.faults.is_down, celitech.faults.delay_seconds > 0) == (False, True)
    await site.post("/faults/flip", name="celitech_slow")
    assert celitech.faults.delay_seconds == 0
    assert celitech.dialect.absent
    for name in names:
        if name not in {"celitech_down", "celitech_slow"}:
            await site.post("/faults/flip", name=name)
    assert 'aria-checked="true"' not in await site.region("panel")
    assert not celitech.dialect.absent
    async with site.session.get(f"{celitech.url}/purchases", headers=await access(site)) as answer:
        assert answer.status == 200
    assert await buy(site) == 200


@pytest.mark.parametrize("off", ["/faults/flip", "/faults/clear"])
async def test_out_of_reach(site: Site, off: str) -> None:
    """Nobody can connect, and nothing is received, until the switch is off."""
    await site.post("/faults/flip", name="celitech_away")
    with pytest.raises(aiohttp.ClientConnectorError):
        await buy(site)
    await site.post(off, name="celitech_away")
    assert await buy(site) == 200


async def test_all_off(site: Site) -> None:
    """One press ends what stands and what was armed; prices stay as they are."""
    for name in ("celitech_down", "celitech_no_keys", "celitech_no_tokens", "celitech_sparse"):
        await site.post("/faults/flip", name=name)
    await site.post("/faults/arm", name="celitech_lose")
    await site.post("/faults/arm", name="celitech_rise")
    await site.post("/faults/clear")
    shown = await site.region("panel")
    assert 'aria-checked="true"' not in shown
    assert "celitech-armed" not in shown
    assert '"celitech-prices">110%<' in shown
    assert await buy(site, key="k") == 200
    assert not site.scene.celitech.dialect.absent
