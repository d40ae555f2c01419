"""An order and its life. Every transition is a method that returns a new order."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, model_validator

from bot.domain.attempt import Attempt, AttemptOutcome
from bot.domain.earlier import upgraded
from bot.domain.events import Entry, Event, OrderState
from bot.domain.money import Quote
from bot.domain.outcome import Outcome, Unknown, marked
from bot.domain.request import PurchaseRequest
from bot.domain.sim import ProviderError, Sim, merge_sims
from bot.domain.terms import Terms
from bot.errors import (
    AlreadyDecided,
    ApprovalExpired,
    LookFirst,
    NothingToDecide,
    RestOrdered,
    StillChecking,
    TransitionError,
)

SCHEMA = 4
"""Number of the shape below; it reads all earlier ones (`bot.domain.earlier`)."""
BOT = "bot"
"""Stands for the bot itself where a person's id would stand."""
_UNDECIDED = frozenset({OrderState.CHECKING, OrderState.AWAITING_APPROVAL})


class Wish(BaseModel):
    """Somebody's decision to buy again: it holds for the next look only."""

    model_config = ConfigDict(frozen=True)

    by: str
    """Slack user id."""
    at: datetime


LATE = "came late"
"""Detail of an entry: the answer came when the order had gone on without it."""
_LONGEST_WAIT = 3600.0
"""Seconds to wait at most before a new try, whatever the provider asks for."""
_SOON = 1.0
"""Seconds before a call is tried again that was too late, where the terms know no delay."""
_MOST_DOUBLINGS = 12
"""Doublings after which the wait for a call that is always too late grows no more."""
UNASKABLE = "the call was turned away, and the provider does not say what it sold all the same"
"""Why an attempt is in doubt whose looks before the repeat all failed."""
UNSHOWN = "the call was not taken, and the provider does not say what an earlier one sold"
"""The same of a call that was not turned away, after one that may have sold."""
MORE_SHOWN = (
    "the call was not taken, and before it was made again, more of an earlier one turned up"
)
"""Why a repeat is not made by itself: the rest of the earlier call may turn up, too."""
_LOOKED_FOR = frozenset({OrderState.IN_DOUBT, OrderState.NEEDS_ATTENTION})
Found = Mapping[str, tuple[Sim, ...]]
"""What one look that worked showed: SIM cards by the reference they carry."""
AFTERCARE = (60.0, 3600.0, 86_400.0)
"""Seconds from an order's end to each look for what its calls may have bought unnoticed."""
_PATIENCE = timedelta(days=7)
"""How long after its end a look that fails is tried again."""
_SOONEST = timedelta(minutes=5)
"""The wait before a look that failed is tried again; it grows with the time since the end."""
_HELD_AGAINST = (OrderState.CHECKING, OrderState.APPROVED, OrderState.PURCHASING)
"""States in which a rest is held against its first order before it goes on."""


