"""How many people must agree, what they agreed to, and what the operator may hurry."""

from datetime import timedelta

import pytest

from bot.domain.events import Event, OrderState
from bot.domain.order import Order
from bot.domain.policy import Requirement, Vote
from bot.domain.purchase.outcome import Bought, NotSent
from bot.domain.thing import Decidable
from bot.errors import AlreadyDecided, AlreadyVoted, ApprovalExpired
from tests.support.order_steps import STEP, answered, bought, now_of, started
from tests.support.orders import ANA, BEN, ORDER_ID, T0, TEAM, an_order, some_sims, terms

CAM, DAN = "U0CAM", "U0DAN"
OPERATOR = "operator:root@bot-1"
NEVER_SENT = {OrderState.DECLINED, OrderState.CANCELLED, OrderState.EXPIRED}
"""States in which an order has ended without any call."""


def agreed(order: Order, *people: str) -> Order:
    """The order after each of them agreed, a second apart."""
    for person in people:
        order = order.approve(person, now_of(order))
    return order


def asked_of(decidable: Decidable) -> tuple[object, ...]:
    """What whoever decides must know, of an order as much as of a job."""
    return (decidable.kind, decidable.workspace, decidable.revision, decidable.amount)


def test_a_new_order_says_what_is_asked_and_who_must_agree() -> None:
    """Nobody has agreed to it yet."""
    order = an_order(4)
    assert asked_of(order) == ("purchase", TEAM, 1, 4)
    assert (order.requirement, order.votes) == (Requirement(quorum=1, approvers=(BEN,)), ())


def test_one_vote_approves_where_one_is_needed() -> None:
    """The vote stands in the order, with what was seen."""
    order = agreed(an_order(), BEN)
    assert order.state is OrderState.APPROVED
    assert order.votes == (Vote(by=BEN, at=T0 + timedelta(seconds=1), revision=1),)
    assert order.approved_by == (BEN,)


def test_an_order_that_needs_two_waits_for_the_second() -> None:
    """The first vote is written down and nothing is bought; the card's time does not change."""
    order = an_order(quorum=2)
    voted = agreed(order, BEN)
    assert (voted.state, voted.due_at) == (OrderState.AWAITING_APPROVAL, order.due_at)
    assert (voted.history[-1].event, voted.history[-1].by) == (Event.VOTED, BEN)
    assert (voted.expires_at, voted.decision, voted.revision) == (order.expires_at, None, 1)
    assert voted.approved_by == ()
    approved = agreed(voted, CAM)
    assert (approved.state, approved.history[-1].by) == (OrderState.APPROVED, CAM)
    assert approved.approved_by == (BEN, CAM)


def test_the_same_person_counts_once() -> None:
    """A second click is told so, and decides nothing."""
    voted = agreed(an_order(quorum=2), BEN)
    with pytest.raises(AlreadyVoted) as caught:
        agreed(voted, BEN)
    assert caught.value.order_id == ORDER_ID


def test_the_vote_of_somebody_who_may_not_approve_any_more_is_void() -> None:
    """It takes as many others; who may approve again agrees anew."""
    voted = agreed(an_order(quorum=2), BEN)
    without = voted.approve(CAM, now_of(voted), void=[BEN])
    assert without.state is OrderState.AWAITING_APPROVAL
    again = voted.approve(BEN, now_of(voted), void=[BEN])
    assert again.state is OrderState.AWAITING_APPROVAL
    assert agreed(without, DAN).state is OrderState.APPROVED


def test_a_voted_order_is_still_declined_cancelled_or_expires() -> None:
    """One no outweighs every yes; nobody in time is nobody."""
    voted = agreed(an_order(quorum=2, under=terms(approval_expires=60)), BEN)
    at = now_of(voted)
    assert voted.decline(CAM, at).state is OrderState.DECLINED
    assert voted.cancel(ANA, at).state is OrderState.CANCELLED
    assert voted.expire(voted.expires_at).state is OrderState.EXPIRED
    with pytest.raises(ApprovalExpired):
        voted.approve(CAM, voted.expires_at)
    with pytest.raises(AlreadyDecided):
        voted.decline(CAM, at).approve(DAN, at)


def rest_of(missing: int, amount: int = 3) -> Order:
    """The rest of an order, checked: so many are still missing."""
    rest = an_order(amount, state=OrderState.CHECKING)
    return rest.checked(missing, now_of(rest))


def test_another_amount_is_another_question() -> None:
    """Before anybody has decided, a change of what is asked gets a number of its own."""
    assert (rest_of(3).revision, rest_of(3).amount) == (1, 3)
    assert (rest_of(2).revision, rest_of(2).amount) == (2, 2)


