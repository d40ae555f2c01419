"""What follows when Slack does not take a message: whose fault it is, and when to try again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple
from zlib import crc32

import structlog

from bot.domain.order import Order
from bot.errors import (
    MessageFault,
    PlaceFault,
    PostedOutsideThread,
    SlackError,
    SlackRefused,
    SlackUnavailable,
)
from bot.reasons import reason_of
from bot.slack.delivery.record import Record
from bot.slack.delivery.writer import DeliveryServices
from bot.slack.message import CARD
from bot.slack.web.client import Place
from bot.slack.web.faults import GONE, is_limit
from bot.store.delayed_deliveries import Delay
from bot.store.posted import Fault, Posted, RoundEnd, Trouble

_FIRST_AND_LONGEST: Mapping[Fault, tuple[float, float]] = MappingProxyType(
    {
        Fault.MESSAGE: (5.0, 600.0),
        Fault.PLACE: (60.0, 3600.0),
        Fault.PASSING: (5.0, 600.0),
        Fault.AWAY: (5.0, 60.0),
    }
)
"""Seconds before the first repeat, and at most."""
_SPREAD = 0.2
"""Part of an interval that is taken off by order, so that orders do not come back together."""
PLACE_PATIENCE = timedelta(days=7)
"""How long a place that takes no message is tried again."""
UNREACHABLE = "unreachable"
"""Error of a failure for which Slack gave no word."""
PLAIN_AFTER = 3
"""Tries with a message's own fault before plain text takes its place."""


@dataclass
class NextRound:
    """When the next round over an order is due, and why. Each round fills one in."""

    again_in: float | None = None
    """Seconds until the next round; None when everything is posted."""
    had_trouble: bool = False
    """Whether Slack refused some message, now or before."""
    troubles: list[Trouble] = field(default_factory=list)
    """The troubles of messages that are tried again."""

    def wait(self, seconds: float) -> None:
        """Make the next round due in so many seconds, or earlier."""
        self.again_in = seconds if self.again_in is None else min(self.again_in, seconds)

    def retry(self, trouble: Trouble, seconds: float) -> None:
        """Try a refused message again in so many seconds."""
        self.had_trouble = True
        self.troubles.append(trouble)
        self.wait(seconds)

    @property
    def oldest(self) -> Trouble | None:
        """The trouble that has lasted longest."""
        return min(self.troubles, key=lambda one: one.since, default=None)

    def ended(self, order: Order, now: datetime) -> RoundEnd:
        """The end of the round over this order."""
        again, oldest = self.again_in, self.oldest
        return RoundEnd(
            order=order,
            now=now,
            due=None if again is None else now + timedelta(seconds=again),
            delay=Delay(reason=oldest.error, since=oldest.since) if oldest else None,
            is_undelayed=oldest is None and again is None and self.had_trouble,
        )


def fault_of(failure: SlackError) -> Fault:
    """Whose fault it is."""
    if isinstance(failure, MessageFault):
        return Fault.MESSAGE
    if isinstance(failure, PlaceFault):
        return Fault.PLACE
    reached = isinstance(failure, SlackUnavailable) and failure.error
    return Fault.PASSING if reached else Fault.AWAY


def word_of(failure: SlackError) -> str:
    """Slack's own word for it."""
    return str(getattr(failure, "error", "")) or UNREACHABLE


def interval(fault: Fault, tries: int, seed: str) -> float:
    """Seconds from this many failures in a row to the next try; `seed` spreads them."""
    first, longest = _FIRST_AND_LONGEST[fault]
    usual = min(first * 2.0 ** min(tries - 1, 20), longest)
    return usual * (1 - _SPREAD * (crc32(f"{seed}{tries}".encode()) % 1000) / 1000)


def next_trouble(
    before: Trouble | None, failure: SlackError, digest: str, now: datetime, seed: str
) -> Trouble:
    """The record after one more failure of the same content, or the first of a new content."""
    same = before if before is not None and before.digest == digest else None
    fault, tries = fault_of(failure), same.tries + 1 if same else 1
    wait = interval(fault, tries, seed)
    if isinstance(failure, SlackUnavailable):
        wait = max(wait, failure.retry_after)
    return Trouble(
        fault=fault,
        error=word_of(failure),
        digest=digest,
        tries=tries,
        since=same.since if same else now,
        tried_at=now,
        wait=wait,
    )


def is_given_up(trouble: Trouble) -> bool:
    """Whether its place was tried long enough."""
    return trouble.fault is Fault.PLACE and trouble.lasted >= PLACE_PATIENCE


