"""Serves the page with everything behind it until it is told to stop."""

import asyncio
import errno
import signal
import sys
import webbrowser
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from sandbox.demo.bot_life import BotLife
from sandbox.demo.stage import Stage
from sandbox.page import Scene, read_manifest, served_page
from sandbox.page.feed import Feed

USUAL_PORT = 8484
"""Where the page is when nothing else is there and no other port is asked for."""

_WHY = {errno.EADDRINUSE: "it is taken", errno.EACCES: "this user may not listen there"}


async def serve(port: int | None, *, browser: bool) -> None:
    """Serve until SIGTERM or Ctrl-C, on `port` or else a usual or any free one.

    With `browser`, open the page in the visitor's browser. Raises OSError when `port` can't be
    used, BotDiedError when the bot does not start.
    """
    stopping = stop_signal()
    async with Stage.set_up() as stage, _scene(stage) as scene, page_of(scene, port) as url:
        tell(f"The workspace is at {url}/ (Ctrl-C stops it)")
        if browser:
            await asyncio.to_thread(webbrowser.open, f"{url}/")
        await stopping.wait()


def stop_signal() -> asyncio.Event:
    """Return what is set when the process is told to stop."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    return stopping


@asynccontextmanager
async def _scene(stage: Stage) -> AsyncIterator[Scene]:
    """The page's view of the stage, with a bot that can be killed."""
    feed = Feed()
    life = BotLife(stage.bot, stage.settings, feed.announce)
    watching = asyncio.create_task(life.watch())
    try:
        yield Scene(stage.slack, stage.telnyx, stage.celitech, life, read_manifest(), feed)
    finally:
        watching.cancel()
        await life.stop()


@asynccontextmanager
async def page_of(scene: Scene, port: int | None) -> AsyncIterator[str]:
    """Serve on the port that was asked for, or on the usual one, or on any."""
    if port is None and await is_taken(USUAL_PORT):
        port = 0
    async with AsyncExitStack() as stack:
        try:
            url = await stack.enter_async_context(
                served_page(scene, USUAL_PORT if port is None else port)
            )
        except (OSError, OverflowError) as failure:
            raise _not_there(port, failure) from failure
        yield url


def _not_there(port: int | None, failure: Exception) -> OSError:
    why = _WHY.get(getattr(failure, "errno", None) or 0) or str(failure)
    return OSError(
        f"the page can't be served on port {port} ({why}). Choose another one with --port, or "
        "leave --port out for any free one."
    )


async def is_taken(port: int) -> bool:
    """Whether something listens on a port already."""
    try:
        server = await asyncio.start_server(
            lambda _reader, writer: writer.close(), "127.0.0.1", port
        )
    except OSError:
        return True
    server.close()
    await server.wait_closed()
    return False


def tell(text: str) -> None:
    """Write a line for the visitor, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
