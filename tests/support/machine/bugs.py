"""Bugs that the state machine must find: each is a part of the bot, spoilt in one place."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from bot.clock import Deadline, Fence
from bot.domain.catalogue.offer import NotOffered
from bot.domain.events import OrderState
from bot.domain.order import Order
from bot.domain.policy import Action, Member, Policy, Subject
from bot.domain.purchase.outcome import Outcome
from bot.engine.lookups import Evidence, Look, Lookups
from bot.engine.outcomes import Begin, Begun, Outcomes, Started
from bot.engine.purchases import Purchases
from bot.engine.rests import Rests
from bot.engine.steps import Engine
from bot.errors import Conflict, LookupFailed
from bot.providers.base import PurchaseCall, provider_of
from bot.store.queues import LEASE
from tests.support.harness.parts import Parts
from tests.support.machine import bad_parts as bad
from tests.support.machine.focus import TILL, WHOLE, Focus, Start


class SendsBeforeCommit(Purchases):
    """The provider is called first; the attempt is written down afterwards."""

    async def _commit_and_send(self, order: Order, previous: Order) -> None:
        now = self._clock.now()
        started = order.start_attempt(now, now + timedelta(seconds=LEASE))
        attempt = started.attempts[-1]
        call = PurchaseCall(order.request, attempt.quantity, attempt.reference, order.reference)
        provider = provider_of(self._providers, order.provider)
        outcome = await provider.purchase(call, Deadline(self._clock, LEASE))
        await self._store.save(started, previous, self._clock.now())
        await self._outcomes.write_down(started, attempt.number, outcome)


class ResendsOpenAttempts(Engine):
    """An attempt without an outcome is sent again by whoever finds it."""

    async def _advance(self, order: Order) -> None:
        if order.state is not OrderState.PURCHASING or not order.attempt_is_open:
            await super()._advance(order)
            return
        attempt = order.attempts[-1]
        call = PurchaseCall(
            order.request, attempt.quantity, attempt.reference, order.reference, attempt.body
        )
        outcome = await provider_of(self._providers, order.provider).purchase(
            call, Deadline(self._clock, LEASE)
        )
        await self._purchases._outcomes.write_down(order, attempt.number, outcome)


class _LooksAway(Lookups):
    async def look(self, order: Order, *, urgent: bool = True, whole: bool = False) -> Look:
        """See nothing, without asking."""
        del order, urgent, whole
        return Look({})


class BuysAgainUnseen(Engine):
    """Before somebody's wish to buy again is fulfilled, nobody asks what is there."""

    async def _look_up(self, order: Order) -> None:
        usual = self._looking
        if self._looks_away(order):
            self._looking = _LooksAway(self._store, self._providers)
        await super()._look_up(order)
        self._looking = usual

    def _looks_away(self, order: Order) -> bool:
        return order.wish is not None


class RepeatsUnseen(BuysAgainUnseen):
    """Before a call is made again that was turned away, nobody asks what it sold."""

    def _looks_away(self, order: Order) -> bool:
        return order.must_look


class FulfilsWishesBlindly(Engine):
    """What the look before buying again shows is kept, and the call is made all the same."""

    async def _look_up(self, order: Order) -> None:
        if order.wish is None:
            await super()._look_up(order)
            return
        look = await self._looking.look(order)
        looked = order.looked_up(look.found, self._clock.now(), look.why)
        state = {"state": OrderState.APPROVED}
        history = (*looked.history[:-1], looked.history[-1].model_copy(update=state))
        await self._buy(looked.model_copy(update={**state, "history": history}), order)


class _Trusting(Rests):
    async def missing(self, rest: Order, evidence: Evidence) -> int:
        """As many as when it was ordered."""
        del evidence
        return rest.request.amount


class OrdersRestsUnseen(Engine):
    """The rest of an order is bought without a look at what the order has got since."""

    async def _buy_rest(self, order: Order, previous: Order, evidence: Evidence) -> None:
        self._rests = _Trusting(self._store, self._looking, self._clock)
        await super()._buy_rest(order, previous, evidence)


class AllowsSelfApproval(Policy):
    """Every approver may approve their own order, however large."""

    def may(self, person: Member, action: Action, subject: Subject | None = None) -> None:
        """Look only at whether they approve at all."""
        if action is not Action.APPROVE or person.id not in self.approvers:
            super().may(person, action, subject)


class AllowsEverybody(Policy):
    """Whoever clicks may approve."""

    def may(self, person: Member, action: Action, subject: Subject | None = None) -> None:
        """Look at nothing."""
        if action is not Action.APPROVE:
            super().may(person, action, subject)


class AllowsEveryRest(Policy):
    """Whoever clicks may order what is missing."""

    def may(self, person: Member, action: Action, subject: Subject | None = None) -> None:
        """Look at nothing."""
        if action is not Action.ORDER_REST:
            super().may(person, action, subject)


class DropsLateAnswers(Outcomes):
    """An answer to an order that somebody has changed in the meantime is thrown away."""

    async def write_down(
        self, order: Order, number: int, outcome: Outcome, begin: Begin | None = None
    ) -> Begun | None:
        """Try once."""
        del begin
        recorded = order.record(number, outcome, self._clock.now())
        with suppress(Conflict):
            await self._store.save(recorded, order, self._clock.now())
        return None


class BuysUnpriced(Purchases):
    """The price is not asked again before a call."""

    async def _price_and_send(self, order: Order, previous: Order, evidence: Fence | None) -> None:
        del evidence
        await self._commit_and_send(order, previous)


