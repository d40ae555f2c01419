"""Decides and commits, and does both again when others changed the order meanwhile."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from bot.clock import Fence
from bot.errors import Conflict, NotRecorded, StoreUnavailable

_TRIES = 5
"""Tries of a decision when others change the order at the same moment."""
_Result = TypeVar("_Result")


async def until_committed(step: Callable[[], Awaitable[_Result]]) -> _Result:
    """The result of a step that loads, decides and commits; on a conflict it does all three again.

    Raises Conflict when others keep changing the order, and whatever else the step raises.
    """
    for _ in range(_TRIES):
        try:
            return await step()
        except Conflict:
            continue
    raise Conflict


@asynccontextmanager
async def recording_nothing(within: Fence | None) -> AsyncIterator[None]:
    """Turn StoreUnavailable into NotRecorded for whoever waits: what fails here only reads."""
    try:
        yield
    except StoreUnavailable as failure:
        if within is None:
            raise
        raise NotRecorded from failure
