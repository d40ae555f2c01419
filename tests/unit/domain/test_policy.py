"""Who may do what: nobody decides unless the settings say so; who may ask can be narrowed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.policy import Action, Member, Policy, Requirement, Subject
from bot.domain.request import OrderKind
from bot.errors import AmountOverLimit, NotAllowed, Refusal
from bot.providers.telnyx.form import Prices
from tests.support.orders import ANA, BEN, OPS, ORDER_ID, an_order
from tests.support.requests import a_request

CAM, STRANGER = "U0CAM", "U0STRANGER"
PEOPLE = [ANA, BEN, CAM, STRANGER]
OPERATOR = Member.operator("root", "bot-1")
_DECIDING = {Action.APPROVE, Action.BUY_AGAIN}
_OF_APPROVERS = {*_DECIDING, Action.DECLINE, Action.LOOK_AGAIN, Action.CLOSE}


def refused(policy: Policy, user: str, action: Action, amount: int = 3) -> NotAllowed:
    """The refusal that this person gets for Ana's order."""
    with pytest.raises(NotAllowed) as caught:
        policy.may(Member(user), action, an_order(amount, requester=ANA))
    return caught.value


@pytest.mark.parametrize("user", [*PEOPLE, "", "bot"])
@pytest.mark.parametrize("action", sorted(_OF_APPROVERS))
def test_nobody_may_decide_unless_configured(user: str, action: Action) -> None:
    """An empty list means nobody, never everybody."""
    assert refused(Policy(), user, action).ask == ()


@pytest.mark.parametrize("amount", [1, 1000, 10**9])
def test_an_approver_may_approve_what_others_ask_for(amount: int) -> None:
    """The limit on one's own orders is no limit on others'."""
    Policy(approvers=(BEN,)).may(Member(BEN), Action.APPROVE, an_order(amount, requester=ANA))


@pytest.mark.parametrize("user", [ANA, STRANGER, BEN.lower(), f" {BEN}", "", f"<@{BEN}>"])
def test_only_the_very_id_counts(user: str) -> None:
    """Nobody passes by a name, a prefix or another spelling of an approver's id."""
    refusal = refused(Policy(approvers=(BEN,)), user, Action.APPROVE)
    assert (refusal.reason, refusal.ask) == (Refusal.NOT_AN_APPROVER, (BEN,))


@pytest.mark.parametrize(("limit", "amount"), [(1, 1), (5, 5), (5, 1)])
def test_an_approver_may_approve_a_small_order_of_their_own(limit: int, amount: int) -> None:
    """Up to the limit, the limit included."""
    policy = Policy(approvers=(ANA,), self_approval_limit=limit)
    policy.may(Member(ANA), Action.APPROVE, an_order(amount, requester=ANA))


@pytest.mark.parametrize(("limit", "amount"), [(0, 1), (5, 6)])
def test_a_larger_order_needs_somebody_else(limit: int, amount: int) -> None:
    """Four eyes see every large order; without a setting, every order."""
    policy = Policy(approvers=(ANA, BEN), self_approval_limit=limit)
    refusal = refused(policy, ANA, Action.APPROVE, amount)
    assert (refusal.reason, refusal.ask, refusal.limit) == (Refusal.OWN_ORDER, (BEN,), limit)


def test_nobody_ends_an_esim_alone() -> None:
    """It can't be undone, so the limit does not hold for it; the refusal names no limit."""
    policy = Policy(approvers=(ANA, BEN), self_approval_limit=100)
    subject = _of_kind(1, ANA, OrderKind.SUSPENSION)
    with pytest.raises(NotAllowed) as caught:
        policy.may(Member(ANA), Action.APPROVE, subject)
    assert (caught.value.reason, caught.value.limit) == (Refusal.OWN_ORDER, 0)
    policy.may(Member(BEN), Action.APPROVE, subject)
    policy.may(Member(ANA), Action.APPROVE, _of_kind(1, ANA, OrderKind.TOP_UP))


def test_the_limit_makes_nobody_an_approver() -> None:
    """Who is no approver may not approve their own order, however small."""
    policy = Policy(approvers=(BEN,), self_approval_limit=100)
    assert refused(policy, ANA, Action.APPROVE, 1).reason is Refusal.NOT_AN_APPROVER


def test_a_refusal_knows_whose_order_it_is_and_whom_to_ask() -> None:
    """What is told to the person is found from this alone."""
    refusal = refused(Policy(approvers=(BEN, CAM)), BEN.lower(), Action.DECLINE)
    assert (refusal.action, refusal.order_id, refusal.requester) == ("decline", ORDER_ID, ANA)
    assert refusal.ask == (BEN, CAM)


