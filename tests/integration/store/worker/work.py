"""Work for a worker that a test can hold up, and a worker that runs for the length of a block."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.domain.thing import Thing
    from bot.worker import Worker


class Work:
    """A handler: tells what was begun, and does not end before it may."""

    def __init__(self) -> None:
        self.begun: asyncio.Queue[str] = asyncio.Queue()
        self.may_end = asyncio.Event()
        self.ended: list[str] = []
        self.cancelled: list[str] = []
        self.at_once = 0
        self.most_at_once = 0

    async def __call__(self, thing: Thing) -> None:
        """Do the work for one order."""
        order_id = thing.id
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.begun.put_nowait(order_id)
        try:
            await self.may_end.wait()
            self.ended.append(order_id)
        except asyncio.CancelledError:
            self.cancelled.append(order_id)
            raise
        finally:
            self.at_once -= 1


@asynccontextmanager
async def running(worker: Worker, grace: float = 5) -> AsyncIterator[asyncio.Event]:
    """Run the worker until the end of the block, or until the event that it gives is set."""
    stopping = asyncio.Event()
    run = asyncio.create_task(worker.run(stopping, grace))
    try:
        yield stopping
    finally:
        stopping.set()
        await run
