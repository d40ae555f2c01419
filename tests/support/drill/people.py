"""People who order, approve and decide, and do it again when the bot did not react."""

import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from sandbox.slack import (
    Channel,
    Delivery,
    Message,
    NoSuchButtonError,
    Person,
    SlackSandbox,
    Workspace,
)
from sandbox.slack.workspace.installation import direct_channel
from tests.support.drill.board import ENDED, UNDECIDED, Board, errand_tag
from tests.support.drill.fleet import Fleet
from tests.support.hand_outs import (
    AS_ARCHIVE,
    DONE,
    SEND,
    codes_before,
    confirmation_of,
    has,
    label_of,
)

_PATIENCE = 4.0
"""Seconds after which a person clicks again."""
_CARD_PATIENCE = 30.0
"""Seconds after which a person types again: longer than a bot is frozen."""
_RETRY = 0.3
"""Seconds after which a person does again what was not acknowledged."""
_TRIES = 200
"""Times that somebody does the same again before they call it stuck."""
_APPROVERS = ("ben", "carla")
_BOUGHT = frozenset({"purchased", "partly_purchased"})
_Seen = TypeVar("_Seen")
_ORDER_REST = "Order the missing"
_PACKAGE = "to=France data=5GB days=7"


@dataclass(frozen=True)
class Desk:
    """A person, and the channel in which they order; both are ids."""

    person: str
    channel: str


def seat(workspace: Workspace, desks: int) -> list[Desk]:
    """Add so many people, each with a channel that the bot and everybody else is in."""
    everybody = set(workspace.people)
    return [_seated(workspace, number, everybody) for number in range(desks)]


def _seated(workspace: Workspace, number: int, everybody: set[str]) -> Desk:
    person = Person(f"U1PERSON{number:03d}", f"person-{number}", f"Person {number}")
    channel = Channel(f"C1DESK{number:05d}", f"desk-{number}", everybody | {person.id})
    direct = direct_channel(person, workspace.bot.id)
    workspace.people[person.id] = person
    workspace.channels |= {channel.id: channel, direct.id: direct}
    return Desk(person.id, channel.id)


class StuckError(AssertionError):
    """Something did not happen, however often a person tried."""


@dataclass(frozen=True)
class Habits:
    """How often of a hundred times people do what they need not do."""

    order_rest: float = 50
    """What is missing of an order is ordered, and that is approved."""
    look_again: float = 65
    """Whoever must decide has the list looked at once more; the others close the order."""
    buy_again: float = 5
    """Whoever must decide has it bought again."""
    ask_for_codes: float = 30
    """Whoever ordered asks for the activation codes, for themselves or for an approver."""

    def told(self) -> str:
        """One line."""
        return ", ".join(f"{name} {rate:g} %" for name, rate in vars(self).items())


@dataclass(frozen=True)
class Errand:
    """Something to order, by whom and where."""

    number: int
    desk: Desk
    amount: int
    provider: str

    @property
    def line(self) -> str:
        """What is typed; the card shows by which errand."""
        tag = errand_tag(self.number)
        if self.provider == "telnyx":
            return f"/esim buy {self.amount} tags={tag}"
        return f"/esim buy {self.amount} from={self.provider} {_PACKAGE} note={tag}"


