"""A provider's own price: asked, shown, risen, fallen; and what it does not sell."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.domain.catalogue.offer import Alternative, Unavailable
from bot.domain.events import OrderState
from bot.domain.order import Order
from bot.domain.policy import Requirement
from bot.domain.purchase.outcome import Bought, NotSent
from bot.domain.request import OrderKind
from bot.slack.ephemeral import Answer, order_details
from bot.slack.message import Message
from bot.slack.messages.card import APPROVE, CANCEL, card
from bot.slack.messages.notices import requester_notice
from bot.slack.messages.recipients import has_thread, messages_of
from tests.support.order_steps import answered, now_of
from tests.support.orders import ANA, BEN, some_sims
from tests.unit.slack.changes import FORMS, ICCID, approved, asked, firm, offer, sent, stuck, up
from tests.unit.slack.reading import must_be_taken_by_slack, page, read, references
from tests.unit.slack.wild import UNHURRIED, nasty

CARLA = "U0CARLA"
REQUIREMENT = Requirement(approvers=(BEN, CARLA))
NEAREST = (
    Alternative(options={"data": "3GB"}, quote=firm(2550)),
    Alternative(options={"data": "5GB", "days": "14"}, quote=firm(3570)),
)
NO_4_GB = Unavailable(
    field="data", why="Celitech sells no 4 GB for 7 days in France", nearest=NEAREST
)


def drawn(order: Order) -> Message:
    """The card."""
    return card(order, FORMS)


def buttons(message: Message) -> list[str]:
    """The action ids of its buttons."""
    rows = [block for block in message.blocks if block["type"] == "actions"]
    return [button["action_id"] for row in rows for button in row["elements"]]


def repriced(order: Order, cents: int) -> Order:
    """The order after its price was asked again before a call."""
    return order.repriced(offer(cents), REQUIREMENT, now_of(order))


def thread(order: Order) -> dict[str, Message]:
    """What stands in the thread, by key."""
    said = messages_of(order, FORMS, [], "")
    return {key: message for key, message in said.items() if message.in_thread}


def test_a_price_that_is_being_asked() -> None:
    """What is noted can be taken back; what follows is told, and when a failure is tried again."""
    order = asked(amount=3)
    assert page(drawn(order)) == snapshot("""\
3 eSIMs from Celitech
Asked by
@ana
Price
is being asked
From
Celitech
Data
5GB
Days
7
Destination
France
:mag: Noted as 7K2M9QXA: I ask Celitech for its offer; then it can be approved here.
[Cancel]
Order 7K2M9QXA
""")
    assert buttons(drawn(order)) == [CANCEL]
    failed = order.not_priced("HTTP <503>", now_of(order))
    assert (
        "I could not ask Celitech for its offer (HTTP <503>), so nothing was sent; I try"
        in read(drawn(failed))
    )
    assert buttons(drawn(failed)) == [CANCEL]


def test_a_price_that_could_not_be_had() -> None:
    """After the last try: what happened, that nothing was ordered, and what to do."""
    order = asked(amount=3)
    while order.state is OrderState.CHECKING:
        order = order.not_priced("HTTP 503", now_of(order))
    assert page(drawn(order)).split("From\n")[1] == snapshot("""\
Celitech
Data
5GB
Days
7
Destination
France
:x: I could not ask Celitech for its offer (HTTP 503): nothing was ordered. Send the command
again later; if it goes on, tell whoever runs me.
Order 7K2M9QXA
""")
    assert not thread(order)
    told = read(requester_notice(order, FORMS, ""))
    assert "I could not ask Celitech for its offer (HTTP 503). Send the command again" in told


def test_a_firm_price() -> None:
    """The provider's own price, how long it is valid and where; nothing about it is estimated."""
    order = up(amount=7, cents=3570)
    assert page(drawn(order)) == snapshot("""\
Buy 7 eSIMs from Celitech?
Asked by
@ana
Price
$35.70
From
Celitech
Data
5GB
Days
7
Destination
France
Validity
7 days
Works in
France, Monaco
[Approve] [Cancel]
Order 7K2M9QXA · waits for approval until 2026-01-01 13:00 UTC
""")
    (row,) = [block for block in drawn(order).blocks if block["type"] == "actions"]
    assert row["elements"][0]["confirm"]["text"]["text"] == (
        "This spends $35.70, and can't be undone."
    )


