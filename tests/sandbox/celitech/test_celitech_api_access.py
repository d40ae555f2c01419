"""Tokens: who gets one, how long it lasts, what goes wrong."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.sandbox.celitech.calling import ask_token, buy, renew

if TYPE_CHECKING:
    from sandbox.celitech import CelitechSandbox
    from sandbox.testing import MovedClock


async def test_a_token(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """The client gets a token that lasts an hour; each one given is counted."""
    answer = await ask_token(celitech, client)
    assert answer.status_code == 200
    assert answer.json()["expires_in"] == 3600
    assert (celitech.ledger.token_requests, celitech.ledger.tokens_given) == (2, 2)


@pytest.mark.parametrize(
    ("other", "status", "code"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": ""}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
async def test_no_token(
    celitech: CelitechSandbox,
    client: httpx.AsyncClient,
    other: dict[str, str],
    status: int,
    code: str,
) -> None:
    """Another client gets none; the refusal is OAuth's, or Celitech's own form."""
    answer = await ask_token(celitech, client, **other)
    assert (answer.status_code, answer.json()["error"]) == (status, code)
    celitech.access.error_form = "message"
    assert list((await ask_token(celitech, client, **other)).json()) == ["message"]
    assert celitech.ledger.tokens_given == 1


async def test_a_form_is_asked_for(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """JSON is no form."""
    answer = await client.post(f"{celitech.auth_url}/oauth2/token", json={"grant_type": "x"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_a_lifetime_that_nobody_tells(
    celitech: CelitechSandbox, client: httpx.AsyncClient
) -> None:
    """The answer may come without `expires_in`."""
    celitech.access.tells_lifetime = False
    assert "expires_in" not in (await ask_token(celitech, client)).json()


@pytest.mark.parametrize("path", ["/purchases", "/packages", "/destinations", "/esim?iccid=1"])
async def test_without_a_token(celitech: CelitechSandbox, path: str) -> None:
    """Every call needs one; without it the answer is 401 with a message."""
    async with httpx.AsyncClient(base_url=celitech.url) as stranger:
        answer = await stranger.get(path)
    assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})
    assert celitech.ledger.turned_away == 1


async def test_a_token_ends(
    celitech: CelitechSandbox, client: httpx.AsyncClient, clock: MovedClock
) -> None:
    """After its time a purchase is refused with 401, nothing done, until there is a new one."""
    clock.move(3599)
    assert (await client.get("/destinations")).status_code == 200
    clock.move(1)
    assert (await buy(client)).status_code == 401
    (entry,) = celitech.ledger.requests
    assert (entry.outcome, entry.answered) == ("not_processed", True)
    await renew(celitech, client)
    assert (await buy(client)).status_code == 200


async def test_all_tokens_are_ended(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """A server may forget what it gave before the time."""
    celitech.access.expire_all()
    assert (await client.get("/destinations")).status_code == 401


async def test_tokens_that_fail(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """So many requests for a token fail, with a message or with what is given."""
    celitech.faults.fail_tokens(503, times=2)
    celitech.faults.fail_tokens(200, body={"token_type": "Bearer"})
    answers = [await ask_token(celitech, client) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [503, 503, 200, 200]
    assert ["access_token" in answer.json() for answer in answers] == [False] * 3 + [True]


async def test_tokens_that_hang(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """Who asks for a token waits until tokens are answered again."""
    celitech.faults.hang_tokens()
    waiting = asyncio.create_task(ask_token(celitech, client))
    assert (await client.get("/destinations")).status_code == 200
    assert not waiting.done()
    celitech.faults.answer_tokens()
    assert (await waiting).status_code == 200


async def test_tokens_are_down(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """Only requests for a token are cut; the API itself goes on."""
    celitech.faults.tokens_down()
    with pytest.raises(httpx.RemoteProtocolError):
        await ask_token(celitech, client)
    assert (await client.get("/destinations")).status_code == 200
    celitech.faults.tokens_up()
    assert (await ask_token(celitech, client)).status_code == 200
