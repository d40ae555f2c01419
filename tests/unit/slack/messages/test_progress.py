"""What the card says of an order that was decided: where it stands, what became of the money."""

from datetime import timedelta

import pytest
from inline_snapshot import snapshot

from bot.domain.events import OrderState
from bot.domain.order import BOT
from bot.domain.purchase.outcome import Bought, NotSent, Unknown
from bot.slack.words.states import state_in_words
from tests.support.order_steps import answered, looked, now_of, started
from tests.support.orders import BEN, T0, an_order, some_sims, terms
from tests.unit.slack.reading import page, read, references
from tests.unit.slack.shown import card

NOWHERE = NotSent(why="the provider could not be reached")


def test_every_state_in_words() -> None:
    """Each state says what was bought or not, who decided when, and what happens next."""
    cards = [page(card(an_order(3, state=state))) for state in OrderState]
    lines = [shown.split("none\n")[1].split("Order 7K2")[0] for shown in cards]
    told = "\n".join(f"{state}:\n{line}" for state, line in zip(OrderState, lines, strict=True))
    assert told == snapshot("""\
checking:
The rest of order 1ST2M9QX: 3 eSIMs that it fell short of.
:mag: Noted as 7K2M9QXA: I look at what came of order 1ST2M9QX first; then it can be
approved here.
[Cancel]

awaiting_approval:
[Approve] [Cancel]

approved:
:hourglass_flowing_sand: Approved by @ben 2026-01-01 12:00 UTC. Buying is about to begin.

purchasing:
:hourglass_flowing_sand: Buying 3 of 3; approved by @ben 2026-01-01 12:00 UTC.

in_doubt:
:mag: I don't know yet what was bought: the connection broke before the answer came. I never
send a purchase twice, so I look for it at Telnyx under the tag esim-7K2M9QXA-1 instead: no
look yet, next 2026-01-01 12:00 UTC. 0 of 3 eSIMs known so far; approved by @ben 2026-01-01
12:00 UTC.

needs_attention:
:rotating_light: A person must look: I can't tell what was bought. I looked for the tag
esim-7K2M9QXA-1 3 times and found 0 of 3. Money may have been spent all the same; approved
by @ben 2026-01-01 12:00 UTC. The thread says what to do.

purchased:
:white_check_mark: Bought 3 of 3 eSIMs 2026-01-01 12:00 UTC, 2 s after approval; approved by
@ben 2026-01-01 12:00 UTC.

partly_purchased:
:warning: Bought only 2 of 3 eSIMs 2026-01-01 12:00 UTC, 2 s after approval; approved by
@ben 2026-01-01 12:00 UTC. I buy no more for this order; the thread says what is missing.

refused:
:x: Nothing was bought: Telnyx refused it, and the thread says why. Ended 2026-01-01 12:00
UTC, 2 s after approval; approved by @ben 2026-01-01 12:00 UTC.

declined:
:no_entry_sign: Declined by @ben 2026-01-01 12:00 UTC. Nothing was bought.

cancelled:
:no_entry_sign: Cancelled by @ana 2026-01-01 12:00 UTC. Nothing was bought.

expired:
:alarm_clock: Expired 2026-01-01 13:00 UTC: nobody decided within 1 h. Nothing was bought;
send the command again if it is still wanted.
""")


def test_how_long_it_took_is_counted_from_the_decision() -> None:
    """Waiting for an approver is not the provider's time."""
    waited = an_order(2).approve(BEN, T0 + timedelta(minutes=40))
    bought = answered(started(waited), Bought(sims=some_sims(2)))
    assert "2026-01-01 12:40 UTC, 2 s after approval" in read(card(bought))


