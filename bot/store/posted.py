"""What is posted on Slack for each order, so that delivery knows what is missing or old."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict
from redis.asyncio import Redis

from bot.domain.order import Order
from bot.domain.thing import Thing
from bot.errors import Conflict
from bot.store.connection import Script, lua, milliseconds, reaching_redis
from bot.store.delayed_deliveries import Delay
from bot.store.keys import Keys

_INSTANT = 0.002
"""Shorter waits count as none: the queue of orders counts in whole milliseconds."""
_SOON = timedelta(seconds=1)
"""What is due later is found in time: a worker looks at its queue each second."""


class Fault(StrEnum):
    """Whose fault it is that a message is not posted."""

    MESSAGE = "message"
    """The message's own: Slack never takes this content."""
    PLACE = "place"
    """The place's: another place may take the message, and this one may take it later."""
    PASSING = "passing"
    """Slack's, the workspace's or the token's: it passes, or the operator mends it."""
    AWAY = "away"
    """Slack can't be reached."""


class Trouble(BaseModel):
    """Why one content of a message is not posted. A new content is tried at once."""

    model_config = ConfigDict(frozen=True)

    fault: Fault
    error: str
    """Slack's own word, or a kind of failure in ours."""
    digest: str
    """Of the content that was not taken."""
    tries: int
    """How often in a row Slack did not take it."""
    since: datetime
    tried_at: datetime
    wait: float
    """Seconds from the last try to the next one."""

    def wait_left(self, now: datetime) -> float:
        """Seconds until the next try; 0 also where the clock was set back behind the last one."""
        passed = (now - self.tried_at).total_seconds()
        rest = self.wait - passed if passed >= 0 else 0.0
        return rest if rest > _INSTANT else 0.0

    @property
    def lasted(self) -> timedelta:
        """How long it went on, up to the last try."""
        return self.tried_at - self.since


class Posted(BaseModel):
    """What is known of one message."""

    model_config = ConfigDict(frozen=True)

    change: str = ""
    """Id of the write that made this record."""
    channel: str = ""
    """Id of the conversation it stands in."""
    ts: str = ""
    """Slack's id of it there; "" while it is not known to stand."""
    thread: str = ""
    """The card's ts, where it was posted under one."""
    digest: str = ""
    """Of what it shows; "" while that is not known."""
    begun_at: datetime | None = None
    """When a post was begun, for as long as that may or may not have gone through."""
    begun_by: str = ""
    """The process that began it; "" where an earlier version did."""
    again: int = 0
    """How often it was posted again because somebody deleted it."""
    files: tuple[str, ...] = ()
    """Slack's ids of its files."""
    former: tuple[str, ...] = ()
    """Ids of older files that these replace and that must still be deleted."""
    strays: tuple[tuple[str, str], ...] = ()
    """Channel and ts of messages of ours that must be deleted, as their thread was gone."""
    trouble: Trouble | None = None

    @property
    def is_placeless(self) -> bool:
        """Whether its place refused it at the last try."""
        return self.trouble is not None and self.trouble.fault is Fault.PLACE

    def changed(self, **parts: object) -> "Posted":
        """A copy with these parts changed."""
        return self.model_copy(update=parts)


@dataclass(frozen=True)
class RoundEnd:
    """How a round over an order's messages has ended."""

    order: Order
    """As the round has shown it; when it has moved on since, it is due at once."""
    now: datetime
    due: datetime | None = None
    """When what waits comes due; None: Slack shows all of it."""
    delay: Delay | None = None
    """Why messages are delayed, where that is new."""
    is_undelayed: bool = False
    """Whether nothing is delayed any more."""


Again = Callable[[Order | None], None]
"""Told that an order is due again at once: as it was shown, when it has changed since."""


def _ignore(shown: Order | None) -> None:
    del shown


class PostedStore:
    """One hash an order: message key to `Posted`."""

    def __init__(self, redis: Redis, keys: Keys, again: Again = _ignore) -> None:
        """`again` is called when an order is due again before anybody looks at the queue."""
        self._redis = redis
        self._keys = keys
        self._again = again
        self._script = Script(redis, lua("posted"))

    async def load(self, order_id: str) -> dict[str, Posted]:
        """The record of each message that is posted, or was begun. Raises StoreUnavailable."""
        async with reaching_redis():
            texts = await self._redis.hgetall(self._keys.posted(order_id))
        return {str(key): Posted.model_validate_json(text) for key, text in texts.items()}

    async def change(self, order_id: str, key: str, read: Posted, new: Posted) -> Posted:
        """Replace the record of one message; see `write`."""
        return (await self.write(order_id, {key: (read, new)}))[key]

    async def write(
        self,
        order_id: str,
        changes: Mapping[str, tuple[Posted, Posted]],
        end: RoundEnd | None = None,
    ) -> dict[str, Posted]:
        """Replace records of messages (by key: as the caller has read it, and the new one).

        All or nothing, and with it the end of the round. Gives the records as they are written.
        Raises Conflict when somebody else has changed one since, StoreUnavailable.
        """
        mine = {
            key: new.changed(change=secrets.token_urlsafe(9)) for key, (_, new) in changes.items()
        }
        call = {
            "changes": [
                {
                    "key": key,
                    "read": changes[key][0].change,
                    "mine": new.change,
                    "json": new.model_dump_json(exclude_defaults=True),
                }
                for key, new in mine.items()
            ],
            **(_facts(end) if end else {"ends": ""}),
        }
        told = str(milliseconds(end.now)) if end else ""
        match await self._script(self._names(order_id), call, told):
            case 0:
                raise Conflict
            case 2 if end is not None:
                self._again(end.order)
            case _ if end is not None and end.due is not None and end.due - end.now < _SOON:
                self._again(None)
        return mine

    def _names(self, order_id: str) -> list[str]:
        """The script's keys, in the order in which it names them."""
        keys = self._keys
        return [keys.posted(order_id), keys.deliveries, keys.waiting, keys.order(order_id)]


def _facts(end: RoundEnd) -> dict[str, object]:
    """The end of a round, as the script takes it."""
    return {
        "ends": "later" if end.due else "delivered",
        "id": end.order.id,
        "thing": str(Thing.order(end.order.id)),
        "version": str(end.order.version),
        "due": str(milliseconds(end.due)) if end.due else "",
        "delay": end.delay.model_dump_json() if end.delay else "",
        "undelayed": end.is_undelayed,
    }
