"""Each fault: what the client sees, and what the ledger says of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from sandbox.telnyx import TelnyxSandbox

PURCHASE = "/actions/purchase/esims"
WIRE_FAULTS = {
    "close": httpx.RemoteProtocolError,
    "reset": httpx.ReadError,
    "cut_body": httpx.RemoteProtocolError,
    "half_status_line": httpx.RemoteProtocolError,
}


async def buy(client: httpx.AsyncClient, amount: int = 3) -> httpx.Response:
    """Buy eSIMs tagged `ref`."""
    return await client.post(PURCHASE, json={"amount": amount, "tags": ["ref"]})


async def found(client: httpx.AsyncClient, tag: str | None = "ref") -> int:
    """Return how many SIMs a listing shows."""
    params = {"filter[tags]": tag} if tag else {}
    total: int = (await client.get("/sim_cards", params=params)).json()["meta"]["total_results"]
    return total


def codes(answer: httpx.Response) -> list[str]:
    """Return the codes of the answer's errors."""
    return [error["code"] for error in answer.json()["errors"]]


def state(telnyx: TelnyxSandbox) -> tuple[str, int, bool]:
    """Return the last entry's outcome, its number of SIMs, and whether it was answered."""
    entry = telnyx.ledger.requests[-1]
    assert telnyx.ledger.spent_cents == 70 * len(telnyx.ledger.sims)
    assert 1_000_000 - telnyx.account.balance_cents == telnyx.ledger.spent_cents
    return entry.outcome, len(entry.sims), entry.answered


async def test_refuse(telnyx: TelnyxSandbox, client: httpx.AsyncClient) -> None:
    """A refusal sells nothing and has the code's usual title; the next purchase goes through."""
    telnyx.faults.refuse()
    answer = await buy(client)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["title"] == "Insufficient Funds"
    assert state(telnyx) == ("refused", 0, True)
    assert (await buy(client)).status_code == 202


async def test_refuse_in_other_words(telnyx: TelnyxSandbox, client: httpx.AsyncClient) -> None:
    """Code, status, words and place can all be chosen."""
    telnyx.faults.refuse("99999", status=403, title="No", detail="Never.", pointer="/amount")
    answer = await buy(client)
    (error,) = answer.json()["errors"]
    assert answer.status_code == 403
    assert (error["code"], error["title"], error["detail"]) == ("99999", "No", "Never.")
    assert error["source"] == {"pointer": "/amount"}


@pytest.mark.parametrize(("error_code", "expected"), [("70001", ["70001"]), (None, [])])
async def test_sell_fewer(
    telnyx: TelnyxSandbox, client: httpx.AsyncClient, error_code: str | None, expected: list[str]
) -> None:
    """Fewer SIMs than ordered come in a 202, with or without an error beside them."""
    telnyx.faults.sell_fewer(by=2, error_code=error_code)
    answer = await buy(client)
    assert (answer.status_code, len(answer.json()["data"])) == (202, 1)
    assert codes(answer) == expected
    assert state(telnyx) == ("sold", 1, True)


async def test_sell_more(telnyx: TelnyxSandbox, client: httpx.AsyncClient) -> None:
    """More SIMs than ordered are sold, and paid for."""
    telnyx.faults.sell_more(by=2)
    assert len((await buy(client)).json()["data"]) == 5
    assert state(telnyx) == ("sold", 5, True)


@pytest.mark.parametrize("error_code", [None, "70001"])
async def test_sell_none(
    telnyx: TelnyxSandbox, client: httpx.AsyncClient, error_code: str | None
) -> None:
    """A 202 without SIMs sells nothing."""
    telnyx.faults.sell_none(error_code)
    answer = await buy(client)
    assert (answer.status_code, answer.json()["data"]) == (202, [])
    assert codes(answer) == ([error_code] if error_code else [])
    assert state(telnyx) == ("refused", 0, True)


async def test_hold_after_selling(telnyx: TelnyxSandbox, client: httpx.AsyncClient) -> None:
    """The SIMs are sold and listed while the answer waits for the gate."""
    gate = telnyx.faults.hold()
    waiting = asyncio.create_task(buy(client))
    await gate.reached()
    assert state(telnyx) == ("sold", 3, False)
    assert await found(client) == 3
    gate.release()
    assert (await waiting).status_code == 202
    assert state(telnyx) == ("sold", 3, True)


async def test_hold_before_selling(telnyx: TelnyxSandbox, client: httpx.AsyncClient) -> None:
    """Nothing is sold until the gate is released."""
    gate = telnyx.faults.hold(before_selling=True)
    waiting = asyncio.create_task(buy(client))
    await gate.reached()
    assert state(telnyx) == ("not_processed", 0, False)
    gate.release()
    assert len((await waiting).json()["data"]) == 3
    assert state(telnyx) == ("sold", 3, True)


