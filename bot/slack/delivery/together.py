"""Several things at the same time, of which none stops another."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import suppress

from bot.errors import StoreError

_SLOW = 1.0
"""Seconds after which what is done by then is saved, while the rest goes on."""


async def together(
    parts: Iterable[Coroutine[object, object, None]], save: Callable[[], Awaitable[None]]
) -> None:
    """Carry all of them out to their ends; `save` what is done when one of them takes long.

    Whatever fails is raised at the end, the worst of it. A part is never stopped: a post that may
    have left must be waited for. Only when this process stops they do, too.
    """
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        _, slow = await asyncio.wait(tasks, timeout=_SLOW)
        if slow:
            tasks.append(asyncio.ensure_future(save()))
        _raise_worst(await asyncio.gather(*tasks, return_exceptions=True))
    except asyncio.CancelledError:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with suppress(StoreError):
            await save()
        raise


def _raise_worst(ends: Iterable[object]) -> None:
    """Raise what ends the process, else what Redis did not do, else a fault of ours."""
    failures = [end for end in ends if isinstance(end, BaseException)]
    for failure in sorted(failures, key=_rank):
        raise failure


def _rank(failure: BaseException) -> int:
    if not isinstance(failure, Exception):
        return 0
    return 1 if isinstance(failure, StoreError) else 2
