"""This process among those that share a Redis: together they find out whether it lost data.

When the run or replication id of the server changes, no call is sent until each registered
process has compared the last commit that it saw with what the server has, or its lease has ended.
Where INFO is forbidden, a restart can't be seen. There each commit before a call waits until the
other processes have compared again, which takes one beat. A process that saw a lost commit then
stops the call. A server that loses data within that one beat is not found: for that, allow INFO.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from uuid import uuid4

import structlog
from redis.asyncio import Redis

from bot.clock import Clock, SharedClock, SystemClock
from bot.errors import StoreUnavailable
from bot.store.connection import Script, dictated, lua, reaching_redis
from bot.store.keys import Keys
from bot.store.trust.witness import Seen, Witness

BEAT = 5.0
"""Seconds between two comparisons."""
LEASE = 60.0
"""Seconds for which the others wait for a process that has stopped to beat."""
SETTLE = 7.0
"""Seconds for which a new server is not trusted, so that unknown processes can register."""
_LEAVING = 1.0
"""Seconds that a process waits for Redis when it ends; after that its lease ends by itself."""
_RETRY = 1.0
"""Seconds before another beat when Redis was away."""


class Presence:
    """A process, registered by its first beat until it leaves or its lease ends."""

    def __init__(
        self,
        redis: Redis,
        keys: Keys,
        clock: Clock | None = None,
        witness: Witness | None = None,
        *,
        settle: float = 0.0,
    ) -> None:
        """`settle`: see SETTLE; 0 where the server has no other process.

        Without a witness it is a new process, and what it sees is in memory only.
        """
        self.witness = witness or Witness(uuid4().hex)
        self.forgotten = 0
        """How often the server was found to have lost data."""
        self._redis = redis
        self._keys = keys
        self._clock = clock or SystemClock()
        self._settle = settle
        self._beat = Script(redis, lua("beat"))
        self._log = structlog.get_logger()

    @property
    def clock(self) -> Clock:
        """The clock by which this process waits."""
        return self._clock

    @property
    def dictates(self) -> bool:
        """Whether the clock of this process is the server's, too."""
        return self._clock.dictates

    @property
    def evidence(self) -> Mapping[str, str]:
        """What was seen last, as scripts take it."""
        seen = self.witness.seen
        return {"number": str(seen.number), "op": seen.op, "epoch": seen.epoch}

    def saw(self, seen: Seen, *, forgot: bool) -> None:
        """Remember the commit in a script's answer; `forgot`: the server has lost data."""
        self.witness.saw(seen)
        if not forgot:
            return
        self.forgotten += 1
        self._log.error(
            "redis_may_have_forgotten",
            epoch=seen.epoch,
            meaning="every earlier order is looked up before anything more is sent for it",
        )

    async def beat(self) -> bool:
        """Compare what was seen with what the server has; True when the server is trusted.

        Raises StoreUnavailable.
        """
        asked = self._clock.now()
        answer = await self._beat(self._beat_keys(), self._facts(), dictated(self._clock))
        _, number, op, epoch, forgot, trusted, time = answer
        if isinstance(self._clock, SharedClock):
            server = datetime.fromtimestamp(int(time) / 1000, UTC)
            self._clock.compare(server, asked, self._clock.now())
        self.saw(Seen(int(number), op, epoch), forgot=bool(forgot))
        await self.write()
        return bool(trusted)

    async def write(self) -> None:
        """Bring what was seen last to the disk."""
        await asyncio.to_thread(self.witness.write)

    async def run(self, stopping: asyncio.Event) -> None:
        """Beat until told to stop; when Redis is away, try again."""
        while not stopping.is_set():
            wait = BEAT
            try:
                await self.beat()
            except StoreUnavailable:
                wait = _RETRY
            except Exception:  # noqa: BLE001 - one bad answer must not end the comparisons
                self._log.exception("beat_failed")
                wait = _RETRY
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), wait)

    async def leave(self) -> None:
        """Deregister, so that nobody waits for this process, and release its witness."""
        with suppress(StoreUnavailable, TimeoutError):
            async with asyncio.timeout(_LEAVING):
                await self._deregister()
        await self.write()
        self.close()

    async def _deregister(self) -> None:
        process = self.witness.process
        await self.beat()
        async with reaching_redis(), self._redis.pipeline(transaction=False) as pipe:
            pipe.zrem(self._keys.processes, process)
            pipe.hdel(self._keys.beats, process)
            pipe.hdel(self._keys.compared, process)
            await pipe.execute()

    def close(self) -> None:
        """Close the files, as the system does when a process ends."""
        self.witness.close()

    def _beat_keys(self) -> list[str]:
        keys = self._keys
        return [keys.server, keys.epochs, keys.processes, keys.beats, keys.compared, keys.audit]

    def _facts(self) -> Mapping[str, object]:
        return {
            "process": self.witness.process,
            "lease": LEASE * 1000,
            "settle": self._settle * 1000,
            "epoch": uuid4().hex,
            "witness": self.evidence,
        }