def test_an_order_in_parts_counts_up() -> None:
    """With each call the card tells how far it has come."""
    order = an_order(5, state=OrderState.APPROVED, under=terms(batch_size=2))
    shown = []
    for first in (1, 3, 5):
        order = started(order)
        shown.append(read(card(order)))
        order = answered(order, Bought(sims=some_sims(min(2, 6 - first), first)))
    for count, text in zip((2, 4, 5), shown, strict=True):
        assert f"Buying {count} of 5" in text
    assert "Bought 5 of 5 eSIMs" in read(card(order))


def test_between_two_parts() -> None:
    """Before the next call begins the card does not promise it yet."""
    order = started(an_order(4, state=OrderState.APPROVED, under=terms(batch_size=2)))
    assert "Buying 2 of 4" in read(card(answered(order, Bought(sims=some_sims(2)))))


def test_a_call_that_did_not_arrive() -> None:
    """The card says why, that nothing was bought by it, and when the next try is."""
    order = answered(started(an_order(3, state=OrderState.APPROVED)), NOWHERE)
    assert page(card(order)).split("none\n")[1] == snapshot("""\
:hourglass_flowing_sand: Telnyx did not take the call (the provider could not be reached):
nothing was bought by it, and I try again 2026-01-01 12:00 UTC. 0 of 3 eSIMs bought so far;
approved by @ben 2026-01-01 12:00 UTC.
Order 7K2M9QXA
""")


def test_a_call_that_did_not_arrive_after_others_that_did() -> None:
    """What earlier calls bought is not forgotten over a failure."""
    order = started(an_order(4, state=OrderState.APPROVED, under=terms(batch_size=2)))
    order = answered(started(answered(order, Bought(sims=some_sims(2)))), NOWHERE)
    assert "nothing was bought by it" in read(card(order))
    assert "2 of 4 eSIMs bought so far" in read(card(order))


def test_a_new_try_is_under_way() -> None:
    """While the next call is made, the failure of the last one is past."""
    order = answered(started(an_order(3, state=OrderState.APPROVED)), NOWHERE)
    assert "Buying 3 of 3" in read(card(started(order)))


def test_looks_are_counted() -> None:
    """In doubt the card tells how often it looked, and when it looks again."""
    order = an_order(3, state=OrderState.IN_DOUBT)
    assert "no look yet, next 2026-01-01 12:00 UTC" in read(card(order))
    order = looked(order, ())
    assert "1 look so far, next 2026-01-01 12:00 UTC" in read(card(order))
    order = looked(order, some_sims(1))
    assert "2 looks so far, next 2026-01-01 12:01 UTC" in read(card(order))
    assert "1 of 3 eSIMs known so far" in read(card(order))


@pytest.mark.parametrize("why", ["<!channel> " * 100, "&" * 5000, "`a` <https://evil.example|b>"])
def test_a_reason_rings_nobody_and_is_not_too_long(why: str) -> None:
    """A reason may hold a provider's own words: they are shown as text, in a bound."""
    under_way = started(an_order(3, state=OrderState.APPROVED))
    for outcome in (NotSent(why=why), Unknown(why=why)):
        message = card(answered(under_way, outcome))
        assert references(message) == {"@U0BEN", "@U0ANA"}
        assert len(message.text) < 1000


def test_cancelled_by_the_bot() -> None:
    """Why the bot took an order back stands on the card, as text."""
    order = an_order(3)
    taken_back = order.cancel(BOT, now_of(order), "I could not post <!here>.")
    shown = read(card(taken_back))
    assert "Cancelled by the bot 2026-01-01 12:00 UTC. Nothing was bought. I could not" in shown
    assert references(card(taken_back)) == {"@U0ANA"}


def test_closed_by_a_person() -> None:
    """Who closed it is told, and that it is looked for a while longer."""
    stuck = an_order(3, state=OrderState.NEEDS_ATTENTION)
    shown = read(card(stuck.close(BEN, now_of(stuck))))
    assert "Closed as not bought by @ben 2026-01-01 12:00 UTC" in shown
    assert "I look for it until 2026-01-02 12:00 UTC." in shown


