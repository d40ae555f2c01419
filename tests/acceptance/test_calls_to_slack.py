"""What an ordinary order costs Slack, from the command until everybody has been told."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.world import World


async def test_an_ordinary_order(world: World) -> None:
    """Five calls: card, result, direct message, line, one edit of the card; nothing is read."""
    await world.ask("/esim buy 2")  # who asks here first has the bot look whether it is a member
    before = len(world.slack.calls)
    card = await world.ask("/esim buy 3")
    await world.click("Approve", card)
    await world.until_bought(3)
    await world.until_state(card, "purchased")
    await world.pass_time(5)
    assert len(world.slack.thread(card)) == 1
    calls = Counter(call.method for call in world.slack.calls[before:])
    assert calls == {"chat.postMessage": 4, "chat.update": 1}
