"""What people ask a provider, and what they have changed: acknowledged, then answered."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

from bot.errors import LookupFailed, LookupPostponed
from bot.providers.base import NotSetUp
from tests.support.harness.travel_agency import CENTS, TravelAgency, past
from tests.support.harness.traveller import ICCID, NAME

if TYPE_CHECKING:
    from sandbox.slack.workspace.message import Message
    from tests.support.world import World

ASKED = "I ask Traveller; the answer follows here."


@pytest.fixture
async def agency(world: World) -> TravelAgency:
    """The bot with Telnyx and the travel agency."""
    agency = TravelAgency()
    world.others[NAME] = agency
    await world.restart_bot()
    return agency


async def answers(world: World, line: str, count: int = 2, who: str = "ben") -> list[Message]:
    """What somebody is told after a line: that it is asked, then the answer."""
    before = len(world.slack.ephemerals(who))
    delivery = await world.slack.person(who).types(line)
    assert delivery.ok
    await world.slack.until(lambda: len(world.slack.ephemerals(who)) >= before + count)
    return world.slack.ephemerals(who)[before:]


async def pressed(world: World, label: str, message: Message, who: str = "ben") -> Message:
    """What somebody is told after a click on a button of an answer."""
    before = len(world.slack.ephemerals(who))
    assert (await world.slack.person(who).clicks(label, message)).ok
    await world.slack.until(lambda: len(world.slack.ephemerals(who)) > before)
    return world.slack.ephemerals(who)[before]


async def test_packages_with_prices(world: World, agency: TravelAgency) -> None:
    """A table of what there is, and a line that orders one: sent as it is, it makes that order."""
    agency.countries = ("France", "Monaco")
    asked, told = await answers(world, "/esim packages for france", who="ana")
    assert asked.plain() == ASKED
    shown = told.plain()
    for words in ("Packages of Traveller for France", "5 GB", "30 days", "$5.30", "France, Monaco"):
        assert words in shown
    (line,) = [line for line in shown.splitlines() if line.startswith("/esim buy")]
    assert line == "/esim buy 1 from=traveller to=France data=1GB days=7"
    card = await world.ask(line)
    assert "Traveller" in card.plain()
    assert agency.questions == [{"destination": "France"}]


async def test_a_top_up_is_an_order(world: World, agency: TravelAgency) -> None:
    """It waits for approval on a card, is asked of the provider once, and its end is told."""
    card = await world.ask(f"/esim topup {ICCID} data=5GB days=7 note=soon")
    assert ICCID in card.plain()
    await world.until_state(card, "awaiting_approval")
    await world.click("Approve", card)
    await world.until_state(card, "purchased")
    (call,) = agency.calls
    assert call.kind == "top_up"
    assert call.options == {"iccid": ICCID, "data": "5GB", "days": "7"}


async def test_a_change_needs_a_channel(world: World, agency: TravelAgency) -> None:
    """In a direct message no approver would see its card; a question is answered there."""
    told = await world.told(f"/esim suspend {ICCID}", channel="D0ANA000000")
    assert "Orders need a channel" in told
    assert agency.calls == []


async def test_purchases_page_by_page(world: World, agency: TravelAgency) -> None:
    """A page with a button for the next one, until the last one says that it is."""
    agency.past = [past(number) for number in range(5)]
    _, first = await answers(world, "/esim purchases")
    assert "esim-7k2m9qxa-0" in first.plain()
    assert "There are more on the next page." in first.plain()
    second = await pressed(world, "Next page", first)
    assert "esim-7k2m9qxa-4" in second.plain()
    assert "esim-7k2m9qxa-2" not in second.plain()
    assert "These are all that there are." in second.plain()


async def test_the_details_of_a_purchase(world: World, agency: TravelAgency) -> None:
    """Everything that is known of one; of a question with one answer at once."""
    agency.past = [past(number) for number in range(5)]
    _, page = await answers(world, "/esim purchases since=2026-11-01")
    told = (await pressed(world, "Details", page)).plain()
    assert "First Purchase" in told
    assert "p-0" in told
    _, alone = await answers(world, f"/esim purchases iccid={past(3).iccid}")
    assert "First Purchase" in alone.plain()


async def test_a_purchase_that_is_gone(world: World, agency: TravelAgency) -> None:
    """Whoever asks for it is told that it is not listed any more."""
    agency.past = [past(number) for number in range(5)]
    _, page = await answers(world, "/esim purchases")
    agency.past = []
    assert "does not list this purchase" in (await pressed(world, "Details", page)).plain()
    told = await pressed(world, "All as files", page)
    assert told.plain() == "Traveller lists no purchases."


async def test_all_purchases_as_files(world: World, agency: TravelAgency) -> None:
    """A workbook and a CSV file of all pages, as a direct message to the person who asked."""
    agency.past = [past(number) for number in range(8)]
    _, page = await answers(world, "/esim purchases")
    told = await pressed(world, "All as files", page)
    assert "8 purchases at Traveller, as a workbook and as CSV, are in your" in told.plain()
    (message,) = world.slack.direct_messages("ben")
    names = [file.name for file in message.files]
    assert names == ["purchases-traveller.xlsx", "purchases-traveller.csv"]
    rows = list(csv.reader(io.StringIO(message.files[1].content.decode("utf-8-sig"))))
    assert len(rows) == 9
    assert rows[0][-2:] == ["Source", "Purchase type"]
    assert rows[1][1] == past(0).iccid


async def test_files_that_slack_does_not_take(world: World, agency: TravelAgency) -> None:
    """The person is told; nothing goes to the channel."""
    agency.past = [past(number) for number in range(8)]
    _, page = await answers(world, "/esim purchases")
    world.slack.faults.error("files.getUploadURLExternal", "not_allowed")
    assert "Slack took no files" in (await pressed(world, "All as files", page)).plain()
    assert world.slack.messages("ops") == []


async def test_who_may_see_the_whole_account(world: World, agency: TravelAgency) -> None:
    """Approvers, and whom the settings name; whoever else gets no page by any way."""
    agency.past = [past(number) for number in range(5)]
    _, page = await answers(world, "/esim purchases")
    (told,) = await answers(world, "/esim purchases", 1, who="ana")
    assert "is shown to approvers" in told.plain()
    assert len(agency.questions) == 1
    await world.restart_bot(esim_requesters=(world.id("ana"),), esim_approvers=())
    _, page_of_ana = await answers(world, "/esim purchases", who="ana")
    assert "esim-7k2m9qxa-0" in page_of_ana.plain()
    told = await pressed(world, "Next page", page)
    assert "is shown to approvers" in told.plain()
    (told,) = await answers(world, "/esim packages France", 1)
    assert "You may not order" in told.plain()


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (LookupFailed("it answered 503"), "Traveller could not be asked: it answered 503."),
        (
            LookupPostponed(90),
            "still wait for its answer. Nothing was ordered or changed: ask again",
        ),
        (RuntimeError("x"), "Nothing was ordered or changed. Whoever runs me finds the reason"),
    ],
)
async def test_a_provider_that_does_not_answer(
    world: World, agency: TravelAgency, failure: Exception, words: str
) -> None:
    """Every failure is told, and what it means."""
    agency.failure = failure
    _, told = await answers(world, "/esim packages France")
    assert words in told.plain()


async def test_a_size_that_there_is_not(world: World, agency: TravelAgency) -> None:
    """The nearest question that has an answer is there to be sent."""
    _, told = await answers(world, "/esim packages France data=3GB")
    assert "Traveller: there is no <such> size." in told.plain()
    assert "/esim packages France data=5GB" in told.plain()
    assert len(agency.questions) == 1


async def test_a_provider_that_is_asked_too_often(world: World, agency: TravelAgency) -> None:
    """It is asked again a little later, without a word from the person."""
    agency.failure = LookupPostponed(5)
    asked = await answers(world, "/esim packages France", 1)
    await world.slack.until(lambda: agency.questions)
    agency.failure = None
    await world.clock.jump(6)
    await world.slack.until(lambda: len(world.slack.ephemerals("ben")) > len(asked))
    assert "Packages of Traveller" in world.slack.ephemerals("ben")[-1].plain()


async def test_a_bot_that_is_stopped_while_it_asks(world: World, agency: TravelAgency) -> None:
    """Whoever was promised an answer is told that there is none."""
    agency.failure = LookupPostponed(10)
    await answers(world, "/esim packages France", 1)
    await world.slack.until(lambda: agency.questions)
    await world.stop_bot()
    assert (
        "I was stopped before the provider answered." in world.slack.ephemerals("ben")[-1].plain()
    )


async def test_a_provider_that_can_not_be_asked(world: World, agency: TravelAgency) -> None:
    """A form promises more than its provider can do: the person is told."""
    seller = NotSetUp(agency.name)
    seller.form = agency.form
    world.others[NAME] = seller
    await world.restart_bot()
    _, told = await answers(world, "/esim packages France")
    assert "can't do packages here" in told.plain()


async def test_the_price_is_its_own(world: World, agency: TravelAgency) -> None:
    """A purchase from it is checked first; its card shows the price."""
    card = await world.ask("/esim buy 2 from=traveller to=France data=5GB days=7")
    await world.until_state(card, "awaiting_approval")
    assert f"${2 * CENTS / 100:.2f}" in card.plain()
    assert agency.calls == []
