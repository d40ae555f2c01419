"""Questions that a provider must be asked: acknowledged at once, asked once, answered behind it."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import pytest

from handlers.door import Bolt
from tests.support.harness.travel_agency import TravelAgency, past
from tests.support.harness.traveller import NAME
from tests.support.hearing.reception import WAYS, connected
from tests.support.hearing.signed import button, in_home, in_message, interaction

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_bolt.response import BoltResponse

    from handlers.hearing import Arrival
    from tests.support.world import World

ASKED = "I ask Traveller; the answer follows here."
ACTIONS = ("purchases_next", "purchase_details", "purchases_files")


@pytest.fixture
async def agency(world: World) -> TravelAgency:
    """The bot with a provider that can be asked; ana is named."""
    agency = TravelAgency()
    agency.past = [past(number) for number in range(5)]
    world.others[NAME] = agency
    await world.restart_bot(esim_requesters=(world.id("ana"),))
    return agency


@pytest.fixture(params=WAYS)
async def heard(
    request: pytest.FixtureRequest, world: World, agency: TravelAgency
) -> AsyncIterator[World]:
    """Let the bot hear in this way."""
    assert agency.questions == []
    async with AsyncExitStack() as stack:
        if request.param != "http":
            await world.restart_bot(slack_app_token=world.slack.app_token)
            assert world.bot is not None
            await connected(world.bot, world.slack, stack)
        yield world


def told(world: World) -> list[str]:
    """What ana alone was told, in order."""
    return [message.plain() for message in world.slack.ephemerals("ana")]


async def test_the_answer_follows(heard: World, agency: TravelAgency) -> None:
    """The acknowledgement says that it is asked; nothing is asked before it."""
    assert (await heard.slack.person("ana").types("/esim packages France")).ok
    await heard.slack.until(lambda: len(told(heard)) > 1)
    assert told(heard)[0] == ASKED
    assert told(heard)[1].startswith("Packages of Traveller for France")
    assert len(agency.questions) == 1


async def test_delivered_again(world: World, agency: TravelAgency) -> None:
    """Slack delivers the command a second time: the provider is asked once, one answer comes."""
    delivery = await world.slack.person("ana").types("/esim packages France")
    await world.slack.until(lambda: len(told(world)) > 1)
    again = await world.slack.again(delivery)
    assert again.ok
    assert world.bot is not None
    await world.bot.hearing.finish(5)
    assert (len(told(world)), len(agency.questions)) == (2, 1)


async def test_an_acknowledgement_that_left_late(
    world: World, agency: TravelAgency, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it said is said again another way, then comes the answer."""
    answer = Bolt.answer

    async def late(bolt: Bolt, body: dict[str, Any], arrival: Arrival) -> BoltResponse:
        given = await answer(bolt, body, arrival)
        await world.clock.jump(3)
        return given

    monkeypatch.setattr(Bolt, "answer", late)
    await world.slack.person("ana").types("/esim packages France")
    await world.slack.until(lambda: any("Packages of" in text for text in told(world)))
    assert told(world)[-2:][0] == ASKED
    assert len(agency.questions) == 1


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("value", ["", "x", '["buy 3","",""]', '["packages","",""]', "[1,2,3]"])
async def test_a_button_that_carries_no_question(
    world: World, agency: TravelAgency, action: str, value: str
) -> None:
    """Whatever it says, nothing is asked or ordered, and the person is told."""
    await interaction(world, "block_actions", **in_message(world), **button(action, value=value))
    await world.slack.until(lambda: told(world))
    assert told(world)[0].startswith("I don't know this button")
    assert agency.questions == []


async def test_a_button_for_another_question(world: World, agency: TravelAgency) -> None:
    """The line of one question behind the button of another one: the person is told."""
    value = '["packages France","",""]'
    await interaction(world, "block_actions", **in_home(), **button(ACTIONS[0], value=value))
    await world.slack.until(lambda: world.slack.direct_messages("ana"))
    (message,) = world.slack.direct_messages("ana")
    assert "can't do packages here" in message.plain()
    assert agency.questions == []
