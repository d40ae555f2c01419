"""Every error that a person may read says what it means for their money and what to do."""

from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, get_type_hints

import pytest

from bot import errors
from bot.domain.activation import errors as activation
from bot.domain.activation import recipient
from bot.domain.activation.recipient import NoRecipient, NotARecipient
from bot.domain.events import Event, OrderState
from bot.domain.grammar import InvalidCommand
from bot.domain.order import BOT
from bot.domain.policy import Action
from bot.errors import (
    AlreadyDecided,
    AlreadyVoted,
    AmountOverLimit,
    ApprovalExpired,
    Conflict,
    EsimBotError,
    LookFirst,
    LookupFailed,
    NewerOrder,
    NoApproversHere,
    NotAllowed,
    NothingMissing,
    NothingToDecide,
    NotRecorded,
    OutdatedCard,
    PostedOutsideThread,
    ProviderNotSetUp,
    Refusal,
    RestOrdered,
    SlackRefused,
    SlackUnavailable,
    StillChecking,
    StoreUnavailable,
    UnknownOrder,
    UnreadableOrder,
)
from bot.slack.words.refusals import SENTENCES, words_of
from tests.support.orders import ANA, BEN, ORDER_ID

READ = [
    UnknownOrder(ORDER_ID),
    Conflict(),
    NewerOrder(ORDER_ID),
    UnreadableOrder(ORDER_ID),
    StoreUnavailable(),
    NotRecorded(),
    SlackUnavailable(),
    SlackUnavailable(error="missing_scope", undone=True),
    OutdatedCard(ORDER_ID),
    LookFirst(ORDER_ID),
    ApprovalExpired(ORDER_ID),
    NoApproversHere("U0BOT", ("C0OPS",)),
    activation.UnknownIccid("8931"),
    activation.NoEsims(ORDER_ID),
    activation.ConfirmationExpired(),
    activation.AlreadyGiven("h1"),
    activation.StillGiven("h1"),
    activation.ConfirmationOutdated("h1"),
    activation.NotGiven("ratelimited"),
    activation.NotGiven("user_disabled"),
    activation.NotYourCodes(),
    activation.NotAssigned("8931"),
    *(NotARecipient("U0DANA", problem) for problem in NoRecipient),
]
MONEY = (
    "sent nothing",
    "nothing was sent",
    "changed nothing",
    "nothing was ordered",
    "ordered nothing",
    "nothing was bought",
    "did nothing more to it",
    "nothing is bought twice",
    "nothing was fetched or shown",
    "Nothing was fetched",
    "Nothing was bought",
    "did nothing again",
    "nothing changed",
)
NEXT = (
    "`/esim assigned`",
    "Choose somebody",
    "where it stands",
    "ask them to press",
    "`/esim orders`",
    "again",
    "Look at",
    "must update",
    "must look",
    "`/invite`",
)
_SAMPLES: dict[Any, Any] = {
    str: "abc",
    int: 7,
    float: 7.0,
    bool: True,
    Refusal: Refusal.OWN_ORDER,
    NoRecipient: NoRecipient.GUEST,
}
_MODULES = {errors.__name__, activation.__name__, recipient.__name__}


def concrete(kind: type[EsimBotError] = EsimBotError) -> Iterator[type[EsimBotError]]:
    """Every class of the tree that is raised as it is; those of the grammar explain themselves."""
    for each in kind.__subclasses__():
        if each.__module__ in _MODULES:
            yield each
            yield from concrete(each)


ABSTRACT = {errors.StoreError, errors.SlackError, errors.TransitionError}
"""Bases that are caught and never raised."""
RAISED = sorted(set(concrete()) - ABSTRACT, key=lambda kind: kind.__name__)


def has_data(kind: object) -> bool:
    """Whether errors of this class carry anything."""
    return is_dataclass(kind)


def sample(kind: type[EsimBotError]) -> EsimBotError:
    """One of this class, with data of the right types."""
    if not has_data(kind):
        return kind()
    hints = get_type_hints(kind)
    made: Any = kind
    parts = {field.name: _sample(hints[field.name], field) for field in fields(made) if field.init}
    error: EsimBotError = made(**parts)
    return error


def _sample(hint: Any, field: Field[Any]) -> Any:
    if field.name in {"state", "event"}:
        return OrderState.PURCHASED if field.name == "state" else Event.APPROVED
    return field.default if field.default is not MISSING else _SAMPLES.get(hint, ("C0OPS",))


@pytest.mark.parametrize("kind", RAISED)
def test_every_error_has_a_sentence(kind: type[EsimBotError]) -> None:
    """Each class has a line of its own or of its nearest base, and all of its data fits in."""
    bases = set(kind.__mro__) & set(SENTENCES)
    assert bases, f"{kind.__name__} needs a line in bot/slack/words/refusals.py"
    error = LookupFailed("HTTP 503") if issubclass(kind, LookupFailed) else sample(kind)
    words = words_of(error)
    assert "{" not in words
    if has_data(kind) or kind in {Conflict, NotRecorded, errors.DuplicateDelivery}:
        assert words.endswith(".") or issubclass(kind, SlackRefused)