async def test_a_held_purchase_stays_sold_and_unanswered_when_the_sandbox_stops(
    telnyx: TelnyxSandbox, client: httpx.AsyncClient
) -> None:
    """Stopping does not wait for a gate, and the client gets no answer."""
    gate = telnyx.faults.hold()
    waiting = asyncio.create_task(buy(client))
    await gate.reached()
    await telnyx.stop()
    with pytest.raises(httpx.RemoteProtocolError):
        await waiting
    assert state(telnyx) == ("sold", 3, False)


async def test_a_client_that_hangs_up_is_not_answered(
    telnyx: TelnyxSandbox, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    """The SIMs of a purchase that nobody waits for any more are sold all the same, quietly."""
    gate = telnyx.faults.hold()
    waiting = asyncio.create_task(buy(client))
    await gate.reached()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    # The server has read the end of that connection once it answers on a later one.
    await client.get("/balance")
    telnyx.faults.mangle(lambda payload: payload | {"mangled": True})
    gate.release()
    await telnyx.until(lambda: not telnyx.faults.manglers)
    assert state(telnyx) == ("sold", 3, False)
    assert caplog.text == ""


@pytest.mark.parametrize(("name", "error"), WIRE_FAULTS.items())
@pytest.mark.parametrize("after_selling", [True, False])
async def test_a_connection_that_breaks(
    telnyx: TelnyxSandbox,
    client: httpx.AsyncClient,
    name: str,
    error: type[Exception],
    after_selling: bool,
) -> None:
    """The client sees a broken connection either way; the ledger alone knows what was sold."""
    getattr(telnyx.faults, name)(after_selling=after_selling)
    with pytest.raises(error):
        await buy(client)
    expected = ("sold", 3, False) if after_selling else ("not_processed", 0, False)
    assert state(telnyx) == expected
    assert await found(client) == expected[1]


async def test_a_breaking_connection_still_refuses_a_wrong_order(
    telnyx: TelnyxSandbox, client: httpx.AsyncClient
) -> None:
    """A fault that sells sells only what could be sold."""
    telnyx.faults.close()
    with pytest.raises(httpx.RemoteProtocolError):
        await buy(client, amount=0)
    assert state(telnyx) == ("refused", 0, False)


async def test_rate_limit(telnyx: TelnyxSandbox, client: httpx.AsyncClient) -> None:
    """429 sells nothing and says in Telnyx's own headers when to come back."""
    telnyx.faults.rate_limit(retry_after=7)
    answer = await buy(client)
    assert (answer.status_code, codes(answer)) == (429, ["10011"])
    assert answer.headers["x-ratelimit-remaining"] == "0"
    assert answer.headers["x-ratelimit-reset"] == "7"
    assert state(telnyx) == ("not_processed", 0, True)


@pytest.mark.parametrize("after_selling", [True, False])
async def test_fail(telnyx: TelnyxSandbox, client: httpx.AsyncClient, after_selling: bool) -> None:
    """A 5xx looks the same before and after the sale."""
    telnyx.faults.fail(status=503, after_selling=after_selling, code="10008")
    answer = await buy(client)
    assert (answer.status_code, codes(answer)) == (503, ["10008"])
    assert state(telnyx) == (("sold", 3, True) if after_selling else ("not_processed", 0, True))


async def test_fail_with_another_body(telnyx: TelnyxSandbox, client: httpx.AsyncClient) -> None:
    """A gateway's page of HTML can stand in for the errors."""
    telnyx.faults.fail(502, body=b"<html>Bad Gateway</html>")
    assert (await buy(client)).content == b"<html>Bad Gateway</html>"


async def test_answer_exactly(telnyx: TelnyxSandbox, client: httpx.AsyncClient) -> None:
    """The bytes, status and headers are those given; SIMs are sold only when told to."""
    telnyx.faults.answer(307, b"", headers={"Location": "/elsewhere"})
    telnyx.faults.answer(202, b"{ this is no JSON", sell=2)
    telnyx.faults.answer(202, {"surprise": True}, sell=0)
    moved = await buy(client)
    assert (moved.status_code, moved.headers["Location"]) == (307, "/elsewhere")
    assert state(telnyx) == ("not_processed", 0, True)
    assert (await buy(client)).content == b"{ this is no JSON"
    assert state(telnyx) == ("sold", 2, True)
    assert (await buy(client)).json() == {"surprise": True}
    assert state(telnyx) == ("refused", 0, True)


async def test_mangle(telnyx: TelnyxSandbox, client: httpx.AsyncClient) -> None:
    """The payload changes on its way; what was sold does not. A refusal is not mangled."""

    def without_iccid(payload: dict[str, Any]) -> dict[str, Any]:
        del payload["data"][0]["iccid"]
        payload["data"][1]["status"]["value"] = "abolished"
        return payload

    telnyx.faults.refuse()
    telnyx.faults.mangle(without_iccid)
    assert (await buy(client)).status_code == 422
    first, second, _ = (await buy(client)).json()["data"]
    assert "iccid" not in first
    assert second["status"]["value"] == "abolished"
    sims = telnyx.ledger.requests[-1].sims
    assert all(sim["iccid"] and sim["status"]["value"] == "registering" for sim in sims)
    assert all("iccid" in sim for sim in (await buy(client)).json()["data"])


async def test_new_sims_are_hidden_for_some_listings(
    telnyx: TelnyxSandbox, client: httpx.AsyncClient
) -> None:
    """Only listings of their own tag count; the SIMs sold before are shown all along."""
    telnyx.account.add_sim(tags=["ref"])
    telnyx.faults.hide_new_sims(listings=2)
    await buy(client)
    assert await found(client, tag=None) == 1
    assert await found(client, tag="other") == 0
    assert [await found(client) for _ in range(3)] == [1, 1, 4]


async def test_new_sims_are_hidden_until_shown(
    telnyx: TelnyxSandbox, client: httpx.AsyncClient
) -> None:
    """Without a number they stay hidden; showing them also ends the hiding of later ones."""
    telnyx.faults.hide_new_sims(listings=None)
    await buy(client)
    assert [await found(client) for _ in range(5)] == [0] * 5
    telnyx.faults.show_sims()
    assert await found(client) == 3
    await buy(client)
    assert await found(client) == 6


async def test_slow_waits_before_every_call(
    telnyx: TelnyxSandbox, client: httpx.AsyncClient, naps: list[float]
) -> None:
    """Each call sleeps through the injected sleep, until the server is up to speed again."""
    telnyx.faults.slow(30)
    await buy(client)
    await client.get("/balance")
    telnyx.faults.up()
    await client.get("/balance")
    assert naps == [30, 30]


async def test_down_closes_every_connection(
    telnyx: TelnyxSandbox, client: httpx.AsyncClient
) -> None:
    """Nothing is processed while the server is down, and queued faults wait for better days."""
    telnyx.faults.down()
    telnyx.faults.refuse()
    with pytest.raises(httpx.RemoteProtocolError):
        await buy(client)
    with pytest.raises(httpx.RemoteProtocolError):
        await client.get("/balance")
    assert state(telnyx) == ("not_processed", 0, False)
    telnyx.faults.up()
    assert (await client.get("/balance")).status_code == 200
    assert (await buy(client)).status_code == 422


async def test_fail_listing(telnyx: TelnyxSandbox, client: httpx.AsyncClient) -> None:
    """So many listings fail; other reads and purchases do not."""
    telnyx.faults.fail_listing(status=503, times=2)
    assert (await buy(client)).status_code == 202
    assert (await client.get("/balance")).status_code == 200
    statuses = [(await client.get("/sim_cards")).status_code for _ in range(3)]
    assert statuses == [503, 503, 200]


async def test_fail_groups(telnyx: TelnyxSandbox, client: httpx.AsyncClient) -> None:
    """So many lists of groups fail; lists of SIM cards do not."""
    telnyx.faults.fail_groups(503, times=2)
    assert (await client.get("/sim_cards")).status_code == 200
    statuses = [(await client.get("/sim_card_groups")).status_code for _ in range(3)]
    assert statuses == [503, 503, 200]
    telnyx.faults.fail_groups()
    telnyx.faults.clear()
    assert (await client.get("/sim_card_groups")).status_code == 200


async def test_a_failed_listing_does_not_bring_hidden_sims_nearer(
    telnyx: TelnyxSandbox, client: httpx.AsyncClient
) -> None:
    """Only a listing that was answered counts for hidden SIMs."""
    telnyx.faults.hide_new_sims(listings=1)
    telnyx.faults.fail_listing(429)
    await buy(client)
    assert (await client.get("/sim_cards", params={"filter[tags]": "ref"})).status_code == 429
    assert [await found(client) for _ in range(2)] == [0, 3]


async def test_faults_are_used_in_order_once_each(
    telnyx: TelnyxSandbox, client: httpx.AsyncClient
) -> None:
    """The queue is first in, first out; after it all is well."""
    telnyx.faults.rate_limit()
    telnyx.faults.fail()
    telnyx.faults.refuse()
    assert [(await buy(client)).status_code for _ in range(4)] == [429, 500, 422, 202]


async def test_clear_ends_all_faults(
    telnyx: TelnyxSandbox, client: httpx.AsyncClient, naps: list[float]
) -> None:
    """After clear nothing is queued, standing, hidden or held."""
    faults = telnyx.faults
    gate = faults.hold()
    waiting = asyncio.create_task(buy(client))
    await gate.reached()
    faults.refuse()
    faults.mangle(lambda _payload: {})
    faults.hide_new_sims(None)
    faults.fail_listing()
    faults.slow(9)
    faults.down()
    faults.clear()
    assert len((await waiting).json()["data"]) == 3
    assert len((await buy(client)).json()["data"]) == 3
    assert await found(client) == 6
    assert naps == []
