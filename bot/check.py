"""A check: what it asks, what its failure means, and what to do then."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Flag, IntEnum, auto
from typing import NamedTuple

from bot.reasons import reason_of

PATIENCE = 15.0
"""Seconds that a check may take."""


class Mark(IntEnum):
    """How bad an answer is; the worst one is the exit code of `esim-bot doctor`."""

    OK = 0
    """Nothing is wrong with it."""
    WARN = 1
    """The bot runs, but something should be mended."""
    WRONG = 2
    """The bot can't do its work."""


class Occasion(Flag):
    """When a check is asked."""

    START = auto()
    """Once, when the bot has begun to run."""
    READINESS = auto()
    """Whenever somebody wants to know whether the bot can work: it must be quick."""
    DOCTOR = auto()
    """When an operator looks at everything."""
    ALWAYS = START | READINESS | DOCTOR
    """On each of these."""


class Answer(NamedTuple):
    """One thing that a check has found."""

    mark: Mark
    says: str
    """The finding, as a sentence that continues the check's title."""
    do: str = ""
    """What to do, where it differs from the check's own advice."""


Ask = Callable[[], Awaitable[Sequence[Answer]]]


@dataclass(frozen=True)
class Check:
    """One question about what the bot depends on."""

    name: str
    """Its name for programs; the same in every report."""
    title: str
    """What it is about, at the head of a line."""
    asks: str
    means: str
    """What its failure means for orders and money."""
    do: str
    ask: Ask
    on: Occasion = Occasion.ALWAYS
    believed: float = 1.0
    """Seconds for which readiness believes an answer."""
    needs: str = ""
    """The check without whose success this one can't be answered."""
    late: Mark = Mark.WRONG
    """How bad it is when the answer does not come in time."""

    async def answers(self, patience: float = PATIENCE) -> Sequence[Answer]:
        """What it finds; a check that fails or takes more than `patience` seconds is wrong."""
        try:
            async with asyncio.timeout(patience):
                return await self.ask()
        except TimeoutError:
            return [self.overdue]
        except Exception as failure:  # noqa: BLE001 - one check must not hide the others
            return [Answer(Mark.WRONG, f"could not be asked ({reason_of(failure)}).")]

    @property
    def overdue(self) -> Answer:
        """The answer while none has come."""
        return Answer(self.late, "did not answer in time.")

    def line(self, answer: Answer) -> str:
        """`wrong  Redis: …`, with what it means and what to do where it is not well."""
        parts = [answer.says]
        if answer.mark is not Mark.OK:
            parts += [self.means, answer.do or self.do]
        said = " ".join(part for part in parts if part)
        return f"{answer.mark.name.lower():5}  {self.title}: {said}"


def worst(answers: Iterable[Answer]) -> Mark:
    """The worst mark among them."""
    return max((answer.mark for answer in answers), default=Mark.OK)


def well(says: str) -> list[Answer]:
    """The answer of a check that has found nothing wrong."""
    return [Answer(Mark.OK, says)]
