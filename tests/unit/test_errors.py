"""Every error that a person may read says what it means for their money and what to do."""

import pytest

from bot.domain.events import OrderState
from bot.domain.order import BOT
from bot.domain.policy import Policy
from bot.errors import (
    BotNotInChannel,
    Conflict,
    EsimBotError,
    NewerOrder,
    NotAllowed,
    NothingToDecide,
    SlackRefused,
    SlackUnavailable,
    StoreUnavailable,
    UnknownOrder,
    UnreadableOrder,
)
from tests.support.order_steps import now_of
from tests.support.orders import ANA, BEN, an_order

READ = [
    UnknownOrder("7K2M9QXA"),
    BotNotInChannel("U0BOT"),
    Conflict(),
    NewerOrder("7K2M9QXA"),
    UnreadableOrder("7K2M9QXA"),
    StoreUnavailable(),
    SlackUnavailable(),
]
MONEY = (
    "bought nothing",
    "changed nothing",
    "nothing was ordered",
    "ordered nothing",
    "did nothing more to it",
    "nothing is bought twice",
)
NEXT = ("`/esim orders`", "again", "Look at", "must update", "must look")


@pytest.mark.parametrize("error", READ, ids=lambda error: type(error).__name__)
def test_what_it_means_and_what_to_do(error: EsimBotError) -> None:
    """Each message says that no money was spent by it, and what to do next."""
    told = str(error)
    assert any(words in told for words in MONEY)
    assert any(words in told for words in NEXT)


def test_a_channel_without_the_bot() -> None:
    """The person learns which command brings the bot in, and whom to pick."""
    told = str(BotNotInChannel("U0BOT"))
    assert "`/invite`" in told
    assert "<@U0BOT>" in told


def test_an_unknown_order_is_named() -> None:
    """Whoever mistyped an id sees what was looked for."""
    assert "`7K2M9QXA`" in str(UnknownOrder("7K2M9QXA"))


def test_slacks_own_word_is_kept() -> None:
    """The log and the requester learn why Slack refused; how long to wait is told apart."""
    assert str(SlackRefused("not_in_channel")) == "Slack refused: not_in_channel"
    assert (SlackRefused("x").error, SlackUnavailable().retry_after) == ("x", 0)
    assert SlackUnavailable(30).retry_after == 30


@pytest.mark.parametrize("state", [OrderState.APPROVED, OrderState.DECLINED, OrderState.CANCELLED])
def test_who_was_quicker(state: OrderState) -> None:
    """A late click learns what was decided and by whom."""
    order = an_order(3, state=state)
    by = ANA if state is OrderState.CANCELLED else BEN
    with pytest.raises(EsimBotError, match=f"was already {state} by <@{by}>"):
        order.approve(BEN, now_of(order))


def test_the_bot_was_quicker() -> None:
    """What the bot took back has nobody's name on it."""
    order = an_order(3).cancel(BOT, now_of(an_order(3)))
    with pytest.raises(EsimBotError, match=r"was already cancelled\.$"):
        order.approve(BEN, now_of(order))


def test_an_expired_order() -> None:
    """Whoever comes too late reads that nothing was bought, and how to go on."""
    order = an_order(3, state=OrderState.EXPIRED)
    with pytest.raises(EsimBotError, match=r"nothing was bought\. Send the command again"):
        order.approve(BEN, now_of(order))


def test_nothing_to_decide() -> None:
    """A late decision about the money learns where the order is, and that nothing changed."""
    stuck = an_order(3, state=OrderState.NEEDS_ATTENTION)
    closed = stuck.close(BEN, now_of(stuck))
    for decide in (closed.look_again, closed.close, closed.buy_again):
        with pytest.raises(NothingToDecide, match=r"now: not bought.* I changed nothing\."):
            decide(BEN, now_of(closed))


def test_who_may_not() -> None:
    """A refusal says that nothing changed, and whom to ask."""
    order = an_order(3)
    with pytest.raises(NotAllowed, match=f"nothing changed.*Ask <@{BEN}>"):
        Policy(approvers=(BEN,)).authorise_approval("U0DAN", order)
    with pytest.raises(NotAllowed, match="nothing changed"):
        Policy(approvers=(BEN,)).authorise_cancel("U0DAN", order)
    with pytest.raises(NotAllowed, match=f"nothing changed.*Ask <@{BEN}>"):
        Policy(approvers=(BEN,)).authorise_attention("U0DAN", order)
