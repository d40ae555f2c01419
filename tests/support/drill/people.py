"""People who order, approve and decide, and do it again when the bot did not react."""

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random

from sandbox.slack import Delivery, Message, NoSuchButtonError, SlackSandbox
from tests.support.drill.board import ENDED, Board, errand_tag, state_of
from tests.support.drill.crowd import Desk
from tests.support.drill.fleet import Fleet

_PATIENCE = 4.0
"""Seconds after which a person clicks again."""
_CARD_PATIENCE = 15.0
"""Seconds after which a person types again: longer than the claim of a killed bot holds."""
_RETRY = 0.3
"""Seconds after which a person does again what was not acknowledged."""
_TRIES = 40
"""Times that somebody does the same again before they call it stuck."""
_APPROVERS = ("ben", "carla")


class StuckError(AssertionError):
    """Something did not happen, however often a person tried."""


@dataclass(frozen=True)
class Errand:
    """Something to order, by whom and where."""

    number: int
    desk: Desk
    amount: int

    @property
    def line(self) -> str:
        """What is typed."""
        return f"/esim buy {self.amount} tags={errand_tag(self.number)}"


@dataclass(frozen=True)
class People:
    """Runs errands, and looks after every card that comes of them."""

    slack: SlackSandbox
    fleet: Fleet
    board: Board
    random: Random

    async def run(self, errand: Errand) -> None:
        """Order, have it approved, decide where that is needed. Raises StuckError."""
        await self._until(lambda: self.board.cards_of(errand.number), self._type(errand))
        await self._approve(self.board.cards_of(errand.number)[0])

    async def tidy(self, errand: Errand) -> None:
        """Cancel what the same command ordered a second time when it was typed again."""
        for card in self.board.cards_of(errand.number)[1:]:
            await self._cancel(card, errand.desk.person)

    async def _cancel(self, card: Message, who: str) -> None:
        await self._until(lambda: state_of(card) in ENDED, self._click("Cancel", card, who))

    async def _approve(self, card: Message) -> None:
        """Approve it and see it through to its end."""
        approve = self._click("Approve", card, self.random.choice(_APPROVERS))
        await self._until(lambda: state_of(card) != "awaiting_approval", approve)
        await self._until(lambda: state_of(card) in ENDED, lambda: self._decide(card))

    async def _decide(self, card: Message) -> float:
        """Close an order that needs attention; else only wait."""
        question = self.board.question(card)
        if question is None or not question.buttons():
            return _PATIENCE
        return await self._click("Close as not bought", question, "carla")()

    def _type(self, errand: Errand) -> Callable[[], Awaitable[float]]:
        async def act() -> float:
            actor = self.slack.person(errand.desk.person)
            self.fleet.turn()
            return _wait_after(await actor.types(errand.line, errand.desk.channel), _CARD_PATIENCE)

        return act

    def _click(self, label: str, message: Message, who: str) -> Callable[[], Awaitable[float]]:
        async def act() -> float:
            self.fleet.turn()
            with contextlib.suppress(NoSuchButtonError):  # it has gone on in the meantime
                delivery = await self.slack.person(who).clicks(label, message)
                return _wait_after(delivery, _PATIENCE)
            return _PATIENCE

        return act

    async def _until(
        self, condition: Callable[[], object], act: Callable[[], Awaitable[float]]
    ) -> None:
        """Act until it is true, with as many seconds between as each act says."""
        for _ in range(_TRIES):
            if condition():
                return
            seconds = await act()
            with contextlib.suppress(TimeoutError):
                await self.slack.workspace.changes.until(condition, seconds)
        raise StuckError(f"tried {_TRIES} times in vain:\n{self.slack.transcript('ops')}")


def _wait_after(delivery: Delivery, patience: float) -> float:
    """An acknowledged act needs some time; another is done again soon."""
    return patience if delivery.ok else _RETRY
