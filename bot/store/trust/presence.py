"""This process among those that share a server: they vouch together that it forgot nothing.

On a server with another run or replication id than before, nothing is sent until each registered
process has compared what it saw last, or its lease has run out. Where INFO is forbidden a restart
can't be seen: there each send waits, within its own commit, until the others have compared anew
since that commit was asked for, which takes one beat. What the server had forgotten by then is
found by whoever saw it, and the send is held up; nothing is remembered from one commit to the
next. A server that forgets within that one beat is not found by it: for that, allow INFO.
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
"""Seconds for which a process that does not beat any more is waited for."""
SETTLE = 7.0
"""Seconds for which a new server is watched for processes that it does not know."""
_LEAVING = 1.0
"""Seconds that the end of the process waits for Redis; else its lease ends by itself."""
_RETRY = 1.0
"""Seconds before another beat when Redis was away."""


class Presence:
    """Registered by its first beat, until it leaves or its lease runs out."""

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

        Without a witness it is a new process, which keeps what it sees in memory.
        """
        self.witness = witness or Witness(uuid4().hex)
        self.forgotten = 0
        """How often the server was found to have forgotten."""
        self._redis = redis
        self._keys = keys
        self._clock = clock or SystemClock()
        self._settle = settle
        self._beat = Script(redis, lua("beat"))
        self._log = structlog.get_logger()

    @property
    def clock(self) -> Clock:
        """By which this process waits."""
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
        """Take what a script answered; `forgot`: this comparison found that the server forgot."""
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
        """Compare, and learn what is newest; whether the server is trusted.

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
        """Have what was seen last on disk."""
        await asyncio.to_thread(self.witness.write)

    async def run(self, stopping: asyncio.Event) -> None:
        """Beat until told to stop; a Redis that is away is waited for."""
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
        """The process ends in peace: nobody waits for it, and the next one has its witness."""
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
        """Let go of the files, as the system does for a process that ends."""
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
