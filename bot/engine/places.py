"""A place for a purchase; the wait for one ends when the bot is told to stop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from bot.providers.base import Provider


@asynccontextmanager
async def place_unless_stopped(stopping: asyncio.Event, provider: Provider) -> AsyncIterator[bool]:
    """Hold a place among the provider's connections; False: the bot stops, so begin nothing."""
    async with AsyncExitStack() as held:
        entering = asyncio.ensure_future(held.enter_async_context(provider.place()))
        stopped = asyncio.ensure_future(stopping.wait())
        try:
            await asyncio.wait((entering, stopped), return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()
            if not entering.done():
                entering.cancel()
            await asyncio.gather(entering, stopped, return_exceptions=True)
        if stopping.is_set():
            yield False
        else:
            entering.result()  # raises what kept it from getting one
            yield True
