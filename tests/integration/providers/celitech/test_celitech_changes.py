"""Top-ups, edits and suspensions: what they are about is looked up, and each is sent once."""

from typing import Any

import pytest

from bot.domain.catalogue.money import Money
from bot.domain.purchase.outcome import Bought, NotSent, Refused, Unknown
from bot.domain.request import OrderKind, PurchaseRequest
from bot.errors import LookupFailed
from bot.providers.capabilities import Changes
from bot.providers.celitech import Celitech
from sandbox.celitech import CelitechSandbox
from tests.integration.providers.celitech.conftest import TOKEN, OpenCelitech, gives
from tests.integration.providers.celitech.orders import (
    asked,
    bought,
    call_of,
    offered,
    unavailable,
)
from tests.integration.providers.conftest import StartRude
from tests.integration.providers.wire.calls import OPEN, Standing
from tests.integration.providers.wire.rude_server import Behaviour, one_after_another
from tests.support.clock import ManualClock

FREE = Money(cents=0, currency="USD")
CHANGE = "esim-8888888A-1"
ICCID = "8988303000001234567"
NOBODYS = "8" * 20


@pytest.fixture
async def sold(celitech: Celitech, clock: ManualClock) -> tuple[str, str]:
    """Buy one eSIM for a week; its ICCID and the id of its purchase."""
    outcome = await bought(celitech, clock)
    assert isinstance(outcome, Bought)
    return str(outcome.sims[0].iccid), str(outcome.sims[0].provider_id)


def top_up(iccid: str, data: str = "1GB", days: str = "30") -> PurchaseRequest:
    """A request for more data."""
    return asked(OrderKind.TOP_UP, iccid=iccid, data=data, days=days)


def suspension(iccid: str) -> PurchaseRequest:
    """A request to end it."""
    return asked(OrderKind.SUSPENSION, iccid=iccid)


def edit(purchase: str, **dates: str) -> PurchaseRequest:
    """A request for other dates."""
    return asked(OrderKind.EDIT, 1, purchase=purchase, **dates)


def test_the_capability(celitech: Celitech) -> None:
    """Whoever asks whether it can change what it sold is told so."""
    assert isinstance(celitech, Changes)


# Top-ups


async def test_a_top_up(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock, sold: tuple[str, str]
) -> None:
    """Priced as a package of the eSIM's destination; found by its reference."""
    iccid, _ = sold
    offer = await celitech.offer(top_up(iccid))
    assert offer.quote.once.cents == seller.catalogue.price("FRA", 1, 30)
    facts = {fact.label: fact.value for fact in offer.facts}
    assert (facts["Destination"], facts["Status"]) == ("France", "RELEASED")
    outcome = await bought(celitech, clock, top_up(iccid), CHANGE)
    assert isinstance(outcome, Bought)
    (sim,) = outcome.sims
    assert sim.name == (iccid, seller.ledger.purchases[-1].id)
    assert (
        await celitech.find_change(top_up(iccid), CHANGE) == (await celitech.find(CHANGE))[CHANGE]
    )
    assert (await celitech.find(CHANGE))[CHANGE][0].name == sim.name


async def test_a_top_up_that_is_not_allowed(
    celitech: Celitech, seller: CelitechSandbox, sold: tuple[str, str]
) -> None:
    """It is asked first, and nothing is ordered."""
    seller.account.esims[sold[0]].allows_top_up = False
    refused = await unavailable(celitech, top_up(sold[0]))
    assert (refused.field, refused.why) == ("iccid", "Celitech takes no top-ups for this eSIM")


async def test_a_size_that_is_no_top_up(celitech: Celitech, sold: tuple[str, str]) -> None:
    """The nearest ones are named as for a purchase."""
    refused = await unavailable(celitech, top_up(sold[0], "4GB", "7"))
    assert dict(refused.nearest[0].options) == {"data": "5GB", "days": "7"}


async def test_an_esim_that_celitech_does_not_know(celitech: Celitech) -> None:
    """It is said so, for every change that names one."""
    for request in (top_up(NOBODYS), suspension(NOBODYS)):
        refused = await unavailable(celitech, request)
        assert (refused.field, refused.why) == ("iccid", "Celitech knows no eSIM with this ICCID")


