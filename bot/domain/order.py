"""An order and its life. Every transition is a method that returns a new order."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from itertools import chain, takewhile
from types import MappingProxyType
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.catalogue.money import Quote
from bot.domain.catalogue.offer import Fact, Names, Offer, Unavailable
from bot.domain.events import Entry, Event, OrderState, Reason
from bot.domain.policy import Requirement, Vote
from bot.domain.purchase.attempt import Attempt, AttemptOutcome
from bot.domain.purchase.evidence import (
    Found,
    held_by_others,
    known_of,
    none_taken_since,
    replaced,
    shows_more,
    with_look,
)
from bot.domain.purchase.outcome import Bought, Outcome, Unknown, marked
from bot.domain.purchase.sim import ProviderError, Sim
from bot.domain.purchase.tally import Tally
from bot.domain.request import OrderKind, PurchaseRequest
from bot.domain.terms import Terms, look_after_end, try_after_end
from bot.errors import (
    AlreadyDecided,
    AlreadyVoted,
    ApprovalExpired,
    LookFirst,
    NoCallToMake,
    NoCallUnderWay,
    NoSuchCall,
    NothingMissing,
    NothingToDecide,
    RestOrdered,
    StillChecking,
    WrongState,
)

SCHEMA = 6
"""Number of the shape below; the store reads all earlier ones.

1 had no reminders, 2 no rests, 3 no workspace, revision, requirement, votes and quote; 4 lay in
Redis with all its defaults, as plain JSON, with its whole history in the list; 5 had no offers, no
kept bytes of calls, and purchases alone.
"""
BOT = "bot"
"""Stands for the bot itself where a person's id would stand."""
_UNDECIDED = frozenset({OrderState.CHECKING, OrderState.AWAITING_APPROVAL})
_LOOKED_FOR = frozenset({OrderState.IN_DOUBT, OrderState.NEEDS_ATTENTION})
_HELD_AGAINST = frozenset({OrderState.CHECKING, OrderState.APPROVED, OrderState.PURCHASING})
"""States in which a rest is compared with its first order before its next step."""


class Wish(BaseModel):
    """Somebody's decision to buy again: it holds for the next look only."""

    model_config = ConfigDict(frozen=True)

    by: str
    """Slack user id."""
    at: datetime


