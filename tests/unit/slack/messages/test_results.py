"""What was bought: in the text, or in a table; no SIM card is left out."""

from dataclasses import replace
from typing import Any

import pytest
from inline_snapshot import snapshot

from bot.domain.events import OrderState
from bot.domain.form import Forms
from bot.domain.order import Order
from bot.domain.purchase.outcome import Bought
from bot.domain.purchase.sim import Oddity, Sim
from bot.slack.message import Message
from bot.slack.messages import results
from bot.slack.messages.results import CODES_ASK, ORDER_REST, files
from tests.support.order_steps import answered, listed, looked, now_of, started
from tests.support.orders import ANA, BEN, OPS, an_order, some_sims
from tests.support.requests import FORM, FORMS
from tests.unit.slack.reading import must_be_taken_by_slack, page, read, references
from tests.unit.slack.shown import messages_of, order_details

UUID_OF_A_CARD = "6a09cdc3-8948-47f0-aa62-74ac943d6c58"
PURCHASED = OrderState.PURCHASED
GIVES_CODES = {FORM.provider: replace(FORM, gives_codes=True)}
GIVES_NONE = {FORM.provider: replace(FORM, gives_codes=False)}


def bought(*sims: Sim) -> Order:
    """An order of as many eSIMs as there are SIM cards, all bought in one call."""
    approved = an_order(len(sims), state=OrderState.APPROVED)
    return answered(started(approved), Bought(sims=sims))


def drawn(order: Order, forms: Forms) -> Message:
    """Its result, under these forms."""
    return results.result(order, forms)


def result(order: Order) -> Message:
    """The same where the provider gives no codes: every test is about one thing."""
    return drawn(order, GIVES_NONE)


def buttons(message: Message) -> dict[str, Any]:
    """Its buttons by their action ids."""
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    return {button["action_id"]: button for row in rows for button in row}


def table_of(message: Message) -> list[list[str]]:
    """The cells of the message's table; nothing when it has none."""
    tables = [block for block in message.blocks if block["type"] == "table"]
    return [[cell["text"] for cell in row] for table in tables for row in table["rows"]]


def test_few_iccids_stand_in_the_text() -> None:
    """Ten SIM cards are a list, each with its status, and need no file."""
    order = an_order(10, state=PURCHASED)
    shown = read(result(order))
    assert shown.startswith("Bought 10 of 10 eSIMs.\n• 89310410106543000001 · standby\n")
    assert all(str(sim.iccid) in shown for sim in order.sims)
    assert not any(message.files for message in messages_of(order, (), "").values())


@pytest.mark.parametrize("count", [11, 50])
def test_more_iccids_stand_in_a_table(count: int) -> None:
    """Up to fifty are a numbered table, and a file besides."""
    order = an_order(count, state=PURCHASED)
    head, *rows = table_of(result(order))
    assert head == ["#", "ICCID", "Status"]
    assert rows == [[str(i), str(sim.iccid), "standby"] for i, sim in enumerate(order.sims, 1)]
    assert len(messages_of(order, (), "")["file"].files) == 2


def test_many_iccids_stand_in_the_file_only() -> None:
    """From fifty-one on the message says where they are."""
    order = an_order(51, state=PURCHASED)
    assert read(result(order)) == "Bought 51 of 51 eSIMs.\nThe ICCIDs are in the files below."


def test_a_shortage_is_told_with_what_there_is() -> None:
    """Whoever reads only this message knows that some are missing, and stay so."""
    order = an_order(3, state=OrderState.PARTLY_PURCHASED)
    shown = read(result(order))
    assert "Bought 2 of 3 eSIMs. 1 eSIM missing: I buy no more for this order." in shown


def test_what_is_missing_can_be_ordered() -> None:
    """A short order has a button for the rest, for as long as there is a rest."""
    short = an_order(3, state=OrderState.PARTLY_PURCHASED)
    button = buttons(result(short))[ORDER_REST]
    assert button["text"]["text"] == "Order the missing 1"
    assert button["value"] == f"{short.id}:1"
    whole = short.record(1, Bought(sims=some_sims(3)), now_of(short))
    doubted = an_order(3, state=OrderState.IN_DOUBT, sims=some_sims(1))
    for order in (whole, doubted, an_order(3, state=PURCHASED)):
        assert ORDER_REST not in buttons(result(order))


