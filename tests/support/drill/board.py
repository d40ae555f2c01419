"""What stands on Slack, by order: kept up to date without reading everything again."""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from sandbox.slack import Message, Workspace

_TAG = re.compile(r"drill-(\d+)-")
ENDED = frozenset({"purchased", "partly_purchased", "refused", "declined", "cancelled", "expired"})
"""States of a card after which nothing more is decided."""


def errand_tag(number: int) -> str:
    """The tag by which the card of an errand is recognised."""
    return f"drill-{number}-"


def facts(message: Message) -> dict[str, str]:
    """What a message of the bot says of itself: order_id, key, state; nothing for another one."""
    payload: dict[str, str] = (message.metadata or {}).get("event_payload", {})
    return payload


def state_of(card: Message) -> str:
    """The state that a card shows."""
    return facts(card)["state"]


@dataclass
class Board:
    """The messages of each order by key, and the cards of each errand in order of appearance."""

    workspace: Workspace
    messages: dict[str, dict[str, list[Message]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    cards: dict[int, list[Message]] = field(default_factory=lambda: defaultdict(list))
    _read: int = 0

    def read(self) -> None:
        """Take in what is new."""
        news, self._read = self.workspace.timeline[self._read :], len(self.workspace.timeline)
        for message in news:
            self._add(message)

    def _add(self, message: Message) -> None:
        told = facts(message)
        if not told:
            return
        self.messages[told["order_id"]][told["key"]].append(message)
        if told["key"] == "card":
            found = _TAG.search(str(message.blocks))
            assert found, message.plain()
            self.cards[int(found[1])].append(message)

    def cards_of(self, errand: int) -> list[Message]:
        """The cards that came of an errand; more than one when its command was sent again."""
        self.read()
        return self.cards.get(errand, [])

    def question(self, card: Message) -> Message | None:
        """The latest message that asks a person to decide about this card's order."""
        self.read()
        messages = self.messages[facts(card)["order_id"]]
        asked = [same[0] for key, same in messages.items() if key.startswith("attention:")]
        return asked[-1] if asked else None
