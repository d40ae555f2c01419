"""What giving codes needs of Slack."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from bot.domain.activation.hand_out import Columns, FoundCode, HandOut, Piece
from bot.domain.activation.recipient import Recipient


class Giver(Protocol):
    """Puts codes before one person, and takes them away again."""

    async def open(self, to: str) -> str:
        """Slack's id of the conversation with this person. Raises SlackError."""
        ...

    def give(
        self, hand_out: HandOut, found: Sequence[FoundCode], columns: Columns, title: str
    ) -> AsyncIterator[Piece]:
        """Post it to `hand_out.channel`, piece by piece; each is told as soon as it stands.

        A piece comes again, with the same ts, once it has a file. `title`: the provider's name as
        people know it. Raises SlackError.
        """
        ...

    async def remove(self, channel: str, piece: Piece) -> None:
        """Delete a message and its file; what is gone already is no failure. Raises SlackError."""
        ...

    async def find(self, hand_out: HandOut) -> tuple[Piece, ...]:
        """What stands of this hand-out, recorded or not. Raises SlackError."""
        ...

    async def tell_interrupted(self, hand_out: HandOut) -> None:
        """Tell whoever had it given that it was interrupted. Raises SlackError."""
        ...

    def progress(self, by: str, total: int) -> AbstractAsyncContextManager[Callable[[int], None]]:
        """Show this person how many codes are fetched, where that takes long."""
        ...


class People(Protocol):
    """Knows the people of the workspace."""

    async def recipient(self, user: str) -> Recipient:
        """Somebody as Slack describes them now. Raises SlackError."""
        ...
