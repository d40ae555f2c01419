"""Which part of the bot handles which kind of thing."""

from collections.abc import Awaitable, Callable, Mapping

from bot.domain.thing import Thing, ThingKind
from bot.errors import UnknownThing

Step = Callable[[str], Awaitable[None]]
"""Does what is due for the thing with this id."""


class Dispatch:
    """Hands each thing to the step of its kind."""

    def __init__(self, steps: Mapping[ThingKind, Step]) -> None:
        """`steps`: those of the kinds that this version knows."""
        self._steps: Mapping[str, Step] = {str(kind): step for kind, step in steps.items()}

    async def step(self, thing: Thing) -> None:
        """Do what is due for it. Raises UnknownThing, and whatever its step raises."""
        step = self._steps.get(thing.kind)
        if step is None:
            raise UnknownThing(str(thing))
        await step(thing.id)
