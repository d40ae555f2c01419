"""What work passes that must not begin any more once the process is told to stop."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from bot.errors import Stopping


class Gate:
    """Open until it is closed; who waits before it is turned away at once."""

    def __init__(self) -> None:
        self._is_closed = False
        self._waiting: set[asyncio.Task[object]] = set()

    def close(self) -> None:
        """Let nobody through any more; who has gone through may do its work to the end."""
        self._is_closed = True
        for task in self._waiting:
            task.cancel()

    def check(self) -> None:
        """Raise Stopping when it is closed."""
        if self._is_closed:
            raise Stopping

    @asynccontextmanager
    async def through(self, place: AbstractAsyncContextManager[None]) -> AsyncIterator[None]:
        """Wait for a place, and have it until the end. Raises Stopping when the gate is closed."""
        async with AsyncExitStack() as stack:
            self.check()
            await self._wait(stack.enter_async_context(place))
            self.check()
            yield

    async def _wait(self, entering: Awaitable[None]) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in a task
        self._waiting.add(task)
        try:
            await entering
        except asyncio.CancelledError:
            if self._is_closed and not task.uncancel():
                raise Stopping from None
            raise
        finally:
            self._waiting.discard(task)
