"""What was bought: in the text, or in a table; no SIM card is left out."""

import pytest

from bot.domain.order import Order
from bot.domain.outcome import Bought, Sim
from bot.domain.state import OrderState
from bot.slack.message import Message
from bot.slack.messages import messages_of
from bot.slack.messages.results import ORDER_REST, files, result
from tests.support.order_steps import answered, now_of, started
from tests.support.orders import ANA, OPS, an_order, some_sims
from tests.unit.slack.reading import read, references

UUID_OF_A_CARD = "6a09cdc3-8948-47f0-aa62-74ac943d6c58"
PURCHASED = OrderState.PURCHASED


def bought(*sims: Sim) -> Order:
    """An order of as many eSIMs as there are SIM cards, all bought in one call."""
    approved = an_order(len(sims), state=OrderState.APPROVED)
    return answered(started(approved), Bought(sims=sims))


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
    (row,) = [block for block in result(short).blocks if block["type"] == "actions"]
    (button,) = row["elements"]
    assert (button["text"]["text"], button["action_id"]) == ("Order the missing 1", ORDER_REST)
    assert button["value"] == short.id
    whole = short.record(1, Bought(sims=some_sims(3)), now_of(short))
    doubted = an_order(3, state=OrderState.IN_DOUBT, sims=some_sims(1))
    for order in (whole, doubted, an_order(3, state=PURCHASED)):
        assert not any(block["type"] == "actions" for block in result(order).blocks)


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
    for message in (result(order), files(order)):
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