async def test_the_last_purchase_names_the_destination(
    start_rude: StartRude, open_celitech: OpenCelitech
) -> None:
    """The newest one that tells it; a flag that is missing forbids nothing."""
    rows = [
        {"package": {"destination": "DEU"}, "createdDate": "2026-01-01T00:00:00Z"},
        {"package": {"destination": "FRA"}, "createdDate": "2026-01-02T00:00:00Z"},
        {"package": {"destination": "ITA"}},
        {"createdDate": "2026-01-03T00:00:00Z"},
    ]
    rude = await start_rude(
        one_after_another(
            TOKEN,
            gives({"esim": {}}),
            gives({"purchases": rows}),
            gives({"destinations": [{"name": "France", "destination": "FRA"}]}),
            gives({"packages": [{"dataLimitInGB": 1, "priceInCents": 100}]}),
        )
    )
    offer = await open_celitech(rude.url).offer(top_up(ICCID))
    assert [(fact.label, fact.value) for fact in offer.facts] == [
        ("Destination", "France"),
        ("Validity", "30 days, within 90 days of the purchase"),
    ]


async def test_a_list_that_ignores_the_filter_prices_no_top_up_by_another_esim(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock, sold: tuple[str, str]
) -> None:
    """Neither is its price that of another country, nor is anything else told as its own."""
    await clock.advance(60)
    elsewhere = asked(destination="Japan", data="20GB", days="30")
    await bought(celitech, clock, elsewhere, "esim-other-1")
    seller.catalogue.set_price("FRA", 1, 30, 5000)
    seller.faults.ignore_filters()
    offer = await celitech.offer(top_up(sold[0]))
    assert offer.quote.once.cents == 5000
    assert {fact.value for fact in offer.facts if fact.label == "Destination"} == {"France"}
    told = (await celitech.offer(suspension(sold[0]))).facts
    assert [fact.value for fact in told if fact.label == "Bought"] == ["France, 5 GB, 7 days"]


async def test_an_esim_without_a_purchase(
    start_rude: StartRude, open_celitech: OpenCelitech
) -> None:
    """Then there is no price."""
    rude = await start_rude(
        one_after_another(TOKEN, gives({"esim": {}}), gives({"purchases": [{"id": "p"}]}))
    )
    refused = await unavailable(open_celitech(rude.url), top_up(ICCID))
    assert "no price for a top-up" in refused.why


@pytest.mark.parametrize("body", [[], {}, {"esim": None}, {"esim": "x"}])
async def test_an_esim_that_can_not_be_read(
    start_rude: StartRude, open_celitech: OpenCelitech, body: Any
) -> None:
    """That is no refusal."""
    rude = await start_rude(one_after_another(TOKEN, gives(body)))
    with pytest.raises(LookupFailed, match="eSIM could not be read"):
        await open_celitech(rude.url).offer(top_up(ICCID))


async def test_what_is_said_of_another_esim(
    start_rude: StartRude, open_celitech: OpenCelitech
) -> None:
    """It is no answer: neither to whether it takes a top-up, nor to whether it is suspended."""
    esim = gives({"esim": {"iccid": NOBODYS, "status": "SUSPENDED"}})
    rude = await start_rude(one_after_another(TOKEN, esim, esim))
    celitech = open_celitech(rude.url)
    with pytest.raises(LookupFailed, match="is about another eSIM"):
        await celitech.offer(top_up(ICCID))
    with pytest.raises(LookupFailed, match="is about another eSIM"):
        await celitech.find_change(suspension(ICCID), CHANGE)


# Edits


async def test_an_edit(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock, sold: tuple[str, str]
) -> None:
    """It costs nothing; its dates are certain days, and show in the list once it is done."""
    iccid, known = sold
    request = edit(known, start="tomorrow", end="7 Jan")
    offer = await celitech.offer(request)
    assert (offer.quote.once, offer.quote.firm) == (FREE, True)
    assert dict(offer.options) == {"start": "2026-01-02", "end": "2026-01-07", "iccid": iccid}
    settled = await offered(celitech, request)
    assert await celitech.find_change(settled, CHANGE) == ()
    outcome = await celitech.purchase(call_of(celitech, clock, settled, CHANGE), OPEN)
    assert isinstance(outcome, Bought)
    assert outcome.sims[0].name == (iccid, known)
    (found,) = await celitech.find_change(settled, CHANGE)
    assert found.name == (iccid, known)
    assert seller.ledger.requests[-1].key == CHANGE


async def test_an_edit_again(celitech: Celitech, clock: ManualClock, sold: tuple[str, str]) -> None:
    """Without a start, the one that it has is sent; the card shows the dates so far."""
    await bought(celitech, clock, edit(sold[1], start="2026-01-02", end="2026-01-07"), CHANGE)
    offer = await celitech.offer(edit(sold[1], end="2026-01-08"))
    assert offer.options["start"] == "2026-01-02"
    facts = {fact.label: fact.value for fact in offer.facts}
    assert facts["Dates so far"] == "2 Jan 2026 to 7 Jan 2026"
    assert facts["Bought"].startswith("France, 5 GB")