def test_closed_with_what_there_is() -> None:
    """Closing an order of which some are known leaves it partly bought."""
    stuck = an_order(3, state=OrderState.NEEDS_ATTENTION, sims=some_sims(1))
    shown = read(card(stuck.close(BEN, now_of(stuck))))
    assert "Bought only 1 of 3 eSIMs" in shown


def test_bought_again() -> None:
    """An order that is to be bought again is looked up first, and the card says so."""
    stuck = an_order(3, state=OrderState.NEEDS_ATTENTION)
    wished = stuck.buy_again(BEN, now_of(stuck))
    shown = read(card(wished))
    assert "@ben decided to buy again what is missing." in shown
    assert "send a new call only if that look works and shows nothing new" in shown
    assert "Buying is about to begin." in read(card(looked(wished, ())))


def test_a_call_that_was_not_sent_in_time() -> None:
    """Our own delay is not the provider's doing, and nothing was bought by it."""
    late = NotSent(why="the bot was frozen", too_late=True)
    shown = read(card(answered(started(an_order(3, state=OrderState.APPROVED)), late)))
    assert "I did not send the call (the bot was frozen): nothing was bought by it." in shown


def test_a_call_that_was_turned_away() -> None:
    """It may have been carried out all the same: the card promises a look, and no sale."""
    away = NotSent(why="HTTP 429", turned_away=True)
    shown = read(card(answered(started(an_order(3, state=OrderState.APPROVED)), away)))
    assert "Telnyx turned the call away (HTTP 429). I look at its list 2026" in shown
    assert "nothing was bought" not in shown


def test_a_call_that_was_not_taken_while_an_earlier_one_is_in_doubt() -> None:
    """The provider turned nothing away; the look comes first all the same."""
    order = an_order(3, state=OrderState.NEEDS_ATTENTION)
    order = started(looked(order.buy_again(BEN, now_of(order)), ()))
    shown = read(card(answered(order, NotSent(why="no connection"))))
    assert "Telnyx did not take the call (no connection). I look at its list 2026" in shown


def test_a_look_that_failed_alone() -> None:
    """One look that failed is told as one, with its reason."""
    terms_of_one = terms(lookup_delays=(10.0,))
    order = looked(an_order(3, state=OrderState.IN_DOUBT, under=terms_of_one), None)
    assert "I could not look: no look worked (HTTP 503)." in read(card(order))


def test_looks_that_failed() -> None:
    """What could not be asked is not told as not found, on the card either."""
    order = looked(an_order(3, state=OrderState.IN_DOUBT), None)
    assert "1 look so far, none answered (HTTP 503)" in read(card(order))
    order = looked(order, ())
    assert "2 looks so far, 1 of them answered (HTTP 503)" in read(card(order))
    alone = looked(an_order(3, state=OrderState.IN_DOUBT), None, None, None)
    assert "I could not look: Telnyx answered none of 3 times (HTTP 503)." in read(card(alone))


@pytest.mark.parametrize(
    ("state", "late"),
    [(OrderState.REFUSED, 1), (OrderState.REFUSED, 3), (OrderState.PARTLY_PURCHASED, 3)],
)
def test_what_turned_up_after_the_end(state: OrderState, late: int) -> None:
    """The card does not go on saying that nothing, or too little, was bought."""
    order = an_order(3, state=state)
    order = order.record(1, Bought(sims=some_sims(late)), now_of(order))
    shown = read(card(order))
    assert f"Ended as {state_in_words(state)} 2026-01-01 12:00 UTC" in shown
    assert f"more turned up since: {late} of 3 eSIMs are bought" in shown
    assert "Nothing was bought" not in shown


def test_more_than_was_ordered() -> None:
    """A provider that sells too many is told as it is."""
    order = answered(started(an_order(3, state=OrderState.APPROVED)), Bought(sims=some_sims(4)))
    assert "Bought 4 of 3 eSIMs" in read(card(order))
