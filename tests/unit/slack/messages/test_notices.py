"""Who is told outside of the thread, when, and in which words."""

import pytest
from inline_snapshot import snapshot

from bot.domain.events import OrderState
from bot.domain.order import BOT
from bot.domain.purchase.outcome import Bought
from bot.slack.messages.notices import (
    is_channel_notified,
    is_requester_notified,
    late_notice,
)
from tests.support.order_steps import now_of
from tests.support.orders import ANA, an_order, some_sims
from tests.unit.slack.reading import page, parsed, read, references
from tests.unit.slack.shown import channel_notice, requester_notice

LINK = "https://sandbox.slack.com/archives/C0OPS/p1767268800000000"
FLEET = "C0FLEET"
OPEN = {
    OrderState.CHECKING,
    OrderState.AWAITING_APPROVAL,
    OrderState.APPROVED,
    OrderState.PURCHASING,
    OrderState.IN_DOUBT,
}
NEVER_APPROVED = {OrderState.DECLINED, OrderState.CANCELLED, OrderState.EXPIRED}


@pytest.mark.parametrize("state", OrderState)
def test_the_requester_hears_of_every_end(state: OrderState) -> None:
    """Also of the end of an order that nobody approved, and when a person must look."""
    assert is_requester_notified(an_order(3, state=state)) is (state not in OPEN)


@pytest.mark.parametrize("state", OrderState)
def test_channels_hear_of_what_was_approved(state: OrderState) -> None:
    """A channel is not bothered with orders that came to nothing before they cost anything."""
    assert is_channel_notified(an_order(3, state=state)) is (state not in OPEN | NEVER_APPROVED)


def test_each_end_in_the_words_for_the_requester() -> None:
    """Every message says which order it is, where, and what became of the money."""
    ends = [an_order(3, state=state) for state in OrderState if state not in OPEN]
    assert "".join(page(requester_notice(order, LINK)) for order in ends) == snapshot("""\
Your order 7K2M9QXA (3 eSIMs from Telnyx, in #ops) is :rotating_light: waiting for a person:
I can't tell what was bought; its thread says what to do.
Your order 7K2M9QXA (3 eSIMs from Telnyx, in #ops) is :white_check_mark: bought (3 of 3
eSIMs).
Your order 7K2M9QXA (3 eSIMs from Telnyx, in #ops) is :warning: only partly bought (2 of 3
eSIMs).
Your order 7K2M9QXA (3 eSIMs from Telnyx, in #ops) is :x: not bought.
Your order 7K2M9QXA (3 eSIMs from Telnyx, in #ops) is :no_entry_sign: declined, and nothing
was bought.
Your order 7K2M9QXA (3 eSIMs from Telnyx, in #ops) is :no_entry_sign: cancelled, and nothing
was bought.
Your order 7K2M9QXA (3 eSIMs from Telnyx, in #ops) is :alarm_clock: expired without a
decision, and nothing was bought.
""")


def test_each_end_in_the_words_for_channels() -> None:
    """One line with who asked, who approved, and by which tags to know it."""
    ends = [
        an_order(3, state=state, tags=("fleet",))
        for state in OrderState
        if state not in OPEN | NEVER_APPROVED
    ]
    assert "".join(page(channel_notice(order, FLEET, LINK)) for order in ends) == snapshot("""\
Order 7K2M9QXA for 3 eSIMs is :rotating_light: waiting for a person: I can't tell what was
bought; its thread says what to do · asked by @ana, approved by @ben 2026-01-01 12:00 UTC ·
tags fleet
Order 7K2M9QXA for 3 eSIMs is :white_check_mark: bought (3 of 3 eSIMs) · asked by @ana,
approved by @ben 2026-01-01 12:00 UTC · tags fleet
Order 7K2M9QXA for 3 eSIMs is :warning: only partly bought (2 of 3 eSIMs) · asked by @ana,
approved by @ben 2026-01-01 12:00 UTC · tags fleet
Order 7K2M9QXA for 3 eSIMs is :x: not bought · asked by @ana, approved by @ben 2026-01-01
12:00 UTC · tags fleet
""")


