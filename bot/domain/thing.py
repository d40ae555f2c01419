"""What stands in a queue: an order, a job or a schedule, by its kind and id."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class ThingKind(StrEnum):
    """What a thing is."""

    ORDER = "order"
    """Something to be bought, once."""
    JOB = "job"
    """Something to be done to SIM cards, which may safely be repeated."""
    SCHEDULE = "schedule"
    """What makes orders or jobs at its times."""


@dataclass(frozen=True)
class Thing:
    """One thing that somebody must look at."""

    kind: ThingKind
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what `str` writes; a bare id is an order's. Raises ValueError for another kind."""
        kind, colon, thing_id = text.partition(":")
        return cls(ThingKind(kind), thing_id) if colon else cls(ThingKind.ORDER, text)
