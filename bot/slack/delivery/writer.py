"""Posts, edits or uploads one message, and records what is known before and after.

The intent is recorded before a post. When it is not known whether a post went through, it is
searched on Slack before it is repeated. Replaced files are deleted.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import structlog

from bot.clock import Clock, Stopwatch
from bot.domain.events import OrderState
from bot.domain.form import Forms
from bot.domain.order import Order
from bot.errors import PlaceFault, SlackError, SlackUnavailable, TooSoon
from bot.metrics import Metrics
from bot.slack.delivery.lanes import Importance
from bot.slack.delivery.pacing import Pacer
from bot.slack.delivery.record import Record
from bot.slack.message import CARD, EVENT_TYPE, Message
from bot.slack.web.calling import TIMEOUT
from bot.slack.web.client import Found, Place, SlackClient, searching
from bot.slack.web.last_moment import only_while
from bot.slack.web.tiers import POST, UPLOAD
from bot.store.orders import OrderStore
from bot.store.posted import Posted, PostedStore, Trouble

_EARLIER = timedelta(minutes=5)
"""How far Slack's clock may be behind ours when a message is looked for."""
_PUNCTUAL = 5.0
"""Seconds from the intent to the call at most: less than a claim holds."""
_LAST_MOMENT = 10.0
"""Seconds from the intent to the bytes of a call at most: what leaves later may not have arrived
when another process looks for it."""
_ON_ITS_WAY = _PUNCTUAL + TIMEOUT
"""Seconds after which a post of another process has arrived, or never will."""
_OWN_POST = 1.0
"""Seconds until a post of this process that is under way is checked again."""
_LOOKS = 3
"""Failed searches for a lost post after which it is posted again without one."""
_MAY_NOT_READ = frozenset({"access_denied", "missing_scope", "no_permission"})
"""Errors of a search that waiting does not mend: the bot may not read there, only post."""
_MOVING = frozenset(
    {
        OrderState.CHECKING,
        OrderState.AWAITING_APPROVAL,
        OrderState.APPROVED,
        OrderState.PURCHASING,
    }
)


@dataclass(frozen=True)
class DeliveryServices:
    """What delivery works with; `notify` are the channels that are told how orders end."""

    store: OrderStore
    posted: PostedStore
    client: SlackClient
    clock: Clock
    pacer: Pacer
    metrics: Metrics
    forms: Forms
    """What can be ordered from each provider: an order is shown by it."""
    card_refused: Callable[[str, str], Awaitable[None]]
    """Called with order id and Slack's word when no place takes a card; perhaps several times."""
    notify: Sequence[str] = ()
    workspace_url: str = ""
    """Slack's address of the workspace, as `auth.test` tells it; "" where it does not."""
    process: str = field(default_factory=lambda: uuid4().hex)
    """Id of this process, recorded with the posts that it begins."""
    under_way: set[str] = field(default_factory=set)
    """Posts of this process that are under way."""


