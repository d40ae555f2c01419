"""Who has which eSIM, and who got codes, where an order or a purchase is shown; never a code."""

import csv
import io
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.activation.assignment import Assignment, Holder
from bot.domain.activation.hand_out import HandOutForm
from bot.domain.activation.trail import Reveal
from bot.domain.events import OrderState
from bot.domain.order import Order
from bot.slack.answers.past_purchases import purchase_details
from bot.slack.downloads import files_of, purchase_files
from bot.slack.ephemeral import Answer, order_details
from bot.slack.sims import holder_of, plain_holder
from tests.support.harness.travel_agency import past
from tests.support.harness.traveller import FORM as TRAVELLER
from tests.support.orders import ANA, BEN, ORDER_ID, T0, an_order, some_sims
from tests.support.requests import FORMS
from tests.unit.slack.answers.test_past_purchases import ASKED
from tests.unit.slack.downloads.opened import cells
from tests.unit.slack.reading import must_be_taken_by_slack, read, references
from tests.unit.slack.wild import UNHURRIED, nasty

DANA = Holder(person="U0DANA", name="Truck 12")
ICCIDS = [sim.iccid or "" for sim in some_sims(3)]


def assigned(*holders: Holder, iccids: list[str] = ICCIDS) -> dict[str, Assignment]:
    """The first eSIMs are with these."""
    return {
        iccid: Assignment(iccid=iccid, holder=holder, by=ANA, at=T0)
        for iccid, holder in zip(iccids, holders, strict=False)
    }


def reveal(hours: int = 0, **parts: Any) -> Reveal:
    """That codes of all three eSIMs were given to Dana, so many hours later."""
    usual: dict[str, Any] = {
        "by": ANA,
        "to": "U0DANA",
        "iccids": tuple(ICCIDS),
        "form": HandOutForm.MESSAGES,
        "order_id": ORDER_ID,
    }
    return Reveal(at=T0 + timedelta(hours=hours), **usual | parts)


def bought(amount: int = 3) -> Order:
    """An order that has bought all of it."""
    return an_order(amount, state=OrderState.PURCHASED)


def shown(*reveals: Reveal, amount: int = 3, **holders: Any) -> Answer:
    """The details of an order."""
    return order_details(bought(amount), FORMS, reveals, **holders)


# An order


def test_who_got_codes_when() -> None:
    """Of how many eSIMs, by whom and for whom, the latest first."""
    told = read(shown(reveal(), reveal(2, by=BEN, to=BEN, iccids=(ICCIDS[0],))))
    assert (
        "Activation codes were asked for\n"
        "• 2026-01-01 14:00 UTC of 89310410106543000001, by @ben for themselves\n"
        "• 2026-01-01 12:00 UTC of 3 of 3 eSIMs, by @ana for @U0DANA\n"
    ) in told


def test_many_hand_outs() -> None:
    """The latest eight, and how many there were before."""
    told = read(shown(*map(reveal, range(30))))
    assert told.count("for @U0DANA") == 8
    assert "…and 22 times before." in told


def test_who_has_which() -> None:
    """Those of whom somebody has told, below the ICCIDs; without any nothing is said of it."""
    told = read(shown(assignments=assigned(DANA, Holder(email="eve@example.com"))))
    assert told.endswith(
        "Who has which\n"
        "• 89310410106543000001 @U0DANA · “Truck 12”\n"
        "• 89310410106543000002 eve@example.com"
    )
    assert "Who has which" not in read(shown())


def test_more_holders_than_can_be_shown() -> None:
    """As many as there is room for, and where all of them are."""
    iccids = [sim.iccid or "" for sim in some_sims(200)]
    holders = assigned(*[Holder(name="x" * 80)] * 200, iccids=iccids)
    answer = shown(amount=200, assignments=holders)
    must_be_taken_by_slack(answer)
    assert f"more: /esim assigned {ORDER_ID} has all of them." in read(answer)


@UNHURRIED
@given(name=nasty(80), email=nasty(80), amount=st.sampled_from([1, 50, 51]))
def test_names_as_no_sane_person_gives_them(name: str, email: str, amount: int) -> None:
    """Slack takes it, nobody is mentioned, no link is made."""
    iccids = [sim.iccid or "" for sim in some_sims(amount)]
    holder = Holder(name=name[:80], email=email[:80])
    answer = shown(
        *[reveal()] * 20, amount=amount, assignments=assigned(*[holder] * amount, iccids=iccids)
    )
    must_be_taken_by_slack(answer)
    assert "I can't show more" not in read(answer)
    assert references(answer) <= {f"@{ANA}", "@U0BEN", "@U0DANA", "#C0OPS"}


# Files


def rows(content: bytes) -> list[dict[str, str]]:
    """The lines of a CSV file, by column."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_an_export_of_an_order_has_who_has_it() -> None:
    """A column for the person and one for the line's name, in both files."""
    book, lines = files_of(bought(), FORMS, assigned(DANA, Holder(email="eve@example.com")))
    first, second, third = rows(lines.content())
    assert (first["assigned to"], first["name"]) == ("U0DANA", "Truck 12")
    assert (second["assigned to"], second["name"]) == ("eve@example.com", "")
    assert (third["assigned to"], third["name"]) == ("", "")
    assert "assigned to" in cells(book.content())[0]


def test_the_files_in_the_thread_do_not_say_who_has_it() -> None:
    """A channel is no place for that, and what others have loaded can't be removed on request."""
    _, lines = files_of(bought(), FORMS)
    assert "assigned to" not in rows(lines.content())[0]


def test_another_holder_gives_another_digest() -> None:
    """The same gives the same."""
    made = [files_of(bought(), FORMS, assigned(each))[0].digest for each in (DANA, DANA, Holder())]
    assert made[0] == made[1] != made[2]


def test_an_export_of_purchases_has_who_has_it() -> None:
    """Before the facts, and only where somebody has told of any."""
    purchases = [past(1), past(2)]
    holders = assigned(DANA, iccids=[purchases[1].iccid])
    _, lines = purchase_files(purchases, TRAVELLER, holders)
    first, second = rows(lines.content())
    assert (first["assigned to"], second["assigned to"], second["name"]) == (
        "",
        "U0DANA",
        "Truck 12",
    )
    _, lines = purchase_files(purchases, TRAVELLER)
    assert "assigned to" not in rows(lines.content())[0]


def test_the_details_of_a_purchase_have_who_has_it() -> None:
    """Where it is known."""
    purchase = past(1)
    told = read(purchase_details(ASKED, purchase, assigned(DANA, iccids=[purchase.iccid])))
    assert "Who has it: @U0DANA · “Truck 12”" in told
    assert "Who has it" not in read(purchase_details(ASKED, purchase))


# A holder in words


def test_a_holder_in_words() -> None:
    """Every part that is known; in files the address first, since it says who it is."""
    assert holder_of(Holder(name="A & B")) == "“A &amp; B”"
    assert [
        plain_holder(each)
        for each in (DANA, Holder(person="U1", email="e@x"), Holder(name="Truck 12"))
    ] == ["U0DANA", "e@x", "Truck 12"]
