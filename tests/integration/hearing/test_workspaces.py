"""People of other workspaces, in channels that are shared with them: told no, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from handlers.door import Workspace
from sandbox.slack.dispatch.delivery import command_parcel, interaction_parcel
from sandbox.slack.dispatch.payloads import interaction, slash_form
from sandbox.slack.workspace.model import Person

if TYPE_CHECKING:
    from tests.support.world import World

OURS, THEIRS = "T0SANDBOX00", "T0OTHER0000"
REFUSAL = "nothing was ordered, decided or changed"
OWN = Workspace(OURS, "E1")
COMMAND = {"team_id": OURS, "user_id": "U1"}
CLICK = {
    "type": "block_actions",
    "team": {"id": OURS},
    "user": {"id": "U1", "team_id": OURS},
    "enterprise": None,
}
FORM = {"type": "view_submission", "team": {"id": OURS}, "user": {"id": "U1"}}
EVENT = {"type": "event_callback", "team_id": OURS, "event": {"type": "message"}}
OUTSIDE = [
    COMMAND | {"team_id": THEIRS},
    COMMAND | {"team_id": ""},
    {"user_id": "U1"},
    {"team_id": OURS},
    COMMAND | {"user_id": ""},
    CLICK | {"user": {"team_id": OURS}},
    COMMAND | {"enterprise_id": "E2"},
    CLICK | {"team": {"id": THEIRS}},
    CLICK | {"team": None},
    CLICK | {"team": "nonsense"},
    CLICK | {"user": {"id": "U1", "team_id": THEIRS}},
    CLICK | {"user": {"id": "U1"}},
    CLICK | {"user_team": THEIRS},
    CLICK | {"enterprise": {"id": "E2"}},
    FORM | {"user": {"id": "U1", "team_id": THEIRS}},
    FORM | {"team": {}},
    FORM | {"view": {"app_installed_team_id": THEIRS}},
    EVENT | {"team_id": THEIRS},
    EVENT | {"authorizations": [{"team_id": THEIRS}]},
    EVENT | {"event": {"type": "message", "user_team": THEIRS}},
    EVENT | {"authorizations": ["nonsense"]},
    EVENT | {"authorizations": {"team_id": OURS}},
    EVENT | {"authorizations": 5},
    COMMAND | {"type": ["nonsense"]},
    COMMAND | {"type": {"a": 1}},
    {},
]
INSIDE = [
    COMMAND,
    COMMAND | {"enterprise_id": "E1"},
    CLICK,
    CLICK | {"enterprise": {"id": "E1"}},
    FORM,
    FORM | {"user": {"id": "U1", "team_id": OURS}},
    EVENT,
    EVENT | {"authorizations": [{"team_id": THEIRS}, {"team_id": OURS}]},
]


@pytest.mark.parametrize("body", OUTSIDE)
def test_another_workspace(body: dict[str, Any]) -> None:
    """A place or a person of elsewhere, or one that is not told, is not ours."""
    assert not OWN.is_own(body)


@pytest.mark.parametrize("body", INSIDE)
def test_our_own_workspace(body: dict[str, Any]) -> None:
    """Place and person are ours, as far as each kind of request tells them."""
    assert OWN.is_own(body)


@pytest.fixture
def gina(world: World) -> Person:
    """Share #ops with another workspace, and let gina of there come in."""
    gina = Person("U0GINA00000", "gina", "Gina Guest", team=THEIRS)
    world.slack.workspace.welcome(gina, "ops")
    return gina


async def test_a_command(world: World, gina: Person) -> None:
    """She is told why, and nothing is ordered."""
    assert REFUSAL in await world.told("/esim buy 3", who=gina.name)
    await world.pass_time(5)
    assert world.slack.messages("ops") == []


async def test_help_and_lists(world: World, gina: Person) -> None:
    """What is only shown is not shown to her either."""
    card = await world.ask("/esim buy 3")
    for line in ("help", "orders all", f"order {world.order_id(card)}"):
        assert REFUSAL in await world.told(f"/esim {line}", who=gina.name)


async def test_a_click(world: World, gina: Person) -> None:
    """Also where she is named among the approvers: her click decides nothing."""
    await world.restart_bot(esim_approvers=(gina.id,))
    card = await world.ask("/esim buy 3")
    assert REFUSAL in await world.click_told("Approve", card, gina.name)
    await world.pass_time(5)
    assert world.state(card) == "awaiting_approval"
    assert world.sold() == []


async def test_a_place_of_another_workspace(world: World) -> None:
    """Our own person, acting from within another workspace's channel, is refused as well."""
    ana = world.slack.workspace.person("ana")
    payload = interaction(world.slack.workspace, ana, "block_actions") | {
        "team": {"id": THEIRS, "domain": "other"},
        "container": {"type": "message", "channel_id": "C0OPS000000"},
        "actions": [{"action_id": "approve", "type": "button", "value": "7K2M9QXA"}],
    }
    parcel = interaction_parcel(
        world.slack.workspace, ana, world.slack.workspace.channel("ops"), payload, "[Approve]"
    )
    assert (await world.slack.dispatcher.send(parcel)).ok
    await world.slack.until(lambda: world.slack.ephemerals("ana"))
    assert REFUSAL in world.slack.ephemerals("ana")[0].plain()


async def test_a_form(world: World) -> None:
    """A form says it itself."""
    ana = world.slack.workspace.person("ana")
    payload = interaction(world.slack.workspace, ana, "view_submission") | {
        "team": {"id": THEIRS, "domain": "other"},
        "view": {"id": "V1", "type": "modal", "callback_id": "order", "state": {"values": {}}},
    }
    ops = world.slack.workspace.channel("ops")
    parcel = interaction_parcel(world.slack.workspace, ana, ops, payload, "order")
    answer = await world.slack.dispatcher.post(parcel.body, parcel.headers)
    assert REFUSAL in answer.body


async def test_their_answers_are_not_kept(world: World, gina: Person) -> None:
    """Strangers can't fill the memory of the bot with answers that never arrive."""
    world.slack.faults.down()
    form = slash_form(
        world.slack.workspace,
        gina,
        world.slack.workspace.channel("ops"),
        ("/esim", "buy 3"),
        f"{world.slack.serving.url}/respond/nowhere",
    )
    parcel = command_parcel(world.slack.workspace, form)
    assert (await world.slack.dispatcher.send(parcel)).ok
    assert world.bot is not None
    await world.bot.hearing.finish(5)
    assert await world.bot.answers.waiting() == 0
