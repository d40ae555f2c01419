"""Who may do what: nobody, unless the settings say so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.policy import Decision, Policy
from bot.errors import NotAllowed
from tests.support.orders import ANA, BEN, an_order

CAM, STRANGER = "U0CAM", "U0STRANGER"
PEOPLE = [ANA, BEN, CAM, STRANGER]


def approval_refused(policy: Policy, user: str, amount: int = 3) -> str:
    """What this person is told who may not approve Ana's order."""
    with pytest.raises(NotAllowed) as caught:
        policy.authorise_approval(user, an_order(amount, requester=ANA))
    return str(caught.value)


def cancel_refused(policy: Policy, user: str) -> str:
    """What this person is told who may not cancel Ana's order."""
    with pytest.raises(NotAllowed) as caught:
        policy.authorise_cancel(user, an_order(requester=ANA))
    return str(caught.value)


@pytest.mark.parametrize("user", [*PEOPLE, "", "bot"])
def test_nobody_may_approve_unless_configured(user: str) -> None:
    """An empty list means nobody, never everybody."""
    assert "You may not approve orders" in approval_refused(Policy(), user)


@pytest.mark.parametrize("amount", [1, 1000, 10**9])
def test_an_approver_may_approve_what_others_ask_for(amount: int) -> None:
    """The limit on one's own orders is no limit on others'."""
    Policy(approvers=(BEN,)).authorise_approval(BEN, an_order(amount, requester=ANA))


@pytest.mark.parametrize("user", [ANA, STRANGER, BEN.lower(), f" {BEN}", "", f"<@{BEN}>"])
def test_only_the_very_id_counts(user: str) -> None:
    """Nobody passes by a name, a prefix or another spelling of an approver's id."""
    assert approval_refused(Policy(approvers=(BEN,)), user)


@pytest.mark.parametrize(("limit", "amount"), [(1, 1), (5, 5), (5, 1)])
def test_an_approver_may_approve_a_small_order_of_their_own(limit: int, amount: int) -> None:
    """Up to the limit, the limit included."""
    policy = Policy(approvers=(ANA,), self_approval_limit=limit)
    policy.authorise_approval(ANA, an_order(amount, requester=ANA))


@pytest.mark.parametrize(("limit", "amount"), [(0, 1), (5, 6)])
def test_a_larger_order_needs_somebody_else(limit: int, amount: int) -> None:
    """Four eyes see every large order; without a setting, every order."""
    policy = Policy(approvers=(ANA, BEN), self_approval_limit=limit)
    assert "This is your own order" in approval_refused(policy, ANA, amount)


def test_the_limit_makes_nobody_an_approver() -> None:
    """Who is no approver may not approve their own order, however small."""
    policy = Policy(approvers=(BEN,), self_approval_limit=100)
    assert "You may not approve" in approval_refused(policy, ANA, 1)


def test_a_refusal_says_whom_to_ask() -> None:
    """People are named, so that the next step is clear; nothing changed is said too."""
    policy = Policy(approvers=(ANA, BEN, CAM), self_approval_limit=2)
    assert approval_refused(policy, STRANGER) == (
        "You may not approve orders, so nothing changed. Ask <@U0ANA> or <@U0BEN> or <@U0CAM>."
    )
    assert approval_refused(policy, ANA) == (
        "This is your own order, and it is larger than you may approve for yourself (at most 2); "
        "nothing changed. Ask <@U0BEN> or <@U0CAM>."
    )


def test_a_refusal_says_when_there_is_nobody_to_ask() -> None:
    """Without another approver, only the operator can help."""
    assert approval_refused(Policy(), STRANGER) == (
        "You may not approve orders, so nothing changed. Nobody is an approver yet: whoever runs "
        "me sets `ESIM_APPROVERS`."
    )
    assert approval_refused(Policy(approvers=(ANA,)), ANA) == (
        "This is your own order, and somebody else must approve it; nothing changed. Nobody else "
        "is an approver yet: whoever runs me sets `ESIM_APPROVERS`."
    )


