"""What is seen at once of a new order: its card, or that it was noted and its card follows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from bot import bootstrap
from handlers.services import Services

if TYPE_CHECKING:
    from tests.support.world import World

NOTED = "its card follows."


def noted(world: World) -> list[str]:
    """What ana was told of noted orders."""
    said = [message.plain() for message in world.slack.ephemerals("ana")]
    return [text for text in said if NOTED in text]


async def test_a_card_at_once_is_answer_enough(world: World) -> None:
    """Nothing is said besides a card that is up within a moment."""
    await world.ask("/esim buy 3")
    await world.pass_time(5)
    assert world.slack.ephemerals("ana") == []


async def test_a_card_that_has_to_wait(world: World) -> None:
    """Slack takes no posts now: the person knows at once that the order is recorded."""
    world.slack.faults.rate_limit("chat.postMessage", retry_after=30)
    assert (await world.slack.person("ana").types("/esim buy 3")).ok
    await world.until(lambda: noted(world))
    (told,) = noted(world)
    assert world.slack.messages("ops") == []
    await world.clock.jump(30)
    await world.until(lambda: world.slack.messages("ops"))
    (card,) = world.slack.messages("ops")
    assert told == f"Noted as order {world.order_id(card)}: its card follows."


@pytest.mark.parametrize("error", ["accesslimited", "invalid_blocks"])
async def test_a_card_that_comes_later(world: World, error: str) -> None:
    """Slack does not take it now, or not in this form: it is tried again, and that is said."""
    world.slack.faults.error("chat.postMessage", error)
    assert (await world.slack.person("ana").types("/esim buy 3")).ok
    await world.until(lambda: noted(world))
    assert len(noted(world)) == 1


async def test_a_card_that_is_known_to_wait(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line of the channel is long: the acknowledgement itself says so, and nothing else."""
    monkeypatch.setattr(Services, "_note_unless_settled", None)
    monkeypatch.setattr(bootstrap, "Services", partial(long_line, 1.6))
    await world.restart_bot()
    delivery = await world.slack.person("ana").types("/esim buy 3")
    (told,) = noted(world)
    assert "its card follows." in delivery.body
    await world.until(lambda: world.slack.messages("ops"))
    assert told == f"Noted as order {world.order_id(world.slack.messages('ops')[0])}: {NOTED}"
    await world.pass_time(5)
    assert len(noted(world)) == 1


async def test_a_card_whose_turn_comes_soon(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within a second and a half it is answer enough."""
    monkeypatch.setattr(bootstrap, "Services", partial(long_line, 1.4))
    await world.restart_bot()
    assert (await world.slack.person("ana").types("/esim buy 3")).body == ""


def long_line(seconds: float, **parts: Any) -> Services:
    """The services of a bot whose cards wait so long."""
    return Services(**parts | {"card_wait": lambda _: seconds})


async def test_many_commands_at_once(world: World) -> None:
    """Whoever's card has to queue hears so; nobody waits a minute without a word."""
    for _ in range(6):
        assert (await world.slack.person("ana").types("/esim buy 1")).ok
    await world.until(lambda: len(world.slack.messages("ops")) + len(noted(world)) >= 6)
    assert noted(world)


async def test_a_card_that_slack_refuses(world: World) -> None:
    """Its order is cancelled and the requester told: no card is promised."""
    world.slack.faults.error("chat.postMessage", "not_in_channel")
    assert (await world.slack.person("ana").types("/esim buy 3")).ok
    await world.until(lambda: world.slack.direct_messages("ana"))
    await world.pass_time(5)
    assert noted(world) == []


async def test_a_bot_that_is_stopped_in_between(world: World) -> None:
    """The person is told before it ends, without waiting for the card."""
    world.slack.faults.rate_limit("chat.postMessage", times=5, retry_after=30)
    assert (await world.slack.person("ana").types("/esim buy 3")).ok
    await world.slack.until(lambda: _posts(world))
    assert world.bot is not None
    await world.bot.hearing.finish(5)
    assert len(noted(world)) == 1


def _posts(world: World) -> list[str]:
    return [call.method for call in world.slack.calls if call.method == "chat.postMessage"]
