"""Where faults come from: a server that has some for its next call, and some that stand."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from sandbox.provider.codes import Behaviour, Codes

    Turn = Callable[[], Awaitable[None] | None]
    Turns = tuple[Turn, Turn]

SLOW_SECONDS = 8.0
"""How long a slow provider takes for each call; longer than the bot's first look-ups."""


def code_turns(on: set[str], codes: Codes, names: Mapping[str, Behaviour]) -> dict[str, Turns]:
    """Return how codes are made to behave, by the name of each switch: one is on at a time."""

    def turn_on(name: str) -> None:
        on.difference_update(set(names) - {name})
        codes.become(names[name])

    return {name: (partial(turn_on, name), partial(codes.become, "as_they_are")) for name in names}


class Source(ABC):
    """Standing faults are on until they are switched off; armed ones meet the next call."""

    def __init__(self, on: set[str]) -> None:
        self.on = on
        """The names of the standing faults that are on, of every source."""
        self._armed: list[str] = []

    @abstractmethod
    def standing(self) -> Mapping[str, tuple[Turn, Turn]]:
        """Return how each standing fault is switched on and off."""

    @abstractmethod
    def single(self) -> Mapping[str, tuple[str, Callable[[], None]]]:
        """Return what each fault for the next call is called, and how it is armed.

        Without a name it is nothing that waits.
        """

    @property
    def waiting(self) -> int:
        """How many faults wait for the next calls, one each."""
        return 0

    async def clear(self) -> None:
        """Switch everything off."""
        self._armed.clear()

    def arm(self, name: str) -> None:
        """Let the next call meet a fault. Raises KeyError for a name that there is not."""
        label, arm = self.single()[name]
        arm()
        if label:
            self._armed.append(label)

    def armed(self) -> list[str]:
        """Return what waits for the next calls, the next one first."""
        del self._armed[: len(self._armed) - self.waiting]
        return list(self._armed)
