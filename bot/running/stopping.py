"""Waits that end at once when the bot is told to stop."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import structlog

Result = TypeVar("Result")
_AGAIN = 5.0
"""Seconds until work that broke off is begun anew."""


async def unless(stopping: asyncio.Event, work: Coroutine[Any, Any, Result]) -> Result | None:
    """Do the work, but not when the bot is told to stop: then None comes back.

    What the work raises is raised.
    """
    task, told = asyncio.ensure_future(work), asyncio.ensure_future(stopping.wait())
    try:
        await asyncio.wait([task, told], return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        for each in (task, told):
            each.cancel()
        await asyncio.gather(task, told, return_exceptions=True)


async def rest(stopping: asyncio.Event, seconds: float) -> None:
    """Wait that many seconds, or until the bot is told to stop."""
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return


async def lasting(
    stopping: asyncio.Event, name: str, work: Callable[[], Coroutine[Any, Any, None]]
) -> None:
    """Do the work; a fault in it is told, and the work is begun anew: it must not end the bot."""
    while not stopping.is_set():
        try:
            await work()
        except Exception:  # noqa: BLE001 - whatever it is, all the rest goes on
            structlog.get_logger().exception("work_broke_off", work=name, again_in=_AGAIN)
            await rest(stopping, _AGAIN)
        else:
            return
