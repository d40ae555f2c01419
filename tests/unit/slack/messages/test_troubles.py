"""What went wrong, in words that somebody can act on without buying twice."""

import pytest
from inline_snapshot import snapshot

from bot.domain.events import OrderState
from bot.domain.order import Order
from bot.domain.purchase.outcome import Bought, NotSent, Refused
from bot.domain.purchase.sim import ProviderError, Remedy
from bot.slack.messages.troubles import errors
from tests.support.order_steps import NO_STOCK, answered, now_of, started
from tests.support.orders import ANA, OPS, an_order, some_sims, terms
from tests.unit.slack.reading import page, read, references
from tests.unit.slack.shown import card, messages_of

ADVICE = {
    Remedy.CHANGE_REQUEST: "Change that part and send the command again.",
    Remedy.TOP_UP: "top it up, then send the command again.",
    Remedy.LATER_OR_FEWER: "order fewer, or try again later.",
    Remedy.OPERATOR: "whoever runs me must look at the provider's account",
    Remedy.WAIT: "try again in some minutes.",
    Remedy.UNKNOWN: "ask the provider's support, and name the code.",
}
NOWHERE = NotSent(why="the provider could not be reached")
OPEN = "Don't send the command again while this order is open"


def failed(number: int = 1, **parts: object) -> ProviderError:
    """An error; those with different numbers are different."""
    return ProviderError.model_validate(
        {"code": str(number), "title": f"Trouble {number}", **parts}
    )


def refused(*found: ProviderError) -> Order:
    """An order that the provider refused with these errors."""
    return an_order(3, state=OrderState.REFUSED, errors=found)


def unreachable(order: Order) -> Order:
    """The order after every try to reach the provider failed."""
    while not order.state.is_final:
        order = answered(started(order), NOWHERE)
    return order


def turned_away(order: Order) -> Order:
    """The order after the provider turned every call away, and no look turned anything up."""
    while not order.state.is_final:
        order = answered(started(order), NotSent(why="HTTP 429", turned_away=True))
        while order.must_look:
            order = order.looked_up({}, now_of(order))
    return order


def half_bought() -> Order:
    """An order whose first call of two was bought."""
    order = started(an_order(4, state=OrderState.APPROVED, under=terms(batch_size=2)))
    return answered(order, Bought(sims=some_sims(2)))


def test_every_remedy_has_its_advice() -> None:
    """Each kind of error says what helps against it; no kind is without advice."""
    assert set(ADVICE) == set(Remedy)
    for remedy, advice in ADVICE.items():
        assert advice in read(errors(refused(failed(remedy=remedy))))


def test_an_error_is_told_in_all_its_parts() -> None:
    """Title, detail, code, what it points at, and what to do."""
    told = refused(
        failed(20100, title="No <money>", detail="Add & retry.", pointer="/amount", remedy="top_up")
    )
    assert page(errors(told)) == snapshot("""\
Telnyx returned an error; nothing was bought.
:x: No <money>
Add & retry.
code 20100 · points at /amount
:point_right: The account has too little money: top it up, then send the command again.
""")


def test_parts_that_are_missing_are_left_out() -> None:
    """An error without anything but a code still is an error."""
    shown = page(errors(refused(ProviderError(code="99999"))))
    assert shown == snapshot("""\
Telnyx returned an error; nothing was bought.
:x: An error without a title
code 99999
:point_right: I don't know this error: ask the provider's support, and name the code.
""")


def test_an_error_may_have_no_code() -> None:
    """Where there is neither code nor pointer no line is left for them."""
    shown = read(errors(refused(ProviderError(title="Oops"))))
    assert ":x: Oops\n:point_right:" in shown


def test_the_same_error_is_told_once() -> None:
    """How often it came is said in place of repeating it."""
    shown = read(errors(refused(failed(1), failed(1), failed(1), failed(2), failed(2))))
    assert "Telnyx returned 5 errors; nothing was bought." in shown
    assert ":x: Trouble 1 (3 times)" in shown
    assert ":x: Trouble 2 (2 times)" in shown
    assert shown.count(":x:") == 2


def test_many_errors_are_counted() -> None:
    """Eight different ones are shown, the most frequent first, and the others are counted."""
    many = [failed(number) for number in range(30)]
    shown = read(errors(refused(*many, many[29])))
    assert shown.count(":x:") == 8
    assert shown.index("Trouble 29 (2 times)") < shown.index("Trouble 0")
    assert "…and 22 other errors." in shown
    assert "…and 1 other error." in read(errors(refused(*many[:9])))
    assert "other error" not in read(errors(refused(*many[:8])))


