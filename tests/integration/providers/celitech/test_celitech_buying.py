"""Buying: sent once, with the bytes and the key of the attempt; what is lost is found again."""

import asyncio
import json

import pytest

from bot.clock import Deadline
from bot.domain.purchase.outcome import Bought, NotSent, Refused, Unknown
from bot.domain.purchase.sim import Remedy
from bot.providers.celitech import Celitech
from sandbox.celitech import CelitechSandbox
from tests.integration.providers.celitech.conftest import TOKEN, OpenCelitech, gives
from tests.integration.providers.celitech.orders import (
    REFERENCE,
    asked,
    bought,
    call_of,
    offered,
)
from tests.integration.providers.conftest import StartRude
from tests.integration.providers.wire.calls import OPEN, Standing
from tests.integration.providers.wire.rude_server import (
    answers,
    one_after_another,
    resets,
    says_nothing,
    trickles,
)
from tests.support.clock import ManualClock

FIVE = asked(amount=5, destination="France", data="5GB", days="7")


async def test_five_esims(celitech: Celitech, seller: CelitechSandbox, clock: ManualClock) -> None:
    """One call for all five; each has its ICCID and the id of its purchase."""
    outcome = await bought(celitech, clock, FIVE)
    assert isinstance(outcome, Bought)
    assert not outcome.errors
    sold = seller.ledger.sold_under(REFERENCE)
    assert [sim.name for sim in outcome.sims] == [(each.esim.iccid, each.id) for each in sold]
    assert len(seller.ledger.requests) == 1


async def test_what_is_sent(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock
) -> None:
    """Exactly the bytes of the attempt; its reference is in them, and is the key as well."""
    call = call_of(celitech, clock, await offered(celitech, FIVE))
    await celitech.purchase(call, OPEN)
    (request,) = seller.ledger.requests
    assert request.raw == call.body.encode()
    assert json.loads(request.raw)["referenceId"] == REFERENCE
    assert request.key == REFERENCE
    headers = {name.lower(): value for name, value in request.headers.items()}
    assert headers["content-type"] == "application/json"


async def test_the_same_bytes_again(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock
) -> None:
    """Within the key's life a repeat gets the first answer, and buys nothing, days later too."""
    call = call_of(celitech, clock, await offered(celitech, FIVE))
    life = celitech.prepare(call, clock.now()).key_life
    seller.faults.close(after_selling=True)
    assert (await celitech.purchase(call, OPEN)).kind == "unknown"
    await clock.advance(life - 1)
    await celitech.find("esim-other")  # a token
    outcome = await celitech.purchase(call, OPEN)
    assert isinstance(outcome, Bought)
    assert [request.outcome for request in seller.ledger.requests] == ["sold", "replayed"]
    assert len(outcome.sims) == len(seller.ledger.purchases) == 5


async def test_how_long_a_key_lives(celitech: Celitech, clock: ManualClock) -> None:
    """Three days, less an hour for clocks that differ; the order's reference is not sent."""
    written = celitech.prepare(call_of(celitech, clock, FIVE), clock.now())
    assert written.key_life == 71 * 3600
    assert not written.shares_tag


async def test_today_is_the_day_of_the_attempt(celitech: Celitech, clock: ManualClock) -> None:
    """Approved the next day, it starts then; the end stays, and the price is asked anew."""
    request = await offered(
        celitech, asked(destination="France", data="5GB", start="today", end="10 Jan")
    )
    assert (request.options["start"], request.options["end"]) == ("today", "2026-01-10")
    await clock.advance(86_400)
    again = await offered(celitech, request)
    call = call_of(celitech, clock, again)
    sent = json.loads(call.body)
    assert (sent["startDate"], sent["endDate"]) == ("2026-01-02", "2026-01-10")
    assert (await celitech.purchase(call, OPEN)).kind == "bought"


