"""What must hold of an order after every step, whatever happened."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Self

from redis.asyncio import Redis

from bot.domain.events import Entry, OrderState
from bot.domain.order import Order
from bot.domain.purchase.attempt import Attempt
from bot.domain.thing import Thing
from bot.store.connection import milliseconds
from bot.store.queues import LEASE
from tests.support.machine.parts import in_time, may_approve
from tests.support.machine.priced import Till
from tests.support.machine.seller import POSTPONED, TURNED_AWAY, Seller, Send, Way
from tests.support.orders import KEYS

_S = OrderState
_ENDS = {_S.PURCHASED, _S.PARTLY_PURCHASED, _S.REFUSED}
_NEVER_BOUGHT = {_S.CHECKING, _S.AWAITING_APPROVAL, _S.DECLINED, _S.CANCELLED, _S.EXPIRED}
_NEXT = {
    _S.CHECKING: {_S.CHECKING, _S.AWAITING_APPROVAL, _S.DECLINED, _S.CANCELLED, _S.REFUSED},
    _S.AWAITING_APPROVAL: {
        _S.AWAITING_APPROVAL,
        _S.APPROVED,
        _S.DECLINED,
        _S.CANCELLED,
        _S.EXPIRED,
    },
    _S.APPROVED: {_S.APPROVED, _S.AWAITING_APPROVAL, _S.PURCHASING, _S.IN_DOUBT, *_ENDS},
    _S.PURCHASING: {_S.PURCHASING, _S.IN_DOUBT, _S.NEEDS_ATTENTION, *_ENDS},
    _S.IN_DOUBT: {_S.IN_DOUBT, _S.APPROVED, _S.PURCHASING, _S.NEEDS_ATTENTION, *_ENDS},
    _S.NEEDS_ATTENTION: {_S.NEEDS_ATTENTION, _S.IN_DOUBT, *_ENDS},
}
"""The way of an order, written down a second time; a state that is not here is final."""


_CALLS = {"attempt_started", "attempt_repeated"}


def _is_asked_anew(entry: Entry) -> bool:
    """Whether the price rose, and people were asked again."""
    return entry.event == "price_rose" and entry.state is _S.AWAITING_APPROVAL


@dataclass(frozen=True)
class Seen:
    """An order and all that is known of it elsewhere."""

    order: Order
    trail: list[Entry]
    """Its entries in the audit stream, oldest first."""
    versions: list[int]
    looked_at: float | None
    """When the engine will look, in ms; None: never."""
    sends: list[Send]

    @classmethod
    async def all_of(cls, redis: Redis, orders: Sequence[Order], seller: Seller) -> list[Self]:
        """Read it from Redis, at one time, and from the provider's ledger."""
        async with redis.pipeline(transaction=False) as pipe:
            pipe.xrange(KEYS.audit)
            for order in orders:
                pipe.zscore(KEYS.agenda, str(Thing.order(order.id)))
            stream, *times = await pipe.execute()
        audit = [fields for _, fields in stream]
        return [
            cls._of(order, audit, time, seller) for order, time in zip(orders, times, strict=True)
        ]

    @classmethod
    def _of(
        cls, order: Order, audit: list[dict[str, str]], looked_at: float | None, seller: Seller
    ) -> Self:
        own = [fields for fields in audit if fields["order"] == order.id]
        return cls(
            order,
            [Entry.model_validate(json.loads(fields["entry"])) for fields in own],
            [int(fields["version"]) for fields in own],
            looked_at,
            [send for send in seller.sends if send.order_id == order.id],
        )

    def check(self, seller: Seller, now: datetime) -> None:
        """Raise AssertionError for a broken promise."""
        self.audit_is_complete()
        self.sent_at_most_once()
        self.bought_with_permission()
        self.not_bought_too_often()
        self.nothing_is_forgotten(seller)
        self.engine_will_look(now)
        self.refused_only_by_the_provider()
        self.sent_in_time()
        self.sent_again_after_a_look(seller)
        self.rest_is_checked(seller)

    def audit_is_complete(self) -> None:
        """Every transition has its entry, and replaying the entries gives the order's state."""
        assert self.versions == list(range(1, self.order.version + 1)), "an audit entry is missing"
        assert self.trail == list(self.order.history), "the audit tells another story"
        state = self.trail[0].state
        assert state in {_S.AWAITING_APPROVAL, _S.CHECKING}
        for entry in self.trail[1:]:
            assert entry.state in _NEXT.get(state, {state}), f"{state} became {entry.state}"
            state = entry.state
        assert state is self.order.state

    def sent_at_most_once(self) -> None:
        """Each attempt's reference reached the provider once, and no other did.

        Its own bytes came again only as often as a person had them sent again.
        """
        counts = Counter(send.reference for send in self.sends)
        known = {attempt.reference: attempt for attempt in self.order.attempts}
        assert set(counts) <= set(known), "a send without an attempt"
        wishes = sum(entry.event == "buy_again" for entry in self.trail)
        for reference, count in counts.items():
            attempt = known[reference]
            assert count <= 1 + attempt.repeats, f"sent twice: {reference}"
            sent = {send.body for send in self.sends if send.reference == reference}
            assert sent == {attempt.body}, "other bytes were sent than were committed"
        repeats = sum(attempt.repeats for attempt in self.order.attempts)
        assert repeats <= wishes, "repeated though nobody asked for it"

    def bought_with_permission(self) -> None:
        """Somebody allowed to approve did so in time; nothing was bought of any other order."""
        approvals = [entry for entry in self.trail if entry.event == "approved"]
        for approval in approvals:
            assert may_approve(approval.by, self.order), f"{approval.by} may not approve this"
            assert in_time(self.order, approval.at), "approved after it had expired"
        if self.sends:
            assert self.order.state not in _NEVER_BOUGHT, f"bought though {self.order.state}"
            rises = [entry for entry in self.trail if _is_asked_anew(entry)]
            assert len(approvals) == 1 + len(rises), "bought without an approval, or with several"
            assert self.sends[0].at >= approvals[-1].at, "bought before approval"

    def paid_what_was_approved(self, till: Till) -> None:
        """Before each call the price was asked, and was none above the one that was approved."""
        approved = [entry.at for entry in self.trail if entry.event == "approved"]
        if self.order.provider != till.name or self.order.quote is None:
            return
        most, amount = self.order.quote.once.cents, self.order.amount
        for attempt in self.order.attempts:
            asked = [
                each.cents
                for each in till.named
                if each.amount == amount and approved[-1] <= each.at <= attempt.started_at
            ]
            assert asked, "sent without asking for the price"
            assert min(asked) <= most, "sent at a price that nobody approved"

    def not_bought_too_often(self) -> None:
        """As many are asked for as were ordered, and once more for each "buy again"."""
        again = [entry for entry in self.trail if entry.event == "buy_again"]
        assert all(may_approve(entry.by, self.order) for entry in again)
        asked = sum(send.quantity for send in self.sends if send.costs)
        assert asked <= self.order.request.amount * (1 + len(again)), "bought too many"

    def nothing_is_forgotten(self, seller: Seller) -> None:
        """Whatever the bot was told of is kept; what was sold is kept or still looked for."""
        known = {sim.provider_id or "" for each in self.order.attempts for sim in each.sims}
        assert seller.told.get(self.order.id, set()) <= known, "an answer was dropped"
        if self.order.state.is_final and self.looked_at is None:
            assert seller.shown.get(self.order.id, set()) <= known, "SIM cards were lost"

    def engine_will_look(self, now: datetime) -> None:
        """What has to be done is in the agenda, at its time or at the end of a claim."""
        due = self.order.next_look(now) if self.order.state.is_final else self.order.due_at
        assert due or self.order.state.is_final, f"stuck as {self.order.state}: nothing is due"
        if due is None:
            return
        assert self.looked_at is not None, "the engine will never look"
        latest = max(due, now + timedelta(seconds=max(LEASE, POSTPONED)))
        assert self.looked_at <= milliseconds(latest), "the engine will look too late"

    def sent_in_time(self) -> None:
        """No call goes out whose lease may have run out: it may be somebody else's by then."""
        begun = {attempt.reference: attempt.started_at for attempt in self.order.attempts}
        for send in self.sends:
            late = send.at - begun[send.reference]
            assert late < timedelta(seconds=LEASE), f"sent {late} after its commit"

    def sent_again_after_a_look(self, seller: Seller) -> None:
        """A look that worked comes right before each call that may be there already."""
        asked = self.order.created_at
        for before, entry in pairwise(self.trail):
            if before.event in {"buy_again", "attempt_not_sent"}:
                asked = before.at
            if entry.event in _CALLS and before.event == "looked_up":
                assert seller.was_asked(self.order.id, asked, entry.at), "sent without a look"
        for unsent, following in (*self._after_being_turned_away(), *self._repeats_in_doubt()):
            since, until = unsent.ended_at or asked, following.started_at
            assert seller.was_asked(self.order.id, since, until), "sent again without a look"

    def _after_being_turned_away(self) -> list[tuple[Attempt, Attempt]]:
        """Calls to which the provider said no, each with the one that follows it."""
        ways = {send.reference: send.way for send in self.sends}
        pairs = pairwise(self.order.attempts)
        return [pair for pair in pairs if ways.get(pair[0].reference) in TURNED_AWAY]

    def _repeats_in_doubt(self) -> list[tuple[Attempt, Attempt]]:
        """Calls that were not sent while an earlier one was in doubt, each with the next one."""
        ways = {send.reference: send.way for send in self.sends}
        sent = {reference for reference, way in ways.items() if way is not Way.NOT_SENT}
        doubted = [each for each in self.order.attempts if each.outcome == "unknown"]
        first = min((each.number for each in doubted if each.reference in sent), default=None)
        pairs = pairwise(self.order.attempts)
        unsent = [pair for pair in pairs if pair[0].outcome == "not_sent"]
        return [pair for pair in unsent if first is not None and pair[0].number > first]

    def rest_is_checked(self, seller: Seller) -> None:
        """What an order fell short of is bought only after a look at that order."""
        first, attempt = self.order.rest_of, next(iter(self.order.attempts), None)
        if first is None or attempt is None:
            return
        approved = next(entry.at for entry in self.trail if entry.event == "approved")
        asked = seller.was_asked(first, approved, attempt.started_at)
        assert asked, "a rest was bought without a look"

    def refused_only_by_the_provider(self) -> None:
        """What the bot calls refused is what the provider refused, not what it did not hear of."""
        ways = {send.reference: send.way for send in self.sends}
        refused = [each for each in self.order.attempts if each.outcome == "refused"]
        assert {ways[each.reference] for each in refused} <= {Way.REFUSED}, "taken for refused"
