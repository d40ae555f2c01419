"""What only a person can decide: told with what it may cost, and no longer than it is open."""

from typing import Any

import pytest
from inline_snapshot import snapshot

from bot.domain.events import OrderState
from bot.domain.order import Order
from bot.domain.purchase.outcome import Bought, Refused, Unknown
from bot.domain.purchase.sim import ProviderError
from bot.slack.message import Message
from bot.slack.messages.attention import (
    BUY_AGAIN,
    CLOSE,
    LOOK_AGAIN,
    attention_messages,
    questions,
    turned_up_late,
)
from tests.support.order_steps import answered, listed, looked, now_of, started
from tests.support.orders import ANA, BEN, OPS, ORDER_ID, an_order, some_sims, terms
from tests.unit.slack.reading import page, read, references

OTHERS = [state for state in OrderState if state is not OrderState.NEEDS_ATTENTION]


def stuck(found: int = 0) -> Order:
    """An order of three that needs a person; so many SIM cards were found."""
    return an_order(3, state=OrderState.NEEDS_ATTENTION, sims=some_sims(found))


def reminded(order: Order, times: int) -> Order:
    """The order after so many reminders."""
    for _ in range(times):
        order = looked(order, ())
    return order


def question(order: Order) -> Message:
    """The message that asks."""
    return attention_messages(order)[f"attention:{len(questions(order))}"]


def buttons(message: Message) -> list[dict[str, Any]]:
    """The buttons on a message."""
    rows = [block for block in message.blocks if block["type"] == "actions"]
    return [button for row in rows for button in row["elements"]]


@pytest.mark.parametrize("state", OTHERS)
def test_other_orders_ask_nobody(state: OrderState) -> None:
    """A person is only called where one is needed."""
    assert attention_messages(an_order(3, state=state)) == {}


def test_a_person_must_decide() -> None:
    """Who, what for, under which tag, what is known of the money, and who may decide."""
    assert page(question(stuck(found=1))) == snapshot("""\
:rotating_light: @ana, I can't tell what was bought.
Call 1, for 3 eSIMs, is in doubt: the connection broke before the answer came. I looked for
the tag esim-7K2M9QXA-1 3 times, Telnyx answered 1 of them, and I found 1 of 3. Money may
have been spent. I will not send this purchase again unless an approver tells me to.
:point_right: Open Telnyx's portal, list the SIM cards with the tag esim-7K2M9QXA-1, and
compare. Then an approver decides:
[Look again] [Close as not bought] [Buy again]
""")
    assert question(stuck()).text == ":rotating_light: <@U0ANA>, I can't tell what was bought."


def test_after_a_single_look() -> None:
    """One look is `once`, and a reason that is not known is said to be so."""
    order = started(an_order(3, state=OrderState.APPROVED, under=terms(lookup_delays=(1.0,))))
    order = answered(order, Unknown(why=""))
    shown = read(question(looked(order, ())))
    assert "is in doubt: its outcome is not known." in shown
    assert "once and found 0 of 3" in shown


def test_the_buttons_carry_the_order() -> None:
    """Each decision is a button of its own, for this order."""
    shown = {button["action_id"]: button["value"] for button in buttons(question(stuck()))}
    assert shown == dict.fromkeys([LOOK_AGAIN, CLOSE, BUY_AGAIN], f"{ORDER_ID}:1")


def test_what_a_decision_costs_is_asked_before() -> None:
    """Buying again and closing tell what they mean for the money; looking costs nothing."""
    look, close, again = buttons(question(stuck(found=1)))
    assert "confirm" not in look
    assert close["confirm"]["text"]["text"] == (
        "It ends with 1 eSIM. Only do this when the portal shows no more. I look again for a "
        "day, and tell you if more turn up."
    )
    assert again["confirm"]["text"]["text"] == (
        "*2 eSIMs may be bought twice*: the call in doubt may have gone through. I look once more "
        "first; only if that shows nothing new do I send a new call for 2 eSIMs."
    )
    assert (again["style"], again["confirm"]["style"]) == ("danger", "danger")
    assert look["style"] == "primary"


