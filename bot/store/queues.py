"""The two queues: the engine's agenda, and the deliveries to Slack.

A claim moves a thing to the end of a lease. When a worker dies, its things come due again at the
end of their leases; nothing is taken out of a queue and kept in memory only.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from redis.asyncio import Redis

from bot.domain.thing import Thing
from bot.store.connection import Script, lua, milliseconds, reaching_redis
from bot.store.keys import Keys

LEASE = 10.0
"""Seconds that a claim holds without renewal; the things of a dead worker wait this long."""
LONGEST_HOLD = 3600.0
"""Seconds for which a method of Slack can be held at most."""
Holds = Mapping[str, float]
"""Method of Slack's Web API to the seconds for which Slack wants it left alone."""


@dataclass
class Claim:
    """A thing that a worker has claimed."""

    thing: Thing
    name: str
    """Its name in the queue; each renewal gives it another one."""
    version: str = "0"
    """Steps that the thing had made when it was taken."""


class Claimed(NamedTuple):
    """What a claim gives."""

    claims: Sequence[Claim]
    next_in: float | None
    """Seconds until the next thing comes due, as far as known."""
    held: Holds = MappingProxyType({})
    """What Slack has told any process; of the deliveries only."""
    processes: int = 0
    """Living processes, by the server's time; of the deliveries only."""

    @property
    def things(self) -> list[Thing]:
        """What was taken."""
        return [claim.thing for claim in self.claims]


class Queue:
    """Things by the time at which a worker must handle them.

    Leases go by the server's time, unless a test's clock dictates it. Every method raises
    StoreUnavailable.
    """

    def __init__(
        self, redis: Redis, keys: Keys, key: str, holds: Callable[[], Holds] = dict
    ) -> None:
        """`holds`: see `deliveries`."""
        self._redis = redis
        self._keys = keys
        self._key = key
        self._script = Script(redis, lua("queue"))
        self._stays = key == keys.deliveries
        """Whether commits leave a claim of this queue alone."""
        self._holds = holds

    @classmethod
    def agenda(cls, redis: Redis, keys: Keys) -> "Queue":
        """Things that the engine must look at."""
        return cls(redis, keys, keys.agenda)

    @classmethod
    def deliveries(cls, redis: Redis, keys: Keys, holds: Callable[[], Holds] = dict) -> "Queue":
        """Things whose Slack messages are behind.

        Each claim stores what `holds` gives: what Slack told this process and the others do not
        know yet.
        """
        return cls(redis, keys, keys.deliveries, holds)

    async def claim(self, time: str, lease: float, limit: int) -> Claimed:
        """Take up to `limit` due things for `lease` seconds.

        `time`: see `bot.store.connection.dictated`.
        """
        call: dict[str, object] = {"operation": "claim", "things": self._keys.things}
        call |= {"lease": int(lease * 1000), "limit": limit}
        keys = [self._key, self._key]
        if self._stays:
            keys += [self._keys.processes, self._keys.held]
            holds = {method: int(left * 1000) for method, left in self._holds().items()}
            call |= {"holds": holds, "longest": int(LONGEST_HOLD * 1000)}
        answer = await self._script(keys, call, time)
        name, wait, processes, held, *taken = answer
        return Claimed(
            [Claim(Thing.read(member), name, version) for member, version in _pairs(taken)],
            float(wait) / 1000 if wait else None,
            {method: float(left) / 1000 for method, left in _pairs(held)},
            int(processes),
        )

    async def renew(self, claim: Claim, time: str, lease: float) -> None:
        """Let a claim hold for `lease` seconds from now, under another name.

        A thing that was given another time meanwhile, or taken out, stays so. In the agenda, so
        does a thing that changed meanwhile by more than the attempt of its claimer.
        """
        facts = {"lease": int(lease * 1000), "stays": self._stays}
        claim.name = str(await self._ask("renew", claim.thing, claim.version, time, **facts))

    async def release(self, claim: Claim, time: str, wait: float = 0) -> None:
        """Give a claim back: the thing comes due in `wait` seconds; at once if it has moved on.

        A thing that has got another time meanwhile keeps it.
        """
        facts = {"wait": int(wait * 1000), "claim": claim.name}
        await self._ask("release", claim.thing, claim.version, time, **facts)

    async def put(self, thing: Thing, due: datetime | None, version: int) -> None:
        """Set its time, None: never, if it is still at this version (0: whatever its version)."""
        score = str(milliseconds(due)) if due else ""
        await self._ask("put", thing, str(version), due=score)

    async def add(self, thing: Thing, due: datetime, version: int) -> bool:
        """Add a missing thing, if it is still at this version; True when it was added."""
        score = str(milliseconds(due))
        return bool(await self._ask("add", thing, str(version), due=score))

    async def make_due_now(self, now: datetime) -> int:
        """Make everything due now, except what is claimed; how many."""
        call = {"operation": "hurry", "lease": int(LEASE * 1000)}
        keys = [self._key, self._keys.waiting]
        return int(await self._script(keys, call, str(milliseconds(now))))

    async def _ask(
        self, operation: str, thing: Thing, version: str, time: str = "", **facts: object
    ) -> Any:
        call = {"operation": operation, "thing": str(thing), "version": version, **facts}
        return await self._script([self._key, self._keys.thing(thing)], call, time)

    async def check(self) -> None:
        """Test that the queue can be written, by a write that changes nothing.

        It also fails when Redis answers but takes no writes (read-only, full).
        """
        async with reaching_redis():
            await self._redis.zadd(self._key, {"nothing": 0}, xx=True)

    async def size(self) -> int:
        """How many things are in it at all."""
        async with reaching_redis():
            return int(await self._redis.zcard(self._key))


def _pairs(flat: Sequence[str]) -> Iterator[tuple[str, str]]:
    return zip(flat[::2], flat[1::2], strict=True)
