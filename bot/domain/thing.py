"""The things that queues hold and people decide about: orders; later jobs and schedules.

An order spends money, and each of its calls is made at most once. A job names a target state
(enable, standby, tag, group, limit) for a frozen list of SIM cards, and may safely be repeated. No
kind of job is built yet.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.domain.policy import Requirement, Subject, Vote

ID_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Of ids: Crockford's base 32, made to be read aloud and typed, without I, L, O and U."""
ID_LENGTH = 8
_READ_AS = str.maketrans("OIL", "011")
_WRITTEN = re.compile(f"[{ID_ALPHABET}]{{{ID_LENGTH}}}")


class ThingKind(StrEnum):
    """The kind of a thing. A version that does not know a kind leaves the thing alone."""

    ORDER = "order"
    """A purchase: each call at most once."""
    JOB = "job"
    """A change of SIM cards that names a target and may be repeated; none is built yet."""
    HAND_OUT = "hand_out"
    """Activation codes given to one person: their messages are deleted in time."""
    SCHEDULE = "schedule"
    """An order that is placed again and again; none is built yet."""


@dataclass(frozen=True)
class Thing:
    """One thing: its kind and its id."""

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


class Decidable(Subject, Protocol):
    """Something that people decide about: its requirement, votes, card and budget."""

    @property
    def state(self) -> StrEnum:
        """Where it is in its life."""

    @property
    def version(self) -> int:
        """Number of steps so far."""

    @property
    def revision(self) -> int:
        """Number of what is asked; votes and deliveries don't change it."""

    @property
    def requirement(self) -> Requirement:
        """Who must agree."""

    @property
    def votes(self) -> tuple[Vote, ...]:
        """Who has agreed to which revision."""


def order_id_of(number: int) -> str:
    """The id for a random number below 2**40."""
    digits = [(number >> shift) & 31 for shift in range(5 * (ID_LENGTH - 1), -1, -5)]
    return "".join(ID_ALPHABET[digit] for digit in digits)


def read_order_id(text: str) -> str | None:
    """The id that somebody meant by this text: any case, O for 0, I and L for 1."""
    meant = text.strip("`#").upper().translate(_READ_AS)
    return meant if _WRITTEN.fullmatch(meant) else None
