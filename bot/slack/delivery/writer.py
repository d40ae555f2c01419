"""Posts, edits or uploads one message, and records what is known before and after.

The intent is recorded before a post. When it is not known whether a post went through, it is
searched on Slack before it is repeated. Replaced files are deleted.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
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
from bot.slack.delivery.pacing import POST, Importance, Pacer
from bot.slack.message import CARD, EVENT_TYPE, Message
from bot.slack.web.calling import TIMEOUT
from bot.slack.web.client import UPLOAD, Found, Place, SlackClient
from bot.store.orders import OrderStore
from bot.store.posted import Posted, PostedStore, Trouble

_EARLIER = timedelta(minutes=5)
"""How far Slack's clock may be behind ours when a message is looked for."""
_PUNCTUAL = 5.0
"""Seconds from the intent to the post at most: less than a claim holds."""
_ON_ITS_WAY = _PUNCTUAL + TIMEOUT
"""Seconds after which a post of another process has arrived, or never will."""
_OWN_POST = 1.0
"""Seconds until a post of this process that is under way is checked again."""
_LOOKS = 3
"""Failed searches for a lost post after which it is posted again without one."""
_MAY_NOT_READ = frozenset({"access_denied", "missing_scope", "no_permission"})
"""Errors of a search that waiting does not mend: the bot may not read there, only post."""
_MOVING = frozenset({OrderState.APPROVED, OrderState.PURCHASING, OrderState.AWAITING_APPROVAL})


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


class Record:
    """The posted messages of one order. Writes raise StoreUnavailable, and Conflict."""

    def __init__(self, order_id: str, store: PostedStore, known: dict[str, Posted]) -> None:
        self._order_id = order_id
        self._store = store
        self._known = known

    @classmethod
    async def read(cls, order_id: str, store: PostedStore) -> "Record":
        """Read the record of an order. Raises StoreUnavailable."""
        return cls(order_id, store, await store.load(order_id))

    def __getitem__(self, key: str) -> Posted:
        return self._known.get(key, Posted())

    def __contains__(self, key: str) -> bool:
        return key in self._known

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._known))

    def place(self, key: str) -> Place | None:
        """Where a message is posted; None while that is not known."""
        known = self[key]
        return Place(known.channel, known.ts) if known.ts else None

    @property
    def has_trouble(self) -> bool:
        """Whether some message was refused at its last try."""
        return any(known.trouble is not None for known in self._known.values())

    @property
    def card(self) -> Place | None:
        """Where the card is posted."""
        return self.place(CARD)

    def trouble(self, key: str, digest: str) -> Trouble | None:
        """Why this content of a message is not posted; None when it was not refused."""
        trouble = self[key].trouble
        return trouble if trouble is not None and trouble.digest == digest else None

    async def change(self, key: str, **parts: object) -> Posted:
        """Change these parts of a message's record; the others stay."""
        return await self.replace(key, self[key].changed(**parts))

    async def replace(self, key: str, new: Posted) -> Posted:
        """Replace a message's record."""
        self._known[key] = await self._store.change(self._order_id, key, self[key], new)
        return self._known[key]


@dataclass(frozen=True)
class Writer:
    """Writes the messages of one order."""

    order: Order
    services: DeliveryServices
    record: Record

    async def put_up(self, key: str, message: Message, digest: str) -> None:
        """Post or edit this message; `digest` is that of the message that it stands for.

        Raises SlackError (TooSoon: nothing was sent), StoreUnavailable, Conflict.
        """
        kept = self.record[key].trouble if digest != message.digest else None
        place = self._to_edit(key, message)
        found = None if place is not None else await self._look_for(key, message)
        if found is not None and message.files:
            await self._record_posted(key, message, found, digest=message.digest, trouble=kept)
            return
        if found is not None:
            await self._record_posted(key, message, found, trouble=self.record[key].trouble)
            place = found.place
        if place is None:
            await self._post(key, message, kept)
        else:
            await self._edit(key, message, place)
            await self.record.change(key, digest=message.digest, trouble=kept)

    def is_up(self, key: str, message: Message) -> bool:
        """Whether Slack shows this content already, under the present card."""
        known = self.record[key]
        same_thread = not message.in_thread or self._thread_stands(known)
        return bool(known.ts) and known.digest == message.digest and same_thread

    def _thread_stands(self, known: Posted) -> bool:
        card = self.record.card
        return not known.thread or card is None or known.thread == card.ts

    def _to_edit(self, key: str, message: Message) -> Place | None:
        """Where to edit; None for files, which are uploaded anew, and when the card is gone."""
        known = self.record[key]
        moved = message.in_thread and not self._thread_stands(known)
        return None if message.files or moved else self.record.place(key)

    async def _edit(self, key: str, message: Message, place: Place) -> None:
        importance = self._importance(key, message)
        self.services.pacer.edit(*place, self._name(key), importance)
        await self.services.client.update(place, message, self._metadata(key))

    async def _post(self, key: str, message: Message, kept: Trouble | None) -> None:
        thread = self.thread_of(message)
        method = POST if not message.files else UPLOAD
        self.services.pacer.post(
            message.channel, self._name(key), self._importance(key, message), method
        )
        with self._under_way(key):
            found = await self._send(key, message, thread)
            await self._record_posted(key, message, found, digest=message.digest, trouble=kept)

    async def _send(self, key: str, message: Message, thread: str | None) -> Found:
        if message.files:
            begin = partial(self._begin, key)
            files = await self.services.client.upload(message, thread, begin)
            return Found(Place(message.channel, "uploaded"), files)
        await self._begin(key)
        place = await self.services.client.post(message, thread, self._metadata(key))
        return Found(place, ())

    @contextmanager
    def _under_way(self, key: str) -> Iterator[None]:
        self.services.under_way.add(self._name(key))
        try:
            yield
        finally:
            self.services.under_way.discard(self._name(key))

    async def _begin(self, key: str) -> None:
        """Record the intent; older files will be deleted once this message is posted.

        Raises TooSoon when that took so long that another process may have posted the same by
        now: the next round looks for it first.
        """
        known, watch = self.record[key], Stopwatch(self.services.clock)
        former = tuple(dict.fromkeys((*known.former, *known.files)))
        await self.record.change(
            key,
            begun_at=self.services.clock.now(),
            begun_by=self.services.process,
            ts="",
            digest="",
            files=(),
            former=former,
        )
        if watch.passed > _PUNCTUAL:
            raise TooSoon(0.0)

    async def _record_posted(
        self, key: str, message: Message, found: Found, *, trouble: Trouble | None, digest: str = ""
    ) -> None:
        """Record that a message is posted, and what it shows where that is known."""
        await self.record.change(
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
        try:
            return await self.services.client.find(message, self.thread_of(message), payload, since)
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

    def _name(self, key: str) -> str:
        """The name of this message in the pacer's lines."""
        return f"{self.order.id}:{key}"

    def _metadata(self, key: str) -> Mapping[str, Any]:
        payload = {"order_id": self.order.id, "key": key, "state": str(self.order.state)}
        return {"event_type": EVENT_TYPE, "event_payload": payload}