def test_a_shortage_is_not_ordered_twice() -> None:
    """After a part was bought, the advice is to order what is missing, not everything."""
    shown = page(errors(an_order(3, state=OrderState.PARTLY_PURCHASED, errors=[NO_STOCK])))
    assert shown == snapshot("""\
Telnyx returned an error; 2 of 3 eSIMs bought, 1 missing.
:x: Insufficient SIM cards in stock
Not enough eSIMs are available.
code 70001
:point_right: The provider has not enough SIM cards in stock.
:point_right: To get what is missing press Order the missing 1 in this thread: don't send
the whole command again.
""")


def test_errors_beside_a_whole_purchase() -> None:
    """When everything was bought all the same, no advice leads to a second purchase."""
    bought = Bought(sims=some_sims(3), errors=(failed(remedy=Remedy.LATER_OR_FEWER),))
    order = answered(started(an_order(3, state=OrderState.APPROVED)), bought)
    shown = read(errors(order))
    assert "Telnyx returned an error; 3 of 3 eSIMs bought." in shown
    assert "there is nothing to send again" in shown
    assert "try again" not in shown


@pytest.mark.parametrize("state", [OrderState.IN_DOUBT, OrderState.NEEDS_ATTENTION])
def test_errors_in_doubt_do_not_invite_a_second_purchase(state: OrderState) -> None:
    """While it is not known what was bought nobody is told to send the command again."""
    order = an_order(3, state=state, errors=[failed(remedy=remedy) for remedy in Remedy])
    shown = read(errors(order))
    assert "0 of 3 eSIMs are known to be bought so far." in shown
    assert OPEN in shown
    assert not any(advice in shown for advice in ADVICE.values())


def test_errors_in_the_middle_of_an_order() -> None:
    """An order that goes on after an error has nobody send the command again."""
    order = started(an_order(4, state=OrderState.APPROVED, under=terms(batch_size=2)))
    order = answered(order, Bought(sims=some_sims(2), errors=(failed(),)))
    assert order.state is OrderState.PURCHASING
    assert "2 of 4 eSIMs are known to be bought so far." in read(errors(order))
    assert OPEN in read(errors(order))


def test_an_unreachable_provider() -> None:
    """After the last try: how often, why, and that nothing was bought by these calls."""
    order = unreachable(an_order(3, state=OrderState.APPROVED))
    assert page(errors(order)) == snapshot("""\
Telnyx could not be reached; nothing was bought.
:x: I gave up after 3 calls. The last one: the provider could not be reached.
:point_right: Telnyx took none of these calls, so nothing was bought by them. Send the
command again later.
""")


def test_unreachable_in_the_middle() -> None:
    """What was bought before is told, and only the rest is to be ordered again."""
    shown = read(errors(unreachable(half_bought())))
    assert "Telnyx could not be reached; 2 of 4 eSIMs bought, 2 missing." in shown
    assert "To get what is missing press Order the missing 2 in this thread" in shown
    assert "Send the command again" not in shown


def test_a_provider_that_turned_every_call_away() -> None:
    """It was reached, and may have sold something all the same: that is said, and to wait."""
    order = turned_away(an_order(3, state=OrderState.APPROVED, under=terms(send_delays=())))
    assert page(errors(order)) == snapshot("""\
Telnyx took none of my calls; nothing is known to be bought.
:x: I gave up after 1 call. The last one: HTTP 429.
:point_right: Telnyx took none of these calls, so nothing was bought by them, as far as is
known. To be sure I look at its list 2026-01-01 12:01 UTC, and again until 2026-01-02 12:00
UTC, and what turns up is told here. Wait for that look before you send the command again.
""")
    shown = read(card(order))
    assert "Nothing is known to be bought: Telnyx took none of my calls" in shown
    assert "more may have been spent" in shown
    assert "not bought, as far as is known" in read(messages_of(order, (), "")[f"dm:{ANA}:refused"])