def test_a_name_stands_for_what_it_refers_to() -> None:
    """An id says nothing to whoever decides."""
    order = asked(destination="FRA", data="5GB")
    named = order.offered(
        offer(900, names={"destination": "France <3"}), REQUIREMENT, now_of(order)
    )
    for said in (drawn(named), order_details(named, FORMS)):
        assert "France <3" in read(said)
        assert "FRA" not in read(said)
        assert references(said) <= {f"@{ANA}", "#C0OPS"}


def test_what_a_provider_adds_is_told_once() -> None:
    """An option of its own that it tells as a fact, too, does not stand on the card twice."""
    facts = [{"label": "ICCID", "value": ICCID}]
    order = asked(OrderKind.EDIT)
    given = offer(0, options={"iccid": ICCID, "other": "x"}, facts=facts)
    shown = read(drawn(order.offered(given, REQUIREMENT, now_of(order))))
    assert shown.count(ICCID) == 1
    assert "Other\nx\n" in shown


def test_facts_of_any_length() -> None:
    """A provider that covers the world, or talks too much, makes no card too large."""
    facts = [{"label": "&" * 200, "value": ", ".join(["<Saint Helena>"] * 200)}] * 30
    order = asked()
    long = order.offered(offer(900, facts=facts), REQUIREMENT, now_of(order))
    must_be_taken_by_slack(drawn(long))
    must_be_taken_by_slack(order_details(long, FORMS))
    assert "I can't show more" not in read(order_details(long, FORMS))


def test_a_price_that_rose_is_approved_anew() -> None:
    """Both prices, that the approval is void, and the buttons; the thread rings who must act."""
    order = repriced(approved(amount=7, cents=3000), 3570)
    assert page(drawn(order)).split("Works in")[1] == snapshot("""\

France, Monaco
:warning: The price rose from $30.00 to $35.70 before anything was sent, so the approval of
the old one does not count any more. Approve the new one, or cancel.
[Approve] [Cancel]
Order 7K2M9QXA · waits for approval until 2026-01-01 13:00 UTC
""")
    assert "$35.70, up from $30.00" in read(drawn(order))
    assert buttons(drawn(order)) == [APPROVE, CANCEL]
    assert has_thread(order)
    (message,) = thread(order).values()
    assert page(message) == snapshot("""\
:chart_with_upwards_trend: @ana, @ben: the price rose from $30.00 to $35.70 before anything
was sent, so nothing was bought, and the approval of the old price does not count any more.
Approve again on the card, or cancel.
""")
    assert references(message) == {f"@{ANA}", f"@{BEN}"}
    assert message.or_else == ANA


def test_each_rise_is_told_once() -> None:
    """A new message for a new rise; once it is decided, what was said asks nobody any more."""
    once = repriced(approved(amount=7, cents=3000), 3570)
    again = once.approve(CARLA, now_of(once))
    assert list(thread(again)) == ["price:1"]
    assert references(thread(again)["price:1"]) == set()
    twice = repriced(again, 4000)
    assert list(thread(twice)) == ["price:2"]
    assert references(thread(twice)["price:2"]) == {f"@{user}" for user in (ANA, BEN, CARLA)}
    assert "from $35.70 to $40.00" in read(drawn(twice))


def test_what_is_bought_at_the_new_price_costs_that() -> None:
    """At the end only what was paid counts."""
    order = repriced(approved(amount=1, cents=3000), 3570)
    order = order.approve(BEN, now_of(order))
    order = answered(sent(order), Bought(sims=some_sims(1)))
    shown = read(drawn(order))
    assert "Cost\n$35.70\n" in shown
    assert "rose" not in shown