def test_who_asked_takes_it_back_and_an_approver_declines() -> None:
    """Who asked may cancel, approver or not; an approver says no to another's order."""
    order = an_order(requester=ANA)
    for policy in (Policy(), Policy(approvers=(ANA,))):
        policy.may(Member(ANA), Action.CANCEL, order)
    Policy(approvers=(BEN,)).may(Member(BEN), Action.DECLINE, order)


@pytest.mark.parametrize("action", [Action.CANCEL, Action.DECLINE, Action.ORDER_REST])
def test_a_stranger_ends_and_orders_nothing(action: Action) -> None:
    """Who has nothing to do with an order reads who has."""
    for policy in (Policy(), Policy(approvers=(BEN,))):
        assert refused(policy, STRANGER, action).reason is Refusal.NOT_INVOLVED


@pytest.mark.parametrize(
    ("user", "channel"),
    [(STRANGER, OPS), (ANA, "C0OTHER"), (BEN, "C0OTHER"), (BEN, OPS), (ANA, OPS)],
)
def test_an_order_is_seen_in_its_channel_and_by_its_people(user: str, channel: str) -> None:
    """Whoever is in the channel has seen the card; requester and approvers may ask anywhere."""
    order = an_order(channel=OPS)
    Policy(approvers=(BEN,)).may(Member(user, channel), Action.VIEW, order)


@pytest.mark.parametrize("policy", [Policy(), Policy(approvers=(BEN,))])
def test_an_order_of_another_channel_is_not_shown(policy: Policy) -> None:
    """The ICCIDs of a private channel stay in it; who is refused learns whom to ask."""
    with pytest.raises(NotAllowed) as caught:
        policy.may(Member(STRANGER, "C0OTHER"), Action.VIEW, an_order(channel=OPS))
    assert (caught.value.reason, caught.value.requester) == (Refusal.ELSEWHERE, ANA)


@pytest.mark.parametrize("action", [Action.LOOK_AGAIN, Action.CLOSE])
def test_only_an_approver_decides_what_the_look_up_cannot(action: Action) -> None:
    """It is about money that may have been spent: not even the requester may close it."""
    policy = Policy(approvers=(BEN,))
    policy.may(Member(BEN), action, an_order(requester=ANA))
    for user in (ANA, STRANGER):
        assert refused(policy, user, action).reason is Refusal.NOT_AN_APPROVER
    assert refused(Policy(), BEN, action)


def test_whoever_is_in_a_channel_with_the_bot_may_order() -> None:
    """Unless people are named, the door is open."""
    Policy().may(Member(STRANGER, OPS), Action.ORDER)


@pytest.mark.parametrize("user", [*PEOPLE, ""])
def test_everybody_may_list_orders(user: str) -> None:
    """Lists show no ICCIDs; nothing has to be configured."""
    Policy(requesters=(ANA,)).may(Member(user, OPS), Action.LIST)


def test_only_named_people_may_order() -> None:
    """Approvers are not of them unless they are named, too."""
    policy = Policy(requesters=(ANA,), approvers=(BEN,))
    policy.may(Member(ANA, OPS), Action.ORDER)
    for user in (BEN, STRANGER):
        with pytest.raises(NotAllowed) as caught:
            policy.may(Member(user, OPS), Action.ORDER)
        assert (caught.value.reason, caught.value.ask) == (Refusal.NOT_A_REQUESTER, (ANA,))


def test_who_may_not_order_any_more_orders_no_rest() -> None:
    """A rest is an order, too: the requester must still be named; an approver stands for it."""
    order = an_order(requester=ANA)
    policy = Policy(requesters=(CAM,), approvers=(BEN,))
    with pytest.raises(NotAllowed) as caught:
        policy.may(Member(ANA, OPS), Action.ORDER_REST, order)
    assert (caught.value.reason, caught.value.ask) == (Refusal.NOT_A_REQUESTER, (CAM,))
    policy.may(Member(BEN, OPS), Action.ORDER_REST, order)
    Policy(requesters=(ANA,)).may(Member(ANA, OPS), Action.ORDER_REST, order)
    assert refused(policy, STRANGER, Action.ORDER_REST).reason is Refusal.NOT_INVOLVED


