"""A request: a head that is the same for every provider, and options of one provider.

Only the provider knows what the options mean. A broken rule raises `ValueError` with the
sentence that the person reads.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
)

from bot.domain.typography import fold, length

NOTE_LIMIT = 500
"""Characters of a note, as people count them, so that the card shows the whole of it."""
_MOST_CODE_POINTS = 4 * NOTE_LIMIT
"""Code points of a note: Slack counts all of them, and an emoji may have many."""
Value = bool | int | str | tuple[str, ...]
"""What an option is set to: for a list, its texts."""


def check_note(note: str) -> str:
    """Return the note, spaces folded; empty or longer than `NOTE_LIMIT`: ValueError."""
    note = fold(note)
    if not note:
        raise ValueError("the note is empty")
    characters = length(note)
    if characters > NOTE_LIMIT:
        raise ValueError(f"the note has {characters} characters; {NOTE_LIMIT} fit")
    if len(note) > _MOST_CODE_POINTS:
        raise ValueError("the note has too many marks and emoji to be shown whole: shorten it")
    return note


class OrderKind(StrEnum):
    """What is asked of the provider, at most once."""

    PURCHASE = "purchase"
    """To sell so many eSIMs."""
    TOP_UP = "top_up"
    """To sell more data for an eSIM that it has sold."""
    EDIT = "edit"
    """To move the dates of a purchase."""
    SUSPENSION = "suspension"
    """To end an eSIM for good."""


class PurchaseRequest(BaseModel):
    """What was asked for: the bot's own head, and the options that one provider understands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: OrderKind = OrderKind.PURCHASE
    provider: str
    """The name of the provider that sells it."""
    amount: Annotated[int, Field(ge=1)]
    """eSIMs; 1 for any other kind than a purchase."""
    options: Annotated[
        Mapping[str, Value], AfterValidator(MappingProxyType), PlainSerializer(dict)
    ] = Field(default_factory=lambda: MappingProxyType({}))
    """By the name of the provider's field; also those that a setting filled in."""
    chosen: tuple[str, ...] = ()
    """The names of the options that the person wrote, and `from` for the provider itself: a line
    shows only these."""
    note: Annotated[str, AfterValidator(check_note)] | None = None
    """For the people who decide; the provider never sees it."""

    def __hash__(self) -> int:
        """Equal requests hash alike."""
        options = frozenset(self.options.items())
        return hash((self.kind, self.provider, self.amount, options, self.chosen, self.note))