async def test_the_bytes_of_yesterday(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock
) -> None:
    """What was committed is what is sent, whatever day it has become."""
    request = asked(destination="FRA", data="5GB", start="today", end="2026-01-10")
    call = call_of(celitech, clock, request)
    await clock.advance(86_400)
    await celitech.find("esim-other")  # a token
    await celitech.purchase(call, OPEN)
    assert seller.ledger.requests[0].raw == call.body.encode()


# Fewer, more, none


async def test_fewer_than_asked(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock
) -> None:
    """What is there is taken; without a reason for the rest, it is in doubt."""
    seller.faults.sell_fewer(by=2)
    outcome = await bought(celitech, clock, FIVE)
    assert isinstance(outcome, Unknown)
    assert (len(outcome.sims), outcome.errors) == (3, ())


async def test_more_than_asked(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock
) -> None:
    """None is lost."""
    seller.faults.sell_more(by=1)
    outcome = await bought(celitech, clock, FIVE)
    assert isinstance(outcome, Bought)
    assert len(outcome.sims) == 6


@pytest.mark.parametrize("sold", [True, False])
async def test_an_empty_answer(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock, sold: bool
) -> None:
    """The official SDK takes it for a success with nothing; here it is looked up."""
    if sold:
        seller.faults.answer_empty()
    else:
        seller.faults.sell_none()
    assert isinstance(await bought(celitech, clock, FIVE), Unknown)
    assert len((await celitech.find(REFERENCE)).get(REFERENCE, ())) == (5 if sold else 0)


# Lost answers


@pytest.mark.parametrize(
    "fault",
    ["close", "reset", "cut_body", "half_status_line", "answer_no_json"],
)
async def test_a_lost_answer(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock, fault: str
) -> None:
    """It is in doubt; the list has the ICCIDs, and never an activation code."""
    getattr(seller.faults, fault)(after_selling=True)
    outcome = await bought(celitech, clock, FIVE)
    assert isinstance(outcome, Unknown)
    assert len(seller.ledger.requests) == 1
    found = (await celitech.find(REFERENCE))[REFERENCE]
    sold = seller.ledger.sold_under(REFERENCE)
    assert {sim.iccid for sim in found} == {each.esim.iccid for each in sold}
    assert "activation" not in str(found).lower()


@pytest.mark.parametrize("status", [302, 307])
@pytest.mark.parametrize("sold", [True, False])
async def test_a_redirect(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock, status: int, sold: bool
) -> None:
    """It is never followed: 302 would become a GET, and 307 would buy again."""
    seller.faults.redirect(status=status, after_selling=sold)
    assert isinstance(await bought(celitech, clock, FIVE), Unknown)
    assert len(seller.ledger.requests) == 1


@pytest.mark.parametrize("status", [408, 500, 502, 504])
async def test_a_server_that_fails(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock, status: int
) -> None:
    """It may have sold before."""
    seller.faults.fail(status=status, after_selling=True)
    assert isinstance(await bought(celitech, clock, FIVE), Unknown)


async def test_a_call_that_is_still_under_way(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock
) -> None:
    """A conflict says nothing about the money."""
    seller.faults.conflict(after_selling=True)
    outcome = await bought(celitech, clock, FIVE)
    assert isinstance(outcome, Unknown)
    assert "still under way" in outcome.why


@pytest.mark.parametrize("behave", [says_nothing, trickles, resets])
async def test_an_answer_that_does_not_come(
    start_rude: StartRude, open_celitech: OpenCelitech, clock: ManualClock, behave: object
) -> None:
    """Patience ends, and the call is in doubt; it was sent once."""
    rude = await start_rude(one_after_another(TOKEN, gives({"purchases": []}), behave))  # type: ignore[arg-type]
    celitech = open_celitech(rude.url, read=0.3, purchase=0.5)
    await celitech.find(REFERENCE)
    request = asked(destination="FRA", data="5GB", days="7")
    async with asyncio.timeout(5):
        outcome = await celitech.purchase(call_of(celitech, clock, request), OPEN)
    assert isinstance(outcome, Unknown)
    assert len(rude.requests) == 3


# Not sent