def test_what_is_missing_of_what_turned_up_late_can_be_ordered() -> None:
    """An order that was refused, and of which a part was found, has the button as well."""
    closed = an_order(3, state=OrderState.NEEDS_ATTENTION)
    closed = closed.close(BEN, now_of(closed))
    late = closed.found_late(listed(closed, 1, some_sims(2)), now_of(closed))
    assert late.state is OrderState.REFUSED
    assert buttons(result(late))[ORDER_REST]["text"]["text"] == "Order the missing 1"


def test_codes_can_be_asked_for() -> None:
    """A purchase has the button where its provider gives codes, beside that for the rest."""
    whole = an_order(3, state=PURCHASED)
    button = buttons(drawn(whole, GIVES_CODES))[CODES_ASK]
    assert (button["text"]["text"], button["value"]) == ("Send activation codes", f"{whole.id}:1")
    short = an_order(3, state=OrderState.PARTLY_PURCHASED)
    assert list(buttons(drawn(short, GIVES_CODES))) == [CODES_ASK, ORDER_REST]
    must_be_taken_by_slack(drawn(short, GIVES_CODES))


def test_codes_that_nobody_could_have_are_not_offered() -> None:
    """Where the provider gives none, is not set up any more, or names no eSIM."""
    whole = an_order(1, state=PURCHASED)
    nameless = answered(started(an_order(1, state=OrderState.APPROVED)), Bought(sims=(Sim(),)))
    for order, forms in ((whole, GIVES_NONE), (whole, {}), (nameless, GIVES_CODES)):
        assert CODES_ASK not in buttons(drawn(order, forms))


def test_the_button_for_codes_stays_as_it_is() -> None:
    """What turns up later changes the text, not the button: no edit comes of it alone."""
    short = an_order(3, state=OrderState.PARTLY_PURCHASED)
    whole = short.record(1, Bought(sims=some_sims(3)), now_of(short))
    before, after = (buttons(drawn(each, GIVES_CODES))[CODES_ASK] for each in (short, whole))
    assert before == after


def test_any_number_of_other_owners() -> None:
    """Ten of them are named and the others counted: neither message is too long for Slack."""
    others = tuple(
        sim.model_copy(update={"odd": (Oddity.ELSEWHERE,), "elsewhere": f"OTHER{number:03}"})
        for number, sim in enumerate(some_sims(80, first=100))
    )
    order = started(an_order(50, state=OrderState.APPROVED))
    order = order.record(1, Bought(sims=(*some_sims(50), *others)), now_of(order))
    for said in (result(order), order_details(order)):
        must_be_taken_by_slack(said)
        assert read(said).count("already: not counted here.") == 10
        assert "and 70 more are of other orders" in read(said)


@pytest.mark.parametrize("state", [OrderState.IN_DOUBT, OrderState.NEEDS_ATTENTION])
def test_what_is_known_in_doubt_is_told(state: OrderState) -> None:
    """SIM cards that were found are usable, whatever becomes of the others."""
    shown = read(result(an_order(3, state=state, sims=some_sims(2))))
    assert "Bought 2 of 3 eSIMs. That is what I know of so far." in shown
    assert "89310410106543000002" in shown


def test_a_surplus_is_told() -> None:
    """More SIM cards than ordered are told, as they are paid for too."""
    order = answered(started(an_order(2, state=OrderState.APPROVED)), Bought(sims=some_sims(4)))
    shown = read(result(order))
    assert "Bought 4 of 2 eSIMs. The provider sold 2 eSIMs more than ordered." in shown


def test_nothing_is_told_while_it_is_being_bought() -> None:
    """The thread gets one result, not one for each call."""
    for state in (OrderState.APPROVED, OrderState.PURCHASING):
        assert set(messages_of(an_order(3, state=state), (), "")) == {"card"}


def test_results_hang_under_the_card() -> None:
    """List and file go to the thread, or to the requester where there is no thread any more."""
    order = an_order(11, state=PURCHASED)
    for message in (result(order), files(order, FORMS)):
        assert (message.channel, message.in_thread, message.or_else) == (OPS, True, ANA)