class PaysWhatever(Purchases):
    """The price is asked before a call, and paid whatever it is."""

    async def _price_and_send(self, order: Order, previous: Order, evidence: Fence | None) -> None:
        del evidence
        with suppress(NotOffered, LookupFailed):
            await self._providers[order.provider].offer(order.request)
            await self._commit_and_send(order, previous)


class WritesAnew(Purchases):
    """A call that is made again gets other bytes."""

    def _started(self, order: Order) -> Started:
        started, fence = super()._started(order)
        last = started.attempts[-1]
        other = last.model_copy(update={"body": f"{last.body} and again"})
        return Started(started._with_attempt(other) if last.repeats else started, fence)


@dataclass(frozen=True)
class Bug:
    """A bot with a bug, and the words in which the machine must complain of it.

    `focus`: where it shows sooner than among all that may happen; the complaint is the same.
    """

    parts: Parts
    complaint: str
    focus: Focus = WHOLE


_REPEATED = Focus((Start.TURNED_AWAY, Start.APPROVED), "work list_differently wait")
_IN_DOUBT = Focus((Start.APPROVED,), "work list_differently wait both_work")
_ASKED = Focus((Start.STUCK, Start.AGAIN_UNSEEN, Start.AGAIN_FOUND), "buy_again work wait")
_SHORT = Focus((Start.SHORT,), "order_rest buy_rest fall_short approve_as_approver work wait")
_STRANGE = Focus((Start.SHORT,), "order_rest wait")
_FOREIGN = Focus((Start.FOREIGN,), "work wait")
_FROZEN = Focus((Start.APPROVED, Start.FROZEN), "freeze freeze_until_a_person_decides answer wait")
_PRICED = Focus((Start.APPROVED,), "work reprice_and_work wait", (TILL,))
_REPEATS = Focus((Start.STUCK, Start.AGAIN_UNSEEN), "buy_again work wait", (TILL,))
_TAKEN_OVER = Focus((Start.APPROVED,), "work_and_be_killed work wait", (TILL,))
_CLICKED = Focus((Start.PLACED,), "place approve approve_own approve_as_approver wait")
_RESTARTED = Focus((Start.APPROVED,), "restart_redis settle vouch work wait")
BUGS: Mapping[str, Bug] = MappingProxyType(
    {
        "send before commit": Bug(
            Parts(purchases=SendsBeforeCommit), "sent twice|without an attempt"
        ),
        "open attempt sent again": Bug(Parts(engine=ResendsOpenAttempts), "sent twice|after its"),
        "price not asked again": Bug(Parts(purchases=BuysUnpriced), "without asking", _PRICED),
        "price paid whatever it is": Bug(Parts(purchases=PaysWhatever), "nobody approved", _PRICED),
        "other bytes in a repeat": Bug(Parts(purchases=WritesAnew), "other bytes", _REPEATS),
        "open attempt repeated by itself": Bug(
            Parts(engine=ResendsOpenAttempts), "sent twice|after its", _TAKEN_OVER
        ),
        "buy again without a look": Bug(
            Parts(engine=BuysAgainUnseen), "sent without a look", _ASKED
        ),
        "buy again whatever is there": Bug(Parts(engine=FulfilsWishesBlindly), "turned up", _ASKED),
        "repeat without a look": Bug(Parts(engine=RepeatsUnseen), "without a look", _REPEATED),
        "rest without a look": Bug(
            Parts(engine=OrdersRestsUnseen), "bought without a look", _SHORT
        ),
        "retry on timeout": Bug(Parts(provider=bad.RetriesOnTimeout), "sent twice", _IN_DOUBT),
        "unknown taken for refused": Bug(
            Parts(provider=bad.TakesUnknownForRefused), "taken for refused", _IN_DOUBT
        ),
        "429 taken for not sent": Bug(
            Parts(provider=bad.TakesTurnedAwayForNotSent),
            "sent again without a look",
            _REPEATED,
        ),
        "failed look believed": Bug(
            Parts(provider=bad.BelievesFailedLooks), "without a look", _ASKED
        ),
        "call sent late": Bug(Parts(provider=bad.SendsHoweverLate), "after its", _FROZEN),
        "self-approval": Bug(Parts(policy=AllowsSelfApproval), "not allowed", _CLICKED),
        "approval by anybody": Bug(Parts(policy=AllowsEverybody), "not allowed", _CLICKED),
        "rest by anybody": Bug(Parts(policy=AllowsEveryRest), "not allowed", _STRANGE),
        "late answer dropped": Bug(Parts(outcomes=DropsLateAnswers), "answer was dropped"),
        "ignored expiry": Bug(Parts(store=bad.IgnoresExpiry), "had expired", _CLICKED),
        "trigger not remembered": Bug(Parts(store=bad.ForgetsTriggers), "carried out twice"),
        "rest without a mark": Bug(Parts(store=bad.LeavesNoMark), "ordered 2 times", _SHORT),
        "SIM cards counted twice": Bug(
            Parts(store=bad.CountsForeign), "counted by two orders", _FOREIGN
        ),
        "lost compare-and-set": Bug(Parts(store=bad.with_commit(*bad.COMPARE)), "audit|twice"),
        "agenda forgotten": Bug(Parts(store=bad.with_commit(*bad.AGENDA)), "will never look"),
        "audit incomplete": Bug(Parts(store=bad.with_commit(*bad.AUDIT)), "audit entry is missing"),
        "restart taken for forgetting": Bug(
            Parts(presence=bad.TakesRestartForForgetting), "taken for forgetting", _RESTARTED
        ),
        "never trusted again": Bug(
            Parts(presence=bad.NeverTrustsAgain), "does not go on", _RESTARTED
        ),
    }
)
