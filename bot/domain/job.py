"""What orders and jobs have in common: people decide about either in the same way.

A job names a target state (enable, standby, tag, group, limit) for a frozen list of SIM cards, and
may safely be repeated; an order spends money, and each of its calls is made at most once. No kind
of job is built yet.
"""

from enum import StrEnum
from typing import Protocol

from bot.domain.policy import Requirement, Subject, Vote


class Decidable(Subject, Protocol):
    """Something that people decide about: its requirement, votes, card and budget."""

    @property
    def kind(self) -> str:
        """What it does: a purchase, say."""

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