def test_an_order_in_parts_buys_the_rest_again_too() -> None:
    """What may be bought twice is the call in doubt; what is sent anew is all that is missing."""
    order = started(an_order(5, state=OrderState.APPROVED, under=terms(batch_size=2)))
    order = answered(started(answered(order, Bought(sims=some_sims(2)))), Unknown(why="silence"))
    while order.state is OrderState.IN_DOUBT:
        order = looked(order, ())
    told = buttons(question(order))[2]["confirm"]["text"]["text"]
    assert told.startswith("*2 eSIMs may be bought twice*")
    assert told.endswith("a new call for 3 eSIMs.")
    again = attention_messages(reminded(order, 1))["reminder:1"]
    assert "2 of 5 eSIMs known, and 2 eSIMs in doubt. I looked for the tag" in read(again)


def test_found_after_all() -> None:
    """SIM cards that are found end the question without anybody's decision."""
    found = answered(stuck(), Bought(sims=some_sims(3)))
    assert read(question(found)) == (
        ":white_check_mark: No decision is needed now. 3 of 3 eSIMs known to be bought."
    )
    assert buttons(question(found)) == []


def test_refused_after_all() -> None:
    """An answer that comes late and says no ends it too."""
    error = ProviderError(code="70001", title="No stock")
    late = answered(stuck(), Refused(errors=(error,)))
    assert read(question(late)).endswith("now. 0 of 3 eSIMs known to be bought.")


def test_each_decision_is_told_with_who_made_it() -> None:
    """Everybody in the thread sees who took the money upon themselves, and what is known."""
    order = stuck(found=1)
    decided = {
        "look": order.look_again(BEN, now_of(order)),
        "close": order.close(BEN, now_of(order)),
        "buy": order.buy_again(BEN, now_of(order)),
    }
    told = "".join(page(question(each)) for each in decided.values())
    assert told == snapshot("""\
:hourglass_flowing_sand: No decision is needed now. @ben asked me to look again. 1 of 3
eSIMs known to be bought.
:white_check_mark: No decision is needed now. @ben closed it: no more was bought than is
known. 1 of 3 eSIMs known to be bought.
:hourglass_flowing_sand: No decision is needed now. @ben decided to buy again what was
missing, after one more look. 1 of 3 eSIMs known to be bought.
""")
    assert not any(buttons(question(each)) for each in decided.values())


def test_asked_once_more_after_another_look() -> None:
    """A look that settled nothing asks anew, in a new message; the older one says what came."""
    order = stuck()
    order = order.look_again(BEN, now_of(order))
    order = looked(order, ())
    assert len(buttons(question(order))) == 3
    first = attention_messages(order)["attention:1"]
    assert read(first) == ":mag: @ben asked me to look again. I ask anew below."
    assert buttons(first) == []


def unanswered() -> Order:
    """An order in doubt of which every look failed."""
    order = answered(started(an_order(3, state=OrderState.APPROVED)), Unknown(why="silence"))
    return looked(order, None, None, None)


def test_looks_that_failed_are_no_evidence() -> None:
    """Nothing was found because nothing could be asked: that is said, and looking comes first."""
    order = unanswered()
    assert page(question(order)) == snapshot("""\
:rotating_light: @ana, I can't tell what was bought.
Call 1, for 3 eSIMs, is in doubt: silence. I could not look: Telnyx answered none of 3 times
(HTTP 503). Money may have been spent. I will not send this purchase again unless an
approver tells me to.
It can be bought again only after a look that worked: Look again first.
:point_right: Open Telnyx's portal, list the SIM cards with the tag esim-7K2M9QXA-1, and
compare. Then an approver decides:
[Look again] [Close as not bought]
""")
    assert [button["action_id"] for button in buttons(question(order))] == [LOOK_AGAIN, CLOSE]
    anew = looked(order.look_again(BEN, now_of(order)), ())
    assert "I looked for the tag esim-7K2M9QXA-1 4 times, Telnyx answered 1 of them" in read(
        question(anew)
    )
    assert BUY_AGAIN in {button["action_id"] for button in buttons(question(anew))}


def test_a_wish_that_came_to_nothing() -> None:
    """Whoever wanted to buy again reads why nothing was sent: a failed look, or more turned up."""
    order = stuck()
    order = order.buy_again(BEN, now_of(order))
    failed, found = looked(order, None), looked(order, some_sims(1))
    assert "@ben decided to buy again, but the look before it failed: nothing was sent." in read(
        question(failed)
    )
    assert "@ben decided to buy again, but more turned up by then: nothing was sent." in read(
        question(found)
    )
    whole = looked(order, some_sims(3))
    assert "More had turned up by then, so nothing was sent. 3 of 3" in read(question(whole))
    assert "Nothing new was listed, so I sent a new call." in read(question(looked(order, ())))


