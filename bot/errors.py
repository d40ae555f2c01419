"""Every error of the bot, as one tree: what happened, as data.

What people read of it in Slack is found by `bot.slack.words.refusals`. What only the operator
reads (settings, the embedded server, why a look failed) is a message, written where it is raised.
"""

from dataclasses import dataclass, field, is_dataclass
from enum import StrEnum


class EsimBotError(Exception):
    """Anything that the bot can explain."""

    def __str__(self) -> str:
        """For the log: the data, or the message of an error that has one."""
        return repr(self) if is_dataclass(self) else super().__str__()


# What a person did


class Refusal(StrEnum):
    """Why a person may not do something."""

    NOT_AN_APPROVER = "not_an_approver"
    """Only approvers may, and this person is none."""
    OWN_ORDER = "own_order"
    """It is their own, and larger than they may approve for themselves."""
    NOT_INVOLVED = "not_involved"
    """Only whoever asked, or an approver, may."""
    ELSEWHERE = "elsewhere"
    """It belongs to another channel, and this person neither asked for it nor approves."""
    NOT_A_REQUESTER = "not_a_requester"
    """Only the people that are named may order, and this person is not."""
    ONLY_IN_SLACK = "only_in_slack"
    """The command line may not: nobody in the workspace would stand for it."""
    ONLY_THE_OPERATOR = "only_the_operator"
    """Only the command line may."""


@dataclass(eq=False)
class NotAllowed(EsimBotError):
    """This person may not do this."""

    action: str
    """A `bot.domain.policy.Action`."""
    reason: Refusal
    order_id: str = ""
    """The order that it is about; "" for none."""
    requester: str = ""
    """Slack user id of whoever asked for it."""
    ask: tuple[str, ...] = ()
    """Slack user ids of those who may do it instead."""
    limit: int = 0
    """eSIMs up to which people may approve their own orders."""


@dataclass(eq=False)
class ProviderNotSetUp(EsimBotError):
    """The order is from a provider that is not set up here (any more)."""

    provider: str


@dataclass(eq=False)
class AmountOverLimit(EsimBotError):
    """More eSIMs than anybody may order at once."""

    most: int
    field: str = "amount"
    """The part of the request that is wrong."""


@dataclass(eq=False)
class TransitionError(EsimBotError):
    """The order is in a state from which this step is not possible; nothing was changed."""

    order_id: str


@dataclass(eq=False)
class WrongState(TransitionError):
    """The step is one of another state."""

    state: str


@dataclass(eq=False)
class NoCallToMake(TransitionError):
    """A call is under way, a look must come first, or nothing is missing."""


@dataclass(eq=False)
class NoCallUnderWay(TransitionError):
    """No attempt is without its outcome."""


@dataclass(eq=False)
class NoSuchCall(TransitionError):
    """The order never made this call."""

    number: int
    """Counted from 1."""


@dataclass(eq=False)
class AlreadyDecided(TransitionError):
    """Somebody was quicker: the order has been approved, declined or cancelled."""

    event: str
    """A `bot.domain.events.Event`."""
    by: str
    """A Slack user id, or the bot's name for itself."""


@dataclass(eq=False)
class AlreadyVoted(TransitionError):
    """This person has agreed before; somebody else must, too."""


@dataclass(eq=False)
class OutdatedCard(TransitionError):
    """The order is not any more what the person saw when they decided."""


@dataclass(eq=False)
class ApprovalExpired(TransitionError):
    """The card was up for longer than an approval may take; nothing was bought."""


@dataclass(eq=False)
class StillChecking(TransitionError):
    """Its card is not up yet: something is asked first."""


@dataclass(eq=False)
class NothingToDecide(TransitionError):
    """Somebody was quicker, or the SIM cards were found: the order needs no attention now."""

    state: str


@dataclass(eq=False)
class NothingMissing(TransitionError):
    """Everything that was ordered is there by now."""


