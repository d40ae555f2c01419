"""Who may have activation codes given, to whom, and who may say who has an eSIM."""

import pytest

from bot.domain.activation.recipient import NoRecipient, NotARecipient, Recipient
from bot.domain.policy import Action, Member, Policy
from bot.errors import NotAllowed, Refusal
from tests.support.orders import ANA, BEN, an_order

CAM, KIM = "U0CAM", "U0KIM"
OF_AN_ORDER = [Action.ACTIVATE, Action.SEND_CODES, Action.ASSIGN]


def reason(policy: Policy, user: str, action: Action) -> Refusal | None:
    """Why this person may not do it with Ana's order; None: they may."""
    try:
        policy.may(Member(user), action, an_order(requester=ANA))
    except NotAllowed as refusal:
        return refusal.reason
    return None


@pytest.mark.parametrize("action", OF_AN_ORDER)
def test_requester_and_approvers_may(action: Action) -> None:
    """Whoever asked for the order, and who approves orders; nobody else, in no channel."""
    policy = Policy(approvers=(BEN,))
    assert reason(policy, ANA, action) is None
    assert reason(policy, BEN, action) is None
    assert reason(policy, CAM, action) is Refusal.NOT_INVOLVED


def test_named_senders_take_the_place_of_the_usual_ones() -> None:
    """Only they have codes given to others; for oneself all is as it was."""
    policy = Policy(approvers=(BEN,), code_senders=(KIM,))
    assert reason(policy, KIM, Action.SEND_CODES) is None
    assert reason(policy, ANA, Action.SEND_CODES) is Refusal.NOT_A_CODE_SENDER
    assert reason(policy, BEN, Action.SEND_CODES) is Refusal.NOT_A_CODE_SENDER
    assert reason(policy, ANA, Action.ACTIVATE) is None
    assert reason(policy, KIM, Action.ACTIVATE) is Refusal.NOT_INVOLVED


@pytest.mark.parametrize("user", [ANA, BEN, CAM])
def test_codes_that_no_order_bought_are_for_named_people(user: str) -> None:
    """Nobody may have them unless somebody named them; an approver neither."""
    with pytest.raises(NotAllowed) as refused:
        Policy(approvers=(BEN,), code_keepers=(KIM,)).may(Member(user), Action.ACTIVATE_FOREIGN)
    assert (refused.value.reason, refused.value.ask) == (Refusal.NOT_A_CODE_KEEPER, (KIM,))


def test_a_keeper_may() -> None:
    """Whoever ESIM_CODE_KEEPERS names."""
    Policy(code_keepers=(KIM,)).may(Member(KIM), Action.ACTIVATE_FOREIGN)


def test_who_has_what_of_all_orders_is_for_approvers_and_named_requesters() -> None:
    """As the account's purchases are."""
    policy = Policy(approvers=(BEN,), requesters=(ANA,))
    policy.may(Member(BEN), Action.ASSIGNMENTS)
    policy.may(Member(ANA), Action.ASSIGNMENTS)
    with pytest.raises(NotAllowed):
        policy.may(Member(CAM), Action.ASSIGNMENTS)


@pytest.mark.parametrize("action", [*OF_AN_ORDER, Action.ACTIVATE_FOREIGN, Action.ASSIGNMENTS])
def test_the_command_line_gets_no_codes(action: Action) -> None:
    """A code goes to a person of the workspace, and somebody there answers for it."""
    operator = Member.operator("root", "bot-1")
    with pytest.raises(NotAllowed) as refused:
        Policy(code_keepers=(operator.id,)).may(operator, action, an_order())
    assert refused.value.reason is Refusal.ONLY_IN_SLACK


@pytest.mark.parametrize("problem", NoRecipient)
def test_nobody_strange_is_given_codes_unless_listed(problem: NoRecipient) -> None:
    """A guest, somebody external, a bot, a deactivated account: only by their very id."""
    with pytest.raises(NotARecipient) as refused:
        Policy(approvers=(CAM,)).check_recipient(Recipient(CAM, problem))
    assert (refused.value.user, refused.value.problem) == (CAM, problem)
    Policy(code_recipients=(CAM,)).check_recipient(Recipient(CAM, problem))


def test_people_of_the_workspace_may_be_given_codes() -> None:
    """Anybody whom Slack describes as one of them."""
    Policy().check_recipient(Recipient(CAM))