def test_a_refusal_names_at_most_five() -> None:
    """A long list of approvers does not fill the screen, nor ring them all."""
    everybody = tuple(f"U{number}" for number in range(50))
    assert approval_refused(Policy(approvers=everybody), STRANGER).count("<@") == 5


def test_cancel_means_cancel_for_the_requester() -> None:
    """Who asked may take it back, approver or not."""
    order = an_order(requester=ANA)
    assert Policy().authorise_cancel(ANA, order) is Decision.CANCEL
    assert Policy(approvers=(ANA,)).authorise_cancel(ANA, order) is Decision.CANCEL


def test_cancel_means_decline_for_an_approver() -> None:
    """An approver says no to another's order, and it is told as that."""
    policy = Policy(approvers=(BEN,))
    assert policy.authorise_cancel(BEN, an_order(requester=ANA)) is Decision.DECLINE


@pytest.mark.parametrize(
    ("user", "channel"),
    [(STRANGER, "C0OPS"), (ANA, "C0OTHER"), (BEN, "C0OTHER"), (BEN, "C0OPS"), (ANA, "C0OPS")],
)
def test_an_order_is_seen_in_its_channel_and_by_its_people(user: str, channel: str) -> None:
    """Whoever is in the channel has seen the card; requester and approvers may ask anywhere."""
    Policy(approvers=(BEN,)).authorise_view(user, channel, an_order(channel="C0OPS"))


@pytest.mark.parametrize("policy", [Policy(), Policy(approvers=(BEN,))])
def test_an_order_of_another_channel_is_not_shown(policy: Policy) -> None:
    """The ICCIDs of a private channel stay in it; who is refused reads whom to ask."""
    with pytest.raises(NotAllowed) as refusal:
        policy.authorise_view(STRANGER, "C0OTHER", an_order(channel="C0OPS", requester=ANA))
    assert str(refusal.value) == (
        "Order `7K2M9QXA` belongs to another channel. Ask there, or ask <@U0ANA>, whose order "
        "it is."
    )


def test_only_an_approver_decides_what_the_look_up_cannot() -> None:
    """It is about money that may have been spent: not even the requester may close it."""
    order = an_order(requester=ANA)
    Policy(approvers=(BEN,)).authorise_attention(BEN, order)
    for user, policy in ((ANA, Policy(approvers=(BEN,))), (STRANGER, Policy(approvers=(BEN,)))):
        with pytest.raises(NotAllowed) as refusal:
            policy.authorise_attention(user, order)
        assert str(refusal.value) == (
            "Only an approver may decide this for order `7K2M9QXA`; nothing changed. Ask <@U0BEN>."
        )
    with pytest.raises(NotAllowed):
        Policy().authorise_attention(BEN, order)


def test_a_stranger_may_not_cancel() -> None:
    """Who has nothing to do with an order does not end it, and reads who may."""
    assert cancel_refused(Policy(approvers=(BEN,)), STRANGER) == (
        "Only <@U0ANA>, who asked for it, or an approver may cancel this order; nothing changed."
    )
    assert cancel_refused(Policy(), STRANGER)


@given(
    st.lists(st.sampled_from(PEOPLE), unique=True).map(tuple),
    st.integers(0, 5),
    st.sampled_from(PEOPLE),
    st.integers(1, 6),
)
def test_who_may_approve_is_exactly_this(
    approvers: tuple[str, ...], limit: int, user: str, amount: int
) -> None:
    """An approver, and of their own orders only those up to the limit: nobody else, ever."""
    policy = Policy(approvers=approvers, self_approval_limit=limit)
    try:
        policy.authorise_approval(user, an_order(amount, requester=ANA))
        allowed = True
    except NotAllowed:
        allowed = False
    assert allowed == (user in approvers and (user != ANA or amount <= limit))


@given(st.lists(st.sampled_from(PEOPLE), unique=True).map(tuple), st.sampled_from(PEOPLE))
def test_a_refusal_never_sends_people_to_themselves(approvers: tuple[str, ...], user: str) -> None:
    """Whom to ask is always somebody else."""
    own = an_order(requester=user)
    with pytest.raises(NotAllowed) as refusal:
        Policy(approvers=approvers).authorise_approval(user, own)
    assert f"<@{user}>" not in str(refusal.value)
