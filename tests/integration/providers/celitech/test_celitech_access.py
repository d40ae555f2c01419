"""The token: got once, kept, renewed before its end, and never told."""

import asyncio
import json
import logging
from urllib.parse import parse_qs

import pytest
import structlog

from bot.domain.purchase.outcome import NotSent
from bot.errors import LookupFailed, SettingsError
from bot.providers.celitech import Celitech
from sandbox.celitech import CelitechSandbox
from tests.integration.providers.celitech.conftest import (
    CLIENT,
    CODE,
    SECRET,
    TOKEN,
    TOKEN_TEXT,
    OpenCelitech,
    gives,
)
from tests.integration.providers.celitech.orders import (
    REFERENCE,
    asked,
    bought,
    call_of,
    offered,
)
from tests.integration.providers.conftest import StartRude
from tests.integration.providers.wire.calls import OPEN
from tests.integration.providers.wire.rude_server import (
    Behaviour,
    answers,
    closes,
    one_after_another,
    says_nothing,
)
from tests.support.clock import ManualClock

NOTHING = gives({"purchases": [], "afterCursor": None})


async def test_it_is_asked_for_once(celitech: Celitech, seller: CelitechSandbox) -> None:
    """Every call carries the same token while it is good."""
    for _ in range(3):
        await celitech.find(REFERENCE)
    assert seller.ledger.tokens_given == 1


async def test_how_it_is_asked_for(start_rude: StartRude, open_celitech: OpenCelitech) -> None:
    """A form with the credentials and an empty scope; the token is carried by what follows."""
    rude = await start_rude(one_after_another(TOKEN, NOTHING))
    assert await open_celitech(f"{rude.url}/v1", auth_url=rude.url).find(REFERENCE) == {}
    token, look = (request.decode() for request in rude.requests)
    assert token.startswith("POST /oauth2/token ")
    assert parse_qs(token.partition("\r\n\r\n")[2], keep_blank_values=True) == {
        "grant_type": ["client_credentials"],
        "client_id": [CLIENT],
        "client_secret": [SECRET],
        "scope": [""],
    }
    assert look.startswith("GET /v1/purchases?referenceId=esim-7K2M9QXA-1&limit=100 ")
    assert "authorization: bearer token0123\r\n" in look.lower()


@pytest.mark.parametrize(("lifetime", "kept"), [(3600, 3539), (20, 14.9)])
async def test_it_is_renewed_early(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock, lifetime: int, kept: float
) -> None:
    """A minute before its end, or in the last quarter of a short life."""
    seller.access.lifetime_seconds = lifetime
    await celitech.find(REFERENCE)
    await clock.advance(kept)
    await celitech.find(REFERENCE)
    assert seller.ledger.tokens_given == 1
    await clock.advance(1.2)
    await celitech.find(REFERENCE)
    assert seller.ledger.tokens_given == 2
    assert not seller.ledger.turned_away


async def test_one_without_an_end(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock
) -> None:
    """It is kept; when it is refused all the same, a look gets another one and is made again."""
    seller.access.tells_lifetime = False
    seller.access.lifetime_seconds = 10**6
    await celitech.find(REFERENCE)
    await clock.advance(90_000)
    await celitech.find(REFERENCE)
    assert seller.ledger.tokens_given == 1
    seller.access.expire_all()
    assert await celitech.find(REFERENCE) == {}
    assert seller.ledger.tokens_given == 2


@pytest.mark.parametrize("life", [True, "x", None, [1]])
async def test_a_life_that_nobody_can_read(
    start_rude: StartRude, open_celitech: OpenCelitech, clock: ManualClock, life: object
) -> None:
    """Then none is named."""
    token = gives({"access_token": "T", "expires_in": life})
    rude = await start_rude(one_after_another(token, NOTHING))
    celitech = open_celitech(rude.url)
    await celitech.find(REFERENCE)
    await clock.advance(90_000)
    await celitech.find(REFERENCE)
    assert len(rude.requests) == 3


