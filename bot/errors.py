"""Every error of the bot, as one tree. Errors carry data, not sentences.

`bot.slack.words.refusals` has the sentences that people read in Slack. Errors that only the
operator reads (settings, the embedded server, failed looks) have a message.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, is_dataclass
from enum import StrEnum


class EsimBotError(Exception):
    """The base of all errors that the bot raises on purpose."""

    def __str__(self) -> str:
        """For the log: the data, or the message of an error that has one."""
        return repr(self) if is_dataclass(self) else super().__str__()


# Actions that are not possible


class Refusal(StrEnum):
    """Why a person may not do something."""

    NOT_AN_APPROVER = "not_an_approver"
    """Only approvers may, and this person is none."""
    OWN_ORDER = "own_order"
    """It is their own, and larger than they may approve for themselves."""
    NOT_INVOLVED = "not_involved"
    """Only whoever asked, or an approver, may."""
    ELSEWHERE = "elsewhere"
    """It belongs to another channel, and this person is neither its requester nor an approver."""
    NOT_A_REQUESTER = "not_a_requester"
    """Only the people that are named may order, and this person is not."""
    NOT_A_CODE_SENDER = "not_a_code_sender"
    """Only the people that are named may have codes given to others."""
    NOT_A_CODE_KEEPER = "not_a_code_keeper"
    """No order bought this eSIM, and only the people that are named may have its code."""
    ONLY_IN_SLACK = "only_in_slack"
    """The command line may not: somebody of the workspace must be responsible."""
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
class NotPossibleThere(EsimBotError):
    """The provider can't do what a line asks for."""

    provider: str
    """Its title."""
    verb: str
    """The first word of the line."""


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
    """The step belongs to another state."""

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
    """The order has already been approved, declined or cancelled."""

    event: str
    """A `bot.domain.events.Event`."""
    by: str
    """A Slack user id, or the bot's name for itself."""


@dataclass(eq=False)
class AlreadyVoted(TransitionError):
    """This person has agreed before; somebody else must agree too."""


@dataclass(eq=False)
class OutdatedCard(TransitionError):
    """The order has changed since the card that the person saw."""


@dataclass(eq=False)
class ApprovalExpired(TransitionError):
    """The time for an approval is over; nothing was bought."""


@dataclass(eq=False)
class StillChecking(TransitionError):
    """The first order is still being looked at; the card is not posted yet."""


@dataclass(eq=False)
class NothingToDecide(TransitionError):
    """The order needs no attention now: somebody decided, or the SIM cards were found."""

    state: str


@dataclass(eq=False)
class NothingMissing(TransitionError):
    """Everything that was ordered has been bought."""


@dataclass(eq=False)
class LookFirst(TransitionError):
    """No look has worked since the call was lost, so buying again would be blind."""


@dataclass(eq=False)
class RestOrdered(TransitionError):
    """The rest of this order has already been ordered."""

    rest_id: str
    """The order that was opened for the rest."""


@dataclass(eq=False)
class UnknownOrder(EsimBotError):
    """No order has this id."""

    order_id: str


@dataclass(eq=False)
class NoApproversHere(EsimBotError):
    """An order was typed in a direct message, where nobody else would see its card."""

    bot_user: str
    channels: tuple[str, ...]
    """Ids of the channels that the bot is in, as far as is known."""


# Failures of Redis, the provider and Slack


class StoreError(EsimBotError):
    """Redis did not do what it was asked to."""


class Conflict(StoreError):
    """Somebody changed the order in between: load it and decide again."""


@dataclass(eq=False)
class OwnedElsewhere(Conflict):
    """Other orders have got SIM cards that this step counts: mark them, and decide again."""

    owners: Mapping[str, str]
    """Id of the order by ICCID."""


@dataclass(eq=False)
class NewerOrder(StoreError):
    """A newer version of the bot wrote this order; this version can't read it."""

    order_id: str


@dataclass(eq=False)
class UnreadableOrder(StoreError):
    """The stored order can't be read; other orders go on."""

    order_id: str


@dataclass(eq=False)
class UnknownThing(StoreError):
    """A thing of a kind that this version does not know; a newer version queued it."""

    thing: str
    """As it stands in the queue: `job:7K2M9QXA`."""


@dataclass(eq=False)
class StoreUnavailable(StoreError):
    """Redis can't be reached, refuses writes, or gives an invalid answer.

    What was to be written may be written all the same.
    """

    untouched: bool = field(default=False, kw_only=True)
    """Whether it is certain that Redis has changed nothing."""


class NotRecorded(StoreError):
    """It is certain that nothing was written, and never will be by this commit."""


@dataclass(eq=False)
class ServerUnproven(StoreError):
    """Redis may have lost data, and not every process has compared yet; nothing was written."""

    seconds: float
    """How long to wait before the next try."""


class DuplicateDelivery(StoreError):
    """Slack delivered a command or click again that was carried out before."""


class LookupFailed(EsimBotError):
    """The provider could not be asked what it lists: this says nothing about what was bought."""


@dataclass(eq=False)
class LookupPostponed(EsimBotError):
    """Too many calls or looks, at once or in this minute; the provider was not asked."""

    seconds: float
    """How long to wait before asking again."""


class SlackError(EsimBotError):
    """Slack did not do what it was asked to."""


@dataclass(eq=False)
class SlackUnavailable(SlackError):
    """Slack can't be reached, asks to wait, or has a failure that passes: try again later."""

    retry_after: float = 0
    """Seconds that Slack asked to wait; 0 when it did not say."""
    error: str = ""
    """Slack's own word, "" without one."""
    undone: bool = field(default=False, kw_only=True)
    """Whether it is certain that Slack did nothing."""
    method: str = field(default="", init=False)
    """The method of the Web API; filled in by the client."""


@dataclass(eq=False)
class TooSoon(SlackError):
    """The pacer lets this write wait; nothing was sent."""

    seconds: float
    """How long to wait."""


@dataclass(eq=False)
class SlackRefused(SlackError):
    """Slack refuses this call as it is."""

    error: str
    """Its own word for why."""


@dataclass(eq=False)
class MessageFault(SlackRefused):
    """The message itself is at fault: no place takes it, and no repeat helps."""


@dataclass(eq=False)
class PlaceFault(SlackRefused):
    """The place is at fault: another place may take the message, and this one may later."""


@dataclass(eq=False)
class PostedOutsideThread(PlaceFault):
    """The thread is gone, and Slack posted its message to the channel: it must be deleted."""

    error: str = field(default="thread_not_found", init=False)
    channel: str
    ts: str


# Failures that the operator can mend


class SettingsError(EsimBotError):
    """One or more settings are missing or wrong; the message lists all of them."""


class EmbeddedServerError(EsimBotError):
    """The embedded Redis-compatible server can't be started on this folder."""
