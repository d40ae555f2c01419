"""Waits and work that end when the bot is told to stop."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import structlog

Result = TypeVar("Result")
_RESTART_AFTER = 5.0
"""Seconds until work is started again after a fault."""


async def unless_stopped(
    stopping: asyncio.Event, work: Coroutine[Any, Any, Result]
) -> Result | None:
    """Do the work; when the bot is told to stop, cancel it and return None.

    Raises what the work raises.
    """
    task, told = asyncio.ensure_future(work), asyncio.ensure_future(stopping.wait())
    try:
        await asyncio.wait([task, told], return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        for each in (task, told):
            each.cancel()
        await asyncio.gather(task, told, return_exceptions=True)


async def pause(stopping: asyncio.Event, seconds: float) -> None:
    """Wait that many seconds; end early when the bot is told to stop."""
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return


async def supervised(
    stopping: asyncio.Event, name: str, work: Callable[[], Coroutine[Any, Any, None]]
) -> None:
    """Do the work; after a fault, log it and start the work again, so that the bot goes on."""
    while not stopping.is_set():
        try:
            await work()
        except Exception:  # noqa: BLE001 - whatever it is, all the rest goes on
            structlog.get_logger().exception("work_failed", work=name, retry_in=_RESTART_AFTER)
            await pause(stopping, _RESTART_AFTER)
        else:
            return