def test_many_occasions_stay_in_bounds() -> None:
    """The latest questions are kept up to date; older ones stay as they were left."""
    order = stuck()
    for _ in range(8):
        order = looked(order.look_again(BEN, now_of(order)), ())
    asked = attention_messages(order)
    assert list(asked) == [f"attention:{number}" for number in (5, 6, 7, 8, 9)]
    assert [len(buttons(message)) for message in asked.values()] == [0, 0, 0, 0, 3]


def test_a_reminder() -> None:
    """While nobody decides, a new message with the same buttons rings again."""
    messages = attention_messages(reminded(stuck(), 1))
    assert list(messages) == ["attention:1", "reminder:1"]
    assert read(messages["reminder:1"]).startswith(
        ":bell: Order 7K2M9QXA still needs an approver's decision: 0 of 3 eSIMs known, and 3 eSIMs"
    )
    assert len(buttons(messages["reminder:1"])) == 3


def test_only_the_newest_reminder_can_be_clicked() -> None:
    """Older ones point on, the oldest are left as they are, and there is one for each."""
    messages = attention_messages(reminded(stuck(), 7))
    reminders = {key: text for key, text in messages.items() if key.startswith("reminder")}
    assert list(reminders) == [f"reminder:{number}" for number in (3, 4, 5, 6, 7)]
    assert [len(buttons(message)) for message in reminders.values()] == [0, 0, 0, 0, 3]
    assert "a newer reminder is below" in read(reminders["reminder:6"])


def test_reminders_end_with_the_question() -> None:
    """Once it is decided no reminder asks any more."""
    order = reminded(stuck(), 2)
    messages = attention_messages(order.close(BEN, now_of(order)))
    for message in messages.values():
        assert buttons(message) == []
        assert "@ben closed it: no more was bought than is known." in read(message)
    assert read(messages["reminder:2"]).startswith(":bell: Reminded 2026-01-01 12:00 UTC. ")


def test_what_turns_up_after_the_end() -> None:
    """SIM cards that nobody expected any more are told as paid for, before more are ordered."""
    order = stuck()
    order = order.close(BEN, now_of(order))
    assert not turned_up_late(order)
    late = order.found_late(listed(order, 1, some_sims(2)), now_of(order))
    assert turned_up_late(late)
    assert page(attention_messages(late)["late:2"]) == snapshot("""\
:mag: @ana, more turned up after order 7K2M9QXA had ended as not bought: 2 of 3 eSIMs are
bought and paid for by now, and their ICCIDs stand in this thread. Take them into account
before you order again.
""")
    more = late.found_late(listed(late, 1, some_sims(3)), now_of(late))
    assert {"late:3"} == {key for key in attention_messages(more) if key.startswith("late")}


def test_what_was_there_at_the_end_did_not_turn_up_late() -> None:
    """An order that ends with its SIM cards has nothing more to tell."""
    for state in (OrderState.PURCHASED, OrderState.PARTLY_PURCHASED):
        assert not turned_up_late(an_order(3, state=state))


@pytest.mark.parametrize("nasty", ["<!channel>", "<@U0EVE>", "`<!here>`", "&" * 3000])
def test_a_provider_can_not_ring_anybody(nasty: str) -> None:
    """Whatever the reason of the doubt holds, it is text, and in a bound."""
    order = answered(started(an_order(3, state=OrderState.APPROVED)), Unknown(why=nasty))
    while order.state is OrderState.IN_DOUBT:
        order = looked(order, ())
    assert references(question(order)) == {"@U0ANA"}
    assert len(read(question(order))) < 1500


def test_it_hangs_under_the_card() -> None:
    """It goes to the thread, or to the requester where there is no thread any more."""
    order = reminded(stuck(), 1)
    late = order.close(BEN, now_of(order)).found_late(listed(order, 1, some_sims(1)), now_of(order))
    for message in (*attention_messages(order).values(), *attention_messages(late).values()):
        assert (message.channel, message.in_thread, message.or_else) == (OPS, True, ANA)