def test_where_they_go() -> None:
    """The requester gets a direct message, the channel its line; neither belongs to a thread."""
    order = an_order(3, state=OrderState.PURCHASED)
    direct, line = requester_notice(order, LINK), channel_notice(order, FLEET, LINK)
    assert (direct.channel, direct.in_thread, direct.or_else) == (ANA, False, "")
    assert (line.channel, line.in_thread, line.or_else) == (FLEET, False, "")


def test_they_lead_to_the_card() -> None:
    """With an address the order is a link; without one there is none that leads nowhere."""
    order = an_order(3, state=OrderState.PURCHASED)
    for linked, bare in (
        (requester_notice(order, LINK), requester_notice(order, "")),
        (channel_notice(order, FLEET, LINK), channel_notice(order, FLEET, "")),
    ):
        assert any(f"<{LINK}|" in text for text in parsed(linked))
        assert not any("archives" in text for text in parsed(bare))
        assert read(bare) == read(linked)


def test_a_notification_names_order_and_end() -> None:
    """Whoever reads only the notification knows what became of which order."""
    order = an_order(3, state=OrderState.NEEDS_ATTENTION)
    assert requester_notice(order, "").text == "Order 7K2M9QXA: waits for a person"
    assert channel_notice(order, FLEET, "").text == "Order 7K2M9QXA: waits for a person"


def test_why_the_bot_took_it_back() -> None:
    """The requester reads the reason, as text, and in which channel it was."""
    order = an_order(3)
    order = order.cancel(BOT, now_of(order), "I could not post <!here> & there.")
    message = requester_notice(order, "")
    assert page(message) == snapshot("""\
Your order 7K2M9QXA (3 eSIMs from Telnyx, in #ops) is :no_entry_sign: cancelled, and nothing
was bought.
I could not post <!here> & there.
""")
    assert references(message) == {"#C0OPS"}


def test_what_is_known_is_told_as_known() -> None:
    """SIM cards of an order that waits for a person are not all that may have been bought."""
    order = an_order(3, state=OrderState.NEEDS_ATTENTION, sims=some_sims(1))
    for message in (requester_notice(order, ""), channel_notice(order, FLEET, "")):
        assert "what to do (1 of 3 eSIMs known to be bought)" in read(message)


@pytest.mark.parametrize(("late", "count"), [(2, "2 of 3"), (3, "3 of 3")])
def test_what_turned_up_after_the_end(late: int, count: str) -> None:
    """News of an order that had bought nothing are not left untrue, and it gets news of its own."""
    order = an_order(3, state=OrderState.REFUSED)
    order = order.record(1, Bought(sims=some_sims(late)), now_of(order))
    for message in (requester_notice(order, ""), channel_notice(order, FLEET, "")):
        assert f"bought after all: it turned up after the order had ended ({count} eSIMs)" in read(
            message
        )
    message = late_notice(order, LINK)
    assert f"more of it turned up: {count} eSIMs are bought by now." in read(message)
    assert (message.channel, message.in_thread) == (ANA, False)
    assert references(message) == {"#C0OPS", f"{LINK}|Your order 7K2M9QXA"}


def test_a_short_order_that_is_whole_in_the_end() -> None:
    """What was missing and turned up is not called missing any more."""
    order = an_order(3, state=OrderState.PARTLY_PURCHASED)
    assert "only partly bought (2 of 3 eSIMs)" in read(requester_notice(order, ""))
    order = order.record(1, Bought(sims=some_sims(3)), now_of(order))
    assert "bought after all" in read(requester_notice(order, ""))


def test_tags_ring_nobody() -> None:
    """A tag that looks like a mention is shown, in every channel that is told."""
    order = an_order(3, state=OrderState.PURCHASED, tags=("<!channel>", "`<@U0EVE>`"))
    message = channel_notice(order, FLEET, "")
    assert references(message) == {"@U0ANA", "@U0BEN"}
    assert "tags <!channel>" in read(message)


def test_without_tags_there_is_no_word_of_them() -> None:
    """The line ends with who approved."""
    assert "tags" not in read(channel_notice(an_order(3, state=OrderState.REFUSED), FLEET, ""))
