"""What is known of an order's messages on Slack, and what has become of them in this round."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import suppress

from bot.errors import Conflict
from bot.slack.message import CARD
from bot.slack.web.client import Place
from bot.store.posted import Posted, PostedStore, RoundEnd, Trouble


class Record:
    """The posted messages of one order.

    A change is known to this process at once, and to the others once it is saved. Whoever saves at
    the same moment shares one write, all of it or nothing.
    """

    def __init__(self, order_id: str, store: PostedStore, known: Mapping[str, Posted]) -> None:
        """`known`: what Redis has, as far as anybody has read it."""
        self._order_id = order_id
        self._store = store
        self._saved = dict(known)
        self._known = dict(known)
        self._saving = asyncio.Lock()
        self._next: asyncio.Task[None] | None = None

    @classmethod
    async def read(cls, order_id: str, store: PostedStore) -> "Record":
        """Read the record of an order. Raises StoreUnavailable."""
        return cls(order_id, store, await store.load(order_id))

    def __getitem__(self, key: str) -> Posted:
        return self._known.get(key, Posted())

    def __contains__(self, key: str) -> bool:
        return key in self._known

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._known))

    def place(self, key: str) -> Place | None:
        """Where a message is posted; None while that is not known."""
        known = self[key]
        return Place(known.channel, known.ts) if known.ts else None

    @property
    def has_trouble(self) -> bool:
        """Whether some message was refused at its last try."""
        return any(known.trouble is not None for known in self._known.values())

    @property
    def card(self) -> Place | None:
        """Where the card is posted."""
        return self.place(CARD)

    def trouble(self, key: str, digest: str) -> Trouble | None:
        """Why this content of a message is not posted; None when it was not refused."""
        trouble = self[key].trouble
        return trouble if trouble is not None and trouble.digest == digest else None

    def change(self, key: str, **parts: object) -> None:
        """Change these parts of a message's record; the others stay."""
        self.replace(key, self[key].changed(**parts))

    def replace(self, key: str, new: Posted) -> None:
        """Replace a message's record."""
        self._known[key] = new

    async def save(self) -> None:
        """Write what has changed, together with what others change before it leaves.

        Raises Conflict and StoreUnavailable: the round must be made anew then.
        """
        if self._next is None:
            self._next = asyncio.create_task(self._save_together())
        await asyncio.shield(self._next)

    async def end(self, end: RoundEnd) -> None:
        """The same, together with the end of the round."""
        async with self._saving:
            await self._write(end)

    async def save_outcomes(self) -> None:
        """After a write that failed: save what became of posts, one by one, where nobody else has.

        Else each of them would be looked for, and posted twice where the bot may not look.
        """
        for key, (saved, new) in self._changes().items():
            if saved.begun_at is not None and new.begun_at is None:
                with suppress(Conflict):
                    await self._store.write(self._order_id, {key: (saved, new)})

    async def _save_together(self) -> None:
        async with self._saving:
            self._next = None  # what changes from here on goes with the next write
            if self._changes():
                await self._write(None)

    def _changes(self) -> dict[str, tuple[Posted, Posted]]:
        """By key: what Redis has, and what it should have."""
        return {
            key: (self._saved.get(key, Posted()), new)
            for key, new in self._known.items()
            if new is not self._saved.get(key)
        }

    async def _write(self, end: RoundEnd | None) -> None:
        changes = self._changes()
        written = await self._store.write(self._order_id, changes, end)
        for key, posted in written.items():
            if self._known[key] is changes[key][1]:
                self._known[key] = posted
            self._saved[key] = posted