@dataclass(eq=False)
class LookFirst(TransitionError):
    """No look has worked since the call was lost, so nothing speaks for buying again."""


@dataclass(eq=False)
class RestOrdered(TransitionError):
    """What an order fell short of was ordered before: once is enough."""

    rest_id: str
    """The order that was opened for the rest."""


@dataclass(eq=False)
class UnknownOrder(EsimBotError):
    """No order has this id."""

    order_id: str


@dataclass(eq=False)
class BotNotInChannel(EsimBotError):
    """The card can't be posted where the command was typed."""

    bot_user: str


@dataclass(eq=False)
class NoApproversHere(EsimBotError):
    """An order was typed in a direct message, where nobody else would see its card."""

    bot_user: str
    channels: tuple[str, ...]
    """Ids of the channels that the bot is in, as far as is known."""


# What the world did


class StoreError(EsimBotError):
    """Redis did not do what it was asked to."""


class Conflict(StoreError):
    """Somebody changed the order in between: load it and decide again."""


@dataclass(eq=False)
class NewerOrder(StoreError):
    """A newer version of the bot wrote this order: this one can't read it and leaves it alone."""

    order_id: str


@dataclass(eq=False)
class UnreadableOrder(StoreError):
    """What Redis has of this order can't be read: it is left alone, and nothing else is."""

    order_id: str


@dataclass(eq=False)
class UnknownThing(StoreError):
    """A newer version put something into a queue: this one does not know its kind."""

    thing: str
    """As it stands in the queue: `job:7K2M9QXA`."""


class StoreUnavailable(StoreError):
    """Redis can't be reached, refuses to write, or answers nonsense."""


@dataclass(eq=False)
class ServerUnproven(StoreError):
    """Another server than before, and not every process has compared: nothing was written."""

    seconds: float
    """How long to wait before the next try."""


class DuplicateDelivery(StoreError):
    """Slack sent a command or a click that was carried out before: there is nothing to add."""


class LookupFailed(EsimBotError):
    """The provider could not be asked what it lists: this says nothing about what was bought."""


@dataclass(eq=False)
class LookupPostponed(EsimBotError):
    """Too many calls or looks are under way, or were in this minute; nothing was asked."""

    seconds: float
    """How long to wait before asking again."""


class SlackError(EsimBotError):
    """Slack did not do what it was asked to."""


@dataclass(eq=False)
class SlackUnavailable(SlackError):
    """Slack can't be reached, asks to wait, or says what passes: to be tried again later."""

    retry_after: float = 0
    """Seconds that Slack asked to wait; 0 when it did not say."""
    error: str = ""
    """Slack's own word, "" without one."""
    undone: bool = field(default=False, kw_only=True)
    """Whether it is certain that nothing was done."""
    method: str = field(default="", init=False)
    """Of the Web API; filled in by whoever called it."""


@dataclass(eq=False)
class TooSoon(SlackError):
    """We would write faster than Slack takes it; nothing was sent."""

    seconds: float
    """How long to wait."""


@dataclass(eq=False)
class SlackRefused(SlackError):
    """Slack does not take this, here, as it is."""

    error: str
    """Its own word for why."""


@dataclass(eq=False)
class MessageFault(SlackRefused):
    """The message itself is wrong: no place takes it, however often it is tried."""


@dataclass(eq=False)
class PlaceFault(SlackRefused):
    """This place does not take it: another one may, and this one may come back."""


@dataclass(eq=False)
class PostedOutsideThread(PlaceFault):
    """The thread is gone: what was meant for it stands in the channel, and must be deleted."""

    error: str = field(default="thread_not_found", init=False)
    channel: str
    ts: str


# What the operator can mend


class SettingsError(EsimBotError):
    """One or more settings are missing or wrong; the message lists all of them."""


class EmbeddedServerError(EsimBotError):
    """The embedded Redis-compatible server can't be started on this folder."""
