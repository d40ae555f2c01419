"""Hand-outs to Ana, and the time that they take."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

from bot.domain.activation.hand_out import Columns, FoundCode, HandOut, Piece
from tests.integration.slack.desk import ANA, BEN
from tests.unit.slack.activation.given import found, hand_out

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from bot.slack.activation.giving import CodeMessages
    from tests.support.clock import ManualClock

T = TypeVar("T")


async def passing(clock: ManualClock, work: Coroutine[Any, Any, T]) -> T:
    """What comes of some work, while time goes on a second whenever it waits for that."""
    task = asyncio.ensure_future(work)
    while not task.done():
        asleep = asyncio.ensure_future(clock.until_asleep())
        await asyncio.wait({task, asleep}, return_when=asyncio.FIRST_COMPLETED)
        asleep.cancel()
        if not task.done():
            await clock.advance(1)
    return await task


async def opened(giver: CodeMessages, count: int = 1, **parts: Any) -> HandOut:
    """A hand-out of so many eSIMs, by Ben to Ana, in her conversation with the bot."""
    channel = await giver.open(ANA)
    return hand_out(count, **{"by": BEN, "to": ANA, "channel": channel, **parts})


async def given(
    giver: CodeMessages,
    to: HandOut,
    some: Sequence[FoundCode] = (),
    columns: Columns = Columns.PLAIN,
) -> list[Piece]:
    """Every piece, in the order in which they were told; of all its eSIMs if not of some."""
    codes = some or [found(number) for number in range(1, len(to.iccids) + 1)]
    return [piece async for piece in giver.give(to, codes, columns, "Telnyx")]
