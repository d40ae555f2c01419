"""The policy: who may do what, how much may be ordered, and who must agree.

Every command, click and form asks `Policy.may`, by user id. Without approvers in the settings
nobody may approve. Whoever is in a channel with the bot may order, unless people are named.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Protocol

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.activation.recipient import NotARecipient, Recipient
from bot.domain.catalogue.money import Quote
from bot.domain.request import OrderKind, PurchaseRequest
from bot.errors import AmountOverLimit, NotAllowed, Refusal

OPERATOR = "operator:"
"""Prefix of the id of an operator on the command line; no Slack user id has it."""


class Action(StrEnum):
    """What somebody can do; each with a rule that holds where nothing is configured."""

    ORDER = "order"
    """Ask for eSIMs."""
    APPROVE = "approve"
    """Agree that an order is bought."""
    DECLINE = "decline"
    """Say no to somebody's order."""
    CANCEL = "cancel"
    """Take back one's own order."""
    LOOK_AGAIN = "look_again"
    """Look once more for what an order in need of attention bought."""
    CLOSE = "close"
    """Take what is known of such an order for all that was bought."""
    BUY_AGAIN = "buy_again"
    """Buy what is missing of such an order a second time; it needs what an approval needs."""
    ORDER_REST = "order_rest"
    """Order what an order fell short of."""
    VIEW = "view"
    """See an order with its ICCIDs."""
    LIST = "list"
    """See the last orders, without ICCIDs."""
    PACKAGES = "packages"
    """See what a provider sells, with prices."""
    PURCHASES = "purchases"
    """See what was bought on a provider's whole account, also by others."""
    ACTIVATE = "activate"
    """Get activation codes of an order's eSIMs, for oneself."""
    SEND_CODES = "send_codes"
    """Have activation codes of an order's eSIMs given to somebody else."""
    ACTIVATE_FOREIGN = "activate_foreign"
    """Have activation codes given, or say who has them, of eSIMs that no order bought."""
    ASSIGN = "assign"
    """Say who has an order's eSIMs."""
    ASSIGNMENTS = "assignments"
    """See who has which eSIM, of all orders."""
    REQUEUE = "requeue"
    """Have an order looked at now."""
    AUDIT = "audit"
    """Read the audit trail."""


@dataclass(frozen=True)
class Member:
    """Somebody who acts."""

    id: str
    """A Slack user id, or `operator:<user>@<host>`."""
    channel: str = ""
    """The Slack channel id where they act; "" where there is none."""
    is_operator: bool = False
    """Whether they act on the command line."""

    @classmethod
    def operator(cls, user: str, host: str) -> "Member":
        """Whoever runs the bot, by the names that the system knows."""
        return cls(f"{OPERATOR}{user}@{host}", is_operator=True)


class Vote(BaseModel):
    """Somebody's agreement to an order as it was then."""

    model_config = ConfigDict(frozen=True)

    by: str
    """Slack user id."""
    at: datetime
    revision: int
    """The revision that they saw."""


class Requirement(BaseModel):
    """Who must agree before an order is bought."""

    model_config = ConfigDict(frozen=True)

    quorum: Annotated[int, Field(ge=1)] = 1
    """How many different people."""
    approvers: tuple[str, ...] = ()
    """Slack user ids of the approvers then; the present policy decides whose vote counts."""


