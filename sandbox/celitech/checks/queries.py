"""Query parameters of the reads: filters, limits, cursors."""

from __future__ import annotations

import base64
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from sandbox.celitech.checks.period import day, seconds_of
from sandbox.celitech.errors import BAD_REQUEST, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import date

DEFAULT_LIMIT: Final = 20

Entry = TypeVar("Entry")


@dataclass(frozen=True)
class Query:
    """The parameters of one call; a wrong one is refused with 400."""

    given: Mapping[str, str]

    def only(self, names: Collection[str]) -> None:
        """Raise Refusal for a parameter that is none of these: a misspelt filter finds all."""
        for name in self.given:
            if name not in names:
                raise _wrong(f"{name} is not allowed.")

    def text(self, name: str) -> str | None:
        """Return a text; an empty one counts as none."""
        return self.given.get(name) or None

    def date(self, name: str) -> date | None:
        """Return a date given as `yyyy-MM-dd`."""
        text = self.text(name)
        return None if text is None else day(text, name)

    def number(self, name: str) -> float | None:
        """Return a number."""
        text = self.text(name)
        try:
            number = None if text is None else float(text)
        except ValueError:
            raise _wrong(f"{name} must be a number.") from None
        if number is not None and not math.isfinite(number):
            raise _wrong(f"{name} must be a number.")
        return number

    def epoch(self, name: str) -> float | None:
        """Return a time given as an epoch in seconds or milliseconds, in seconds."""
        return seconds_of(self.number(name))

    def limit(self, largest: int) -> int:
        """Return how many entries a page may hold."""
        number = self.number("limit")
        if number is None:
            return DEFAULT_LIMIT
        if number != int(number) or not 1 <= number <= largest:
            raise _wrong(f"limit must be a whole number from 1 to {largest}.")
        return int(number)

    def after(self, entries: Sequence[Entry], id_of: Callable[[Entry], str]) -> Sequence[Entry]:
        """Return the entries behind the cursor. Raises Refusal for a cursor of nothing."""
        cursor = self.text("afterCursor")
        if cursor is None:
            return entries
        ids = [cursor_of(id_of(entry)) for entry in entries]
        if cursor not in ids:
            raise _wrong("afterCursor is invalid.")
        return entries[ids.index(cursor) + 1 :]


def cursor_of(entry_id: str) -> str:
    """Return the cursor behind the entry with this id."""
    return base64.urlsafe_b64encode(entry_id.encode()).decode().rstrip("=")


def _wrong(message: str) -> Refusal:
    return Refusal(BAD_REQUEST, message)