async def test_many_who_wait(start_rude: StartRude, open_celitech: OpenCelitech) -> None:
    """One renewal is for all of them, also when one gives up."""
    may_answer = asyncio.Event()

    async def late(writer: asyncio.StreamWriter) -> None:
        await may_answer.wait()
        await TOKEN(writer)

    rude = await start_rude(one_after_another(late, NOTHING))
    celitech = open_celitech(rude.url)
    waiting = [asyncio.create_task(celitech.find(REFERENCE)) for _ in range(5)]
    await rude.until_sent(1)
    waiting[0].cancel()
    may_answer.set()
    done = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(done[0], asyncio.CancelledError)
    assert done[1:] == [{}] * 4
    assert sum(request.startswith(b"POST") for request in rude.requests) == 1


async def test_a_renewal_that_fails_early(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock
) -> None:
    """While the old token is good, nobody has to wait for a new one."""
    await celitech.find(REFERENCE)
    await clock.advance(3550)
    seller.faults.fail_tokens(403, times=9)
    assert await celitech.find(REFERENCE) == {}
    await clock.advance(60)
    with pytest.raises(LookupFailed, match="not accepted"):
        await celitech.find(REFERENCE)


async def test_a_look_that_is_refused_twice(
    start_rude: StartRude, open_celitech: OpenCelitech
) -> None:
    """A new token that is refused, too, is no reason to go on."""
    refused = gives({"message": "Unauthorized"}, "401 Unauthorized")
    rude = await start_rude(one_after_another(TOKEN, refused, TOKEN, refused))
    with pytest.raises(LookupFailed, match="the list of purchases answered with HTTP 401"):
        await open_celitech(rude.url).find(REFERENCE)
    assert len(rude.requests) == 4


@pytest.mark.usefixtures("no_backoff")
@pytest.mark.parametrize(
    ("behave", "why", "tries"),
    [
        (gives({"error": "invalid_client"}, "401 No"), "not accepted", 1),
        (gives({"message": f"{SECRET} is wrong"}, "400 No"), "not accepted", 1),
        (gives({"message": "x"}, "500 Oh"), "no token was given", 3),
        (gives({"message": "x"}, "302 Go", "Location: /"), "no token was given", 1),
        (closes, "connection closed", 3),
        (answers("200 OK", b"<html>"), "no token that can be used", 1),
        (gives({"access_token": ""}), "no token that can be used", 1),
        (gives({"access_token": "a\nb"}), "no token that can be used", 1),
        (gives({"access_token": 7}), "no token that can be used", 1),
    ],
)
async def test_no_token(
    start_rude: StartRude, open_celitech: OpenCelitech, behave: Behaviour, why: str, tries: int
) -> None:
    """It is said why, without the words of the answer: they could hold the secret."""
    rude = await start_rude(behave)
    with pytest.raises(LookupFailed, match=why) as failed:
        await open_celitech(rude.url).find(REFERENCE)
    assert len(rude.requests) == tries
    assert SECRET not in str(failed.getrepr(style="long"))


async def test_a_purchase_never_asks_for_one(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock
) -> None:
    """The offer got it; where it has ended since, nothing is sent, and the next try has one."""
    call = call_of(celitech, clock, await offered(celitech, asked()))
    await clock.advance(3601)
    outcome = await celitech.purchase(call, OPEN)
    assert isinstance(outcome, NotSent)
    assert not outcome.turned_away
    assert seller.ledger.token_requests == 1
    assert not seller.ledger.requests
    assert (await bought(celitech, clock)).kind == "bought"


async def test_a_purchase_that_is_refused_for_its_token(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock
) -> None:
    """It is never sent twice; the token is forgotten, so that the next attempt has another."""
    call = call_of(celitech, clock, await offered(celitech, asked()))
    seller.access.expire_all()
    outcome = await celitech.purchase(call, OPEN)
    assert isinstance(outcome, NotSent)
    assert outcome.turned_away
    assert seller.ledger.token_requests == 1
    assert (await celitech.purchase(call, OPEN)).kind == "not_sent"
    assert seller.ledger.turned_away == 1
    assert (await bought(celitech, clock)).kind == "bought"