def gone_again(again: int, digest: str, now: datetime, seed: str) -> Trouble | None:
    """A wait before a deleted message is posted again, when that has happened before."""
    if again == 1:
        return None
    return Trouble(
        fault=Fault.PASSING,
        error="message_not_found",
        digest=digest,
        tries=again - 1,
        since=now,
        tried_at=now,
        wait=interval(Fault.PASSING, again, seed),
    )


class Tried(NamedTuple):
    """One try to bring a message up."""

    key: str
    digest: str
    """Of the message for which it stands."""
    in_thread: bool
    edited: Place | None
    """What was edited; None for a post."""


@dataclass(frozen=True)
class TroubleLog:
    """Records and logs the troubles of one order's messages."""

    order: Order
    services: DeliveryServices
    record: Record
    next_round: NextRound

    def not_now(self, key: str, digest: str, failure: SlackUnavailable) -> float:
        """Record a failure that passes; seconds until this message is tried again."""
        if failure.retry_after:
            self.services.pacer.hold(failure.method, failure.retry_after)
        begun = None if failure.undone else self.record[key].begun_at
        if not is_limit(failure):
            return self._note(key, digest, failure, begun).wait
        if begun != self.record[key].begun_at:
            self.record.change(key, begun_at=begun)
        self.next_round.wait(failure.retry_after)
        return failure.retry_after

    async def refused(self, tried: Tried, refusal: SlackRefused) -> None:
        """Record a refusal: the message's fault, its place's, or a deleted message.

        That the card is gone may be found out by several messages at once: the first one counts.
        Raises StoreError: a message that must be deleted is saved at once.
        """
        key = tried.key
        if isinstance(refusal, PostedOutsideThread):
            strays = (*self.record[CARD].strays, (refusal.channel, refusal.ts))
            self.record.change(CARD, strays=strays)
        if refusal.error in GONE and tried.edited:
            if self.record.place(key) == tried.edited:
                self._gone(key, tried.digest)
        elif refusal.error == "thread_not_found" and tried.in_thread:
            self.record.change(key, begun_at=None)
            if self.record.card is not None:
                self._gone(CARD, self.record[CARD].digest)
        else:
            self._note(key, tried.digest, refusal, None)
        if isinstance(refusal, PostedOutsideThread):
            await self.record.save()

    def _gone(self, key: str, digest: str) -> None:
        """Record that somebody deleted it: it is posted again, at growing intervals."""
        known = self.record[key]
        again, now = known.again + 1, self.services.clock.now()
        self._log("warning", "message_gone", key=key, times=again)
        trouble = gone_again(again, digest, now, self.order.id)
        gone = Posted(
            change=known.change,
            again=again,
            former=(*known.former, *known.files),
            strays=known.strays,
            trouble=trouble,
        )
        self.record.replace(key, gone)
        self.next_round.wait(trouble.wait if trouble else 0)

    def _note(self, key: str, digest: str, failure: SlackError, begun: datetime | None) -> Trouble:
        before, now = self.record[key].trouble, self.services.clock.now()
        trouble = next_trouble(before, failure, digest, now, self.order.id)
        self.record.change(key, trouble=trouble, begun_at=begun)
        self._tell_operator(key, trouble, failure)
        if not is_given_up(trouble) and not _is_shown_plainly_now(trouble):
            self.next_round.retry(trouble, trouble.wait)
        return trouble

    def _tell_operator(self, key: str, trouble: Trouble, failure: SlackError) -> None:
        facts = {"key": key, "error": trouble.error, "tries": trouble.tries}
        is_new = isinstance(failure, SlackRefused) and trouble.tries == 1
        if is_given_up(trouble):
            self._log("error", "message_given_up", **facts)
        elif is_new and trouble.fault is Fault.PLACE and _is_personal(key):
            self.services.metrics.messages_without_place.inc()
            self._log("error", "message_without_place", **facts)
        elif is_new:
            self._log("error", "message_refused", **facts)
        else:
            why = reason_of(failure)  # the answer itself may be a page, with headers and cookies
            self._log("warning", "message_waits", **facts, retry_in=trouble.wait, reason=why)

    def _log(self, level: str, event: str, **facts: object) -> None:
        getattr(structlog.get_logger(), level)(event, order=self.order.id, **facts)


def _is_personal(key: str) -> bool:
    """Whether it is a direct message to the requester: nobody else can get it instead."""
    return key.startswith("dm:") or key.endswith(":direct")


def _is_shown_plainly_now(trouble: Trouble) -> bool:
    """Whether plain text takes its place in this very round."""
    return trouble.fault is Fault.MESSAGE and trouble.tries == PLAIN_AFTER
