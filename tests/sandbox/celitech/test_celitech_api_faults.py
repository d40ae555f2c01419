"""Each fault: what the client sees, and what the ledger says of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from sandbox.celitech import CelitechSandbox
from tests.sandbox.celitech.calling import bought, buy, listed, renew

if TYPE_CHECKING:
    from sandbox.testing import MovedClock

WIRE_FAULTS = {
    "close": httpx.RemoteProtocolError,
    "reset": httpx.ReadError,
    "cut_body": httpx.RemoteProtocolError,
    "half_status_line": httpx.RemoteProtocolError,
}


def state(celitech: CelitechSandbox) -> tuple[str, int, bool]:
    """Return the last request's outcome, what it bought, and whether it was answered."""
    entry = celitech.ledger.requests[-1]
    assert 1_000_000 - celitech.account.balance_cents == celitech.ledger.spent_cents
    assert len(celitech.ledger.purchases) == len(celitech.account.purchases)
    return entry.outcome, len(entry.purchases), entry.answered


async def test_refuse(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """A refusal buys nothing, in the words that were given; the next one goes through."""
    celitech.faults.refuse()
    celitech.faults.refuse(400, "No.")
    first, second = await buy(client), await buy(client)
    assert (first.status_code, "balance" in first.json()["message"]) == (422, True)
    assert (second.status_code, second.json()) == (400, {"message": "No."})
    assert state(celitech) == ("refused", 0, True)
    assert (await buy(client)).status_code == 200


@pytest.mark.parametrize(
    ("fault", "answered", "sold"),
    [("sell_fewer", 1, 1), ("sell_more", 3, 3), ("sell_none", 0, 0), ("answer_empty", 0, 2)],
)
async def test_another_number(
    celitech: CelitechSandbox, client: httpx.AsyncClient, fault: str, answered: int, sold: int
) -> None:
    """Fewer, more or none are sold; an empty array may hide what was sold."""
    getattr(celitech.faults, fault)()
    answer = await buy(client)
    assert (answer.status_code, len(answer.json())) == (200, answered)
    assert state(celitech) == ("sold" if sold else "refused", sold, True)


@pytest.mark.parametrize(("name", "error"), WIRE_FAULTS.items())
@pytest.mark.parametrize("after_selling", [True, False])
async def test_a_connection_that_breaks(
    celitech: CelitechSandbox,
    client: httpx.AsyncClient,
    name: str,
    error: type[Exception],
    after_selling: bool,
) -> None:
    """The client sees a broken connection either way; the ledger alone knows what was sold."""
    getattr(celitech.faults, name)(after_selling=after_selling)
    with pytest.raises(error):
        await buy(client)
    expected = ("sold", 2, False) if after_selling else ("not_processed", 0, False)
    assert state(celitech) == expected
    assert len(await listed(client, referenceId="ref")) == expected[1]


@pytest.mark.parametrize("after_selling", [True, False])
async def test_a_status_in_place_of_the_answer(
    celitech: CelitechSandbox, client: httpx.AsyncClient, after_selling: bool
) -> None:
    """Each status comes with or without a sale behind it."""
    faults, got = celitech.faults, list[int]()
    faults.fail(500, after_selling)
    faults.fail(502, after_selling, b"<html>Bad Gateway</html>")
    faults.conflict(after_selling=after_selling)
    faults.rate_limit(after_selling=after_selling)
    faults.redirect(302, after_selling=after_selling)
    faults.redirect(307, after_selling=after_selling)
    faults.answer_no_json(after_selling=after_selling)
    for _ in range(7):
        answer = await buy(client)
        got.append(answer.status_code)
        assert state(celitech) == (
            ("sold", 2, True) if after_selling else ("not_processed", 0, True)
        )
    assert got == [500, 502, 409, 429, 302, 307, 200]
    assert answer.content == b"<html>Please wait</html>"


async def test_nothing_is_done(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """401 and 503 say that nothing was done."""
    celitech.faults.unauthorized()
    celitech.faults.key_store_down()
    for status in (401, 503):
        assert (await buy(client)).status_code == status
        assert state(celitech) == ("not_processed", 0, True)


async def test_when_to_come_back(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """429 says it in Retry-After, or not at all."""
    celitech.faults.rate_limit(7)
    celitech.faults.rate_limit(None)
    celitech.faults.rate_limit(None, resets_at=1_767_268_807.0)
    assert (await buy(client)).headers["Retry-After"] == "7"
    assert "Retry-After" not in (await buy(client)).headers
    assert (await buy(client)).headers["X-RateLimit-Reset"] == "1767268807"


async def test_redirects_that_are_followed(
    celitech: CelitechSandbox, client: httpx.AsyncClient
) -> None:
    """307 sends the purchase again; the ledger shows what came twice under one reference."""
    celitech.faults.redirect(307, after_selling=True)
    client.follow_redirects = True
    assert (await buy(client)).status_code == 200
    assert celitech.ledger.sent_twice() == celitech.ledger.bought_twice() == ["ref"]


async def test_hold(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """What is sold is listed while its answer waits; before the sale nothing is."""
    after = celitech.faults.hold()
    waiting = asyncio.create_task(buy(client))
    await after.reached()
    assert state(celitech) == ("sold", 2, False)
    assert len(await listed(client)) == 2
    after.release()
    assert (await waiting).status_code == 200
    before = celitech.faults.hold(before_selling=True)
    waiting = asyncio.create_task(buy(client))
    await before.reached()
    assert state(celitech) == ("not_processed", 0, False)
    before.release()
    assert len((await waiting).json()) == 2


async def test_answer_and_mangle(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """The bytes are those given; or the payload changes on its way, what was sold does not."""

    def without_iccid(payload: list[dict[str, Any]]) -> list[dict[str, Any]]:
        del payload[0]["profile"]["iccid"]
        return payload

    celitech.faults.answer(200, {"surprise": True}, sell=1)
    celitech.faults.mangle(without_iccid)
    assert (await buy(client)).json() == {"surprise": True}
    assert state(celitech) == ("sold", 1, True)
    first, second = (await buy(client)).json()
    assert ("iccid" in first["profile"], "iccid" in second["profile"]) == (False, True)
    assert len(celitech.ledger.requests[-1].iccids) == 2


async def test_slow_and_down(clock: MovedClock) -> None:
    """Every call waits by the injected sleep, or is cut with nothing done."""
    naps = list[float]()

    async def sleep(seconds: float) -> None:
        naps.append(seconds)

    celitech = await CelitechSandbox.start(now=clock.time, sleep=sleep)
    async with httpx.AsyncClient(base_url=celitech.url) as client:
        await renew(celitech, client)
        celitech.faults.slow(30)
        assert (await buy(client)).status_code == 200
        celitech.faults.up()
        celitech.faults.down()
        for call in (buy(client), client.get("/purchases")):
            with pytest.raises(httpx.RemoteProtocolError):
                await call
        assert state(celitech) == ("not_processed", 0, False)
        celitech.faults.up()
        assert (await buy(client)).status_code == 200
    assert naps == [30]
    await celitech.stop()


async def test_out_of_reach(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """Nobody can connect, and nothing is received, until it takes connections again."""
    await celitech.refuse_connections()
    with pytest.raises(httpx.TransportError):
        await buy(client)
    assert celitech.ledger.requests == []
    await celitech.take_connections()
    assert (await buy(client)).status_code == 200


async def test_a_fault_still_refuses_a_wrong_order(
    celitech: CelitechSandbox, client: httpx.AsyncClient
) -> None:
    """A fault that sells sells only what could be sold; a bad token takes none."""
    celitech.faults.close()
    authorization = client.headers.pop("Authorization")
    assert (await buy(client)).status_code == 401
    client.headers["Authorization"] = authorization
    with pytest.raises(httpx.RemoteProtocolError):
        await buy(client, quantity=0)
    assert state(celitech) == ("refused", 0, False)


async def test_faults_meet_every_call_that_changes(
    celitech: CelitechSandbox, client: httpx.AsyncClient
) -> None:
    """A top-up, an edit and a suspension can be lost too, after they were done."""
    made = await bought(client)
    iccid, purchase = made["profile"]["iccid"], made["purchase"]["id"]
    calls = [
        ("/purchases/topup", {"iccid": iccid, "dataLimitInGB": 1, "duration": 7}),
        (
            "/purchases/edit",
            {"purchaseId": purchase, "startDate": "2026-01-05", "endDate": "2026-01-10"},
        ),
        (f"/esim/{iccid}/suspend", None),
    ]
    for path, body in calls:
        celitech.faults.close()
        with pytest.raises(httpx.RemoteProtocolError):
            await client.post(path, json=body)
    outcomes = [entry.outcome for entry in celitech.ledger.requests[1:]]
    assert outcomes == ["sold", "done", "done"]
    assert not any(entry.answered for entry in celitech.ledger.requests[1:])


async def test_clear_ends_all_faults(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """After clear nothing is queued, standing, hidden or held, and keys mean something."""
    faults = celitech.faults
    gate = faults.hold()
    waiting = asyncio.create_task(buy(client))
    await gate.reached()
    for arm in (faults.refuse, faults.down, faults.ignore_keys, faults.hang_reads):
        arm()
    for arm in (faults.hide_new_purchases, faults.give_fewer, faults.spoil_pages):
        arm()
    for arm in (faults.loop_pages, faults.ignore_filters, faults.repeat_rows, faults.tokens_down):
        arm()
    faults.fail_reads()
    faults.slow(9)
    faults.lag(9)
    faults.clear()
    assert len((await waiting).json()) == 2
    assert len((await buy(client, key="k")).json()) == 2
    assert "Idempotent-Replayed" in (await buy(client, key="k")).headers
    assert len(await listed(client, referenceId="ref")) == 4


async def test_the_ledger_in_words(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """A wait that fails tells what was asked for and sold, and no token."""
    assert "No request" in celitech.ledger.summary()
    await buy(client)
    with pytest.raises(TimeoutError, match=r"1. purchase .*'ref'.*: sold, 2 bought, ans") as told:
        await celitech.until(lambda: False, seconds=0.01)
    token = client.headers["Authorization"].removeprefix("Bearer ")
    assert token not in str(told.value)
    assert all(token not in str(entry) for entry in celitech.ledger.requests)