def half_bought() -> Order:
    """Five of eight are bought."""
    return answered(sent(approved(amount=8, cents=4080)), Bought(sims=some_sims(5)))


def test_a_price_that_rose_after_the_first_call_ends_the_order() -> None:
    """What was bought, from how much to how much a piece, and what is missing."""
    order = repriced(half_bought(), 4800)
    assert order.state is OrderState.PARTLY_PURCHASED
    shown = " ".join(page(drawn(order)).split())
    assert "Bought only 5 of 8 eSIMs" in shown
    assert "I stopped: the price rose from $5.10 to $6.00 a piece; approved by @ben" in shown
    assert "Cost $25.50" in shown
    assert "3 eSIMs missing: the price rose from $5.10 to $6.00 a piece, so I buy no more" in read(
        thread(order)["result"]
    )
    direct = read(requester_notice(order, FORMS, ""))
    assert "The price rose from $5.10 to $6.00 a piece. The button in its thread" in direct


def test_a_price_that_rose_when_nothing_had_been_taken() -> None:
    """No call was taken, so nothing was bought: that is told, and no failure of the calls."""
    order = answered(sent(approved(amount=2, cents=1000)), NotSent(why="no connection"))
    order = repriced(order, 1200)
    assert order.state is OrderState.REFUSED
    shown = read(drawn(order))
    assert "The price rose from $5.00 to $6.00 a piece: nothing was bought; approved" in shown
    assert shown.endswith("Send the command again to order it at the new price.\nOrder 7K2M9QXA")
    assert "errors" not in thread(order)


def test_a_price_that_rose_while_a_call_was_in_doubt() -> None:
    """Nothing is said to be certain that is not: a call that was turned away may have sold."""
    away = NotSent(why="HTTP 429", turned_away=True)
    order = answered(sent(approved(amount=2, cents=1000)), away)
    order = order.not_offered(NO_4_GB, now_of(order))
    told = read(drawn(order))
    assert "nothing is known to be bought; approved by @ben" in told
    assert "A call may have gone through: I look for it until 2026-01-02 12:00 UTC" in told


def test_a_price_that_fell() -> None:
    """It goes on at the lower one, and the card says so."""
    order = repriced(approved(amount=7, cents=3570), 3000)
    assert order.state is OrderState.APPROVED
    assert "$30.00; it fell since it was approved" in read(drawn(order))


def test_what_is_not_sold() -> None:
    """In the card's place and to the requester: why, and the nearest as lines with their prices."""
    order = asked(amount=3).not_offered(NO_4_GB, now_of(asked()))
    assert page(drawn(order)).split("From\n")[1] == snapshot("""\
Celitech
Data
5GB
Days
7
Destination
France
:x: Celitech sells no 4 GB for 7 days in France: nothing was ordered. Send one of these
lines, or another one:
• /esim buy 3 from=celitech to=France data=3GB days=7 · $25.50
• /esim buy 3 from=celitech to=France data=5GB days=14 · $35.70
Order 7K2M9QXA
""")
    assert page(requester_notice(order, FORMS, "")) == snapshot("""\
Your order 7K2M9QXA (3 eSIMs from Celitech, in #ops) is :x: not bought.
Celitech sells no 4 GB for 7 days in France. Send one of these lines, or another one:
• /esim buy 3 from=celitech to=France data=3GB days=7 · $25.50
• /esim buy 3 from=celitech to=France data=5GB days=14 · $35.70
""")
    assert "/esim buy 3 from=celitech to=France data=3GB days=7 · $25.50" in read(
        order_details(order, FORMS)
    )
    assert buttons(drawn(order)) == []
    assert not thread(order)


