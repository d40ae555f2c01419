"""What the queues hold: orders today; jobs and schedules have their place beside them."""

from dataclasses import dataclass
from enum import StrEnum


class ThingKind(StrEnum):
    """What a thing is; whoever does not know a kind leaves it alone."""

    ORDER = "order"
    """A purchase: each call at most once."""
    JOB = "job"
    """A change of SIM cards that names a target and may be repeated; none is built yet."""
    SCHEDULE = "schedule"
    """An order that is placed again and again; none is built yet."""


@dataclass(frozen=True)
class Thing:
    """One of them, by its id."""

    kind: str
    """A ThingKind, or the word of a newer version for one that this version does not know."""
    id: str

    def __str__(self) -> str:
        """As it stands in a queue: `order:7K2M9QXA`."""
        return f"{self.kind}:{self.id}"

    @classmethod
    def order(cls, order_id: str) -> "Thing":
        """This order."""
        return cls(ThingKind.ORDER, order_id)

    @classmethod
    def read(cls, text: str) -> "Thing":
        """The thing that `str` has written; an id alone is an order of an earlier version."""
        kind, colon, own = text.partition(":")
        if not colon:
            return cls.order(text)
        return cls(ThingKind(kind) if kind in set(ThingKind) else kind, own)
