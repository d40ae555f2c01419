"""An order of ana's that was bought, and what people see of its codes."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.slack.workspace.message import Message
    from tests.support.world import World

WAITING = ("I still look", "Still fetching")
"""How what is said meanwhile begins."""
_SECONDS, _MOMENT = 60, 0.1
"""Seconds of the clock that something takes at most; real ones for each of them."""


@dataclass
class Bought:
    """An order that was bought, in a world."""

    world: World
    card: Message
    id: str

    @property
    def iccids(self) -> list[str]:
        """Of its eSIMs, in its sequence."""
        return self.world.sold()

    async def says(self, line: str, *, who: str = "ana") -> Message:
        """Type a line; the answer to it comes back."""
        before = len(self.seen(who))
        delivery = await self.world.slack.person(who).types(line)
        assert delivery.ok, delivery
        await self.world.slack.until(lambda: len(self.seen(who)) > before)
        return self.seen(who)[before]

    async def told(self, line: str, *, who: str = "ana") -> str:
        """The same, as it is read."""
        return (await self.says(line, who=who)).plain()

    async def clicks(self, label: str, message: Message, *, who: str = "ana") -> str:
        """Click, let the time go by that it takes, and read what comes of it."""
        before = len(self.seen(who))
        delivery = await self.world.slack.person(who).clicks(label, message)
        assert delivery.ok, delivery
        await self.passes(lambda: len(self.seen(who)) > before)
        return self.seen(who)[before].plain()

    async def passes(self, condition: Callable[[], object]) -> None:
        """Wait until it is so; where that needs more time of the clock, let it go by."""
        for _ in range(_SECONDS):
            with suppress(TimeoutError):
                await self.world.slack.until(condition, _MOMENT)
                return
            await self.world.clock.jump(1)
        raise TimeoutError(self.world.slack.transcript(None))

    async def picks(self, user: str, message: Message, *, who: str = "ana") -> Message:
        """Choose somebody else in a confirmation; the new one comes back."""
        before = len(self.seen(who))
        await self.world.slack.person(who).fills(message, {"codes_to": user})
        await self.world.slack.until(lambda: len(self.seen(who)) > before)
        return self.seen(who)[before]

    def seen(self, who: str = "ana") -> list[Message]:
        """What this person alone was told, in order, but for what was said meanwhile."""
        shown = self.world.slack.ephemerals(who)
        return [each for each in shown if not each.plain().startswith(WAITING)]

    def direct(self, who: str) -> list[Message]:
        """What stands in the direct messages between the bot and this person."""
        slack = self.world.slack
        return slack.messages(slack.workspace.direct(slack.person(who).person).id)

    def codes(self, who: str) -> list[str]:
        """The messages with a code among them, as they are read."""
        return [text for each in self.direct(who) if "LPA:1$" in (text := each.plain())]

    def files(self, who: str) -> list[str]:
        """The names of the files that stand there."""
        return [file.name for each in self.direct(who) for file in each.files]

    @property
    def asked(self) -> list[str]:
        """The eSIMs whose codes the provider was asked for."""
        return self.world.telnyx.account.codes.asked


@pytest.fixture
async def bought(world: World) -> Bought:
    """Let ana's three eSIMs be bought, and be ready."""
    card = await world.ask("/esim buy 3")
    await world.click("Approve", card)
    await world.until_state(card, "purchased")
    await world.clock.jump(60)
    return Bought(world, card, world.order_id(card))