def test_the_largest_amount_is_a_rule() -> None:
    """The limit itself may be ordered; one more is refused, with the part that is wrong."""
    policy, price = Policy(approvers=(BEN, CAM), largest_amount=5), Prices()
    for amount in (1, 5):
        request = a_request(amount)
        needed = policy.requirement(request, price.quote(request))
        assert needed == Requirement(quorum=1, approvers=(BEN, CAM))
    request = a_request(6)
    with pytest.raises(AmountOverLimit) as caught:
        policy.requirement(request, price.quote(request))
    assert (caught.value.field, caught.value.most) == ("amount", 5)


# The operator, on the command line


@pytest.mark.parametrize("action", Action)
def test_the_operator_looks_and_requeues_and_never_decides(action: Action) -> None:
    """Even an operator whose id were in a list votes, orders and cancels nothing."""
    everybody = Policy(approvers=(OPERATOR.id,), requesters=(OPERATOR.id,))
    order = an_order(requester=OPERATOR.id)
    free = {Action.REQUEUE, Action.AUDIT, Action.VIEW, Action.LIST}
    assert everybody.allows(OPERATOR, action, order) == (action in free)
    if action not in free:
        with pytest.raises(NotAllowed) as caught:
            everybody.may(OPERATOR, action, order)
        assert caught.value.reason is Refusal.ONLY_IN_SLACK


@pytest.mark.parametrize("action", [Action.REQUEUE, Action.AUDIT])
def test_what_only_the_operator_may(action: Action) -> None:
    """No approver reads the trail of everybody, nor one who calls themselves operator."""
    for user in (BEN, OPERATOR.id):
        refusal = refused(Policy(approvers=(BEN, OPERATOR.id)), user, action)
        assert refusal.reason is Refusal.ONLY_THE_OPERATOR


def test_an_operator_has_the_names_of_the_system() -> None:
    """The trail says who it was, and that it was nobody in Slack."""
    assert (OPERATOR.id, OPERATOR.is_operator) == ("operator:root@bot-1", True)


# Whatever the settings, whoever it is


def people() -> st.SearchStrategy[str]:
    """One of four people."""
    return st.sampled_from(PEOPLE)


def policies() -> st.SearchStrategy[Policy]:
    """Any rules over these people."""
    some = st.lists(people(), unique=True).map(tuple)
    return st.builds(Policy, approvers=some, requesters=some, self_approval_limit=st.integers(0, 5))


def subjects() -> st.SearchStrategy[Subject]:
    """An order of one of them, of any kind."""
    return st.builds(_of_kind, st.integers(1, 6), people(), st.sampled_from(OrderKind))


def _of_kind(amount: int, requester: str, kind: OrderKind) -> Subject:
    order = an_order(amount, requester=requester)
    return order.model_copy(update={"request": order.request.model_copy(update={"kind": kind})})


def members() -> st.SearchStrategy[Member]:
    """One of them somewhere, or the operator."""
    somewhere = st.sampled_from(["", OPS, "C0OTHER"])
    return st.builds(Member, people(), somewhere) | st.just(OPERATOR)


@given(policies(), members(), st.sampled_from(Action), subjects() | st.none())
def test_every_question_has_an_answer(
    policy: Policy, person: Member, action: Action, subject: Subject | None
) -> None:
    """Yes, or NotAllowed with a reason; `may` and `allows` say the same."""
    if policy.allows(person, action, subject):
        policy.may(person, action, subject)
        return
    with pytest.raises(NotAllowed) as caught:
        policy.may(person, action, subject)
    assert caught.value.action == action
    assert person.id not in caught.value.ask


@given(policies(), members(), st.sampled_from(sorted(_OF_APPROVERS)), subjects() | st.none())
def test_nobody_who_is_not_named_ever_decides(
    policy: Policy, person: Member, action: Action, subject: Subject | None
) -> None:
    """Approve, decline, close, look again, buy again: only approvers, ever."""
    if policy.allows(person, action, subject):
        assert person.id in policy.approvers


@given(policies(), people(), st.sampled_from(sorted(_DECIDING)), subjects())
def test_who_may_approve_is_exactly_this(
    policy: Policy, user: str, action: Action, subject: Subject
) -> None:
    """An approver, and of their own orders only those up to the limit: nobody else, ever.

    What ends an eSIM for good is never small.
    """
    small = subject.amount <= policy.self_approval_limit and subject.kind != "suspension"
    expected = user in policy.approvers and (user not in subject.askers or small)
    assert policy.allows(Member(user), action, subject) == expected