async def test_a_newer_token_is_kept(
    start_rude: StartRude, open_celitech: OpenCelitech, clock: ManualClock
) -> None:
    """A call that was refused with the old one does not take the new one away."""
    arrived, may_answer = asyncio.Event(), asyncio.Event()
    refused = gives({"message": "Unauthorized"}, "401 Unauthorized")

    async def late(writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await may_answer.wait()
        await refused(writer)

    again = gives({"access_token": "ANOTHER", "expires_in": 3600})
    rude = await start_rude(
        one_after_another(TOKEN, NOTHING, late, refused, again, NOTHING, NOTHING)
    )
    celitech = open_celitech(rude.url)
    await celitech.find(REFERENCE)
    request = asked(destination="FRA", data="5GB", days="7")
    buying = asyncio.create_task(celitech.purchase(call_of(celitech, clock, request), OPEN))
    await arrived.wait()
    await celitech.find(REFERENCE)
    may_answer.set()
    assert (await buying).kind == "not_sent"
    await celitech.find(REFERENCE)
    assert len(rude.requests) == 7
    assert b"ANOTHER" in rude.requests[-1]


async def test_closing_ends_a_renewal(start_rude: StartRude, open_celitech: OpenCelitech) -> None:
    """Nothing is left waiting for an answer when the bot stops."""
    rude = await start_rude(says_nothing)
    celitech = open_celitech(rude.url)
    looking = asyncio.create_task(celitech.find(REFERENCE))
    await rude.until_sent(1)
    await celitech.close()
    with pytest.raises(asyncio.CancelledError):
        await looking


@pytest.mark.usefixtures("no_backoff")
@pytest.mark.parametrize(
    "behave",
    [
        gives([{"profile": {"manualActivationCode": f"LPA:1$x${CODE}"}}]),
        gives({"message": TOKEN_TEXT}, "500 Oh"),
        closes,
    ],
)
async def test_no_secret_is_told(
    start_rude: StartRude,
    open_celitech: OpenCelitech,
    caplog: pytest.LogCaptureFixture,
    clock: ManualClock,
    behave: Behaviour,
) -> None:
    """Neither logs down to debug, nor outcomes, exceptions or reprs hold anything secret."""
    caplog.set_level(logging.DEBUG)
    rude = await start_rude(one_after_another(TOKEN, NOTHING, behave))
    celitech = open_celitech(rude.url)
    await celitech.find(REFERENCE)
    request = asked(destination="FRA", data="5GB", days="7")
    with structlog.testing.capture_logs() as lines:
        outcome = await celitech.purchase(call_of(celitech, clock, request), OPEN)
        with pytest.raises(LookupFailed) as failed:
            await celitech.find(REFERENCE)
    assert TOKEN_TEXT.encode() in rude.requests[2]
    told = [caplog.text, lines, outcome, celitech, vars(celitech), vars(celitech._access)]
    text = "".join(map(repr, told)) + str(failed.getrepr(style="long"))
    for secret in (CLIENT, SECRET, TOKEN_TEXT, CODE):
        assert secret not in text


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"client_id": ""}, "client id is empty"),
        ({"client_secret": "a b"}, "client secret holds a space"),
        ({"api_url": "celitech"}, "address must be like https://api.celitech.net/v1"),
        ({"auth_url": "https://me:it@x"}, "address must be like https://auth.celitech.net"),
    ],
)
def test_settings_of_no_use(clock: ManualClock, change: dict[str, str], says: str) -> None:
    """They are refused at the start, without being repeated."""
    given = {"client_id": CLIENT, "client_secret": SECRET, **change}
    with pytest.raises(SettingsError, match=says):
        Celitech(clock=clock, **given)  # type: ignore[arg-type]


async def test_a_line_for_each_call(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock
) -> None:
    """Reference, kind, quantity, status, outcome and seconds, and no ICCID."""
    request = await offered(celitech, asked(amount=2, destination="France", data="5GB", days="7"))
    with structlog.testing.capture_logs() as lines:
        await celitech.purchase(call_of(celitech, clock, request), OPEN)
    assert lines == [
        {
            "event": "purchase_call_ended",
            "log_level": "info",
            "reference": REFERENCE,
            "kind": "purchase",
            "quantity": 2,
            "outcome": "bought",
            "seconds": 0.0,
            "status": 200,
        }
    ]
    assert json.dumps(lines).count(seller.ledger.purchases[0].esim.iccid) == 0