@dataclass(frozen=True)
class Writer:
    """Writes the messages of one order."""

    order: Order
    services: DeliveryServices
    record: Record
    begun: set[str] = field(default_factory=set)
    """Posts that this round has begun, by their names."""

    def end(self) -> None:
        """Nothing of this round is under way any more, and what became of it is saved."""
        self.services.under_way.difference_update(self.begun)

    async def put_up(self, key: str, message: Message, digest: str) -> None:
        """Post or edit this message; `digest` is that of the message that it stands for.

        Raises SlackError (TooSoon: nothing was sent), StoreUnavailable, Conflict.
        """
        kept = self.record[key].trouble if digest != message.digest else None
        place = self.to_edit(key, message)
        found = None if place is not None else await self._look_for(key, message)
        if found is not None and message.files:
            self._record_posted(key, message, found, digest=message.digest, trouble=kept)
            return
        if found is not None:
            self._record_posted(key, message, found, trouble=self.record[key].trouble)
            place = found.place
        if place is None:
            await self._post(key, message, kept)
        else:
            await self._edit(key, message, place)
            self.record.change(key, digest=message.digest, trouble=kept)

    def is_up(self, key: str, message: Message) -> bool:
        """Whether Slack shows this content already, under the present card."""
        known = self.record[key]
        same_thread = not message.in_thread or self._thread_stands(known)
        return bool(known.ts) and known.digest == message.digest and same_thread

    def _thread_stands(self, known: Posted) -> bool:
        card = self.record.card
        return not known.thread or card is None or known.thread == card.ts

    def to_edit(self, key: str, message: Message) -> Place | None:
        """Where to edit; None for files, which are uploaded anew, and when the card is gone."""
        known = self.record[key]
        moved = message.in_thread and not self._thread_stands(known)
        return None if message.files or moved else self.record.place(key)

    async def _edit(self, key: str, message: Message, place: Place) -> None:
        importance = self._importance(key, message)
        self.services.pacer.edit(*place, self._name(key), importance, self._since)
        await self.services.client.update(place, message, self._metadata(key))

    async def _post(self, key: str, message: Message, kept: Trouble | None) -> None:
        thread = self.thread_of(message)
        method = POST if not message.files else UPLOAD
        self.services.pacer.post(
            message.channel,
            self._name(key),
            self._importance(key, message),
            method,
            self._since,
        )
        found = await self._send(key, message, thread)
        self._record_posted(key, message, found, digest=message.digest, trouble=kept)

    async def _send(self, key: str, message: Message, thread: str | None) -> Found:
        watch = Stopwatch(self.services.clock)
        in_time = only_while(lambda: watch.passed <= _LAST_MOMENT)
        if message.files:
            with in_time:
                begin = partial(self._begin, key, watch)
                files = await self.services.client.upload(message, thread, begin)
            return Found(Place(message.channel, "uploaded"), files)
        await self._begin(key, watch)
        with in_time:
            place = await self.services.client.post(message, thread, self._metadata(key))
        return Found(place, ())

    async def _begin(self, key: str, watch: Stopwatch) -> None:
        """Save the intent; older files will be deleted once this message is posted.

        Starts the watch. Raises TooSoon when that took so long that another process may have
        posted the same by now: the next round looks for it first.
        """
        watch.restart()
        known = self.record[key]
        self.services.under_way.add(self._name(key))
        self.begun.add(self._name(key))
        self.record.change(
            key,
            begun_at=self.services.clock.now(),
            begun_by=self.services.process,
            ts="",
            digest="",
            files=(),
            former=tuple(dict.fromkeys((*known.former, *known.files))),
        )
        await self.record.save()
        if watch.passed > _PUNCTUAL:
            raise TooSoon(0.0)

    def _record_posted(
        self, key: str, message: Message, found: Found, *, trouble: Trouble | None, digest: str = ""
    ) -> None:
        """Record that a message is posted, and what it shows where that is known."""
        self.record.change(
            key,
            channel=found.place.channel,
            ts=found.place.ts,
            thread=self.thread_of(message) or "",
            files=found.files,
            former=tuple(each for each in self.record[key].former if each not in found.files),
            digest=digest,
            begun_at=None,
            begun_by="",
            trouble=trouble,
        )

    async def _look_for(self, key: str, message: Message) -> Found | None:
        """Search for a post that was begun and may have gone through."""
        known = self.record[key]
        if known.begun_at is None:
            return None
        self._wait_for_arrival(key, known.begun_at, known.begun_by)
        since, payload = known.begun_at - _EARLIER, self._metadata(key)["event_payload"]
        thread, importance = self.thread_of(message), self._importance(key, message)
        self.services.pacer.call(searching(thread), self._name(key), importance, self._since)
        try:
            return await self.services.client.find(message, thread, payload, since)
        except SlackError as failure:
            if not self._must_post_unseen(known, failure):
                raise
            log = structlog.get_logger()
            error = getattr(failure, "error", "")
            log.warning("message_lookup_failed", order=self.order.id, key=key, error=error)
            return None

    def _wait_for_arrival(self, key: str, begun_at: datetime, begun_by: str) -> None:
        """Raise TooSoon while that post may be under way: a search would not find it yet."""
        if self._name(key) in self.services.under_way:
            raise TooSoon(_OWN_POST)
        passed = (self.services.clock.now() - begun_at).total_seconds()
        others = begun_by not in {"", self.services.process}
        if others and abs(passed) < _ON_ITS_WAY:  # clocks may differ a little, or have been set
            raise TooSoon(_ON_ITS_WAY - max(0.0, passed))

    @staticmethod
    def _must_post_unseen(known: Posted, failure: SlackError) -> bool:
        """Whether to post without a search: a message twice is better than none."""
        tries = known.trouble.tries if known.trouble else 0
        if not isinstance(failure, SlackUnavailable):
            return True
        return bool(failure.error) and (failure.error in _MAY_NOT_READ or tries >= _LOOKS)

    def thread_of(self, message: Message) -> str | None:
        """The card's ts. Raises PlaceFault when the card does not stand."""
        if not message.in_thread:
            return None
        card = self.record.card
        if card is None:
            raise PlaceFault("thread_not_found")
        return card.ts

    def _importance(self, key: str, message: Message) -> Importance:
        moving = self.order.state in _MOVING
        if key == CARD and self.record.card is None:
            return Importance.CARD if moving else Importance.RESULT
        if key == CARD:
            return Importance.PROGRESS if moving else Importance.NEWS
        personal = message.in_thread or message.channel.startswith(("U", "W"))
        return Importance.RESULT if personal else Importance.NEWS

    @property
    def _since(self) -> float:
        """Since when there is something to tell of the order, in Unix seconds."""
        history = self.order.history
        return (history[-1].at if history else self.order.created_at).timestamp()

    def _name(self, key: str) -> str:
        """The name of this message in the pacer's lines."""
        return f"{self.order.id}:{key}"

    def _metadata(self, key: str) -> Mapping[str, Any]:
        payload = {"order_id": self.order.id, "key": key, "state": str(self.order.state)}
        return {"event_type": EVENT_TYPE, "event_payload": payload}
