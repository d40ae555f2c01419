"""Gives activation codes: the reveal is recorded, then they are fetched, and shown to one person.

No code is kept. Of what stands on Slack only its place is, until it is deleted.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.clock import Clock, Stopwatch
from bot.domain.activation.errors import (
    INTERRUPTED,
    AlreadyGiven,
    ConfirmationExpired,
    ConfirmationOutdated,
    NotGiven,
)
from bot.domain.activation.hand_out import ASKED_ANEW, FoundCode, HandOut, MissingCode, Piece, Wish
from bot.domain.activation.trail import EsimEvent, Reveal
from bot.domain.policy import Member
from bot.engine.activation.fetching import Fetch
from bot.engine.activation.holding import Holding
from bot.engine.activation.plans import Plan, Plans
from bot.engine.activation.ports import Giver
from bot.engine.activation.removals import take_away
from bot.errors import (
    Conflict,
    DuplicateDelivery,
    EsimBotError,
    SlackError,
    SlackRefused,
    SlackUnavailable,
)
from bot.providers.base import Providers
from bot.store.activation import AssignmentStore, HandOutStore
from bot.store.connection import dictated

_AHEAD: Final = timedelta(minutes=1)
"""How far the clock of the process that made a confirmation may be ahead of ours."""
_ASKED_AGAIN: Final = 30.0
"""Seconds of fetching after which Slack and the policy are asked again before codes are shown."""
_LATE: Final = timedelta(minutes=1)
"""After which Slack has posted what it will post of a call that it did not answer."""


@dataclass(frozen=True)
class Report:
    """What came of a hand-out."""

    plan: Plan
    found: int
    """eSIMs whose codes were given."""
    missing: tuple[MissingCode, ...]
    hand_out: HandOut


class HandOuts:
    """Gives codes to people. What stands is deleted by `Removals`."""

    def __init__(  # noqa: PLR0913, PLR0917 - each of these is one part of the bot
        self,
        store: HandOutStore,
        assignments: AssignmentStore,
        plans: Plans,
        providers: Providers,
        giver: Giver,
        clock: Clock,
        shown_for: float,
    ) -> None:
        """`shown_for`: seconds for which messages with codes stand at most."""
        self._store = store
        self._assignments = assignments
        self._plans = plans
        self._providers = providers
        self._giver = giver
        self._clock = clock
        self._shown_for = timedelta(seconds=shown_for)
        self._log = structlog.get_logger()

    @property
    def shown_for(self) -> timedelta:
        """How long messages with codes stand at most."""
        return self._shown_for

    async def plan(self, wish: Wish, by: Member) -> Plan:
        """What a confirmation shows. Raises as `Plans.of` does."""
        return await self._plans.of(wish, by)

    async def give(self, hand_out_id: str, wish: Wish, asked_at: datetime, by: Member) -> Report:
        """Give these codes, once for each id: it is the confirmation's.

        The rights are asked again, and once more where fetching takes long. The reveal is recorded
        before anything is fetched. Raises as `plan` does, ConfirmationExpired, ConfirmationOutdated
        where it showed other eSIMs, AlreadyGiven, NotGiven when Slack did not take it.
        """
        now = self._clock.now()
        if not now - ASKED_ANEW <= asked_at <= now + _AHEAD:
            raise ConfirmationExpired
        plan = await self._plans.of(wish, by)
        if wish.confirmed and wish.confirmed != plan.digest:
            raise ConfirmationOutdated(hand_out_id)
        channel = await self._opened(wish.to)
        holders = await self._assignments.about(plan.names)
        hand_out = HandOut(
            id=hand_out_id,
            by=by.id,
            to=wish.to,
            form=wish.form,
            order_id=plan.order_id,
            iccids=plan.names,
            at=now,
            until=now + self._shown_for,
            channel=channel,
        )
        began = Stopwatch(self._clock)
        holding = await self._revealed(hand_out)
        async with holding.going_on():
            async with self._giver.progress(by.id, len(plan.sims)) as told:
                fetch = Fetch(plan, self._providers, holders, self._clock, told)
                found, missing = await fetch.all()
            if began.passed > _ASKED_AGAIN:
                await self._ask_again(holding, wish, by)
            await self._given(holding, plan, found)
            return Report(plan, len(found), tuple(missing), hand_out)

    async def reveals_of(self, order_id: str) -> tuple[Reveal, ...]:
        """Who was given codes of this order's eSIMs, oldest first. Raises StoreUnavailable."""
        entries = await self._store.entries_of(order_id)
        return tuple(
            each
            for each in entries
            if isinstance(each, Reveal) and each.event is EsimEvent.CODES_REVEALED
        )

    async def _opened(self, to: str) -> str:
        """The conversation with this person: before anything is revealed."""
        try:
            return await self._giver.open(to)
        except SlackError as failure:
            raise NotGiven(_word_of(failure)) from failure

    async def _revealed(self, hand_out: HandOut) -> Holding:
        try:
            stored = await self._store.reveal(
                hand_out, _reveal(hand_out, hand_out.iccids), dictated(self._clock)
            )
        except DuplicateDelivery:
            raise AlreadyGiven(hand_out.id) from None
        self._log.info("codes_revealed", **_about(hand_out))
        return Holding(self._store, stored, self._clock)

    async def _ask_again(self, holding: Holding, wish: Wish, by: Member) -> None:
        """Make sure that they may still be given to this person. Raises as `plan` does."""
        try:
            await self._plans.of(wish, by)
        except EsimBotError:
            with suppress(Conflict):
                await holding.end(None, None)
            raise

    async def _given(self, holding: Holding, plan: Plan, found: Sequence[FoundCode]) -> None:
        """Show what was found. What can't be shown as a whole is taken back. Raises NotGiven."""
        try:
            await self._show(holding, plan, found)
        except SlackError as failure:
            await self._take_back(holding, may_come=not _is_certain(failure))
            raise NotGiven(_word_of(failure)) from failure
        except Conflict as failure:
            raise NotGiven(INTERRUPTED) from failure
        except Exception:
            await self._take_back(holding)
            raise

    async def _show(self, holding: Holding, plan: Plan, found: Sequence[FoundCode]) -> None:
        if not found:
            await holding.end(None, None)
            return
        hand_out, columns = holding.hand_out, plan.wish.columns
        pieces = self._giver.give(hand_out, found, columns, plan.title)
        await holding.check()
        async for piece in pieces:
            await self._recorded(holding, piece)
            await holding.check()
        at, iccids = self._clock.now(), [each.iccid for each in found]
        given = _reveal(hand_out, iccids, EsimEvent.CODES_GIVEN).model_copy(update={"at": at})
        ended = holding.hand_out.model_copy(update={"iccids": (), "is_given": True})
        await holding.end(ended, hand_out.until, [given])
        self._log.info("codes_given", **_about(hand_out), codes=len(found))

    async def _recorded(self, holding: Holding, piece: Piece) -> None:
        """Record what stands now; what can't be recorded does not stay."""
        try:
            await holding.add(piece)
        except Exception:
            with suppress(SlackError):
                await self._giver.remove(holding.hand_out.channel, piece)
            raise

    async def _take_back(self, holding: Holding, *, may_come: bool = False) -> None:
        """Delete what stands; where that fails now, it comes due at once, and is tried again.

        `may_come`: Slack may still post what it did not answer about, so it is looked for later.
        """
        now, hand_out = self._clock.now(), holding.hand_out
        with suppress(Conflict):
            try:
                await take_away(self._giver, hand_out)
            except SlackError:
                await holding.end(hand_out, now)
            else:
                told = hand_out.model_copy(update={"is_told": True})
                await holding.end(told if may_come else None, now + _LATE)


def _reveal(
    hand_out: HandOut, iccids: Sequence[str], event: EsimEvent = EsimEvent.CODES_REVEALED
) -> Reveal:
    return Reveal(
        at=hand_out.at,
        event=event,
        by=hand_out.by,
        to=hand_out.to,
        iccids=tuple(iccids),
        form=hand_out.form,
        order_id=hand_out.order_id,
    )


def _about(hand_out: HandOut) -> dict[str, object]:
    facts = hand_out.model_dump(include={"by", "to", "form"})
    return {**facts, "hand_out": hand_out.id, "order": hand_out.order_id or None}


def _is_certain(failure: SlackError) -> bool:
    """Whether Slack did nothing, and will not."""
    return not isinstance(failure, SlackUnavailable) or failure.undone


def _word_of(failure: SlackError) -> str:
    """Slack's own word for it."""
    if isinstance(failure, SlackRefused | SlackUnavailable) and failure.error:
        return failure.error
    return "unavailable"
