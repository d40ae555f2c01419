"""What is known of an order's messages during one round, written through to Redis."""

from collections.abc import Iterator

from bot.slack.message import CARD
from bot.slack.web.client import Place
from bot.store.posted import Posted, PostedStore, Trouble


class Record:
    """One order's; every write raises StoreUnavailable, and Conflict when others wrote too."""

    def __init__(self, order_id: str, store: PostedStore, known: dict[str, Posted]) -> None:
        self._order_id = order_id
        self._store = store
        self._known = known

    @classmethod
    async def read(cls, order_id: str, store: PostedStore) -> "Record":
        """All that is known now. Raises StoreUnavailable."""
        return cls(order_id, store, await store.load(order_id))

    def __getitem__(self, key: str) -> Posted:
        return self._known.get(key, Posted())

    def __contains__(self, key: str) -> bool:
        return key in self._known

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._known))

    def place(self, key: str) -> Place | None:
        """Where a message stands; None while it is not known to."""
        known = self[key]
        return Place(known.channel, known.ts) if known.ts else None

    @property
    def has_trouble(self) -> bool:
        """Whether some message was turned away when it was last tried."""
        return any(known.trouble is not None for known in self._known.values())

    @property
    def card(self) -> Place | None:
        """Where the card stands."""
        return self.place(CARD)

    def trouble(self, key: str, digest: str) -> Trouble | None:
        """Why this content of a message is not up; None when it was not turned away."""
        trouble = self[key].trouble
        return trouble if trouble is not None and trouble.digest == digest else None

    async def change(self, key: str, **parts: object) -> Posted:
        """Write these parts of what is known of a message; the others stay."""
        return await self.replace(key, self[key].changed(**parts))

    async def replace(self, key: str, new: Posted) -> Posted:
        """Write all that is known of a message."""
        self._known[key] = await self._store.change(self._order_id, key, self[key], new)
        return self._known[key]