@pytest.mark.parametrize("kind", RAISED)
def test_errors_carry_data_and_no_words(kind: type[EsimBotError]) -> None:
    """The log has the name and the data; the sentence is found by who speaks to people."""
    error = sample(kind)
    assert str(error) == (repr(error) if has_data(kind) else "")


@pytest.mark.parametrize("reason", Refusal)
@pytest.mark.parametrize("action", Action)
def test_every_refusal_has_a_sentence(reason: Refusal, action: Action) -> None:
    """Whatever somebody may not do, they read that nothing was done, or whom to ask."""
    refused = NotAllowed(action, reason, ORDER_ID, ANA, (BEN,), 2)
    told = words_of(refused)
    assert any(said in told for said in ("nothing changed", "nothing was ordered", "ask <@U0ANA>"))


@pytest.mark.parametrize("error", READ, ids=lambda error: type(error).__name__)
def test_what_it_means_and_what_to_do(error: EsimBotError) -> None:
    """Each message says that no money was spent by it, and what to do next."""
    told = words_of(error)
    assert any(words in told for words in MONEY)
    assert any(words in told for words in NEXT)


def test_a_direct_message() -> None:
    """Where the bot is already is said, as far as it is known."""
    assert "I am in <#C0OPS>, <#C0LAB>; in another one type `/invite`" in words_of(
        NoApproversHere("U0BOT", ("C0OPS", "C0LAB"))
    )
    assert "In a channel that I am not in yet type" in words_of(NoApproversHere("U0BOT", ()))


def test_an_unknown_order_is_named() -> None:
    """Whoever mistyped an id sees what was looked for."""
    assert "`7K2M9QXA`" in words_of(UnknownOrder(ORDER_ID))


def test_slacks_own_word_is_kept() -> None:
    """The log and the requester learn why Slack refused; how long to wait is told apart."""
    assert words_of(SlackRefused("not_in_channel")) == "Slack refused: not_in_channel"
    assert words_of(PostedOutsideThread("C0OPS", "1.2")) == "Slack refused: thread_not_found"
    assert (SlackRefused("x").error, SlackUnavailable().retry_after) == ("x", 0)
    assert SlackUnavailable(30).retry_after == 30


def test_an_error_with_a_message_is_told_by_it() -> None:
    """The grammar's sentences are its own; so are those for the operator."""
    assert words_of(InvalidCommand("buy", [], [])) == ""
    assert words_of(LookupFailed("HTTP 503")) == "HTTP 503"


@pytest.mark.parametrize("event", [Event.APPROVED, Event.DECLINED, Event.CANCELLED])
def test_who_was_quicker(event: Event) -> None:
    """A late click learns what was decided and by whom; the bot has nobody's name on it."""
    assert words_of(AlreadyDecided(ORDER_ID, event, BEN)) == (
        f"Order `{ORDER_ID}` was already {event} by <@{BEN}>."
    )
    assert words_of(AlreadyDecided(ORDER_ID, event, BOT)) == (
        f"Order `{ORDER_ID}` was already {event}."
    )


def test_what_is_not_possible_any_more() -> None:
    """Each says where the order is, or what there is already."""
    assert words_of(NothingToDecide(ORDER_ID, OrderState.REFUSED)) == (
        f"Order `{ORDER_ID}` needs no decision now: not carried out. I changed nothing."
    )
    assert "as `RESTREST`: I ordered nothing more" in words_of(RestOrdered(ORDER_ID, "RESTREST"))
    assert "Nothing is missing" in words_of(NothingMissing(ORDER_ID))
    assert "still being checked" in words_of(StillChecking(ORDER_ID))
    assert "somebody else must approve it, too" in words_of(AlreadyVoted(ORDER_ID))
    assert "over the limit of 1,000 eSIMs" in words_of(AmountOverLimit(most=1000))
    assert "Orders from acme can't be made" in words_of(ProviderNotSetUp("acme"))


# Who may not


def refused(action: Action, reason: Refusal, *ask: str, limit: int = 0) -> str:
    """What a person reads who may not do this to Ana's order."""
    return words_of(NotAllowed(action, reason, ORDER_ID, ANA, ask, limit))


def test_a_refusal_says_whom_to_ask() -> None:
    """People are named, so that the next step is clear; nothing changed is said too."""
    people = (ANA, BEN, "U0CAM")
    assert refused(Action.APPROVE, Refusal.NOT_AN_APPROVER, *people) == (
        "You may not approve orders, so nothing changed. Ask <@U0ANA> or <@U0BEN> or <@U0CAM>."
    )
    assert refused(Action.CLOSE, Refusal.NOT_AN_APPROVER, BEN) == (
        "Only an approver may decide this for order `7K2M9QXA`; nothing changed. Ask <@U0BEN>."
    )
    assert refused(Action.APPROVE, Refusal.OWN_ORDER, BEN, "U0CAM", limit=2) == (
        "This is your own order, and it is larger than you may approve for yourself (at most 2); "
        "nothing changed. Ask <@U0BEN> or <@U0CAM>."
    )


