"""Waiting for the sandbox, and its start and stop."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from sandbox.telnyx import TelnyxSandbox

PURCHASE = "/actions/purchase/esims"


async def test_until_wakes_when_the_request_is_received(
    telnyx: TelnyxSandbox, client: httpx.AsyncClient
) -> None:
    """A waiter sees a request that is held before anything came of it."""
    gate = telnyx.faults.hold(before_selling=True)
    buying = asyncio.create_task(client.post(PURCHASE, json={"amount": 1}))
    await telnyx.until(lambda: telnyx.ledger.requests)
    gate.release()
    await telnyx.until(lambda: telnyx.ledger.sims)
    await telnyx.until(lambda: telnyx.ledger.requests[0].answered)
    await buying


async def test_until_returns_at_once_when_it_is_so_already(telnyx: TelnyxSandbox) -> None:
    """A condition that holds needs no change to be seen."""
    await telnyx.until(lambda: True, seconds=0.001)


async def test_until_gives_up_with_the_ledger_in_its_message(
    telnyx: TelnyxSandbox, client: httpx.AsyncClient
) -> None:
    """The error tells what was received, so that a failing test explains itself."""
    with pytest.raises(TimeoutError, match="No purchase request was received"):
        await telnyx.until(lambda: False, seconds=0.001)
    await client.post(PURCHASE, json={"amount": 2, "tags": ["esim-A1"]})
    with pytest.raises(TimeoutError, match=r"esim-A1.*sold, 2 SIMs, answered"):
        await telnyx.until(lambda: False, seconds=0.001)


async def test_until_lets_a_condition_fail(telnyx: TelnyxSandbox) -> None:
    """An error in the condition is the test's own and comes out as it is."""
    with pytest.raises(IndexError):
        await telnyx.until(lambda: telnyx.ledger.requests[0])


async def test_two_sandboxes_share_nothing() -> None:
    """Each has its own port, key and ledger; a stopped one can be stopped again."""
    first, second = await TelnyxSandbox.start(), await TelnyxSandbox.start()
    async with httpx.AsyncClient() as client:
        headers = {"Authorization": f"Bearer {first.api_key}"}
        await client.post(first.url + PURCHASE, json={"amount": 1}, headers=headers)
        stranger = await client.get(f"{second.url}/balance", headers=headers)
    assert stranger.status_code == 401
    assert (len(first.ledger.sims), len(second.ledger.sims)) == (1, 0)
    for sandbox in (first, second, first):
        await sandbox.stop()


async def test_the_address_is_known_after_the_start(telnyx: TelnyxSandbox) -> None:
    """The URL is on the loopback interface and ends in /v2; before the start there is none."""
    assert telnyx.url.startswith("http://127.0.0.1:")
    assert telnyx.url.endswith("/v2")
    with pytest.raises(RuntimeError):
        _ = TelnyxSandbox(now=lambda: 0.0, sleep=asyncio.sleep).url
