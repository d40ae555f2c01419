"""When a request came in, for how long its person waits, and what follows the acknowledgement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.clock import Clock, Fence, Stopwatch

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.slack.ephemeral import Answer
    from handlers.interaction import Interaction

PATIENCE: Final = 2.0
"""Seconds within which a person is told what is known: Slack waits three."""
LATE: Final = 2.5
"""Seconds after which Slack may not have taken an acknowledgement any more."""


class Arrival(Fence):
    """One request from Slack. As a fence it closes when its person has to be told something."""

    def __init__(self, clock: Clock, patience: float = PATIENCE) -> None:
        self._watch = Stopwatch(clock)
        self._patience = patience
        self.interaction: Interaction | None = None
        self.answer: Answer | None = None
        """What the person is told of it at once."""
        self.is_told = False
        """Whether the acknowledgement holds the answer."""
        self.then: Callable[[], Awaitable[None]] | None = None
        """What is to be done after the acknowledgement, and after the answer."""

    @property
    def remaining(self) -> float:
        """Seconds left, by the clock on which most time has passed; 0 or less: too late."""
        return self._patience - self._watch.passed

    @property
    def is_late(self) -> bool:
        """Whether Slack may not take an acknowledgement any more that leaves now."""
        return self._watch.passed > LATE