def test_a_refusal_says_when_there_is_nobody_to_ask() -> None:
    """Without another approver, only the operator can help."""
    assert refused(Action.APPROVE, Refusal.NOT_AN_APPROVER) == (
        "You may not approve orders, so nothing changed. Nobody is an approver yet: whoever runs "
        "me sets `ESIM_APPROVERS`."
    )
    assert refused(Action.APPROVE, Refusal.OWN_ORDER) == (
        "This is your own order, and somebody else must approve it; nothing changed. Nobody else "
        "is an approver yet: whoever runs me sets `ESIM_APPROVERS`."
    )


def test_a_refusal_names_at_most_five() -> None:
    """A long list of approvers does not fill the screen, nor ring them all."""
    everybody = [f"U{number}" for number in range(50)]
    assert refused(Action.APPROVE, Refusal.NOT_AN_APPROVER, *everybody).count("<@") == 5


def test_what_belongs_to_others() -> None:
    """Who has nothing to do with an order reads who has."""
    assert refused(Action.DECLINE, Refusal.NOT_INVOLVED) == (
        "Only <@U0ANA>, who asked for it, or an approver may cancel this order; nothing changed."
    )
    assert refused(Action.ORDER_REST, Refusal.NOT_INVOLVED) == (
        "Only <@U0ANA>, who asked for order `7K2M9QXA`, or an approver may order what is missing "
        "of it; nothing was ordered."
    )
    assert refused(Action.VIEW, Refusal.ELSEWHERE) == (
        "Order `7K2M9QXA` belongs to another channel. Ask there, or ask <@U0ANA>, whose order "
        "it is."
    )


def test_who_may_not_order() -> None:
    """Those who may are named, and how to become one of them."""
    assert refused(Action.ORDER, Refusal.NOT_A_REQUESTER, ANA) == (
        "You may not order here, so nothing was ordered. Ask <@U0ANA>, or whoever runs me "
        "to add you to `ESIM_REQUESTERS`."
    )


# Who may not have codes, or say who has an eSIM


def test_who_may_have_an_orders_codes() -> None:
    """Whose order it is, is told; that nothing was fetched, too."""
    assert refused(Action.ACTIVATE, Refusal.NOT_INVOLVED) == (
        "Only <@U0ANA>, who asked for order `7K2M9QXA`, or an approver may have its activation "
        "codes. Nothing was fetched or shown, and nothing changed."
    )
    assert "have its activation codes given to somebody." in refused(
        Action.SEND_CODES, Refusal.NOT_INVOLVED
    )
    assert "may say who has its eSIMs." in refused(Action.ASSIGN, Refusal.NOT_INVOLVED)


def test_who_may_send_codes_to_others() -> None:
    """Those who are named are asked; how to become one of them is told."""
    assert refused(Action.SEND_CODES, Refusal.NOT_A_CODE_SENDER, BEN) == (
        "You may not have activation codes given to somebody else. Nothing was fetched or shown, "
        "and nothing changed. Ask <@U0BEN>, or whoever runs me to add you to `ESIM_CODE_SENDERS`."
    )


@pytest.mark.parametrize(
    ("ask", "told"), [((BEN,), "Ask <@U0BEN>."), ((), "Nobody is named there yet.")]
)
def test_an_esim_that_no_order_bought(ask: tuple[str, ...], told: str) -> None:
    """It may be a slip in the digits: that is told beside whom to ask."""
    words = refused(Action.ACTIVATE_FOREIGN, Refusal.NOT_A_CODE_KEEPER, *ask)
    assert told in words
    assert "`ESIM_CODE_KEEPERS`" in words
    assert "look at its digits" in words


def test_who_sees_all_assignments() -> None:
    """One order's are for whoever may see it."""
    told = refused(Action.ASSIGNMENTS, Refusal.NOT_AN_APPROVER, BEN)
    assert "nothing changed. Ask <@U0BEN>. `/esim assigned` with an order's id" in told


def test_each_kind_of_person_who_gets_no_codes_is_told_apart() -> None:
    """Why, and what to do: it is not the same for a guest, a bot and a slip in the id."""
    told = [words_of(NotARecipient("U0DANA", problem)) for problem in NoRecipient]
    assert len({words.split(".")[0] for words in told}) == len(NoRecipient)
    assert all("U0DANA" in words for words in told)
    assert all("`ESIM_CODE_RECIPIENTS`" in words or "after `@`" in words for words in told)


def test_what_somebody_typed_for_an_iccid_is_harmless() -> None:
    """It may be anything: no mention rings, no link is made."""
    told = words_of(activation.UnknownIccid("<!channel> `x` <@U0EVE>"))
    assert "&lt;!channel&gt;" in told
    assert "<@U0EVE>" not in told