async def test_an_edit_of_what_is_in_use(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock, sold: tuple[str, str]
) -> None:
    """Its start stays as it is, also where that is over; its end may be moved."""
    iccid, known = sold
    await bought(celitech, clock, edit(known, start="2026-01-01", end="2026-01-05"), CHANGE)
    seller.account.install(iccid)
    await clock.advance(86_400)
    refused = await unavailable(celitech, edit(known, start="2026-01-03", end="2026-01-08"))
    assert refused.field == "start"
    assert "in use" in refused.why
    assert "1 Jan 2026" in refused.why
    over = await unavailable(celitech, edit(known, end="2026-01-01"))
    assert (over.field, over.why[:10]) == ("end", "1 Jan 2026")
    outcome = await bought(celitech, clock, edit(known, end="2026-01-08"), "esim-8888888A-2")
    assert isinstance(outcome, Bought)


async def test_an_edit_out_of_its_price(
    celitech: Celitech, clock: ManualClock, sold: tuple[str, str]
) -> None:
    """Celitech itself refuses it, and says why."""
    request = edit(sold[1], start="2026-01-02", end="2026-02-20")
    outcome = await bought(celitech, clock, request, CHANGE)
    assert isinstance(outcome, Refused)
    assert "price" in outcome.errors[0].detail


@pytest.mark.parametrize(
    ("dates", "field"),
    [
        ({"end": "2026-01-07"}, "start"),
        ({"start": "2025-12-31", "end": "2026-01-07"}, "start"),
        ({"start": "2026-01-07", "end": "2026-01-05"}, "end"),
    ],
)
async def test_edits_that_can_not_be(
    celitech: Celitech, sold: tuple[str, str], dates: dict[str, str], field: str
) -> None:
    """A purchase for days has no start yet; dates in the past or out of order are none."""
    assert (await unavailable(celitech, edit(sold[1], **dates))).field == field


async def test_a_purchase_that_is_not_there(
    celitech: Celitech, sold: tuple[str, str], start_rude: StartRude, open_celitech: OpenCelitech
) -> None:
    """Neither where the list is empty, nor where it gives another one, or refuses the id."""
    refused = await unavailable(celitech, edit("nobodys", end="2026-01-07"))
    assert (refused.field, refused.why) == ("purchase", "Celitech lists no purchase of this id")
    other = gives({"purchases": [{"id": sold[1]}]})
    for answer in (other, gives({"message": "no"}, "400 No")):
        rude = await start_rude(one_after_another(TOKEN, answer))
        refused = await unavailable(open_celitech(rude.url), edit("p0", end="2026-01-07"))
        assert refused.field == "purchase"


@pytest.mark.parametrize("status", ["ACTIVE", "active", None, 7])
async def test_an_edit_without_knowledge(
    start_rude: StartRude, open_celitech: OpenCelitech, status: Any
) -> None:
    """What has no start, ICCID or title can still get dates, unless it is in use."""
    rude = await start_rude(
        one_after_another(TOKEN, gives({"purchases": [{"id": "p"}]}), gives({"status": status}))
    )
    request = edit("p", start="2026-01-02", end="2026-01-07")
    if isinstance(status, str):
        refused = await unavailable(open_celitech(rude.url), request)
        assert refused.why == "it is in use, so its start stays as it is; only its end can be moved"
    else:
        offer = await open_celitech(rude.url).offer(request)
        assert dict(offer.options) == {"start": "2026-01-02", "end": "2026-01-07"}
        assert offer.facts == ()


async def test_an_edit_whose_state_is_no_object(
    start_rude: StartRude, open_celitech: OpenCelitech
) -> None:
    """Then it is not known to be in use; Celitech decides. A date that is missing is a mark."""
    listed = gives({"purchases": [{"id": "p", "endDate": "2026-01-05T00:00:00Z"}]})
    rude = await start_rude(one_after_another(TOKEN, listed, gives([])))
    offer = await open_celitech(rude.url).offer(edit("p", start="2026-01-02", end="2026-01-07"))
    assert [fact.value for fact in offer.facts] == ["? to 5 Jan 2026"]


# Suspensions