class Subject(Protocol):
    """What the policy must know of an order, or of a job."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def workspace(self) -> str:
        """Slack team id."""

    @property
    def requester(self) -> str:
        """Slack user id of whoever it is for."""

    @property
    def askers(self) -> frozenset[str]:
        """The Slack user ids of those whose own it is."""

    @property
    def channel(self) -> str:
        """Slack channel id where its card is."""

    @property
    def amount(self) -> int:
        """How many eSIMs it is about."""

    @property
    def kind(self) -> str:
        """What it does: a purchase, say."""


class Policy(BaseModel):
    """The rules in force."""

    model_config = ConfigDict(frozen=True)

    approvers: tuple[str, ...] = ()
    """Slack user ids that may approve and decline; empty: nobody."""
    self_approval_limit: int = 0
    """eSIMs up to which an approver may approve their own order."""
    largest_amount: int = 1000
    """eSIMs in one order."""
    requesters: tuple[str, ...] = ()
    """Slack user ids that may order; empty: whoever is in a channel with the bot."""
    code_senders: tuple[str, ...] = ()
    """Slack user ids that may have codes given to others; empty: requester and approvers."""
    code_keepers: tuple[str, ...] = ()
    """Slack user ids that may have codes of eSIMs that no order bought; empty: nobody."""
    code_recipients: tuple[str, ...] = ()
    """Slack user ids that may be given codes though they are guests, external, or the like."""

    def may(self, person: Member, action: Action, subject: Subject | None = None) -> None:
        """Let this person do this, or raise NotAllowed. Some actions have no subject."""
        reason = self._refusal(person, action, subject)
        if reason is None:
            return
        named = self._named(reason)
        raise NotAllowed(
            action=action,
            reason=reason,
            order_id=subject.id if subject else "",
            requester=subject.requester if subject else "",
            ask=tuple(user for user in named if user != person.id),
            limit=self.limit_of(subject),
        )

    def _named(self, reason: Refusal) -> tuple[str, ...]:
        """Whom to ask instead."""
        return {
            Refusal.NOT_A_REQUESTER: self.requesters,
            Refusal.NOT_A_CODE_SENDER: self.code_senders,
            Refusal.NOT_A_CODE_KEEPER: self.code_keepers,
        }.get(reason, self.approvers)

    def allows(self, person: Member, action: Action, subject: Subject | None = None) -> bool:
        """Whether `may` lets them."""
        return self._refusal(person, action, subject) is None

    def check_recipient(self, recipient: Recipient) -> None:
        """Let codes be given to this person, or raise NotARecipient."""
        if recipient.problem and recipient.id not in self.code_recipients:
            raise NotARecipient(recipient.id, recipient.problem)

    def requirement(self, request: PurchaseRequest, quote: Quote | None) -> Requirement:
        """Who must agree to this request at this price (None: not known yet).

        Raises AmountOverLimit.
        """
        del quote  # no rule goes by the price yet
        if request.amount > self.largest_amount:
            raise AmountOverLimit(most=self.largest_amount)
        return Requirement(approvers=self.approvers)

    def limit_of(self, subject: Subject | None) -> int:
        """ESIMs up to which an approver may approve this alone, where it is their own.

        What ends an eSIM for good is always seen by somebody else.
        """
        final = subject is not None and subject.kind == OrderKind.SUSPENSION
        return 0 if final else self.self_approval_limit

    def _refusal(self, person: Member, action: Action, subject: Subject | None) -> Refusal | None:
        if action in _OF_THE_OPERATOR_ALONE:
            return None if person.is_operator else Refusal.ONLY_THE_OPERATOR
        if person.is_operator:
            return None if action in _OF_EVERYBODY else Refusal.ONLY_IN_SLACK
        return _RULES[action](self, person, subject)


Rule = Callable[[Policy, Member, Subject | None], Refusal | None]
"""A rule: why a person in Slack may not; None: they may. Without a needed subject they may not."""


def _approver(policy: Policy, person: Member, _subject: Subject | None) -> Refusal | None:
    return None if person.id in policy.approvers else Refusal.NOT_AN_APPROVER


def _approver_of_another(policy: Policy, person: Member, subject: Subject | None) -> Refusal | None:
    """Of their own orders, an approver may approve the small ones only."""
    if person.id not in policy.approvers or subject is None:
        return Refusal.NOT_AN_APPROVER
    if person.id in subject.askers and subject.amount > policy.limit_of(subject):
        return Refusal.OWN_ORDER
    return None


def _approver_to_end_it(policy: Policy, person: Member, _subject: Subject | None) -> Refusal | None:
    return None if person.id in policy.approvers else Refusal.NOT_INVOLVED


def _asker(_policy: Policy, person: Member, subject: Subject | None) -> Refusal | None:
    return None if subject and person.id in subject.askers else Refusal.NOT_INVOLVED


def _requester_or_approver(
    policy: Policy, person: Member, subject: Subject | None
) -> Refusal | None:
    """A rest is an order, too: who asked for the first one must still be one who may."""
    if person.id in policy.approvers:
        return None
    own = subject is not None and person.id == subject.requester
    return _named_requester(policy, person, subject) if own else Refusal.NOT_INVOLVED


def _channel_requester_or_approver(
    policy: Policy, person: Member, subject: Subject | None
) -> Refusal | None:
    """ICCIDs of a private channel stay with its members, the requester and the approvers."""
    here = subject is not None and person.channel == subject.channel
    own = subject is not None and person.id == subject.requester
    return None if here or own or person.id in policy.approvers else Refusal.ELSEWHERE


def _own_requester_or_approver(
    policy: Policy, person: Member, subject: Subject | None
) -> Refusal | None:
    own = subject is not None and person.id == subject.requester
    return None if own or person.id in policy.approvers else Refusal.NOT_INVOLVED


def _code_sender(policy: Policy, person: Member, subject: Subject | None) -> Refusal | None:
    if policy.code_senders:
        return None if person.id in policy.code_senders else Refusal.NOT_A_CODE_SENDER
    return _own_requester_or_approver(policy, person, subject)


def _code_keeper(policy: Policy, person: Member, _subject: Subject | None) -> Refusal | None:
    return None if person.id in policy.code_keepers else Refusal.NOT_A_CODE_KEEPER


def _named_requester(policy: Policy, person: Member, _subject: Subject | None) -> Refusal | None:
    named = not policy.requesters or person.id in policy.requesters
    return None if named else Refusal.NOT_A_REQUESTER


def _of_the_account(policy: Policy, person: Member, _subject: Subject | None) -> Refusal | None:
    """The account's purchases are for approvers, and for those whom somebody named."""
    named = (*policy.approvers, *policy.requesters)
    return None if person.id in named else Refusal.NOT_AN_APPROVER


def _anybody(_policy: Policy, _person: Member, _subject: Subject | None) -> Refusal | None:
    return None


_OF_THE_OPERATOR_ALONE = frozenset({Action.REQUEUE, Action.AUDIT})
_OF_EVERYBODY = frozenset({Action.VIEW, Action.LIST})
"""Actions of the operator that only read."""
_RULES: Mapping[Action, Rule] = MappingProxyType(
    {
        Action.ORDER: _named_requester,
        Action.APPROVE: _approver_of_another,
        Action.DECLINE: _approver_to_end_it,
        Action.CANCEL: _asker,
        Action.LOOK_AGAIN: _approver,
        Action.CLOSE: _approver,
        Action.BUY_AGAIN: _approver_of_another,
        Action.ORDER_REST: _requester_or_approver,
        Action.VIEW: _channel_requester_or_approver,
        Action.LIST: _anybody,
        Action.PACKAGES: _named_requester,
        Action.PURCHASES: _of_the_account,
        Action.ACTIVATE: _own_requester_or_approver,
        Action.SEND_CODES: _code_sender,
        Action.ACTIVATE_FOREIGN: _code_keeper,
        Action.ASSIGN: _own_requester_or_approver,
        Action.ASSIGNMENTS: _of_the_account,
    }
)
"""What people in Slack may do."""
