"""Messages that are to be posted later: kept until their time, by the workspace's clock."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sandbox.slack.workspace.clock import Clock
    from sandbox.slack.workspace.message import Message

WINDOW_SECONDS = 300
MOST_IN_A_WINDOW = 30


@dataclass(frozen=True)
class Scheduled:
    """A message that waits: the name of the wait, and the times in Unix seconds."""

    id: str
    message: Message
    post_at: int
    created: int


@dataclass
class Schedule:
    """The messages that wait. `post` puts one of them into the workspace when its time comes."""

    clock: Clock
    post: Callable[[Message], object]
    entries: dict[str, Scheduled] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def add(self, message: Message, post_at: int) -> Scheduled:
        """Let a message wait until `post_at`; must be called on a running event loop."""
        number = f"Q0SCHED{next(self.numbers):05d}"
        entry = Scheduled(number, message, post_at, int(self.clock.now()))
        self.entries[entry.id] = entry
        task = asyncio.create_task(self._wait(entry))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return entry

    def is_full(self, channel: str, post_at: int) -> bool:
        """Whether a channel has 30 messages within five minutes of this time already."""
        near = [
            entry
            for entry in self.entries.values()
            if entry.message.channel == channel and abs(entry.post_at - post_at) < WINDOW_SECONDS
        ]
        return len(near) >= MOST_IN_A_WINDOW

    def post_due(self) -> None:
        """Post everything whose time has come, in the order of the times."""
        now = self.clock.now()
        for entry in sorted(self.entries.values(), key=lambda each: each.post_at):
            if entry.post_at <= now:
                del self.entries[entry.id]
                self.post(entry.message)

    async def stop(self) -> None:
        """Post nothing any more."""
        for task in [*self.tasks]:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _wait(self, entry: Scheduled) -> None:
        """Sleep until the time of one message, then post what is due."""
        await self.clock.sleep(entry.post_at - self.clock.now())
        self.post_due()
