"""The sentence that people read for each error of `bot.errors`.

It says what happened, what that means for their money, and what to do next. It is mrkdwn: people
are mentioned by id, and it never holds text from users. Wrong commands, whose text is repeated,
are shown by `bot.slack.ephemeral`. Those about activation codes stand in `bot.slack.words.codes`.
"""

from collections.abc import Callable, Sequence
from typing import Any

from bot import errors
from bot.domain.events import OrderState
from bot.domain.order import BOT
from bot.domain.policy import Action
from bot.errors import EsimBotError, NotAllowed, Refusal
from bot.slack.words import codes
from bot.slack.words.recording import NOT_KNOWN_YET, NOT_RECORDED
from bot.slack.words.states import state_in_words

_NAMED = 5
"""The most people that a refusal names: each is mentioned, and gets a notification."""


def words_of(error: EsimBotError) -> str:
    """The sentence for this error, or its own message where it has one."""
    kinds = type(error).__mro__
    sentence = next((SENTENCES[kind] for kind in kinds if kind in SENTENCES), str)
    return sentence(error)


def _says(template: str) -> Callable[[Any], str]:
    """A sentence; `{0.order_id}` in it stands for this part of the error."""
    return template.format


# Who may not


def _not_allowed(error: NotAllowed) -> str:
    return _NOT_ALLOWED[error.reason](error)


def _not_an_approver(error: NotAllowed) -> str:
    if error.action == Action.ASSIGNMENTS:
        return (
            "Who has which eSIM of all orders is shown to approvers, and to people whom "
            f"`ESIM_REQUESTERS` names; nothing changed. {_whom_to_ask(error.ask, 'Nobody')} "
            "`/esim assigned` with an order's id shows that order's."
        )
    if error.action == Action.PURCHASES:
        return (
            "What was bought on the whole account is shown to approvers, and to people whom "
            "`ESIM_REQUESTERS` names; nothing changed. "
            f"{_whom_to_ask(error.ask, 'Nobody')} `/esim orders` shows your own orders."
        )
    if error.action in {Action.LOOK_AGAIN, Action.CLOSE}:
        only = f"Only an approver may decide this for order `{error.order_id}`; nothing changed."
    else:
        only = "You may not approve orders, so nothing changed."
    return f"{only} {_whom_to_ask(error.ask, 'Nobody')}"


def _own_order(error: NotAllowed) -> str:
    why = "somebody else must approve it"
    if error.limit:
        why = f"it is larger than you may approve for yourself (at most {error.limit})"
    nobody = _whom_to_ask(error.ask, "Nobody else")
    return f"This is your own order, and {why}; nothing changed. {nobody}"


def _not_involved(error: NotAllowed) -> str:
    if error.action in _ABOUT_ESIMS:
        may = _ABOUT_ESIMS[error.action]
        return (
            f"Only <@{error.requester}>, who asked for order `{error.order_id}`, or an approver "
            f"may {may}. Nothing was fetched or shown, and nothing changed."
        )
    if error.action == Action.ORDER_REST:
        return (
            f"Only <@{error.requester}>, who asked for order `{error.order_id}`, or an approver "
            "may order what is missing of it; nothing was ordered."
        )
    return (
        f"Only <@{error.requester}>, who asked for it, or an approver may cancel this order; "
        "nothing changed."
    )


def _not_a_requester(error: NotAllowed) -> str:
    who = _people(error.ask)
    return (
        "You may not order here, so nothing was ordered. "
        f"Ask {who}, or whoever runs me to add you to `ESIM_REQUESTERS`."
    )


def _not_a_code_sender(error: NotAllowed) -> str:
    return (
        "You may not have activation codes given to somebody else. Nothing was fetched or shown, "
        f"and nothing changed. Ask {_people(error.ask) or 'somebody who may'}, or whoever runs me "
        "to add you to `ESIM_CODE_SENDERS`."
    )