def test_a_missing_iccid_is_told_with_the_whole_id() -> None:
    """A SIM card without ICCID is bought all the same: what finds it is not cut off."""
    nameless = Sim(provider_id=UUID_OF_A_CARD, status="standby")
    told = f"no ICCID was returned; the provider's id is {UUID_OF_A_CARD}"
    assert f"• {told} · standby" in read(result(bought(nameless)))
    assert told in {row[1] for row in table_of(result(bought(nameless, *some_sims(11))))}


def test_a_sim_card_without_any_name_is_counted() -> None:
    """Even of a SIM card without ICCID and id the reader learns that it exists."""
    assert "the provider's id is missing too" in read(result(bought(Sim(status="standby"))))


def test_a_missing_status_is_left_out() -> None:
    """A list shows the ICCID alone, a table a dash."""
    bare = [Sim(iccid=sim.iccid) for sim in some_sims(11)]
    assert read(result(bought(bare[0]))).endswith("• 89310410106543000001")
    assert {row[2] for row in table_of(result(bought(*bare)))[1:]} == {"–"}


def test_a_provider_can_not_ring_anybody() -> None:
    """What the provider returns is shown letter by letter."""
    nasty = Sim(iccid="<!channel>`", status="<@U0EVE>")
    assert references(result(bought(nasty))) == set()
    assert "<!channel>'" in read(result(bought(nasty)))


def test_what_was_ordered_before_is_not_ordered_again() -> None:
    """Once the rest is ordered the button gives way to the id of that order."""
    short = an_order(3, state=OrderState.PARTLY_PURCHASED)
    ordered = short.order_rest("RESTREST", BEN, now_of(short))
    assert "What was missing is ordered as RESTREST." in read(result(ordered))
    assert not any(block["type"] == "actions" for block in result(ordered).blocks)


def odd(place: int, *what: Oddity, elsewhere: str | None = None) -> Sim:
    """One of the numbered SIM cards, with something odd about it."""
    return some_sims(place)[-1].model_copy(update={"odd": what, "elsewhere": elsewhere})


def test_what_is_odd_is_told() -> None:
    """Physical, untagged, another order's: each is named, with what it means for the count."""
    sims = (
        *some_sims(1),
        odd(2, Oddity.PHYSICAL),
        odd(3, Oddity.PHYSICAL, Oddity.UNTAGGED),
        odd(4, Oddity.ELSEWHERE, elsewhere="0THER0RD"),
    )
    order = answered(started(an_order(4, state=OrderState.APPROVED)), Bought(sims=sims))
    assert page(result(order)) == snapshot("""\
Bought 3 of 4 eSIMs. That is what I know of so far.
• 89310410106543000001 · standby
• 89310410106543000002 · standby
• 89310410106543000003 · standby
:warning: 2 of these are physical SIM cards by the provider's word, though eSIMs were
ordered: 89310410106543000002, 89310410106543000003. Ask the provider before you rely on
that.
:warning: 1 of these came without the tag by which I find what I bought:
89310410106543000003.
:warning: 89310410106543000004 belongs to order 0THER0RD already: not counted here.
""")


def test_nothing_but_what_belongs_to_others() -> None:
    """An answer that names only SIM cards of other orders bought nothing, and that is said."""
    sims = tuple(odd(place, Oddity.ELSEWHERE, elsewhere="0THER0RD") for place in range(1, 9))
    order = answered(started(an_order(8, state=OrderState.APPROVED)), Bought(sims=sims))
    assert page(result(order)) == snapshot("""\
Bought 0 of 8 eSIMs. That is what I know of so far.
:warning: 89310410106543000001, 89310410106543000002, 89310410106543000003,
89310410106543000004, 89310410106543000005 and 3 more belong to order 0THER0RD already: not
counted here.
""")


def test_a_surplus_of_ones_own_doing() -> None:
    """When somebody bought again and the first ones turn up, it is not the provider's mistake."""
    order = an_order(3, state=OrderState.NEEDS_ATTENTION)
    order = looked(order.buy_again(BEN, now_of(order)), ())
    order = answered(started(order), Bought(sims=some_sims(3, 4)))
    order = order.found_late(listed(order, 1, some_sims(3)), now_of(order))
    shown = read(result(order))
    assert "That is 3 eSIMs more than ordered: they were there when @ben had them bought" in shown
    assert "The provider sold" not in shown
