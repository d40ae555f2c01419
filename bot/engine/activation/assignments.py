"""Who has which eSIM: people say so, and have it removed."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NotRequired, TypedDict, Unpack

from bot.clock import Clock, Fence
from bot.domain.activation.assignment import Assignment, Holder
from bot.domain.activation.errors import NoEsims, NotAssigned, UnknownIccid
from bot.domain.activation.trail import EsimEntry, EsimEvent
from bot.domain.order import Order
from bot.domain.policy import Action, Member, Policy
from bot.domain.request import OrderKind
from bot.engine.activation.plans import Plans
from bot.errors import DuplicateDelivery, UnknownOrder
from bot.store.activation import AssignmentStore
from bot.store.connection import dictated
from bot.store.orders import OrderStore
from bot.store.orders.committing import recording_nothing


class Told(TypedDict):
    """Who says it, by which command or form."""

    by: Member
    trigger: str
    """Slack's id of it; the same when it is delivered twice."""
    within: NotRequired[Fence | None]
    """For how long it may be recorded; None: somebody waits for nothing."""


class Assignments:
    """Who has which eSIM, as people say.

    Changes raise NotAllowed, UnknownIccid, UnknownOrder, DuplicateDelivery, NotRecorded,
    StoreUnavailable.
    """

    def __init__(
        self,
        store: AssignmentStore,
        orders: OrderStore,
        plans: Plans,
        policy: Policy,
        clock: Clock,
    ) -> None:
        self._store = store
        self._orders = orders
        self._plans = plans
        self._policy = policy
        self._clock = clock

    async def assign(self, iccid: str, holder: Holder, **told: Unpack[Told]) -> Assignment:
        """Record who has this eSIM, in place of whoever had it."""
        async with recording_nothing(told.get("within")):
            order, known = await self._plans.owner(iccid)
        self._check(told["by"], order)
        assignment = self._assignment(known, holder, told["by"], order)
        await self._write({known: assignment}, EsimEvent.ASSIGNED, order, told)
        return assignment

    async def assign_all(
        self, order_id: str, holders: Mapping[str, Holder], **told: Unpack[Told]
    ) -> tuple[Assignment, ...]:
        """Record who has these eSIMs of an order: all of them or none.

        Raises NoEsims where there are none; UnknownIccid for one of another order.
        """
        async with recording_nothing(told.get("within")):
            order = await self._orders.load(order_id)
        if order is None:
            raise UnknownOrder(order_id)
        self._check(told["by"], order)
        own = {sim.iccid for sim in order.sims if sim.counts}
        if strange := [iccid for iccid in holders if iccid not in own]:
            raise UnknownIccid(strange[0])
        if not holders:
            raise NoEsims(order_id)
        made = {
            iccid: self._assignment(iccid, holder, told["by"], order)
            for iccid, holder in holders.items()
        }
        await self._write(made, EsimEvent.ASSIGNED, order, told)
        return tuple(made.values())

    async def remove(self, iccid: str, **told: Unpack[Told]) -> Assignment:
        """Forget who has this eSIM; what was known is given back. Raises NotAssigned, too."""
        async with recording_nothing(told.get("within")):
            order, known = await self._plans.owner(iccid)
            before = (await self._store.about([known])).get(known)
        self._check(told["by"], order)
        if before is None:
            if await self._orders.was_seen(told["trigger"]):
                raise DuplicateDelivery  # it was removed by the first delivery
            raise NotAssigned(known)
        await self._write({known: None}, EsimEvent.UNASSIGNED, order, told)
        return before

    async def of(self, order: Order, by: Member) -> dict[str, Assignment]:
        """Who has this order's eSIMs. Raises NotAllowed, StoreUnavailable."""
        self._policy.may(by, Action.VIEW, order)
        return await self.about([sim.iccid for sim in order.sims if sim.iccid])

    async def about(self, iccids: Sequence[str]) -> dict[str, Assignment]:
        """The same of eSIMs that somebody may see anyway. Raises StoreUnavailable."""
        return await self._store.about(iccids)

    async def at(self, iccid: str, by: Member) -> tuple[str, Assignment | None]:
        """The ICCID as it stands in its order, and who has it, None for nobody that is known.

        Raises NotAllowed, UnknownIccid, StoreUnavailable.
        """
        order, known = await self._plans.owner(iccid)
        self._policy.may(by, Action.VIEW if order else Action.ACTIVATE_FOREIGN, order)
        return known, (await self.about([known])).get(known)

    async def for_form(self, order_id: str, by: Member) -> tuple[tuple[str, ...], frozenset[str]]:
        """The eSIMs of an order that this person may assign, and those that somebody has.

        Raises NotAllowed, UnknownOrder, NoEsims, StoreUnavailable.
        """
        order = await self._orders.load(order_id)
        if order is None:
            raise UnknownOrder(order_id)
        self._check(by, order)
        iccids = tuple(sim.iccid for sim in order.sims if sim.counts and sim.iccid)
        if order.kind != OrderKind.PURCHASE or not iccids:
            raise NoEsims(order_id)
        return iccids, frozenset(await self.about(iccids))

    async def all(self, by: Member) -> tuple[Assignment, ...]:
        """Who has which eSIM at all, newest first. Raises NotAllowed, StoreUnavailable."""
        self._policy.may(by, Action.ASSIGNMENTS)
        found = [each async for each in self._store.all()]
        return tuple(sorted(found, key=lambda each: (each.at, each.iccid), reverse=True))

    def _check(self, by: Member, order: Order | None) -> None:
        if order is None:
            self._policy.may(by, Action.ACTIVATE_FOREIGN)
        else:
            self._policy.may(by, Action.ASSIGN, order)

    def _assignment(
        self, iccid: str, holder: Holder, by: Member, order: Order | None
    ) -> Assignment:
        order_id = order.id if order else ""
        return Assignment(
            iccid=iccid, holder=holder, by=by.id, at=self._clock.now(), order_id=order_id
        )

    async def _write(
        self,
        changes: Mapping[str, Assignment | None],
        event: EsimEvent,
        order: Order | None,
        told: Told,
    ) -> None:
        entry = EsimEntry(
            at=self._clock.now(),
            event=event,
            by=told["by"].id,
            iccids=tuple(changes),
            order_id=order.id if order else "",
        )
        await self._store.write(
            changes,
            entry,
            told["trigger"],
            dictated(self._clock),
            not_after=self._not_after(told.get("within")),
        )

    def _not_after(self, within: Fence | None) -> datetime | None:
        if within is None:
            return None
        return self._clock.now() + timedelta(seconds=within.remaining)