def _not_a_code_keeper(error: NotAllowed) -> str:
    ask = f"Ask {_people(error.ask)}." if error.ask else "Nobody is named there yet."
    return (
        "No order of mine bought this eSIM. Its code, and who has it, are for people whom "
        f"`ESIM_CODE_KEEPERS` names: nothing was fetched or shown, and nothing changed. {ask} "
        "If it is one of yours, look at its digits: `/esim order` with the order's id lists them."
    )


def _whom_to_ask(people: Sequence[str], nobody: str) -> str:
    if people:
        return f"Ask {_people(people)}."
    return f"{nobody} is an approver yet: whoever runs me sets `ESIM_APPROVERS`."


def _people(users: Sequence[str]) -> str:
    return " or ".join(f"<@{user}>" for user in users[:_NAMED])


_ABOUT_ESIMS: dict[str, str] = {
    Action.ACTIVATE: "have its activation codes",
    Action.SEND_CODES: "have its activation codes given to somebody",
    Action.ASSIGN: "say who has its eSIMs",
}
"""What somebody may not do with an order's eSIMs."""
_NOT_ALLOWED: dict[Refusal, Callable[[NotAllowed], str]] = {
    Refusal.NOT_AN_APPROVER: _not_an_approver,
    Refusal.OWN_ORDER: _own_order,
    Refusal.NOT_INVOLVED: _not_involved,
    Refusal.ELSEWHERE: _says(
        "Order `{0.order_id}` belongs to another channel. Ask there, or ask <@{0.requester}>, "
        "whose order it is."
    ),
    Refusal.NOT_A_REQUESTER: _not_a_requester,
    Refusal.NOT_A_CODE_SENDER: _not_a_code_sender,
    Refusal.NOT_A_CODE_KEEPER: _not_a_code_keeper,
    Refusal.ONLY_IN_SLACK: _says(
        "The command line can't decide this: nothing changed. It takes a person in Slack."
    ),
    Refusal.ONLY_THE_OPERATOR: _says(
        "Only whoever runs me may do this, on the command line: nothing changed."
    ),
}


# Steps that are not possible any more, or not yet


def _already_decided(error: errors.AlreadyDecided) -> str:
    who = "" if error.by == BOT else f" by <@{error.by}>"
    return f"Order `{error.order_id}` was already {error.event}{who}."


def _wrong_state(error: errors.WrongState) -> str:
    state = state_in_words(OrderState(error.state), None)
    return f"This step is not for order `{error.order_id}` ({state}); nothing was changed."


def _nothing_to_decide(error: errors.NothingToDecide) -> str:
    state = state_in_words(OrderState(error.state), None)
    return f"Order `{error.order_id}` needs no decision now: {state}. I changed nothing."


def _no_approvers_here(error: errors.NoApproversHere) -> str:
    known = ", ".join(f"<#{channel}>" for channel in error.channels)
    where = f"I am in {known}; in another one" if known else "In a channel that I am not in yet"
    return (
        "Orders need a channel where approvers see them; nothing was ordered. "
        f"{where} type `/invite` and pick <@{error.bot_user}> first. "
        "Help and your orders work here, too."
    )


def _slack_unavailable(error: errors.SlackUnavailable) -> str:
    if error.error == "missing_scope":
        return (
            "My app at Slack lacks a scope that `slack-manifest.yaml` names, so Slack does not let "
            "me do this: nothing was fetched, and nothing changed. Whoever runs me must install it "
            "anew; then try again."
        )
    return (
        "Slack can't be reached, or does not do what I ask it to. Look at the card, and try again "
        "in a minute: nothing is bought twice. If it goes on, tell whoever runs me."
    )


