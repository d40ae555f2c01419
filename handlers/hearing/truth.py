"""Finds out whether something was recorded, once it was not known."""

from collections.abc import Awaitable, Callable
from typing import Final

from bot.clock import Clock, Fence, Stopwatch
from bot.errors import StoreUnavailable
from bot.slack.ephemeral import Answer, plain
from bot.slack.words.recording import NEVER_KNOWN, NOT_RECORDED_AFTER_ALL, recorded_after_all

CarriedOut = Callable[[str], Awaitable[str | None]]
"""The id of the order that a command or click changed; None: it was not carried out. Raises
StoreUnavailable."""
MARGIN: Final = 1.0
"""Seconds by which our clock and the server's may differ."""
_FIRST, _SLOWEST = 0.5, 5.0
"""Seconds between two questions: the wait doubles."""
_LONGEST: Final = 1800.0
"""Seconds after which it is not asked any more: Slack's response address is closed by then."""


class Truth:
    """Looks under the trigger until Redis says what became of it."""

    def __init__(self, carried_out: CarriedOut, clock: Clock) -> None:
        self._carried_out = carried_out
        self._clock = clock

    async def about(self, trigger: str, within: Fence) -> Answer:
        """The answer, once it is known; nothing is recorded any more once `within` is over.

        While Redis is away it is asked again and again. Without a trigger nothing can be known.
        """
        watch, wait = Stopwatch(self._clock), _FIRST
        while trigger and watch.passed < _LONGEST:
            is_over = within.remaining < -MARGIN
            try:
                order_id = await self._carried_out(trigger)
            except StoreUnavailable:
                pass  # it is asked again
            else:
                if order_id is not None:
                    return plain(recorded_after_all(order_id))
                if is_over:
                    return plain(NOT_RECORDED_AFTER_ALL)
            await self._clock.sleep(wait)
            wait = min(2 * wait, _SLOWEST)
        return plain(NEVER_KNOWN)