def test_turned_away_after_a_part_was_bought() -> None:
    """What was bought before is told; to wait and to press a button would be two instructions."""
    shown = read(errors(turned_away(half_bought())))
    assert "Telnyx took none of my last calls; 2 of 4 eSIMs bought, 2 missing." in shown
    assert "press Order the missing 2 in this thread" in shown
    assert "Wait for that look" not in shown
    assert "Send the command again" not in shown


@pytest.mark.parametrize("remedy", list(Remedy))
@pytest.mark.parametrize("rest", [False, True])
def test_no_advice_speaks_against_another(remedy: Remedy, *, rest: bool) -> None:
    """Where it is said how to get what is missing, no error invites to order otherwise."""
    order = an_order(3, state=OrderState.PARTLY_PURCHASED, errors=[failed(remedy=remedy)])
    order = order.order_rest("RESTREST", ANA, now_of(order)) if rest else order
    shown = read(errors(order))
    for word in ("send the command again", "order fewer", "try again"):
        assert word not in shown
    assert ("don't order it once more" in shown) is rest


def test_a_rest_that_was_refused_is_ordered_by_its_button() -> None:
    """Its card has a button that holds the first order against the list: no command has that."""
    first = an_order(5, state=OrderState.PARTLY_PURCHASED, sims=some_sims(2))
    rest = Order.place_rest(
        "RESTREST",
        first,
        terms=terms(),
        quote=first.quote,
        requirement=first.requirement,
        by=ANA,
        at=now_of(first),
    )
    rest = rest.checked(3, now_of(rest)).approve("U0BEN", now_of(rest))
    shown = read(errors(answered(started(rest), Refused(errors=(failed(),)))))
    assert "press Order the missing 3 again on its card" in shown


def test_unreachable_after_an_error() -> None:
    """Both are told: what the provider said, and that later it said nothing."""
    order = started(an_order(4, state=OrderState.APPROVED, under=terms(batch_size=2)))
    order = answered(order, Bought(sims=some_sims(2), errors=(failed(),)))
    shown = read(errors(unreachable(order)))
    assert "Telnyx returned an error; 2 of 4 eSIMs bought, 2 missing." in shown
    assert "I gave up after 3 calls." in shown


def test_a_try_that_failed_is_no_trouble_yet() -> None:
    """While it tries again the thread is quiet; the card says it."""
    order = answered(started(an_order(3, state=OrderState.APPROVED)), NOWHERE)
    assert set(messages_of(order, (), "")) == {"card"}


def test_a_late_answer_ends_the_trouble() -> None:
    """A call that was thought lost and bought everything leaves no word of giving up."""
    order = started(an_order(2, state=OrderState.APPROVED))
    order = answered(order, NOWHERE)
    order = started(order)
    order = order.record(1, Bought(sims=some_sims(2)), now_of(order))
    order = answered(order, NOWHERE)
    assert order.state is OrderState.PURCHASED
    assert "errors" not in messages_of(order, (), "")


def test_what_turned_up_is_not_called_nothing() -> None:
    """An order that ended without any and got some later is not said to have bought nothing."""
    order = refused(failed())
    late = order.record(1, Bought(sims=some_sims(2)), now_of(order))
    assert late.state is OrderState.REFUSED
    shown = read(errors(late))
    assert "2 of 3 eSIMs bought, 1 missing." in shown
    assert "To get what is missing press Order the missing 1 in this thread" in shown


@pytest.mark.parametrize(
    "nasty", ["<!channel>", "<@U0EVE>", "<https://evil.example|free>", "`<!here>`"]
)
def test_a_provider_can_not_ring_anybody(nasty: str) -> None:
    """Nothing in an error or a reason is a mention or a link, wherever it stands."""
    error = ProviderError(code=nasty, title=nasty, detail=nasty, pointer=nasty)
    assert references(errors(refused(error))) == set()


def test_troubles_hang_under_the_card() -> None:
    """They go to the thread, or to the requester where there is no thread any more."""
    message = errors(refused(failed()))
    assert (message.channel, message.in_thread, message.or_else) == (OPS, True, ANA)


def test_a_rest_that_is_ordered_is_not_asked_for_once_more() -> None:
    """Once what is missing has an order of its own, no advice leads to a second one."""
    order = an_order(3, state=OrderState.PARTLY_PURCHASED)
    order = order.order_rest("RESTREST", ANA, now_of(order))
    shown = read(errors(order))
    assert "What was missing is ordered as RESTREST: don't order it once more." in shown
    assert "To get what is missing" not in shown
