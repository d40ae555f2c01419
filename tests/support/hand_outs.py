"""What people see and press when activation codes are given; by ids, not by the words."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final

from bot.errors import StoreUnavailable
from sandbox.blockkit import buttons
from sandbox.slack import NoSuchButtonError, SlackSandbox
from sandbox.slack.dispatch.delivery import Delivery
from sandbox.slack.workspace.message import Message
from sandbox.slack.workspace.model import File
from tests.support.world import World

ASK, SEND, DONE, TO = "codes_ask", "codes_send", "codes_done", "codes_to"
AS_ARCHIVE, AS_SHEET = "codes_as_archive", "codes_as_sheet"
"""Action ids of what is pressed and chosen."""
_A_MOMENT: Final = 0.1
"""Seconds of real time in which something may happen before the clock goes on."""
_ROUNDS: Final = 150
_TAKES_LONG: Final = ("I still look up", "Still fetching")
"""How an answer begins that only says that there is none yet."""
EVENT_TYPE: Final = "esim_codes"
"""What marks the messages with codes."""


def label_of(message: Message, action: str, holds: str = "") -> str:
    """What is written on the button with this action id; the one whose label holds the text.

    Raises NoSuchButtonError.
    """
    for button in buttons(message.all_blocks):
        if button.element.get("action_id") == action and holds.lower() in button.label.lower():
            return button.label
    raise NoSuchButtonError(f"no {action} on {message.plain()}")


def has(message: Message, action: str) -> bool:
    """Whether there is such a button."""
    return any(button.element.get("action_id") == action for button in buttons(message.all_blocks))


def confirmation_of(slack: SlackSandbox, who: str, since: int = 0) -> Message | None:
    """The newest confirmation that this person was shown, but for the first `since` answers."""
    news = slack.ephemerals(who)[since:]
    shown = [each for each in news if has(each, SEND) or has(each, AS_ARCHIVE)]
    return shown[-1] if shown else None


def codes_before(slack: SlackSandbox, who: str) -> list[Message]:
    """The messages with codes that stand before this person now, oldest first."""
    return [
        message
        for message in slack.direct_messages(who)
        if (message.metadata or {}).get("event_type") == EVENT_TYPE
    ]


def files_before(slack: SlackSandbox, who: str) -> list[File]:
    """The files that stand in the direct messages to this person now, oldest first."""
    return [file for message in slack.direct_messages(who) for file in message.files]


def shown_in(message: Message) -> str:
    """Everything in its blocks, as one text: also addresses of links."""
    return "\n".join(_texts(message.blocks))


def _texts(part: Any) -> list[str]:
    if isinstance(part, dict):
        part = list(part.values())
    if isinstance(part, list):
        return [text for each in part for text in _texts(each)]
    return [part] if isinstance(part, str) else []


async def bought(world: World, line: str = "/esim buy 2 tags=a", who: str = "ana") -> Message:
    """The card of an order that was approved and carried out; its result is told."""
    card = await world.ask(line, who=who)
    await world.until_state(card, "awaiting_approval")
    await world.click("Approve", card)
    await world.until_state(card, "purchased")
    await world.up_to_date_on_slack()
    return card


async def answer(world: World, who: str, act: Callable[[], Awaitable[Delivery]]) -> Message:
    """Do something; what this person alone is shown of it, but for words that it takes long."""
    before = set(world.slack.ephemerals(who))

    def news() -> list[Message]:
        found = [each for each in world.slack.ephemerals(who) if each not in before]
        return [each for each in found if not each.plain().startswith(_TAKES_LONG)]

    delivery = await act()
    assert delivery.ok, delivery
    await until(world, news)
    return news()[-1]


async def until(world: World, condition: Callable[[], object]) -> None:
    """Wait until it is true; while nothing happens, let time go by, second by second."""
    assert world.bot is not None
    for _ in range(_ROUNDS):
        with suppress(StoreUnavailable):
            await world.up_to_date()
        with suppress(TimeoutError):
            await world.slack.workspace.changes.until(condition, _A_MOMENT)
            return
        await world.clock.jump(1)
    raise TimeoutError(f"not so:\n{world.slack.transcript(None)}")


async def asked(world: World, line: str, who: str = "ana") -> Message:
    """Type a line about codes; what comes back: a confirmation, or why there is none."""
    return await answer(world, who, lambda: world.slack.person(who).types(line))


async def sent(
    world: World, confirmation: Message, who: str = "ana", action: str = SEND
) -> Message:
    """Press the button of a confirmation; what came of it."""
    label = label_of(confirmation, action)
    return await answer(world, who, lambda: world.slack.person(who).clicks(label, confirmation))


async def given(world: World, line: str, who: str = "ana", action: str = SEND) -> Message:
    """Type a line and confirm it; what came of it."""
    return await sent(world, await asked(world, line, who), who, action)