def test_an_option_that_is_taken_away() -> None:
    """Dates in place of days: the line does not name both."""
    instead = Alternative(options={"days": "", "start": "2026-12-01", "end": "2026-12-15"})
    why = Unavailable(why="no days", nearest=(instead,))
    shown = read(drawn(asked().not_offered(why, now_of(asked()))))
    assert "buy 1 from=celitech to=France data=5GB start=2026-12-01 end=2026-12-15" in shown
    assert "days=7 " not in shown


def test_at_most_five_are_offered() -> None:
    """A long list does not fill the card."""
    many = tuple(Alternative(options={"days": str(days)}) for days in range(1, 30))
    why = Unavailable(why="no <!channel>", nearest=many)
    order = asked().not_offered(why, now_of(asked()))
    assert read(drawn(order)).count("/esim buy") == 5
    assert references(drawn(order)) == {f"@{ANA}"}


def test_a_note_that_can_not_stand_in_a_line() -> None:
    """What is copied orders what it says: a note that would break it is left out."""
    for note in ("with `ticks`", "& " * 200):
        order = asked()
        request = order.request.model_copy(update={"note": note})
        order = order.model_copy(update={"request": request}).not_offered(NO_4_GB, now_of(order))
        line = next(line for line in read(drawn(order)).splitlines() if "data=3GB" in line)
        assert line == "• /esim buy 1 from=celitech to=France data=3GB days=7 · $25.50"


def test_what_is_not_sold_any_more() -> None:
    """After the approval, and after the first call: the lines ask for what is missing only."""
    order = approved(amount=3)
    order = order.not_offered(NO_4_GB, now_of(order))
    shown = " ".join(page(drawn(order)).split())
    assert "in France: nothing was bought; approved by @ben" in shown
    assert "/esim buy 3 " in shown
    short = half_bought().not_offered(NO_4_GB, now_of(half_bought()))
    assert "I stopped: Celitech sells no 4 GB for 7 days in France; " in read(drawn(short))
    told = read(thread(short)["result"])
    assert "3 eSIMs missing: Celitech sells no 4 GB for 7 days in France, so I buy no more" in told
    assert "• /esim buy 3 from=celitech to=France data=3GB days=7 · $9.56" in told


@UNHURRIED
@given(why=nasty(400), text=nasty(200), count=st.integers(0, 9))
def test_a_provider_rings_nobody_and_fits(why: str, text: str, count: int) -> None:
    """Whatever it says of what it sells or does not sell is text, and Slack takes the messages."""
    near = [Alternative(options={"destination": text, "data": text}, quote=firm(1))] * count
    unavailable = Unavailable(why=why, nearest=tuple(near))
    facts = [{"label": text, "value": why}]
    shown = asked().offered(
        offer(9, facts=facts, names={"destination": text}), REQUIREMENT, now_of(asked())
    )
    orders = [shown, asked().not_offered(unavailable, now_of(asked())), asked_for_long(why)]
    short = half_bought()
    for order in (*orders, short.not_offered(unavailable, now_of(short))):
        for message in messages_of(order, FORMS, [], "").values():
            must_be_harmless(message)
        must_be_harmless(order_details(order, FORMS))
        assert "I can't show more" not in read(order_details(order, FORMS))


def must_be_harmless(said: Message | Answer) -> None:
    """Slack takes it, and it rings nobody but those whose order it is."""
    must_be_taken_by_slack(said)
    assert references(said) <= {f"@{ANA}", f"@{BEN}", "#C0OPS"}


def asked_for_long(why: str) -> Order:
    """A provider that could not be asked, for this reason, for as long as it is tried."""
    order = asked()
    while order.state is OrderState.CHECKING:
        order = order.not_priced(why, now_of(order))
    return order


def test_what_cant_be_changed() -> None:
    """Of a change there is nothing near: what to do is said all the same."""
    order = asked(OrderKind.SUSPENSION)
    why = Unavailable(field="iccid", why="this eSIM is suspended already")
    shown = read(drawn(order.not_offered(why, now_of(order))))
    assert "This eSIM is suspended already: nothing was ordered. If you meant something" in shown