class Order(BaseModel):
    """One order, from the command to the last ICCID.

    Its version is the number of its history entries.
    """

    model_config = ConfigDict(frozen=True)

    schema_number: int = SCHEMA
    id: str
    provider: str
    request: PurchaseRequest
    requester: str
    """Slack user id of whoever it is for; a rest keeps that of the first order."""
    channel: str
    """Slack channel id where the card is."""
    terms: Terms
    quote: Quote
    """What all of it costs."""
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

    @model_validator(mode="before")
    @classmethod
    def _read_earlier(cls, data: Any) -> Any:
        return upgraded(data)

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
    def rests(self) -> tuple[str, ...]:
        """The ids of all orders that were ever opened for what this one fell short of."""
        return tuple(entry.detail for entry in self.history if entry.event == Event.REST_ORDERED)

    @property
    def version(self) -> int:
        """Number of steps so far."""
        return len(self.history)

    @property
    def expires_at(self) -> datetime:
        """When it can't be approved any more: counted from when the card went up."""
        up = (entry.at for entry in self.history if entry.state is OrderState.AWAITING_APPROVAL)
        return next(up, self.created_at) + self.terms.expiry()

    @property
    def ended_at(self) -> datetime | None:
        """When it came to its end; None while it goes on."""
        return next((entry.at for entry in self.history if entry.state.is_final), None)

    @property
    def sims(self) -> tuple[Sim, ...]:
        """Every SIM card that is known to be bought: those of others do not count."""
        return tuple(sim for attempt in self.attempts for sim in attempt.counted)

    @property
    def odd_sims(self) -> tuple[Sim, ...]:
        """Every SIM card with something odd about it, whether it counts or not."""
        return tuple(sim for attempt in self.attempts for sim in attempt.sims if sim.odd)

    @property
    def errors(self) -> tuple[ProviderError, ...]:
        """Every error that the provider told."""
        return tuple(error for attempt in self.attempts for error in attempt.errors)

    @property
    def remaining(self) -> int:
        """ESIMs still to be bought."""
        return max(0, self.request.amount - len(self.sims))

    @property
    def last_attempt(self) -> Attempt | None:
        """The attempt that was started last."""
        return self.attempts[-1] if self.attempts else None

    @property
    def attempt_is_open(self) -> bool:
        """Whether an attempt is recorded without an outcome: it may be at the provider."""
        last = self.last_attempt
        return last is not None and last.outcome is None

    @property
    def decision(self) -> Entry | None:
        """Who decided what: the entry that ended the wait for approval."""
        return next((entry for entry in self.history if entry.state not in _UNDECIDED), None)

    @property
    def may_have_bought(self) -> bool:
        """Whether any call may have reached the provider: then it is looked for."""
        return any(attempt.may_have_sold for attempt in self.attempts)

    @property
    def may_buy_again(self) -> bool:
        """Whether *Buy again* may be offered: something is missing, and a look worked since."""
        last = self.last_attempt
        undecided = self.state is OrderState.NEEDS_ATTENTION and last is not None
        return undecided and bool(self.remaining and last and last.looks_that_worked)

    @property
    def must_look(self) -> bool:
        """Whether the next call may only be made after a look that worked.

        The last one was not taken, and it or an earlier one may have sold all the same: only a
        look since its end is evidence, however many were made before.
        """
        last = self.last_attempt
        if last is None or last.outcome is not AttemptOutcome.NOT_SENT or last.was_looked_for:
            return False
        return self.state is OrderState.PURCHASING and self._may_have_sold_more

    @property
    def _may_have_sold_more(self) -> bool:
        """Whether more may turn up of any call so far: it is in doubt, or was turned away."""
        unknown = AttemptOutcome.UNKNOWN
        return any(each.outcome is unknown or each.turned_away for each in self.attempts)

    @property
    def end(self) -> OrderState:
        """What the order has come to when nothing more is bought for it."""
        if not self.remaining:
            return OrderState.PURCHASED
        return OrderState.PARTLY_PURCHASED if self.sims else OrderState.REFUSED

    # The beginning: it is placed, and somebody decides
    @classmethod
    def place(  # noqa: PLR0913 - all of these make an order
        cls,
        order_id: str,
        request: PurchaseRequest,
        *,
        requester: str,
        channel: str,
        terms: Terms,
        quote: Quote,
        at: datetime,
    ) -> Self:
        """Start an order: it waits for approval until its terms' expiry."""
        order = cls(
            id=order_id,
            provider=request.provider,
            request=request,
            requester=requester,
            channel=channel,
            terms=terms,
            quote=quote,
            state=OrderState.AWAITING_APPROVAL,
            created_at=at,
            due_at=at,
        )
        return order._moved(Event.PLACED, requester, order.state, at, due=order.expires_at)

    def approve(self, by: str, at: datetime) -> Self:
        """Let it be bought. Raises AlreadyDecided, ApprovalExpired or StillChecking."""
        self._must_be_up()
        if at >= self.expires_at:
            raise self._expired()
        return self._moved(Event.APPROVED, by, OrderState.APPROVED, at, due=at)

    def decline(self, by: str, at: datetime) -> Self:
        """An approver says no. Raises AlreadyDecided or ApprovalExpired."""
        self._must_await()
        return self._moved(Event.DECLINED, by, OrderState.DECLINED, at)

    def cancel(self, by: str, at: datetime, detail: str = "") -> Self:
        """The requester takes it back, or the bot does. Raises as `decline` does."""
        self._must_await()
        return self._moved(Event.CANCELLED, by, OrderState.CANCELLED, at, detail=detail)

    def expire(self, at: datetime) -> Self:
        """Nobody decided in time. Raises as `approve` does."""
        self._must_be_up()
        return self._moved(Event.EXPIRED, BOT, OrderState.EXPIRED, at)

    def _must_be_up(self) -> None:
        """The card is there: nobody decides for or against what is still being checked."""
        self._must_await()
        if self.state is OrderState.CHECKING:
            raise StillChecking(self.id)

    def _must_await(self) -> None:
        decision = self.decision
        if decision is None:
            return
        if decision.state is OrderState.EXPIRED:
            raise self._expired()
        who = "" if decision.by == BOT else f" by <@{decision.by}>"
        raise AlreadyDecided(f"Order `{self.id}` was already {decision.event}{who}.")

    def _expired(self) -> ApprovalExpired:
        return ApprovalExpired(
            f"Order `{self.id}` waited too long for approval and has expired; nothing was "
            "bought. Send the command again if it is still wanted."
        )

    # The middle: its attempts, their outcomes, and what they make of it
    def start_attempt(self, at: datetime, lease_until: datetime) -> Self:
        """Record the next call before it is made. Raises TransitionError.

        Without an outcome by `lease_until`, whoever finds it must doubt it.
        """
        self._must_be(OrderState.APPROVED, OrderState.PURCHASING)
        if self.attempt_is_open or self.must_look or not self.remaining:
            raise TransitionError(f"Order `{self.id}` has no call to make now.")
        number = len(self.attempts) + 1
        attempt = Attempt(
            number=number,
            quantity=min(self.remaining, self.terms.batch_size),
            reference=f"{self.reference}-{number}",
            shares_tag=True,
            started_at=at,
        )
        started = self.model_copy(update={"attempts": (*self.attempts, attempt)})
        return started._moved(
            Event.ATTEMPT_STARTED, BOT, OrderState.PURCHASING, at, due=lease_until
        )

    def record(self, number: int, outcome: Outcome, at: datetime) -> Self:
        """Take the provider's answer to an attempt, however late or often it comes.

        An answer that tells nothing new gives this very order. Raises TransitionError when
        there is no such attempt.
        """
        if not 1 <= number <= len(self.attempts):
            raise TransitionError(f"Order `{self.id}` made no call {number}.")
        told = marked(outcome, self._held_by_others(number))
        answered = self._changed(number, lambda attempt: attempt.ended(told, at))
        if answered.attempts == self.attempts:
            return self
        event = Event(f"attempt_{answered.attempts[number - 1].outcome}")
        if len(answered.sims) > len(self.sims) and self.wish:
            answered, event = answered.model_copy(update={"wish": None}), Event.BUY_AGAIN_NEEDLESS
        if self.state.is_final and len(answered.sims) == len(self.sims):
            event = Event.ANSWERED_LATE
        if self.state.is_final or number < len(self.attempts):
            return answered._came_late(event, at)
        if self.state is OrderState.NEEDS_ATTENTION:
            return answered._explained(event, at)
        if self.state is OrderState.IN_DOUBT and not answered.attempts[-1].is_certain:
            return answered._came_late(event, at)  # the look that is due is made all the same
        return answered._after(event, at)

    def doubt(self, why: str, at: datetime) -> Self:
        """An attempt was found without an outcome: it is never sent again, but looked up.

        Raises TransitionError when there is none.
        """
        if not self.attempt_is_open:
            raise TransitionError(f"Order `{self.id}` has no call under way.")
        return self.record(len(self.attempts), Unknown(why=why), at)

    def _held_by_others(self, number: int) -> dict[str, str]:
        """The ICCIDs that other calls of this order have got: one is never counted twice."""
        others = (attempt for attempt in self.attempts if attempt.number != number)
        return {sim.iccid: self.id for each in others for sim in each.counted if sim.iccid}

    def _after(self, event: Event, at: datetime) -> Self:
        """Decide what an order becomes by the attempt that was answered or looked up last."""
        last = self.attempts[-1]
        match last.outcome:
            case AttemptOutcome.UNKNOWN:
                return self._in_doubt(event, at)
            case AttemptOutcome.NOT_SENT:
                return self._not_sent(last, event, at)
            case AttemptOutcome.BOUGHT if not last.shortage and self.remaining:
                return self._moved(event, BOT, OrderState.PURCHASING, at, due=at)
            case _:
                return self._ended(event, at)

    def _in_doubt(self, event: Event, at: datetime) -> Self:
        last, delays = self.attempts[-1], self.terms.lookup_delays
        if len(last.lookups) >= len(delays):
            return self._needs_attention(event, at)
        due = at + timedelta(seconds=delays[len(last.lookups)])
        return self._moved(event, BOT, OrderState.IN_DOUBT, at, due=due, detail=last.why)

    def _needs_attention(self, event: Event, at: datetime, detail: str = "") -> Self:
        """A person must decide; until then it is looked up, and they are reminded."""
        again = self.state is OrderState.NEEDS_ATTENTION
        due = at + timedelta(seconds=self.terms.reminder)
        state, event = OrderState.NEEDS_ATTENTION, Event.REMINDED if again else event
        return self._moved(event, BOT, state, at, due=due, detail=detail)

    def _not_sent(self, last: Attempt, event: Event, at: datetime) -> Self:
        """Try again after a while; after the last try, end with what there is."""
        tries, delays = self.not_sent_in_a_row, self.terms.send_delays
        if not self.remaining or (tries > len(delays) and not last.too_late):
            return self._ended(event, at, detail=last.why)
        wait = self._wait_after_too_late() if last.too_late else delays[tries - 1]
        asked = min(last.retry_after or 0, _LONGEST_WAIT)
        due = at + timedelta(seconds=max(wait, asked))
        return self._moved(event, BOT, OrderState.PURCHASING, at, due=due, detail=last.why)

    def _wait_after_too_late(self) -> float:
        """Seconds; they double, so that a machine that is always too late does not race."""
        count = 0
        while count < len(self.attempts) and self.attempts[-1 - count].too_late:
            count += 1
        first = max((_SOON, *self.terms.send_delays[:1]))
        return min(_LONGEST_WAIT, first * float(2 ** min(count - 1, _MOST_DOUBLINGS)))

    def _explained(self, event: Event, at: datetime) -> Self:
        """An answer came when a person had been asked: nothing more is bought behind their back."""
        if self.attempts[-1].outcome is AttemptOutcome.UNKNOWN:
            return self._moved(event, BOT, self.state, at, due=self.due_at, detail=LATE)
        return self._ended(event, at, detail=LATE)

    def _came_late(self, event: Event, at: datetime) -> Self:
        """Keep what came after the order had gone on; with all there, it goes no more."""
        buying = self.state in {OrderState.APPROVED, OrderState.PURCHASING}
        if buying and not (self.attempt_is_open or self.remaining):
            return self._ended(event, at, detail=LATE)
        due = self.next_look(at) if self.state.is_final else self.due_at
        return self._moved(event, BOT, self.state, at, due=due, detail=LATE)

    @property
    def not_sent_in_a_row(self) -> int:
        """How many of the latest tries, in a row, never reached the provider.

        Those that our own queue or a freeze made too late are no tries.
        """
        count = 0
        for attempt in reversed(self.attempts):
            if attempt.outcome is not AttemptOutcome.NOT_SENT:
                break
            count += not attempt.too_late
        return count

    # Looks at the provider's list: evidence is only what a successful, complete one showed
    def looked_up(self, found: Found | None, at: datetime, why: str = "") -> Self:
        """Take what the provider lists for the order; None: the look failed, and `why`.

        Raises TransitionError when nothing is to be looked for.
        """
        if self.state not in _LOOKED_FOR and not self.must_look:
            raise self._not_for_it()
        looked = self._having_found(found, at, why)
        if self.state is OrderState.PURCHASING:
            return self._before_a_repeat(looked, at)
        if self.wish is not None:
            return self._before_buying_again(looked, at)
        return looked._settled(Event.LOOKED_UP, at)

    def found_late(self, found: Found, at: datetime) -> Self:
        """Keep what the provider lists for an order that has ended.

        A look that shows nothing new gives this very order. Raises TransitionError before the end.
        """
        if not self.state.is_final:
            raise TransitionError(f"Order `{self.id}` has not ended: {self.state.words}.")
        looked = self._having_found(found, at, "")
        if looked._known == self._known:
            return self
        due = looked.next_look(at)
        return looked._moved(Event.FOUND_LATE, BOT, self.state, at, due=due)

    def _having_found(self, found: Found | None, at: datetime, why: str) -> Self:
        """The look with its SIM cards, each where it belongs; it counts for the last attempt."""
        last = len(self.attempts)
        if found is None:
            return self._changed(last, lambda attempt: attempt.looked_up(None, at, why))
        shares, looked = self._shares(found), self
        for number, sims in shares.items():
            looked = looked._with_share(number, sims, at, always=number == last)
        return looked

    def _with_share(
        self, number: int, sims: tuple[Sim, ...], at: datetime, *, always: bool
    ) -> Self:
        """What was found of one attempt; of an earlier one only what is new is written down."""
        looked = self._changed(number, lambda attempt: attempt.looked_up(sims, at))
        return looked if always or looked._known != self._known else self

    def _shares(self, found: Found) -> dict[int, tuple[Sim, ...]]:
        """SIM cards by the number of their attempt: by what is known of them, then by reference.

        What several answers named belongs to the attempt for which it counts. Those that
        carry the order's reference alone, or that of a call which nobody remembers, belong to the
        last attempt.
        """
        numbers = {attempt.reference.casefold(): attempt.number for attempt in self.attempts}
        homes = {name: each.number for each in self.attempts for name in _names(each.sims)}
        homes |= {name: each.number for each in self.attempts for name in _names(each.counted)}
        last = len(self.attempts)
        shares: dict[int, list[Sim]] = {attempt.number: [] for attempt in self.attempts}
        for reference, sims in found.items():
            usual = numbers.get(reference.casefold(), last)
            for sim in sims:
                known = homes.get(("id", sim.provider_id or ""), usual)
                shares[homes.get(("iccid", sim.iccid or ""), known)].append(sim)
        return {number: merge_sims((), sims) for number, sims in shares.items()}

    @property
    def _known(self) -> list[tuple[object, ...]]:
        """What is known of each SIM card, but for the words that change by themselves."""
        sims = (sim for attempt in self.attempts for sim in attempt.sims)
        return [(*sim.name, sim.odd, sim.elsewhere) for sim in sims]

    def _settled(self, event: Event, at: datetime) -> Self:
        """What the order becomes when nothing else hangs on the look."""
        last, looked = self.attempts[-1], self
        enough = len(last.lookups) >= len(self.terms.lookup_delays)
        if enough and last.counted and last.is_stable:
            looked = self._changed(last.number, lambda attempt: attempt.settled(at))
        if self.state is OrderState.NEEDS_ATTENTION and looked.attempts[-1].is_certain:
            return looked._ended(event, at)  # nothing more is bought behind their back
        return looked._after(event, at)

    def _before_buying_again(self, looked: Self, at: datetime) -> Self:
        """The look decides about the wish, which holds for this one look only."""
        look = looked.attempts[-1].lookups[-1]
        if look.found is None:
            return looked._needs_attention(Event.BUY_AGAIN_UNPROVEN, at, look.why)
        if not looked._shows_more_than(self):
            return looked._moved(Event.LOOKED_UP, BOT, OrderState.APPROVED, at, due=at)
        return looked.model_copy(update={"wish": None})._settled(Event.BUY_AGAIN_NEEDLESS, at)

    def _shows_more_than(self, before: Self) -> bool:
        """Whether SIM cards have turned up: more that is known of the old ones is none."""
        return len(self.sims) > len(before.sims) or not self._iccids <= before._iccids

    @property
    def _iccids(self) -> set[str | None]:
        """Those of all SIM cards that were told or found, also of those that do not count."""
        return {sim.iccid for attempt in self.attempts for sim in attempt.sims} | {None}

    def _before_a_repeat(self, looked: Self, at: datetime) -> Self:
        """The look decides about the repeat of a call that was not taken.

        What a call sold all the same ends the repeat. While one is in doubt of which more has
        turned up, the rest of it may follow: a person decides.
        """
        last = looked.attempts[-1]
        if last.outcome is not AttemptOutcome.NOT_SENT:
            return looked._after(Event.LOOKED_UP, at)
        if not looked.remaining:
            return looked._ended(Event.LOOKED_UP, at)
        if looked._is_in_doubt and looked._shows_more_than(self):
            event = Event.BUY_AGAIN_NEEDLESS if self._wish_is_open else Event.LOOKED_UP
            return looked._doubted(MORE_SHOWN)._needs_attention(event, at)
        if not looked.must_look:
            return looked._moved(Event.LOOKED_UP, BOT, OrderState.PURCHASING, at, due=at)
        return looked._unshown(last, at)

    def _unshown(self, last: Attempt, at: datetime) -> Self:
        """The look before a repeat failed: another follows, and after the last one a person."""
        delays, failed, why = self.terms.send_delays, last.looks_that_failed, last.lookups[-1].why
        if failed >= len(delays):
            doubted = self._doubted(UNASKABLE if last.turned_away else UNSHOWN)
            return doubted._needs_attention(Event.LOOKED_UP, at, why)
        due = at + timedelta(seconds=delays[failed])
        return self._moved(Event.LOOKED_UP, BOT, OrderState.PURCHASING, at, due=due, detail=why)

    def _doubted(self, why: str) -> Self:
        """The last attempt is not repeated by itself any more."""
        doubt = {"outcome": AttemptOutcome.UNKNOWN, "why": why}
        return self._changed(len(self.attempts), lambda each: each.model_copy(update=doubt))

    @property
    def _is_in_doubt(self) -> bool:
        """Whether any call is, also an earlier one."""
        return any(each.outcome is AttemptOutcome.UNKNOWN for each in self.attempts)

    @property
    def _wish_is_open(self) -> bool:
        """Whether nothing that was sent since somebody decided to buy again was taken."""
        wished = [entry.at for entry in self.history if entry.event == Event.BUY_AGAIN]
        if not wished:
            return False
        since = [each for each in self.attempts if each.started_at >= wished[-1]]
        return all(each.outcome is AttemptOutcome.NOT_SENT for each in since)

    # A look did not settle it: a person decides
    def look_again(self, by: str, at: datetime) -> Self:
        """Look at the provider's list once more, now. Raises NothingToDecide."""
        self._must_need_attention()
        return self._moved(Event.LOOK_AGAIN, by, OrderState.IN_DOUBT, at, due=at)

    def close(self, by: str, at: datetime) -> Self:
        """Somebody has made sure that no more was bought than is known. Raises NothingToDecide."""
        self._must_need_attention()
        return self._ended(Event.CLOSED, at, by=by)

    def buy_again(self, by: str, at: datetime) -> Self:
        """Wish to buy what is missing, though it may be there: the look that follows decides.

        Raises NothingToDecide, and LookFirst while no look has worked since the call was lost.
        """
        self._must_need_attention()
        if not self.remaining:
            raise self._nothing_missing()
        if not self.may_buy_again:
            raise LookFirst(self.id)
        wished = self.model_copy(update={"wish": Wish(by=by, at=at)})
        return wished._moved(Event.BUY_AGAIN, by, OrderState.IN_DOUBT, at, due=at)

    def _nothing_missing(self) -> NothingToDecide:
        return NothingToDecide(
            f"Nothing is missing of order `{self.id}` any more, so I ordered nothing."
        )

    def _must_need_attention(self) -> None:
        if self.state is OrderState.NEEDS_ATTENTION:
            return
        raise NothingToDecide(
            f"Order `{self.id}` needs no decision now: {self.state.words}. I changed nothing."
        )

    # It has ended: when to look whether more of it turned up
    def next_look(self, after: datetime) -> datetime | None:
        """The first time after this one at which an ended order is looked at; None: never again.

        Only an order whose calls may have reached the provider is.
        """
        end = self.ended_at
        if end is None or not self.may_have_bought:
            return None
        times = (end + timedelta(seconds=seconds) for seconds in AFTERCARE)
        return next((time for time in times if time > after), None)

    def next_try(self, at: datetime) -> datetime | None:
        """When to try again after a look at an ended order has failed; None: given up."""
        end = self.ended_at
        if end is None or at - end >= _PATIENCE:
            return None
        return at + max(_SOONEST, (at - end) / 4)

    def _ended(self, event: Event, at: datetime, *, by: str = BOT, detail: str = "") -> Self:
        """Nothing more is bought; whatever reached the provider is looked at some more times."""
        ended = self._moved(event, by, self.end, at, detail=detail)
        return ended.model_copy(update={"due_at": ended.next_look(at)})

    # What it fell short of: one new order for it, checked before its card goes up
    @property
    def fell_short(self) -> bool:
        """Whether it has ended with some bought and some missing; also what turned up late counts.

        An order that ended as refused, and of which a part was found, is short like any other.
        """
        ended_short = self.state in {OrderState.PARTLY_PURCHASED, OrderState.REFUSED}
        return ended_short and bool(self.sims and self.remaining)

    def rest_request(self) -> PurchaseRequest:
        """The request for what this order fell short of. Raises NothingToDecide."""
        if not self.fell_short:
            raise NothingToDecide(
                f"Nothing is missing of order `{self.id}` any more, so I ordered nothing."
            )
        return self.request.model_copy(update={"amount": self.remaining})

    def order_rest(self, rest_id: str, by: str, at: datetime, earlier: Self | None = None) -> Self:
        """Mark that its rest is ordered, as `rest_id`. Raises NothingToDecide, RestOrdered.

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
        return self.state.is_final and not self.sims

    @classmethod
    def place_rest(  # noqa: PLR0913, PLR0917 - all of these make an order
        cls, rest_id: str, first: Self, terms: Terms, quote: Quote, by: str, at: datetime
    ) -> Self:
        """Start the order for the rest of `first`, for its requester. Raises NothingToDecide."""
        rest = cls(
            id=rest_id,
            provider=first.provider,
            request=first.rest_request(),
            requester=first.requester,
            channel=first.channel,
            terms=terms,
            quote=quote,
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
        turned up, and the same order comes back when not. Raises TransitionError otherwise.
        """
        self._must_be(*_HELD_AGAINST)
        if missing <= len(self.sims):
            return self._with_nothing_missing(at)
        fitting = self._with_amount(min(missing, self.request.amount))
        if self.state is OrderState.CHECKING:
            up = fitting._moved(Event.CHECKED, BOT, OrderState.AWAITING_APPROVAL, at)
            return up.model_copy(update={"due_at": up.expires_at})
        if fitting.request == self.request:
            return self
        return fitting._moved(Event.LOWERED, BOT, self.state, at, due=at)

    def _with_nothing_missing(self, at: datetime) -> Self:
        """What it has bought stays, and it ends with that."""
        if not self.sims:
            return self._ended(Event.NOTHING_MISSING, at)
        return self._with_amount(len(self.sims))._ended(Event.LOWERED, at)

    def not_checked(self, why: str, at: datetime) -> Self:
        """The first order could not be looked at: try again after a while, and wait until then.

        Raises TransitionError when nothing is to be checked.
        """
        if not self.must_check:
            raise TransitionError(f"Order `{self.id}` is the rest of no other: nothing to check.")
        failed = sum(
            each.event == Event.CHECK_FAILED and each.state is self.state for each in self.history
        )
        delays = (*self.terms.lookup_delays, self.terms.reminder)
        due = at + timedelta(seconds=delays[min(failed, len(delays) - 1)])
        return self._moved(Event.CHECK_FAILED, BOT, self.state, at, due=due, detail=why)

    # How every step is made

    def _must_be(self, *states: OrderState) -> None:
        if self.state not in states:
            raise self._not_for_it()

    def _not_for_it(self) -> TransitionError:
        return TransitionError(
            f"This step is not for order `{self.id}` ({self.state.words}); nothing was changed."
        )

    def _with_amount(self, amount: int) -> Self:
        """The same order for so many eSIMs, with the price that goes with it."""
        quote = self.quote.scaled(amount, self.request.amount)
        request = self.request.model_copy(update={"amount": amount})
        return self.model_copy(update={"request": request, "quote": quote})

    def _changed(self, number: int, change: Callable[[Attempt], Attempt]) -> Self:
        attempts = list(self.attempts)
        attempts[number - 1] = change(attempts[number - 1])
        return self.model_copy(update={"attempts": tuple(attempts)})

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
        changes = {"state": state, "due_at": due, "history": (*self.history, entry), "wish": wish}
        return self.model_copy(update={"schema_number": SCHEMA, **changes})


def _names(sims: Iterable[Sim]) -> list[tuple[str, str]]:
    """What tells SIM cards apart: the ICCID, and the provider's id where there is none."""
    names = [("iccid", sim.iccid) if sim.iccid else ("id", sim.provider_id) for sim in sims]
    return [(kind, name) for kind, name in names if name]