async def test_a_suspension(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock, sold: tuple[str, str]
) -> None:
    """Free of charge, with what is lost by it on the card; shown by what is left of the eSIM."""
    iccid, _ = sold
    offer = await celitech.offer(suspension(iccid))
    assert (offer.quote.once, offer.quote.firm) == (FREE, True)
    facts = {fact.label: fact.value for fact in offer.facts}
    assert facts == {
        "Status": "RELEASED",
        "Connectivity": "ACTIVE",
        "Bought": "France, 5 GB, 7 days",
    }
    assert await celitech.find_change(suspension(iccid), CHANGE) == ()
    outcome = await bought(celitech, clock, suspension(iccid), CHANGE)
    assert isinstance(outcome, Bought)
    assert outcome.sims[0].iccid == iccid
    request = seller.ledger.requests[-1]
    assert (request.key, request.raw) == (CHANGE, b"")
    (found,) = await celitech.find_change(suspension(iccid), CHANGE, urgent=False)
    assert (found.iccid, found.status) == (iccid, "RELEASED")
    again = await bought(celitech, clock, suspension(iccid), "esim-8888888A-2")
    assert isinstance(again, Refused)


async def test_a_suspension_whose_answer_is_lost(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock, sold: tuple[str, str]
) -> None:
    """It has no body, so its head alone may have done it: in doubt."""
    seller.faults.close(after_selling=True)
    outcome = await bought(celitech, clock, suspension(sold[0]), CHANGE)
    assert isinstance(outcome, Unknown)
    assert await celitech.find_change(suspension(sold[0]), CHANGE)


async def test_what_was_cut_off_before_shows_no_suspension(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock, sold: tuple[str, str]
) -> None:
    """That it has no connectivity and takes no top-up was so before: nobody is told it is done."""
    esim = seller.account.esims[sold[0]]
    esim.is_connected = esim.allows_top_up = False
    seller.faults.fail(503)
    request = await offered(celitech, suspension(sold[0]))
    outcome = await celitech.purchase(call_of(celitech, clock, request, CHANGE), OPEN)
    assert isinstance(outcome, NotSent)
    assert await celitech.find_change(request, CHANGE) == ()


async def test_the_fence_of_a_suspension(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock, sold: tuple[str, str]
) -> None:
    """Once its head is on the way it can't be called back, so nobody says that it was too late."""
    call = call_of(celitech, clock, suspension(sold[0]), CHANGE)
    assert (await celitech.purchase(call, Standing(looks=1))).kind == "not_sent"
    assert (await celitech.purchase(call, Standing(looks=2))).kind == "bought"
    assert seller.ledger.requests[-1].call == "suspend"


async def test_what_is_suspended_already(
    start_rude: StartRude, open_celitech: OpenCelitech
) -> None:
    """Where Celitech says so, nothing is asked of it again."""
    rude = await start_rude(one_after_another(TOKEN, gives({"esim": {"status": "SUSPENDED"}})))
    refused = await unavailable(open_celitech(rude.url), suspension(ICCID))
    assert refused.why == "this eSIM is suspended already"


async def test_an_esim_of_which_nothing_is_known(
    start_rude: StartRude, open_celitech: OpenCelitech
) -> None:
    """It can be suspended all the same."""
    rude = await start_rude(
        one_after_another(TOKEN, gives({"esim": {"status": None}}), gives({"purchases": []}))
    )
    assert (await open_celitech(rude.url).offer(suspension(ICCID))).facts == ()


@pytest.mark.parametrize(
    ("esim", "history", "is_done"),
    [
        ({"status": "Suspended"}, {}, True),
        ({"status": "ENABLED"}, {"esim": {"history": [{"status": "SUSPENDED"}, "x"]}}, True),
        ({"status": "ENABLED"}, {"esim": {"history": [{"status": "ENABLED"}]}}, False),
        ({"connectivityStatus": "NOT_ACTIVE", "isTopUpAllowed": False}, {}, True),
        ({"connectivityStatus": "NOT_ACTIVE", "isTopUpAllowed": True}, {"esim": []}, False),
        ({"connectivityStatus": "NOT_ACTIVE"}, {"esim": {"history": {}}}, False),
        ({"connectivityStatus": "ACTIVE", "isTopUpAllowed": False}, [], False),
        ({}, {}, False),
    ],
)
async def test_how_a_suspension_shows(
    start_rude: StartRude, open_celitech: OpenCelitech, esim: Any, history: Any, is_done: bool
) -> None:
    """By its name, or by an eSIM that is cut off and takes no top-up; else it is not known."""
    answers: list[Behaviour] = [gives({"esim": esim}), gives(history)]
    rude = await start_rude(one_after_another(TOKEN, *answers))
    found = await open_celitech(rude.url).find_change(suspension(ICCID), CHANGE)
    assert bool(found) is is_done