def dialog(order: Order, action: str) -> Any:
    """The question of a button in the thread."""
    message = thread(order)["attention:1"]
    rows = [block for block in message.blocks if block["type"] == "actions"]
    return next(
        button["confirm"] for row in rows for button in row["elements"] if action in str(button)
    )


def test_the_same_call_under_its_key() -> None:
    """Until when it buys nothing twice, on whose word; and what it means after that."""
    order = stuck(amount=3)
    assert dialog(order, "buy_again")["text"]["text"] == (
        "I look once more first. If that shows nothing new, I send the same call under its key: "
        "until 2026-01-04 12:00 UTC it buys nothing if Celitech already did, as long as Celitech "
        "honours its key. After that I send a new call: *3 eSIMs may be bought twice*."
    )
    assert "Buy again looks once more, then sends the same call under its key" in read(
        thread(order)["attention:1"]
    )
    wished = order.buy_again(BEN, now_of(order))
    assert "and send the same call under its key only if that look works" in read(drawn(wished))


def test_a_key_that_is_too_old_promises_nothing() -> None:
    """After its time the usual words: it may be bought twice."""
    order = stuck(amount=3)
    last = order.attempts[0].model_copy(update={"key_until": order.created_at})
    old = order.model_copy(update={"attempts": (last,)})
    told = dialog(old, "buy_again")["text"]["text"]
    assert told.startswith("*3 eSIMs may be bought twice*")
    assert "key" not in told + read(thread(old)["attention:1"])


@pytest.mark.parametrize("kind", OrderKind)
def test_the_dialog_of_an_approval(kind: OrderKind) -> None:
    """What is done to what, what it costs, and what can't be taken back."""
    message = drawn(up(kind))
    (row,) = [block for block in message.blocks if block["type"] == "actions"]
    asked_back = row["elements"][0]["confirm"]
    told = [asked_back[part]["text"] for part in ("title", "text", "confirm")]
    assert told == DIALOGS[kind]


DIALOGS = {
    OrderKind.PURCHASE: [
        "Buy 1 eSIM?",
        "This spends $9.00, and can't be undone.",
        "Buy 1 eSIM",
    ],
    OrderKind.TOP_UP: [
        "Top up eSIM 8988247000000000017?",
        "This spends $9.00, and can't be undone.",
        "Top up",
    ],
    OrderKind.EDIT: ["Move purchase p-4973fa15?", "This is free of charge.", "Move"],
    OrderKind.SUSPENSION: [
        "Suspend eSIM 8988247000000000017?",
        "This is free of charge. It ends all of its packages for good, and nothing is refunded.",
        "Suspend",
    ],
}


@pytest.mark.parametrize(
    ("options", "headline"),
    [
        ({"data": "unlimited", "days": "1"}, "with unlimited data for 1 day"),
        ({"data": "0.5GB", "start": "today", "end": "2026-12-15"}, "0.5 GB, today - 15 December"),
        ({"data": "5GB", "start": "2026-11-28", "end": "2026-12-03"}, "28 November 2026 - 3 Dec"),
        ({"data": "5GB", "start": "1 Dec", "end": "15 Dec"}, "with 5 GB, 1-15 Dec"),
        ({"data": "5GB", "end": "2026-12-15"}, "with 5 GB, end 15 December 2026"),
        ({}, "Top-up of eSIM 8988247000000000017 with data"),
    ],
)
def test_the_time_of_a_top_up(options: dict[str, Any], headline: str) -> None:
    """However it was written, it is read at a glance."""
    order = asked(OrderKind.TOP_UP, iccid="8988247000000000017", **options)
    assert headline in read(drawn(order))


def test_every_country_of_a_region_is_read() -> None:
    """Who decides sees whether the country that is meant is among them."""
    told = f"32 countries: {', '.join(['Liechtenstein'] * 31)}, Sweden"
    order = asked()
    facts = [{"label": "Works in", "value": told}]
    order = order.offered(offer(900, facts=facts), REQUIREMENT, now_of(order))
    assert told in read(drawn(order))
