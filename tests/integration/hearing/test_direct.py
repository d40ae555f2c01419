"""Commands where no approver would see the card: told where to order; all else works there."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from sandbox.slack.dispatch.delivery import command_parcel
from sandbox.slack.dispatch.payloads import slash_form

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.slack.web.channels import Channels
    from tests.support.world import World

DIRECT = "D0ANA000000"
WHERE = "Orders need a channel where approvers see them; nothing was ordered."
PLACES = [
    ("D0BENANDANA", "directmessage"),
    ("G0GROUPOFPE", "mpdm-ana--ben--carla-1"),
    ("C0GROUPOFPE", "mpdm-ana--ben--carla-1"),
]


def channels(world: World) -> Channels:
    """What the bot knows of where it is."""
    assert world.bot is not None
    return world.bot.channels


def asked(world: World) -> int:
    """How often Slack was asked where the bot is."""
    return [call.method for call in world.slack.calls].count("users.conversations")


async def eventually(condition: Callable[[], object]) -> None:
    """Wait for something that nobody announces."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - a call to Slack announces nothing here
            await asyncio.sleep(0.01)


async def typed(world: World, text: str, channel: str, name: str) -> str:
    """Let ana type a command in a conversation that the sandbox does not have."""
    workspace = world.slack.workspace
    ana, ops = workspace.person("ana"), workspace.channel("ops")
    address = world.slack.serving.url + world.slack.response_urls.issue(ana, ops, None)
    form = slash_form(workspace, ana, ops, ("/esim", text), address)
    parcel = command_parcel(workspace, form | {"channel_id": channel, "channel_name": name})
    answer = await world.slack.dispatcher.post(parcel.body, parcel.headers)
    assert answer.status == 200
    return str(json.loads(answer.body)["text"])


async def test_in_the_bots_own_messages(world: World) -> None:
    """The channels where the bot is are named, the public ones only."""
    assert await channels(world).ask()
    told = await world.told("/esim buy 3", channel=DIRECT)
    assert WHERE in told
    assert "I am in #ops, #fleet" in told
    await world.pass_time(5)
    assert world.slack.direct_messages("ana") == []


@pytest.mark.parametrize(("channel", "name"), PLACES)
async def test_between_people(world: World, channel: str, name: str) -> None:
    """The same in a message between two, or in a group."""
    assert WHERE in await typed(world, "buy 3", channel, name)


@pytest.mark.parametrize("fault", ["down", "refused", "limited"])
async def test_while_slack_does_not_say_where_it_is(world: World, fault: str) -> None:
    """The answer comes all the same, with how to invite the bot."""
    if fault == "down":
        world.slack.faults.down("users.conversations")
    elif fault == "refused":
        world.slack.faults.error("users.conversations", "missing_scope")
    else:
        world.slack.faults.rate_limit("users.conversations", retry_after=30)
    assert not await channels(world).ask()
    told = await world.told("/esim buy 3", channel=DIRECT)
    assert "In a channel that I am not in yet type /invite and pick @esim-bot" in told


async def test_nobody_waits_for_slack_to_say_where_it_is(world: World) -> None:
    """The answer is from memory: nothing is asked while somebody waits."""
    for _ in range(3):
        await world.told("/esim buy 3", channel=DIRECT)
    assert asked(world) == 0


async def test_where_it_is_is_asked_again(world: World) -> None:
    """Every ten minutes; what Slack said last holds while it does not answer, for a minute."""
    asking = asyncio.create_task(channels(world).run())
    await eventually(lambda: channels(world).public())
    await world.clock.jump(599)
    assert asked(world) == 1
    world.slack.faults.error("users.conversations", "internal_error")
    await world.clock.jump(1)
    await eventually(lambda: asked(world) == 2)
    assert "#ops" in await world.told("/esim buy 3", channel=DIRECT)
    await world.pass_time(60)
    await eventually(lambda: asked(world) == 3)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)


async def test_everything_else_works_there(world: World) -> None:
    """Help, one's orders and one of them."""
    card = await world.ask("/esim buy 3")
    order_id = world.order_id(card)
    assert "/esim buy 3" in await world.told("/esim help", channel=DIRECT)
    assert order_id in await world.told("/esim orders", channel=DIRECT)
    assert order_id in await world.told(f"/esim order {order_id}", channel=DIRECT)


async def test_a_wrong_command_there(world: World) -> None:
    """A line that can't be read is answered as anywhere."""
    assert "I can't read this command" in await world.told("/esim buy x", channel=DIRECT)