@dataclass(frozen=True)
class People:
    """Runs errands, and looks after every order that comes of them."""

    slack: SlackSandbox
    fleet: Fleet
    board: Board
    random: Random
    habits: Habits = field(default_factory=Habits)
    presses: Counter[str] = field(default_factory=Counter)
    """What was pressed besides *Approve*, and how often it was taken."""
    stuck: list[str] = field(default_factory=list)
    """What did not come to its end, however often somebody tried."""

    async def run(self, errand: Errand) -> None:
        """Order, have it approved, decide where that is needed, order what is missing."""
        try:
            await self._until(lambda: self.board.orders_of(errand.number), self._type(errand))
            await self._see_through(self.board.orders_of(errand.number)[0], errand.desk.person)
        except StuckError as failure:
            self.stuck.append(f"errand {errand.number}: {failure}")

    async def tidy(self, errand: Errand) -> None:
        """Cancel what the same command ordered a second time when it was typed again."""
        for order_id in self.board.orders_of(errand.number)[1:]:
            try:
                await self._cancel(order_id, errand.desk.person)
            except StuckError as failure:
                self.stuck.append(f"errand {errand.number}: {failure}")

    async def _cancel(self, order_id: str, who: str) -> None:
        cancel = self._click("Cancel", order_id, "card", who)
        await self._until(lambda: self.board.state(order_id) in ENDED, cancel)

    async def _see_through(self, order_id: str, requester: str) -> None:
        """Approve an order, see it to its end, and do the same with its rest."""
        approve = self._click("Approve", order_id, "card", self.random.choice(_APPROVERS))
        await self._until(lambda: self.board.state(order_id) not in UNDECIDED, approve)
        await self._until(
            lambda: self.board.state(order_id) in ENDED, lambda: self._decide(order_id)
        )
        if self.board.state(order_id) in _BOUGHT and self._does(self.habits.ask_for_codes):
            await self._ask_for_codes(order_id, requester)
        short = self.board.state(order_id) == "partly_purchased"
        if short and self._does(self.habits.order_rest):
            await self._order_rest(order_id, requester)

    async def _order_rest(self, order_id: str, requester: str) -> None:
        async def act() -> float:
            return await self._press(self._rest_label(order_id), order_id, "result", requester)

        await self._until(lambda: self._rest_is_settled(order_id), act)
        if rest := self.board.rest_of(order_id):
            await self._see_through(rest, requester)

    async def _ask_for_codes(self, order_id: str, requester: str) -> None:
        """Have the codes sent, and press *Done* at some; one that is interrupted stays so."""
        to = self.random.choice(["", " to=@ben"])
        actor, before = self.slack.person(requester), len(self.slack.ephemerals(requester))
        channel = f"C1DESK{int(requester.removeprefix('U1PERSON')):05d}"
        self.fleet.turn()
        delivery = await actor.types(f"/esim activate {order_id}{to}", channel)
        confirmation = await self._shown(lambda: confirmation_of(self.slack, requester, before))
        if not delivery.ok or confirmation is None:
            return
        who = "ben" if to else requester
        stood = len(codes_before(self.slack, who))
        self.fleet.turn()
        action = SEND if has(confirmation, SEND) else AS_ARCHIVE
        sent = await actor.clicks(label_of(confirmation, action), confirmation)
        self.presses["Send"] += sent.ok
        await self._shown(lambda: len(codes_before(self.slack, who)) > stood)
        for message in codes_before(self.slack, who)[: self.random.randrange(3)]:
            with contextlib.suppress(NoSuchButtonError):
                self.fleet.turn()
                done = await self.slack.person(who).clicks(label_of(message, DONE), message)
                self.presses["Done"] += done.ok

    async def _shown(self, condition: Callable[[], _Seen]) -> _Seen | None:
        """What Slack shows once it is there; None where that takes too long."""
        with contextlib.suppress(TimeoutError):
            return await self.slack.workspace.changes.until(condition, _PATIENCE)
        return None

    def _rest_label(self, order_id: str) -> str:
        result = self.board.message(order_id, "result")
        labels = result.buttons() if result else []
        return next((label for label in labels if label.startswith(_ORDER_REST)), "")

    def _rest_is_settled(self, order_id: str) -> bool:
        """Whether it is ordered, or nothing is missing any more: the result says so."""
        result = self.board.message(order_id, "result")
        nothing_missing = result is not None and "missing" not in result.plain()
        return bool(self.board.rest_of(order_id)) or nothing_missing

    async def _decide(self, order_id: str) -> float:
        """Decide about an order that needs attention, or whose price rose; else only wait."""
        if self.board.state(order_id) == "awaiting_approval":
            return await self._press("Approve", order_id, "card", self.random.choice(_APPROVERS))
        question = self.board.question(order_id)
        if question is None or not question.buttons():
            return _PATIENCE
        key = next(key for key, same in self.board.standing(order_id).items() if question in same)
        return await self._press(self._decision(question), order_id, key, "carla")

    def _decision(self, question: Message) -> str:
        if self._does(self.habits.buy_again) and "Buy again" in question.buttons():
            return "Buy again"
        looks = self._does(self.habits.look_again)
        return "Look again" if looks else "Close as not bought"

    def _does(self, percent: float) -> bool:
        return self.random.uniform(0, 100) < percent

    def _type(self, errand: Errand) -> Callable[[], Awaitable[float]]:
        async def act() -> float:
            actor = self.slack.person(errand.desk.person)
            self.fleet.turn()
            return _wait_after(await actor.types(errand.line, errand.desk.channel), _CARD_PATIENCE)

        return act

    def _click(
        self, label: str, order_id: str, key: str, who: str
    ) -> Callable[[], Awaitable[float]]:
        return lambda: self._press(label, order_id, key, who)

    async def _press(self, label: str, order_id: str, key: str, who: str) -> float:
        """Press a button once, if it is there; seconds until it is worth another try."""
        self.fleet.turn()
        message = self.board.message(order_id, key)
        if message is None or label not in message.buttons():
            return _PATIENCE  # it has gone on in the meantime, or is not there yet
        with contextlib.suppress(NoSuchButtonError):
            delivery = await self.slack.person(who).clicks(label, message)
            self.presses[label.rstrip("0123456789 ")] += delivery.ok
            return _wait_after(delivery, _PATIENCE)
        return _PATIENCE

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
        raise StuckError(f"tried {_TRIES} times in vain")


def _wait_after(delivery: Delivery, patience: float) -> float:
    """An acknowledged act needs some time; another is done again soon."""
    return patience if delivery.ok else _RETRY
