"""trigger_ids: each opens one view, within three seconds. Source: docs.slack.dev, modals."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from sandbox.slack.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.slack.workspace.clock import Clock

SECONDS = 3.0


@dataclass
class Trigger:
    """What a person did, and in which modal (its id) if it was in one."""

    person: str
    view: str | None
    until: float
    used: bool = False


@dataclass(frozen=True)
class Triggers:
    """Issues trigger_ids, and takes each of them back once."""

    clock: Clock
    issued: dict[str, Trigger] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def issue(self, person: str, view: str | None = None) -> str:
        """Return a new trigger_id for what a person (an id) just did, perhaps in a modal."""
        now = self.clock.now()
        key = f"{int(now * 1000)}.{next(self.numbers)}.{secrets.token_hex(16)}"
        self.issued[key] = Trigger(person, view, now + SECONDS)
        return key

    def look_up(self, key: str) -> Trigger:
        """Return what a trigger_id stands for, while it is good; the caller marks it as used.

        Raises Refusal: invalid_trigger_id, exchanged_trigger_id, or expired_trigger_id.
        """
        trigger = self.issued.get(key)
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if trigger.used:
            raise Refusal("exchanged_trigger_id")
        if self.clock.now() > trigger.until:
            raise Refusal("expired_trigger_id")
        return trigger
