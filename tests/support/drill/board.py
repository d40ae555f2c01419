"""What stands on Slack, by order: kept up to date without reading everything again."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.slack.message import EVENT_TYPE
from sandbox.slack import Message, Workspace

_TAG = re.compile(r"drill-(\d+)-")
_REST = re.compile(r"The rest of order `(\w+)`")
CARD = "card"
ENDED = frozenset({"purchased", "partly_purchased", "refused", "declined", "cancelled", "expired"})
"""States of a card after which nothing more is decided."""
UNDECIDED = frozenset({"", "checking", "awaiting_approval"})
"""States of a card before somebody has approved it; "" while none stands."""


def errand_tag(number: int) -> str:
    """The tag by which the card of an errand is recognised."""
    return f"drill-{number}-"


def facts(message: Message) -> dict[str, str]:
    """What an order's message says of itself: order_id, key, state; nothing for another one."""
    metadata = message.metadata or {}
    payload: dict[str, str] = metadata.get("event_payload", {})
    return payload if metadata.get("event_type") == EVENT_TYPE else {}


@dataclass
class Board:
    """The messages of each order by key, and the orders of each errand in order of appearance."""

    workspace: Workspace
    messages: dict[str, dict[str, list[Message]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    """Also those that were deleted."""
    rests: dict[str, str] = field(default_factory=dict)
    """The latest order for the rest of another one, by the id of that one."""
    _orders: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    _seen: set[Message] = field(default_factory=set)

    def read(self) -> None:
        """Take in what is new: it stands at the end, whatever was deleted before it."""
        news = []
        for message in reversed(self.workspace.timeline):
            if message in self._seen:
                break
            news.append(message)
        self._seen.update(news)
        for message in reversed(news):
            self._add(message)

    def _add(self, message: Message) -> None:
        told = facts(message)
        if not told:
            return
        if told["key"] == CARD and not self.messages[told["order_id"]][CARD]:
            self._add_order(told["order_id"], message)
        self.messages[told["order_id"]][told["key"]].append(message)

    def _add_order(self, order_id: str, card: Message) -> None:
        rest, found = _REST.search(str(card.blocks)), _TAG.search(str(card.blocks))
        assert found, card.plain()
        if rest:
            self.rests[rest[1]] = order_id
        else:
            self._orders[int(found[1])].append(order_id)

    def orders_of(self, errand: int) -> list[str]:
        """The orders that came of an errand: more than one when its command was sent again."""
        self.read()
        return self._orders.get(errand, [])

    def rest_of(self, order_id: str) -> str | None:
        """The order for the rest of this one, if there is any."""
        self.read()
        return self.rests.get(order_id)

    def standing(self, order_id: str) -> dict[str, list[Message]]:
        """The messages of an order that nobody has deleted, by key."""
        self.read()
        messages = self.messages.get(order_id, {})
        there = {key: [each for each in same if _stands(each)] for key, same in messages.items()}
        return {key: same for key, same in there.items() if same}

    def message(self, order_id: str, key: str) -> Message | None:
        """The message with this key, if it stands."""
        found = self.standing(order_id).get(key)
        return found[-1] if found else None

    def state(self, order_id: str) -> str:
        """The state that the card of an order shows; "" while none stands."""
        card = self.message(order_id, CARD)
        return facts(card)["state"] if card else ""

    def question(self, order_id: str) -> Message | None:
        """The latest message that asks a person to decide about this order."""
        asked = [
            same[0] for key, same in self.standing(order_id).items() if key.startswith("attention:")
        ]
        return asked[-1] if asked else None

    def moving_cards(self) -> Iterator[Message]:
        """The cards of orders that were approved and have not ended, the newest first."""
        self.read()
        for order_id in reversed(self.messages):
            card = self.message(order_id, CARD)
            if card and facts(card)["state"] not in ENDED | UNDECIDED:
                yield card


def _stands(message: Message) -> bool:
    """What was deleted in a thread or without one is taken away; a thread's head stays empty."""
    return not message.deleted
