"""Idempotency keys: the first answer again, for three days; or nothing at all on older servers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.sandbox.celitech.calling import buy, renew

if TYPE_CHECKING:
    import httpx

    from sandbox.celitech import CelitechSandbox
    from sandbox.testing import MovedClock

DAY = 86_400


def outcomes(celitech: CelitechSandbox) -> list[str]:
    """Return what came of each request."""
    return [entry.outcome for entry in celitech.ledger.requests]


async def test_the_first_answer_again(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """The same key and body buy nothing: the first answer comes, with a header that says so."""
    first = await buy(client, key="k1")
    again = await buy(client, key="k1")
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert outcomes(celitech) == ["sold", "replayed"]
    assert celitech.ledger.sold_per_reference() == {"ref": 2}
    assert celitech.ledger.sent_twice() == ["ref"]
    assert celitech.ledger.bought_twice() == []


async def test_a_lost_answer_is_given_again(
    celitech: CelitechSandbox, client: httpx.AsyncClient
) -> None:
    """What was sold while the answer was lost comes under the same key."""
    celitech.faults.close()
    with pytest.raises(Exception, match="disconnected"):
        await buy(client, key="k1")
    again = await buy(client, key="k1")
    assert [each["profile"]["iccid"] for each in again.json()] == celitech.ledger.requests[0].iccids
    assert outcomes(celitech) == ["sold", "replayed"]


@pytest.mark.parametrize(("seconds", "replayed"), [(3 * DAY, True), (3 * DAY + 1, False)])
async def test_a_key_lives_three_days(
    celitech: CelitechSandbox,
    client: httpx.AsyncClient,
    clock: MovedClock,
    seconds: float,
    replayed: bool,
) -> None:
    """Until then the answer comes again; after that the same request buys again."""
    await buy(client, key="k1")
    clock.move(seconds)
    await renew(celitech, client)
    await buy(client, key="k1")
    assert outcomes(celitech) == ["sold", "replayed" if replayed else "sold"]


async def test_another_body(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """A key that was used for another body is refused with 422, and buys nothing."""
    await buy(client, key="k1")
    answer = await buy(client, key="k1", quantity=1)
    assert answer.status_code == 422
    assert "another request" in answer.json()["message"]
    assert outcomes(celitech) == ["sold", "refused"]


async def test_another_call(client: httpx.AsyncClient) -> None:
    """A key that was used for another call is refused, too."""
    await buy(client, key="k1")
    answer = await client.post("/esim/1/suspend", headers={"Idempotency-Key": "k1"})
    assert answer.status_code == 422


async def test_while_it_runs(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """While the first request runs the second gets 409; later it gets the answer."""
    gate = celitech.faults.hold()
    first = asyncio.create_task(buy(client, key="k1"))
    await gate.reached()
    assert (await buy(client, key="k1")).status_code == 409
    gate.release()
    assert (await first).status_code == 200
    assert (await buy(client, key="k1")).json() == (await first).json()
    assert outcomes(celitech) == ["sold", "not_processed", "replayed"]


async def test_failures_are_not_kept(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """After a refusal the same key runs again."""
    celitech.account.balance_cents = 0
    assert (await buy(client, key="k1")).status_code == 422
    celitech.account.balance_cents = 1_000_000
    assert (await buy(client, key="k1")).status_code == 200


@pytest.mark.parametrize(("forgets", "second"), [(True, "sold"), (False, "replayed")])
async def test_a_failure_after_the_sale(
    celitech: CelitechSandbox, client: httpx.AsyncClient, forgets: bool, second: str
) -> None:
    """A server that sold and then failed may have kept the key or not: then it sells again."""
    celitech.faults.fail(500, after_selling=True, forgets_key=forgets)
    assert (await buy(client, key="k1")).status_code == 500
    assert (await buy(client, key="k1")).status_code == 200
    assert outcomes(celitech) == ["sold", second]
    assert celitech.ledger.bought_twice() == (["ref"] if forgets else [])


async def test_a_store_that_is_down(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """503 says that nothing was done; the same key then buys."""
    celitech.faults.key_store_down()
    answer = await buy(client, key="k1")
    assert (answer.status_code, list(answer.json())) == (503, ["message"])
    assert (await buy(client, key="k1")).status_code == 200
    assert outcomes(celitech) == ["not_processed", "sold"]


@pytest.mark.parametrize("key", ["", "a b", "a" * 256, "\u00e4"])
async def test_what_is_no_key(client: httpx.AsyncClient, key: str) -> None:
    """A key is 1 to 255 signs of printable ASCII without spaces."""
    headers = [(b"Idempotency-Key", key.encode("latin-1"))]
    answer = await client.post("/purchases/v2", json={}, headers=headers)
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["message"]


async def test_the_longest_key(client: httpx.AsyncClient) -> None:
    """255 signs are taken."""
    assert (await buy(client, key="!" * 254 + "~")).status_code == 200


async def test_older_servers(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """A server that knows no keys sells twice, which the ledger shows, until it honours them."""
    celitech.faults.ignore_keys()
    first, second = await buy(client, key="k1"), await buy(client, key="k1")
    assert first.json() != second.json()
    assert celitech.ledger.bought_twice() == ["ref"]
    assert celitech.ledger.sold_per_reference() == {"ref": 4}
    celitech.faults.honour_keys()
    await buy(client, key="k1")
    assert (await buy(client, key="k1")).headers["Idempotent-Replayed"] == "true"