SENTENCES: dict[type, Callable[[Any], str]] = {
    errors.NotAllowed: _not_allowed,
    errors.AmountOverLimit: _says(
        "That is over the limit of {0.most:,} eSIMs in one order; nothing was ordered."
    ),
    errors.ProviderNotSetUp: _says(
        "Orders from {0.provider} can't be made: it is not set up here. Nothing was ordered."
    ),
    errors.NotPossibleThere: _says(
        "{0.provider} can't do `{0.verb}` here, so nothing was asked, ordered or changed. "
        "`/esim help` shows what it can do."
    ),
    errors.WrongState: _wrong_state,
    errors.NoCallToMake: _says("Order `{0.order_id}` has no call to make now."),
    errors.NoCallUnderWay: _says("Order `{0.order_id}` has no call under way."),
    errors.NoSuchCall: _says("Order `{0.order_id}` made no call {0.number}."),
    errors.AlreadyDecided: _already_decided,
    errors.AlreadyVoted: _says(
        "You have approved order `{0.order_id}` already; somebody else must approve it, too. "
        "Nothing was sent yet."
    ),
    errors.OutdatedCard: _says(
        "Order `{0.order_id}` has changed since the message with this button was written, so I "
        "changed nothing and sent nothing. Look at its card, and decide there."
    ),
    errors.ApprovalExpired: _says(
        "Order `{0.order_id}` waited too long for approval and has expired; nothing was sent. "
        "Send the command again if it is still wanted."
    ),
    errors.StillChecking: _says(
        "Order `{0.order_id}` is still being checked, so nothing was sent. Its card follows: "
        "decide there."
    ),
    errors.NothingToDecide: _nothing_to_decide,
    errors.NothingMissing: _says(
        "Nothing is missing of order `{0.order_id}` any more, so I ordered nothing."
    ),
    errors.LookFirst: _says(
        "I have not been able to look for what came of order `{0.order_id}` since its call was "
        "lost, so I sent nothing: all of it may be done. Press *Look again*; after a look that "
        "worked, it can be sent once more."
    ),
    errors.RestOrdered: _says(
        "What is missing of order `{0.order_id}` was already ordered, as `{0.rest_id}`: I "
        "ordered nothing more. `/esim order {0.rest_id}` shows it."
    ),
    errors.UnknownOrder: _says(
        "I know no order `{0.order_id}`, so I changed nothing and sent nothing. `/esim orders` "
        "lists yours, with their ids."
    ),
    errors.NoApproversHere: _no_approvers_here,
    errors.Conflict: _says(
        "This order is changing faster than I can follow, and I did nothing more to it. Look at "
        "its card, then try again."
    ),
    errors.NewerOrder: _says(
        "Order `{0.order_id}` was written by a newer version of me: I leave it alone, and changed "
        "and sent nothing. Whoever runs me must update every process."
    ),
    errors.UnreadableOrder: _says(
        "I can't read what I wrote down about order `{0.order_id}`: I leave it alone, and changed "
        "and sent nothing. Whoever runs me must look at it in Redis."
    ),
    errors.UnknownThing: _says(
        "I don't know what `{0.thing}` is: a newer version of me made it. I leave it alone, and "
        "changed and sent nothing. Whoever runs me must update every process."
    ),
    errors.NotRecorded: _says(NOT_RECORDED),
    errors.StoreUnavailable: _says(NOT_KNOWN_YET),
    errors.ServerUnproven: _says(
        "Redis was restarted or replaced, and I am making sure that it forgot nothing before I "
        "send anything. Nothing was sent; it goes on by itself."
    ),
    errors.DuplicateDelivery: _says("I have done this before, and did nothing again."),
    errors.LookupPostponed: _says("The provider is asked again in {0.seconds:.0f} seconds."),
    errors.SlackUnavailable: _slack_unavailable,
    errors.TooSoon: _says("Slack takes this in {0.seconds:.1f} seconds."),
    errors.SlackRefused: _says("Slack refused: {0.error}"),
    **codes.SENTENCES,
    errors.LookupFailed: str,
    errors.SettingsError: str,
    errors.EmbeddedServerError: str,
}
"""By class; a class without an entry has that of its nearest base."""