def test_a_vote_for_what_was_asked_before_does_not_count() -> None:
    """Who saw another question has not agreed to this one."""
    old = Vote(by=BEN, at=T0, revision=1)
    order = an_order(quorum=2).model_copy(update={"revision": 2, "votes": (old,)})
    voted = agreed(order, BEN)
    assert (voted.state, len(voted.votes)) == (OrderState.AWAITING_APPROVAL, 2)
    assert agreed(voted, CAM).approved_by == (BEN, CAM)


def test_fewer_after_the_approval_need_no_new_vote() -> None:
    """The votes were for more: what was agreed to stays agreed to."""
    approved = agreed(rest_of(3), BEN)
    lowered = approved.checked(2, now_of(approved))
    assert (lowered.amount, lowered.revision, lowered.approved_by) == (2, 1, (BEN,))


@pytest.mark.parametrize("state", [OrderState.DECLINED, OrderState.EXPIRED])
def test_nobody_has_approved_what_was_not_bought(state: OrderState) -> None:
    """A decline is no approval."""
    assert an_order(state=state).approved_by == ()


# The operator hurries


@pytest.mark.parametrize("state", list(OrderState))
def test_the_operator_has_any_order_looked_at_now(state: OrderState) -> None:
    """One step in the trail, with who it was; state, votes and question stay."""
    order = an_order(state=state)
    at = now_of(order)
    after = order.requeue(OPERATOR, at)
    assert (after.history[-1].event, after.history[-1].by) == (Event.REQUEUED, OPERATOR)
    assert (after.state, after.revision, after.votes) == (state, order.revision, order.votes)
    waits = {OrderState.AWAITING_APPROVAL, OrderState.PURCHASING, OrderState.IN_DOUBT}
    if state not in waits | NEVER_SENT:
        assert after.due_at == at


@pytest.mark.parametrize("state", sorted(NEVER_SENT))
def test_there_is_nothing_to_look_for_where_nothing_was_sent(state: OrderState) -> None:
    """An order that ended before its first call has nothing that a look could belong to."""
    order = an_order(state=state)
    assert order.requeue(OPERATOR, now_of(order)).due_at is None


def test_a_card_keeps_its_time() -> None:
    """Requeued, an order that waits for approval does not expire at once."""
    order = an_order()
    after = order.requeue(OPERATOR, now_of(order))
    assert after.due_at == order.expires_at == after.expires_at
    assert agreed(after, BEN).state is OrderState.APPROVED


def test_a_call_that_may_be_under_way_keeps_its_lease() -> None:
    """Doubted early, a look could show nothing of it before it was even sent."""
    order = an_order(state=OrderState.PURCHASING)
    assert order.attempt_is_open
    assert order.requeue(OPERATOR, now_of(order)).due_at == order.due_at


def test_between_two_calls_nothing_is_waited_for() -> None:
    """No call is under way: the next one may be made now."""
    order = an_order(5, state=OrderState.APPROVED, under=terms(batch_size=2))
    between = started(order)
    between = between.record(1, Bought(sims=some_sims(2)), now_of(between))
    at = now_of(between) + timedelta(hours=1)
    assert between.requeue(OPERATOR, at).due_at == at


def test_nobody_is_asked_to_decide_on_looks_that_came_too_early() -> None:
    """However often the operator hurries: what was sold may be listed after a while only."""
    order = an_order(state=OrderState.IN_DOUBT)
    doubted, now = now_of(order) - STEP, now_of(order)
    while order.state is OrderState.IN_DOUBT:
        order = order.requeue(OPERATOR, now)
        assert order.due_at is not None
        now = max(now + STEP, order.due_at)
        order = order.looked_up({}, now)
    assert now - doubted >= timedelta(seconds=sum(order.terms.lookup_delays))


def turned_away() -> Order:
    """An order whose call the provider turned away: a look comes before the next one."""
    return answered(
        started(an_order(state=OrderState.APPROVED)), NotSent(why="HTTP 503", turned_away=True)
    )


def test_the_look_before_a_repeat_keeps_its_wait() -> None:
    """What the call sold all the same is listed after a while only: sooner, it is missed."""
    order = turned_away()
    assert order.must_look
    assert order.requeue(OPERATOR, now_of(order)).due_at == order.due_at


def test_a_look_before_a_repeat_that_failed_is_made_again_at_once() -> None:
    """Its wait is over: what is waited for now is only the provider's list."""
    order = turned_away()
    failed = order.looked_up(None, order.due_at or T0, "HTTP 503")
    at = now_of(failed)
    assert failed.must_look
    assert failed.requeue(OPERATOR, at).due_at == at


def test_an_order_that_has_ended_gets_one_look_more() -> None:
    """After it, the usual looks go on, if any are left."""
    order = bought(an_order(state=OrderState.APPROVED), some_sims(3))
    at = now_of(order) + timedelta(days=30)
    after = order.requeue(OPERATOR, at)
    assert (after.due_at, after.next_look(at), after.ended_at) == (at, None, order.ended_at)
