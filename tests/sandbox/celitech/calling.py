"""Calls of the sandbox's API as a client makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

    from sandbox.celitech import CelitechSandbox

ORDER = {"destination": "FRA", "dataLimitInGB": 5, "quantity": 2, "duration": 7}


async def ask_token(
    celitech: CelitechSandbox, client: httpx.AsyncClient, **other: str
) -> httpx.Response:
    """Ask for a token with the account's own client, or with other words in the form."""
    form = {
        "grant_type": "client_credentials",
        "client_id": celitech.client_id,
        "client_secret": celitech.client_secret,
        "scope": "",
    }
    return await client.post(f"{celitech.auth_url}/oauth2/token", data=form | other)


async def renew(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """Let the client go on with a new token."""
    token = (await ask_token(celitech, client)).json()["access_token"]
    client.headers["Authorization"] = f"Bearer {token}"


async def buy(
    client: httpx.AsyncClient, reference: str = "ref", key: str | None = None, **other: Any
) -> httpx.Response:
    """Buy two eSIMs for France, or what is said otherwise; None leaves a field out."""
    body = {**ORDER, "referenceId": reference, **other}
    body = {name: value for name, value in body.items() if value is not None}
    headers = {"Idempotency-Key": key} if key is not None else {}
    return await client.post("/purchases/v2", json=body, headers=headers)


async def listed(client: httpx.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    """Return the purchases of one page."""
    answer = await client.get("/purchases", params=query)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["purchases"]
    return rows


async def bought(client: httpx.AsyncClient, **other: Any) -> dict[str, Any]:
    """Buy one eSIM; return what was answered of it."""
    answer = await buy(client, quantity=1, **other)
    assert answer.status_code == 200, answer.text
    first: dict[str, Any] = answer.json()[0]
    return first