async def test_turned_away(celitech: Celitech, seller: CelitechSandbox, clock: ManualClock) -> None:
    """Too many calls, or a key store that is down: not processed, with the wait that was named."""
    seller.faults.rate_limit(retry_after=7)
    outcome = await bought(celitech, clock, FIVE)
    assert isinstance(outcome, NotSent)
    assert (outcome.turned_away, outcome.retry_after) == (True, 7)
    seller.faults.key_store_down()
    outcome = await bought(celitech, clock, FIVE)
    assert isinstance(outcome, NotSent)
    assert outcome.turned_away


async def test_no_connection(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock
) -> None:
    """Nobody was reached, so another attempt may be made."""
    call = call_of(celitech, clock, await offered(celitech, FIVE))
    await seller.refuse_connections()
    outcome = await celitech.purchase(call, OPEN)
    assert isinstance(outcome, NotSent)
    assert not outcome.turned_away


async def test_the_fence(celitech: Celitech, seller: CelitechSandbox, clock: ManualClock) -> None:
    """Wherever it closes, nothing whole is sent; a call that is too late is no try."""
    request = await offered(celitech, FIVE)
    for looks in range(3):
        outcome = await celitech.purchase(call_of(celitech, clock, request), Standing(looks=looks))
        assert isinstance(outcome, NotSent)
        assert outcome.too_late
    assert not seller.ledger.requests
    late = Deadline(clock, 5)
    await clock.advance(6)
    assert (await celitech.purchase(call_of(celitech, clock, request), late)).kind == "not_sent"
    assert not seller.ledger.requests


# Refused


@pytest.mark.parametrize("status", [400, 422])
async def test_no_money(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock, status: int
) -> None:
    """Nothing is bought, and people read that the account needs money."""
    seller.account.balance_cents = 100
    seller.account.shortage_status = status
    outcome = await bought(celitech, clock, FIVE)
    assert isinstance(outcome, Refused)
    assert outcome.errors[0].remedy is Remedy.TOP_UP
    assert not seller.ledger.purchases


async def test_brands(celitech: Celitech, seller: CelitechSandbox, clock: ManualClock) -> None:
    """They are sent; who has no access to them reads so."""
    request = asked(destination="France", data="5GB", days="7", network_brand="Acme", language="fr")
    assert (await bought(celitech, clock, request)).kind == "bought"
    seller.account.tier = "Gold"
    outcome = await bought(celitech, clock, request, "esim-7K2M9QXA-2")
    assert isinstance(outcome, Refused)
    assert "Diamond" in outcome.errors[0].detail


async def test_a_refusal_as_html(
    start_rude: StartRude, open_celitech: OpenCelitech, clock: ManualClock
) -> None:
    """A gateway in between refuses without a reason."""
    refusal = answers("403 Forbidden", b"<html></html>")
    rude = await start_rude(one_after_another(TOKEN, gives({"purchases": []}), refusal))
    celitech = open_celitech(rude.url)
    await celitech.find(REFERENCE)
    request = asked(destination="FRA", data="5GB", days="7")
    outcome = await celitech.purchase(call_of(celitech, clock, request), OPEN)
    assert isinstance(outcome, Refused)
    assert outcome.errors[0].remedy is Remedy.OPERATOR


async def test_places(open_celitech: OpenCelitech, seller: CelitechSandbox) -> None:
    """So many purchases at once; it is told when somebody waits."""
    celitech = open_celitech(seller.url, purchases=1)
    assert (celitech.has_place, celitech.is_waited_for) == (True, False)
    async with celitech.place():
        assert (celitech.has_place, celitech.is_waited_for) == (False, False)
        waiting = asyncio.create_task(celitech.place().__aenter__())
        await asyncio.sleep(0)
        assert (celitech.has_place, celitech.is_waited_for) == (False, True)
    await waiting


def test_no_price_without_asking(celitech: Celitech) -> None:
    """Nothing is estimated: the order begins with a question to Celitech."""
    assert celitech.estimate(asked()) is None