class Order(BaseModel):
    """One order, from the command to the last ICCID.

    Its version is the number of its history entries.
    """

    model_config = ConfigDict(frozen=True)

    schema_number: int = SCHEMA
    id: str
    workspace: str = ""
    """Slack team id; "" in the first three schemas."""
    provider: str
    request: PurchaseRequest
    requester: str
    """Slack user id of whoever it is for; a rest keeps that of the first order."""
    channel: str
    """Slack channel id where the card is."""
    terms: Terms
    quote: Quote | None = None
    """The price of the whole order; None while it is asked."""
    earlier_quote: Quote | None = None
    """The price that was approved before it rose and was asked for anew."""
    risen_quote: Quote | None = None
    """The price that was not paid: it had risen after the first call."""
    names: Names = Field(default_factory=lambda: MappingProxyType({}))
    """By the name of a field: what people call what the option refers to."""
    facts: tuple[Fact, ...] = ()
    """What the provider says about what it sells."""
    unavailable: Unavailable | None = None
    """Why the provider does not sell it; None where it does, or where it could not be asked."""
    revision: int = 1
    """Number of what is asked: it grows when the amount changes before anybody has decided."""
    requirement: Requirement = Requirement()
    """Who must agree."""
    votes: tuple[Vote, ...] = ()
    """Who has agreed to which revision."""
    state: OrderState
    created_at: datetime
    due_at: datetime | None
    """When the engine must look at it; None when nothing is to be done."""
    attempts: tuple[Attempt, ...] = ()
    history: tuple[Entry, ...] = ()
    wish: Wish | None = None
    """To buy again what is missing, if the next look shows nothing new."""
    rest_of: str | None = None
    """The id of the order that fell short of what this one is for."""
    rest: str | None = None
    """The id of the order that was opened for what this one fell short of."""

    # What is known of it

    @property
    def version(self) -> int:
        """Number of steps so far."""
        return len(self.history)

    @property
    def kind(self) -> OrderKind:
        """What is asked for."""
        return self.request.kind

    @property
    def amount(self) -> int:
        """How many eSIMs are asked for."""
        return self.request.amount

    @property
    def reference(self) -> str:
        """The tag that every call of the order carries: one look finds them all."""
        return f"esim-{self.id}"

    @property
    def placed_by(self) -> str:
        """The Slack user id of whoever typed the command or pressed the button."""
        return self.history[0].by

    @property
    def askers(self) -> frozenset[str]:
        """The Slack user ids of those whose own order it is."""
        return frozenset({self.requester, self.placed_by})

    @property
    def expires_at(self) -> datetime:
        """When it can't be approved any more: counted from when it could be the last time."""
        asked = self._since_asked
        up = (entry.at for entry in asked if entry.state is OrderState.AWAITING_APPROVAL)
        return next(up, self.created_at) + self.terms.expiry()

    @property
    def _since_asked(self) -> Sequence[Entry]:
        """The history; when its price rose before the first call, only what came since then."""
        if self.earlier_quote is None:
            return self.history
        up = OrderState.AWAITING_APPROVAL
        rises = (
            place
            for place, entry in enumerate(self.history)
            if entry.event is Event.PRICE_ROSE and entry.state is up
        )
        return self.history[max(rises) :]

    @property
    def decision(self) -> Entry | None:
        """Who decided what: the entry that ended the wait for approval."""
        return next((entry for entry in self._since_asked if entry.state not in _UNDECIDED), None)

    @property
    def approved_by(self) -> tuple[str, ...]:
        """The Slack user ids of those who let it be bought, in the order in which they agreed."""
        approval = next((each for each in self._since_asked if each.event is Event.APPROVED), None)
        if approval is None:
            return ()
        return tuple(dict.fromkeys([*self.agreed_by, approval.by]))

    @property
    def agreed_by(self) -> tuple[str, ...]:
        """The Slack user ids of those who have agreed to what is asked now, the first one first."""
        return tuple(vote.by for vote in self.votes if vote.revision == self.revision)

    @property
    def ended_at(self) -> datetime | None:
        """When it came to its end; None while it goes on."""
        return self.since_the_end[-1].at if self.state.is_final else None

    @property
    def since_the_end(self) -> tuple[Entry, ...]:
        """The entry of its end and those after it, the latest first; none while it goes on."""
        return tuple(takewhile(lambda entry: entry.state.is_final, reversed(self.history)))

    @property
    def end(self) -> OrderState:
        """What the order has come to when nothing more is bought for it."""
        if not self.remaining:
            return OrderState.PURCHASED
        return OrderState.PARTLY_PURCHASED if self.bought else OrderState.REFUSED

    @cached_property
    def tally(self) -> Tally:
        """Counts over its attempts; a step carries them on."""
        return Tally.of(self.attempts)

    @property
    def bought(self) -> int:
        """How many SIM cards are known to be bought: those of others do not count."""
        return self.tally.bought

    @property
    def sims(self) -> tuple[Sim, ...]:
        """Every SIM card that is known to be bought: those of others do not count."""
        return tuple(chain.from_iterable([attempt.counted for attempt in self.attempts]))

    @property
    def odd_sims(self) -> tuple[Sim, ...]:
        """Every SIM card with something odd about it, whether it counts or not."""
        if not self.tally.odd:
            return ()
        return tuple(sim for attempt in self.attempts for sim in attempt.sims if sim.odd)

    @property
    def errors(self) -> tuple[ProviderError, ...]:
        """Every error that the provider told."""
        return tuple(error for attempt in self.attempts for error in attempt.errors)

    @property
    def remaining(self) -> int:
        """ESIMs still to be bought."""
        return max(0, self.amount - self.bought)

    @property
    def last_attempt(self) -> Attempt | None:
        """The attempt that was started last."""
        return self.attempts[-1] if self.attempts else None

    @property
    def is_due(self) -> bool:
        """Whether its last step left it due at once."""
        return self.due_at is not None and self.due_at <= self.history[-1].at

    @property
    def attempt_is_open(self) -> bool:
        """Whether an attempt is recorded without an outcome: it may be at the provider."""
        last = self.last_attempt
        return last is not None and last.outcome is None

    @property
    def may_have_bought(self) -> bool:
        """Whether any call may have reached the provider: then it is looked for."""
        return any(attempt.may_have_sold for attempt in self.attempts)

    # It is placed

    @classmethod
    def place(  # noqa: PLR0913 - all of these make an order
        cls,
        order_id: str,
        request: PurchaseRequest,
        *,
        workspace: str,
        requester: str,
        channel: str,
        terms: Terms,
        quote: Quote | None,
        requirement: Requirement,
        at: datetime,
    ) -> Self:
        """Start an order: it waits for approval until its terms' expiry.

        Without a price it is checked first: the provider is asked for one.
        """
        order = cls(
            id=order_id,
            workspace=workspace,
            provider=request.provider,
            request=request,
            requester=requester,
            channel=channel,
            terms=terms,
            quote=quote,
            requirement=requirement,
            state=OrderState.AWAITING_APPROVAL if quote else OrderState.CHECKING,
            created_at=at,
            due_at=at,
        )
        due = order.expires_at if quote else at
        return order._moved(Event.PLACED, requester, order.state, at, due=due)

    # What the provider sells, and its price: asked before people decide, and before every call

    @property
    def asks_price(self) -> bool:
        """Whether the price is asked before each call: it is the provider's own, and may change."""
        return self.quote is None or self.quote.firm

    def offered(self, offer: Offer, requirement: Requirement, at: datetime) -> Self:
        """Take what the provider offers: now people may decide. Raises WrongState.

        A rest is still compared with its first order before.
        """
        self._must_be(OrderState.CHECKING)
        priced = self._with_offer(offer, requirement=requirement)
        if self.rest_of:
            return priced._moved(Event.PRICED, BOT, self.state, at, due=at)
        return priced._put_up(Event.PRICED, at)

    def repriced(self, offer: Offer, requirement: Requirement, at: datetime) -> Self:
        """Compare the price before a call with the one that was approved. Raises WrongState.

        The same gives this very order. A higher one must be approved anew, and after the first call
        ends the order; a lower one is taken before the first call.
        """
        self._must_be(OrderState.APPROVED, OrderState.PURCHASING)
        before, now = self.quote, offer.quote
        if before == now or (self.attempts and not now.exceeds(before)):
            return self
        if self.attempts:
            risen = self.model_copy(update={"risen_quote": now})
            return risen._finish(Event.PRICE_ROSE, at)
        priced = self._with_offer(offer, requirement=requirement)
        if not now.exceeds(before):
            return priced._moved(Event.PRICE_FELL, BOT, self.state, at, due=at)
        asked = {"earlier_quote": before, "revision": self.revision + 1}
        return priced.model_copy(update=asked)._put_up(Event.PRICE_ROSE, at)

    def not_offered(self, unavailable: Unavailable | None, at: datetime, why: str = "") -> Self:
        """End it with what was bought: the provider does not sell it. Raises WrongState.

        None: it could not be asked for so long, and `why`.
        """
        self._must_be(OrderState.CHECKING, OrderState.APPROVED, OrderState.PURCHASING)
        told = unavailable.why if unavailable else why
        refused = self.model_copy(update={"unavailable": unavailable})
        return refused._finish(Event.NOT_OFFERED, at, detail=told)

    def not_priced(self, why: str, at: datetime) -> Self:
        """Note that the price could not be asked; it is asked again after a wait, at last no more.

        Raises WrongState.
        """
        self._must_be(OrderState.CHECKING, OrderState.APPROVED, OrderState.PURCHASING)
        passing = {Event.PRICE_FAILED, Event.REQUEUED}
        latest = takewhile(lambda entry: entry.event in passing, reversed(self.history))
        failed = sum(entry.event is Event.PRICE_FAILED for entry in latest)
        if failed >= len(self.terms.send_delays):
            return self.not_offered(None, at, why)
        due = at + timedelta(seconds=self.terms.send_delays[failed])
        return self._moved(Event.PRICE_FAILED, BOT, self.state, at, due=due, detail=why)

    def _with_offer(self, offer: Offer, *, requirement: Requirement) -> Self:
        options = MappingProxyType({**self.request.options, **offer.options})
        changes = {
            "request": self.request.model_copy(update={"options": options}),
            "quote": offer.quote,
            "names": offer.names,
            "facts": offer.facts,
            "requirement": requirement,
        }
        return self.model_copy(update=changes)

    def _put_up(self, event: Event, at: datetime) -> Self:
        """Let people decide from now on."""
        up = self._moved(event, BOT, OrderState.AWAITING_APPROVAL, at)
        return up.model_copy(update={"due_at": up.expires_at})

    # People decide

    def approve(self, by: str, at: datetime, void: Collection[str] = ()) -> Self:
        """Agree to it; once enough people have, it is bought. Whoever calls has asked the policy.

        `void`: people who agreed, but may not any more; their votes are dropped. Raises
        AlreadyDecided, AlreadyVoted, ApprovalExpired, StillChecking.
        """
        self._must_be_up()
        if at >= self.expires_at:
            raise ApprovalExpired(self.id)
        voters = set(self.agreed_by) - set(void)
        if by in voters:
            raise AlreadyVoted(self.id)
        counted = (vote for vote in self.votes if vote.by not in void)
        votes = (*counted, Vote(by=by, at=at, revision=self.revision))
        voted = self.model_copy(update={"votes": votes})
        if len(voters) + 1 < self.requirement.quorum:
            return voted._moved(Event.VOTED, by, self.state, at, due=self.due_at)
        return voted._moved(Event.APPROVED, by, OrderState.APPROVED, at, due=at)

    def decline(self, by: str, at: datetime) -> Self:
        """An approver says no. Raises AlreadyDecided or ApprovalExpired."""
        self._must_be_undecided()
        return self._moved(Event.DECLINED, by, OrderState.DECLINED, at)

    def cancel(self, by: str, at: datetime, detail: str = "") -> Self:
        """The requester takes it back, or the bot does. Raises as `decline` does."""
        self._must_be_undecided()
        return self._moved(Event.CANCELLED, by, OrderState.CANCELLED, at, detail=detail)

    def expire(self, at: datetime) -> Self:
        """Nobody decided in time. Raises AlreadyDecided, ApprovalExpired or StillChecking."""
        self._must_be_up()
        return self._moved(Event.EXPIRED, BOT, OrderState.EXPIRED, at)

    def _must_be_up(self) -> None:
        """Raise StillChecking while the card is not posted."""
        self._must_be_undecided()
        if self.state is OrderState.CHECKING:
            raise StillChecking(self.id)

    def _must_be_undecided(self) -> None:
        decision = self.decision
        if decision is None:
            return
        if decision.state is OrderState.EXPIRED:
            raise ApprovalExpired(self.id)
        raise AlreadyDecided(self.id, decision.event, decision.by)

    # It is bought, in one call after the other

    def start_attempt(self, at: datetime, lease_until: datetime) -> Self:
        """Record the next call before it is made. Raises WrongState, NoCallToMake.

        Without an outcome by `lease_until`, whoever finds it must doubt it. One in doubt that a
        person decided to make again is opened anew, where its provider takes the same bytes for the
        same purchase.
        """
        self._must_be(OrderState.APPROVED, OrderState.PURCHASING)
        if self.attempt_is_open or self.must_look or not self.remaining:
            raise NoCallToMake(self.id)
        if (last := self.last_attempt) and self.may_repeat(at):
            again, buying = self._with_attempt(last.repeated(at)), OrderState.PURCHASING
            return again._moved(Event.ATTEMPT_REPEATED, BOT, buying, at, due=lease_until)
        number = len(self.attempts) + 1
        attempt = Attempt(
            number=number,
            quantity=min(self.remaining, self.terms.batch_size),
            reference=f"{self.reference}-{number}",
            shares_tag=True,
            started_at=at,
        )
        started = self._with_attempt(attempt)
        return started._moved(
            Event.ATTEMPT_STARTED, BOT, OrderState.PURCHASING, at, due=lease_until
        )

    def may_repeat(self, at: datetime) -> bool:
        """Whether the next call is the last one again: never for more than is missing."""
        last = self.last_attempt
        return last is not None and last.may_repeat(at) and last.shortage <= self.remaining

    def prepared(self, body: str, key_until: datetime | None, *, shares_tag: bool) -> Self:
        """The order with what its provider wrote for the attempt that has just been started.

        A call that is made again keeps what was written for it then.
        """
        last = self.attempts[-1]
        if last.repeats:
            return self
        parts = {"body": body, "key_until": key_until, "shares_tag": shares_tag}
        return self._with_attempt(last.model_copy(update=parts))

    def record(self, number: int, outcome: Outcome, at: datetime) -> Self:
        """Take the provider's answer to an attempt, however late or often it comes.

        An answer that tells nothing new gives this very order. Raises NoSuchCall.
        """
        if not 1 <= number <= len(self.attempts):
            raise NoSuchCall(self.id, number)
        before, told = self.attempts[number - 1], self._marked(number, outcome)
        if (after := before.ended(told, at)) == before:
            return self
        answered = self._with_attempt(after)
        event = Event(f"attempt_{after.outcome}")
        if answered.bought > self.bought and self.wish:
            answered, event = answered.model_copy(update={"wish": None}), Event.BUY_AGAIN_NEEDLESS
        if self.state.is_final and answered.bought == self.bought:
            event = Event.ANSWERED_LATE
        if self.state.is_final or number < len(self.attempts):
            return answered._with_late_answer(event, at)
        if self.state is OrderState.NEEDS_ATTENTION:
            return answered._with_explanation(event, at)
        if self.state is OrderState.IN_DOUBT and not answered.attempts[-1].is_certain:
            return answered._with_late_answer(event, at)  # a look that is due is still made
        return answered._after(event, at)

    def _marked(self, number: int, outcome: Outcome) -> Outcome:
        """The outcome, with the SIM cards marked that other calls of this order have got."""
        sims = outcome.sims if isinstance(outcome, Bought | Unknown) else ()
        iccids = [sim.iccid for sim in sims if sim.iccid]
        held = held_by_others(self.attempts, number, iccids, self.tally)
        return marked(outcome, dict.fromkeys(held, self.id))

    def doubt(self, why: str, at: datetime) -> Self:
        """Mark an attempt that has no outcome as in doubt: look it up, never send it again.

        Raises NoCallUnderWay.
        """
        if not self.attempt_is_open:
            raise NoCallUnderWay(self.id)
        return self.record(len(self.attempts), Unknown(why=why), at)

    def _after(self, event: Event, at: datetime) -> Self:
        """The order after an answer or a look: the state follows from the last attempt."""
        last = self.attempts[-1]
        match last.outcome:
            case AttemptOutcome.UNKNOWN:
                return self._in_doubt(event, at)
            case AttemptOutcome.NOT_SENT:
                return self._not_sent(last, event, at)
            case AttemptOutcome.BOUGHT if not last.shortage and self.remaining:
                return self._moved(event, BOT, OrderState.PURCHASING, at, due=at)
            case _:
                return self._finish(event, at)

    def _in_doubt(self, event: Event, at: datetime) -> Self:
        last, delays = self.attempts[-1], self.terms.lookup_delays
        if self.state is OrderState.NEEDS_ATTENTION or len(last.lookups) >= len(delays):
            return self._needs_attention(event, at)  # a person who was asked stays asked
        due = at + timedelta(seconds=delays[len(last.lookups)])
        return self._moved(event, BOT, OrderState.IN_DOUBT, at, due=due, detail=last.why)

    def _needs_attention(self, event: Event, at: datetime, detail: str = "") -> Self:
        """A person must decide; until then it is looked up, and they are reminded."""
        again = self.state is OrderState.NEEDS_ATTENTION
        due = at + timedelta(seconds=self.terms.reminder)
        state, event = OrderState.NEEDS_ATTENTION, Event.REMINDED if again else event
        return self._moved(event, BOT, state, at, due=due, detail=detail)

    def _not_sent(self, last: Attempt, event: Event, at: datetime) -> Self:
        """Try again after a wait; after the last try, end with what was bought."""
        tries, delays = self.not_sent_in_a_row, self.terms.send_delays
        if not self.remaining or (tries > len(delays) and not last.too_late):
            return self._finish(event, at, detail=last.why)
        if last.too_late:
            late_in_a_row = takewhile(lambda each: each.too_late, reversed(self.attempts))
            wait = self.terms.wait_after_too_late(len(tuple(late_in_a_row)), last.retry_after)
        else:
            wait = self.terms.wait_before_retry(tries, last.retry_after)
        return self._moved(event, BOT, OrderState.PURCHASING, at, due=at + wait, detail=last.why)

    def _with_explanation(self, event: Event, at: datetime) -> Self:
        """After an answer in NEEDS_ATTENTION: end when all is known, never buy more."""
        if self.attempts[-1].outcome is AttemptOutcome.UNKNOWN:
            return self._moved(event, BOT, self.state, at, due=self.due_at, detail=Reason.LATE)
        return self._finish(event, at, detail=Reason.LATE)

    def _with_late_answer(self, event: Event, at: datetime) -> Self:
        """Keep an answer that came after the next step; end the order when nothing is missing."""
        buying = self.state in {OrderState.APPROVED, OrderState.PURCHASING}
        if buying and not (self.attempt_is_open or self.remaining):
            return self._finish(event, at, detail=Reason.LATE)
        due = self.next_look(at) if self.state.is_final else self.due_at
        return self._moved(event, BOT, self.state, at, due=due, detail=Reason.LATE)

    @property
    def not_sent_in_a_row(self) -> int:
        """How many of the latest tries, in a row, never reached the provider.

        Calls that our own queue or a frozen process made too late do not count.
        """
        unsent = takewhile(
            lambda each: each.outcome is AttemptOutcome.NOT_SENT, reversed(self.attempts)
        )
        return sum(not attempt.too_late for attempt in unsent)

    # It is looked up: only a successful, complete look is evidence

    @property
    def must_look(self) -> bool:
        """Whether the next call may only be made after a look that worked.

        The last one was not taken, and it or an earlier one may have sold all the same: only a
        look since its end is evidence, however many were made before.
        """
        last = self.last_attempt
        if last is None or last.outcome is not AttemptOutcome.NOT_SENT or last.was_looked_for:
            return False
        return self.state is OrderState.PURCHASING and self.tally.may_have_sold_more

    def looked_up(self, found: Found | None, at: datetime, why: str = "") -> Self:
        """Take what the provider lists for the order; None: the look failed, and `why`.

        Raises WrongState when nothing is to be looked for.
        """
        if self.state not in _LOOKED_FOR and not self.must_look:
            raise WrongState(self.id, self.state)
        looked = self._with_attempts(with_look(self.attempts, found, at, why))
        if self.state is OrderState.PURCHASING:
            return self._before_a_repeat(looked, at)
        if self.wish is not None:
            return self._before_buying_again(looked, at)
        return looked._after_look(Event.LOOKED_UP, at)

    def found_late(self, found: Found, at: datetime) -> Self:
        """Keep what the provider lists for an order that has ended.

        A look that shows nothing new gives this very order. Raises WrongState before the end.
        """
        if not self.state.is_final:
            raise WrongState(self.id, self.state)
        looked = self._with_attempts(with_look(self.attempts, found, at))
        if known_of(looked.attempts) == known_of(self.attempts):
            return self
        due = looked.next_look(at)
        return looked._moved(Event.FOUND_LATE, BOT, self.state, at, due=due)

    def _after_look(self, event: Event, at: datetime) -> Self:
        """The order after a look on which no repeat and no wish depends."""
        last, looked = self.attempts[-1], self
        enough = len(last.lookups) >= len(self.terms.lookup_delays)
        if enough and last.counted and last.is_stable:
            looked = self._with_attempt(last.settled(at))
        if self.state is OrderState.NEEDS_ATTENTION and looked.attempts[-1].is_certain:
            return looked._finish(event, at)  # a person was asked: the bot buys no more by itself
        return looked._after(event, at)

    def _before_buying_again(self, looked: Self, at: datetime) -> Self:
        """The order after the look before buying again; the wish holds for this look only."""
        look = looked.attempts[-1].lookups[-1]
        if look.found is None:
            return looked._needs_attention(Event.BUY_AGAIN_UNPROVEN, at, look.why)
        if not shows_more(self.attempts, looked.attempts):
            return looked._moved(Event.LOOKED_UP, BOT, OrderState.APPROVED, at, due=at)
        return looked.model_copy(update={"wish": None})._after_look(Event.BUY_AGAIN_NEEDLESS, at)

    def _before_a_repeat(self, looked: Self, at: datetime) -> Self:
        """The order after the look before the repeat of a call that was not taken.

        When that call has sold after all, it is not repeated. When more of a call in doubt has
        turned up, its rest may follow, so a person decides.
        """
        last = looked.attempts[-1]
        if last.outcome is not AttemptOutcome.NOT_SENT:
            return looked._after(Event.LOOKED_UP, at)
        if not looked.remaining:
            return looked._finish(Event.LOOKED_UP, at)
        if looked.tally.in_doubt and shows_more(self.attempts, looked.attempts):
            event = Event.BUY_AGAIN_NEEDLESS if self._wish_is_open else Event.LOOKED_UP
            return looked._with_doubt(Reason.MORE_SHOWN)._needs_attention(event, at)
        if not looked.must_look:
            return looked._moved(Event.LOOKED_UP, BOT, OrderState.PURCHASING, at, due=at)
        return looked._after_failed_look(last, at)

    def _after_failed_look(self, last: Attempt, at: datetime) -> Self:
        """The order after a failed look before a repeat: look again, at last ask a person."""
        delays, failed, why = self.terms.send_delays, last.looks_that_failed, last.lookups[-1].why
        if failed >= len(delays):
            doubted = self._with_doubt(Reason.UNASKABLE if last.turned_away else Reason.UNSHOWN)
            return doubted._needs_attention(Event.LOOKED_UP, at, why)
        due = at + timedelta(seconds=delays[failed])
        return self._moved(Event.LOOKED_UP, BOT, OrderState.PURCHASING, at, due=due, detail=why)

    def _with_doubt(self, why: str) -> Self:
        """The order with its last attempt in doubt, so that it is not repeated."""
        doubt = {"outcome": AttemptOutcome.UNKNOWN, "why": why}
        return self._with_attempt(self.attempts[-1].model_copy(update=doubt))

    @property
    def _wish_is_open(self) -> bool:
        """Whether the wish is unfulfilled: no call since then was taken."""
        latest_first = reversed(self.history)
        wished = next((each.at for each in latest_first if each.event is Event.BUY_AGAIN), None)
        return wished is not None and none_taken_since(self.attempts, wished)

    # A look did not settle it: a person decides

    @property
    def may_buy_again(self) -> bool:
        """Whether *Buy again* may be offered: something is missing, and a look worked since."""
        last = self.last_attempt
        undecided = self.state is OrderState.NEEDS_ATTENTION and last is not None
        return undecided and bool(self.remaining and last and last.looks_that_worked)

    def look_again(self, by: str, at: datetime) -> Self:
        """Look at the provider's list once more, now. Raises NothingToDecide."""
        self._must_need_attention()
        return self._moved(Event.LOOK_AGAIN, by, OrderState.IN_DOUBT, at, due=at)

    def close(self, by: str, at: datetime) -> Self:
        """Somebody has made sure that no more was bought than is known. Raises NothingToDecide."""
        self._must_need_attention()
        return self._finish(Event.CLOSED, at, by=by)

    def buy_again(self, by: str, at: datetime) -> Self:
        """Wish to buy what is missing, though it may be there: the look that follows decides.

        Raises NothingToDecide, NothingMissing, and LookFirst while no look has worked since the
        call was lost.
        """
        self._must_need_attention()
        if not self.remaining:
            raise NothingMissing(self.id)
        if not self.may_buy_again:
            raise LookFirst(self.id)
        wished = self.model_copy(update={"wish": Wish(by=by, at=at)})
        return wished._moved(Event.BUY_AGAIN, by, OrderState.IN_DOUBT, at, due=at)

    def _must_need_attention(self) -> None:
        if self.state is not OrderState.NEEDS_ATTENTION:
            raise NothingToDecide(self.id, self.state)

    # It has ended: when to look whether more of it turned up

    def next_look(self, after: datetime) -> datetime | None:
        """The first time after this one at which an ended order is looked at; None: never again.

        Only an order whose calls may have reached the provider is.
        """
        end = self.ended_at
        return look_after_end(end, after) if end and self.may_have_bought else None

    def next_try(self, at: datetime) -> datetime | None:
        """When to try again after a look at an ended order has failed; None: given up."""
        end = self.ended_at
        return try_after_end(end, at) if end else None

    def _finish(self, event: Event, at: datetime, *, by: str = BOT, detail: str = "") -> Self:
        """End the order: no more calls; what may have reached the provider is looked at later."""
        finished = self._moved(event, by, self.end, at, detail=detail)
        return finished.model_copy(update={"due_at": finished.next_look(at)})

    # What it fell short of: one new order for it, checked before its card goes up

    @property
    def rests(self) -> tuple[str, ...]:
        """The ids of all orders that were ever opened for what this one fell short of."""
        ordered = (each for each in self.since_the_end if each.event is Event.REST_ORDERED)
        return tuple(entry.detail for entry in ordered)[::-1]

    @property
    def fell_short(self) -> bool:
        """Whether it has ended with some bought and some missing; also what turned up late counts.

        An order that ended as refused, and of which a part was found, is short like any other.
        """
        ended_short = self.state in {OrderState.PARTLY_PURCHASED, OrderState.REFUSED}
        return ended_short and bool(self.bought and self.remaining)

    def rest_request(self) -> PurchaseRequest:
        """The request for what this order fell short of. Raises NothingMissing."""
        if not self.fell_short:
            raise NothingMissing(self.id)
        return self.request.model_copy(update={"amount": self.remaining})

    def order_rest(self, rest_id: str, by: str, at: datetime, earlier: Self | None = None) -> Self:
        """Mark that its rest is ordered, as `rest_id`. Raises NothingMissing, RestOrdered.

        `earlier` is the order that was opened for it before: only when that one ended without
        buying anything may another be opened.
        """
        self.rest_request()
        if self.rest and not (earlier and earlier.came_to_nothing):
            raise RestOrdered(self.id, self.rest)
        marked = self.model_copy(update={"rest": rest_id})
        due = self.next_look(at)
        return marked._moved(Event.REST_ORDERED, by, self.state, at, due=due, detail=rest_id)

    @property
    def came_to_nothing(self) -> bool:
        """Whether it has ended and bought nothing, as far as is known."""
        return self.state.is_final and not self.bought

    @classmethod
    def place_rest(  # noqa: PLR0913 - all of these make an order
        cls,
        rest_id: str,
        first: Self,
        *,
        terms: Terms,
        quote: Quote | None,
        requirement: Requirement,
        by: str,
        at: datetime,
    ) -> Self:
        """Start the order for the rest of `first`, for its requester. Raises NothingMissing."""
        rest = cls(
            id=rest_id,
            workspace=first.workspace,
            provider=first.provider,
            request=first.rest_request(),
            requester=first.requester,
            channel=first.channel,
            terms=terms,
            quote=quote,
            requirement=requirement,
            state=OrderState.CHECKING,
            created_at=at,
            due_at=at,
            rest_of=first.id,
        )
        return rest._moved(Event.PLACED, by, rest.state, at, due=at)

    @property
    def must_check(self) -> bool:
        """Whether the first order must be looked at before the next call for its rest is made."""
        return self.rest_of is not None and self.state in _HELD_AGAINST and bool(self.remaining)

    def checked(self, missing: int, at: datetime) -> Self:
        """The first order was looked at: `missing` eSIMs are still to be bought.

        While it is checked, its card goes up; before each call fewer are bought if more have
        turned up, and the same order comes back when not. Where the last call was to be repeated,
        but is for more than that, a person decides anew. Raises WrongState otherwise.
        """
        self._must_be(*_HELD_AGAINST)
        if missing <= self.bought:
            return self._with_nothing_missing(at)
        fitting = self._with_amount(min(missing, self.amount))
        if self.state is OrderState.CHECKING:
            return fitting._put_up(Event.CHECKED, at)
        if fitting.request == self.request:
            return self
        if self.may_repeat(at) and not fitting.may_repeat(at):
            return fitting._needs_attention(Event.BUY_AGAIN_NEEDLESS, at)
        return fitting._moved(Event.LOWERED, BOT, self.state, at, due=at)

    def _with_nothing_missing(self, at: datetime) -> Self:
        """End the order with what it has bought: its first order lacks nothing any more."""
        if not self.bought:
            return self._finish(Event.NOTHING_MISSING, at)
        return self._with_amount(self.bought)._finish(Event.LOWERED, at)

    def not_checked(self, why: str, at: datetime) -> Self:
        """Note that the first order could not be looked at; it is tried again after a wait.

        Raises WrongState when nothing is to be checked.
        """
        if not self.must_check:
            raise WrongState(self.id, self.state)
        failed = sum(
            each.event == Event.CHECK_FAILED and each.state is self.state for each in self.history
        )
        delays = (*self.terms.lookup_delays, self.terms.reminder)
        due = at + timedelta(seconds=delays[min(failed, len(delays) - 1)])
        return self._moved(Event.CHECK_FAILED, BOT, self.state, at, due=due, detail=why)

    # The operator makes it due

    def requeue(self, by: str, at: datetime) -> Self:
        """Make it due now, in any state; an ended order gets one more look.

        A call that may be under way keeps its lease, a card its expiry, and a look keeps its time
        where it says more when it is made later.
        """
        if self.state.is_final and not self.attempts:
            due = None  # nothing was sent, so nothing that a look shows could belong to it
        elif self._is_waited_for:
            due = self.due_at
        else:
            due = at
        return self._moved(Event.REQUEUED, by, self.state, at, due=due)

    @property
    def _is_waited_for(self) -> bool:
        """Whether its time must come by itself: sooner, it would say something else.

        What a call sold is listed after a while only. So the looks for one in doubt keep their
        times, and the first one before a call is repeated; one that failed may be made anew.
        """
        last = self.last_attempt
        first_look = last is not None and self.must_look and not last.looks_that_failed
        is_up = self.state is OrderState.AWAITING_APPROVAL
        return self.attempt_is_open or is_up or first_look or self.state is OrderState.IN_DOUBT

    # How every step is made

    def _must_be(self, *states: OrderState) -> None:
        if self.state not in states:
            raise WrongState(self.id, self.state)

    def _with_amount(self, amount: int) -> Self:
        """The same order for so many eSIMs, with the price that goes with it.

        Before the decision this makes a new revision, and votes for the old one are void.
        """
        if amount == self.amount:
            return self
        changes = {
            "request": self.request.model_copy(update={"amount": amount}),
            "quote": self.quote.scaled(amount, self.amount) if self.quote else None,
            "revision": self.revision + (self.decision is None),
        }
        return self.model_copy(update=changes)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy, which counts its attempts anew when it has others."""
        copied = super().model_copy(update=update, deep=deep)
        if update and "attempts" in update:
            copied.__dict__.pop("tally", None)
        return copied

    def _with_attempts(self, attempts: tuple[Attempt, ...]) -> Self:
        return self.model_copy(update={"attempts": attempts})

    def _with_attempt(self, changed: Attempt) -> Self:
        """The order with this attempt, in place of the one that has its number; its counts too."""
        before = self.attempts[changed.number - 1 : changed.number]
        tally = self.tally.after(before[0] if before else None, changed)
        copied = self._with_attempts(replaced(self.attempts, changed))
        return copied if tally is None else copied.counted_as(tally)

    def counted_as(self, tally: Tally) -> Self:
        """This new order, with what somebody has counted of its attempts while making it."""
        self.__dict__["tally"] = tally
        return self

    def _moved(  # noqa: PLR0913 - the parts of one history entry
        self,
        event: Event,
        by: str,
        state: OrderState,
        at: datetime,
        *,
        due: datetime | None = None,
        detail: str = "",
    ) -> Self:
        entry = Entry(at=at, event=event, by=by, state=state, detail=detail)
        wish = self.wish if state is OrderState.IN_DOUBT else None
        history = self.history + (entry,)  # noqa: RUF005 - one copy of it, not two
        changes = {"state": state, "due_at": due, "history": history, "wish": wish}
        return self.model_copy(update={"schema_number": SCHEMA, **changes})
