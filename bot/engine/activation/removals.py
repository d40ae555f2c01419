"""Takes shown activation codes away: on Done, in time, and after an interruption."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.clock import Clock
from bot.domain.activation.errors import NotYourCodes, StillGiven
from bot.domain.activation.hand_out import HandOut, Piece
from bot.domain.policy import Member
from bot.domain.thing import Thing, ThingKind
from bot.engine.activation.ports import Giver
from bot.errors import Conflict, SlackError, SlackUnavailable
from bot.store.activation import HandOutStore, StoredHandOut
from bot.store.connection import dictated
from bot.store.queues import Queue

_RETRY: Final = timedelta(minutes=1)
"""After which a deletion is tried again that Slack could not carry out."""
AT_ONCE: Final = 4
"""Hand-outs whose deletion is under way: Slack may have it wait for minutes, in a place that orders
need, too."""
_SOON: Final = timedelta(seconds=5)
"""After which the next ones look whether it is their turn."""
_LONGEST: Final = timedelta(days=7)
"""After this long past its time a deletion is given up: the log has said why each minute."""


async def take_away(giver: Giver, hand_out: HandOut) -> None:
    """Delete all that stands of it: what is recorded, and of one that is not given what is found.

    What can't be deleted holds up nothing else. Raises SlackError for the last of these.
    """
    failures: list[SlackError] = []

    async def delete(pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            try:
                await giver.remove(hand_out.channel, piece)
            except SlackError as failure:
                failures.append(failure)

    await delete(hand_out.pieces)
    if not hand_out.is_given:
        await delete(await giver.find(hand_out))
    if failures:
        raise failures[-1]


class Removals:
    """Deletes messages with codes."""

    def __init__(self, store: HandOutStore, giver: Giver, agenda: Queue, clock: Clock) -> None:
        self._store = store
        self._giver = giver
        self._agenda = agenda
        self._clock = clock
        self._places = asyncio.Semaphore(AT_ONCE)
        self._log = structlog.get_logger()

    async def done(self, hand_out_id: str, channel: str, ts: str, by: Member) -> None:
        """Delete this message and its file, for whoever was given it.

        What is not known any more stands before whoever pressed its button, in their own
        conversation with the bot: the message goes, too. Raises NotYourCodes, StillGiven,
        StoreUnavailable, SlackError.
        """
        stored = await self._store.load(hand_out_id)
        if stored is None:
            await self._giver.remove(channel, Piece(ts=ts))
            return
        hand_out = stored.hand_out
        if by.id != hand_out.to:
            raise NotYourCodes
        piece = next((each for each in hand_out.pieces if each.ts == ts), Piece(ts=ts))
        if not (hand_out.is_given or piece.file):
            raise StillGiven(hand_out_id)
        await self._giver.remove(hand_out.channel, piece)
        if hand_out.is_given:
            await self._without(stored, piece)

    async def _without(self, stored: StoredHandOut, piece: Piece) -> None:
        """Forget this piece. Where another one is deleted at the same time, its time does it."""
        left = tuple(each for each in stored.hand_out.pieces if each != piece)
        rest = stored.hand_out.model_copy(update={"pieces": left}) if left else None
        try:
            await self._store.save(
                stored, rest, dictated(self._clock), stored.hand_out.until if rest else None
            )
        except Conflict:
            self._log.info("hand_out_moved_on", hand_out=stored.hand_out.id)

    async def step(self, hand_out_id: str) -> None:
        """Do what is due for this hand-out. Raises Conflict, StoreUnavailable: try again later."""
        stored = await self._store.load(hand_out_id)
        now = self._clock.now()
        if stored is None:
            await self._agenda.put(Thing(ThingKind.HAND_OUT, hand_out_id), None, 0)
        elif stored.hand_out.is_given and stored.hand_out.until > now:
            await self._put(stored, stored.hand_out.until)
        elif self._places.locked():
            await self._put(stored, now + _SOON)
        else:
            await self._end(stored)

    async def _end(self, stored: StoredHandOut) -> None:
        async with self._places:
            if stored.hand_out.is_given:
                await self._delete_all(stored)
            else:
                await self._end_interrupted(stored)

    async def _end_interrupted(self, stored: StoredHandOut) -> None:
        """Take it from whoever gave it, delete what stands, and tell who had it given."""
        hand_out, now = stored.hand_out, dictated(self._clock)
        taken = await self._store.save(stored, hand_out, now, self._clock.now() + _RETRY)
        self._log.warning("hand_out_interrupted", hand_out=hand_out.id, by=hand_out.by)
        if taken is None or not await self._removed(hand_out):
            return
        try:
            if not hand_out.is_told:
                await self._giver.tell_interrupted(hand_out)
        except SlackError as failure:
            if isinstance(failure, SlackUnavailable) and not self._is_late(hand_out):
                return  # it comes due again
            self._log.warning("hand_out_interrupted_untold", hand_out=hand_out.id)
        await self._store.save(taken, None, now)

    async def _delete_all(self, stored: StoredHandOut) -> None:
        if await self._removed(stored.hand_out):
            await self._store.save(stored, None, dictated(self._clock))
            self._log.info("codes_deleted", hand_out=stored.hand_out.id)
        else:
            await self._put(stored, self._clock.now() + _RETRY)

    async def _removed(self, hand_out: HandOut) -> bool:
        """Delete everything that stands; whether it is gone, or never will be."""
        try:
            await take_away(self._giver, hand_out)
        except SlackError as failure:
            late = self._is_late(hand_out)
            self._log.warning(
                "codes_not_deleted", hand_out=hand_out.id, why=str(failure), given_up=late
            )
            return late
        return True

    def _is_late(self, hand_out: HandOut) -> bool:
        """Whether what Slack still does not do is given up."""
        return self._clock.now() > hand_out.until + _LONGEST

    async def _put(self, stored: StoredHandOut, due: datetime) -> None:
        thing = Thing(ThingKind.HAND_OUT, stored.hand_out.id)
        await self._agenda.put(thing, due, stored.version)
