"""Who may have activation codes given to whom, by each kind of person; both providers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.hand_outs import (
    ASK,
    DONE,
    SEND,
    TO,
    answer,
    asked,
    bought,
    codes_before,
    files_before,
    given,
    has,
    label_of,
    sent,
    shown_in,
    until,
)
from tests.support.hearing.signed import interaction
from tests.support.leaks.issued import audit_of

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from sandbox.celitech import CelitechSandbox
    from sandbox.slack.workspace.message import Message
    from tests.support.world import World

AT_CELITECH = "/esim buy 2 from=celitech to=France data=5GB days=7"


def fetched(world: World) -> list[str]:
    """The ICCIDs whose codes the providers were asked for."""
    asked = list(world.telnyx.account.codes.asked)
    return [*asked, *(world.celitech.account.codes.asked if world.celitech else [])]


async def reveals(redis: Redis) -> list[tuple[str, str, tuple[str, ...]]]:
    """Who had codes given to whom, and of which eSIMs, as the audit says."""
    entries = [each for each in await audit_of(redis) if each["event"] == "codes_revealed"]
    return [(each["by"], each["to"], tuple(each["iccids"])) for each in entries]


async def order(world: World) -> str:
    """An order of ana's for two eSIMs, approved by ben."""
    return world.order_id(await bought(world))


async def nobody_got_any(world: World, redis: Redis) -> bool:
    """Nothing was revealed, fetched or shown to anybody."""
    people = ("ana", "ben", "carla", "dan", "olga")
    shown = [each for who in people for each in codes_before(world.slack, who)]
    return not (await reveals(redis) or fetched(world) or shown)


@pytest.mark.parametrize("who", ["ana", "ben", "carla"])
async def test_requester_and_approvers_for_themselves(world: World, redis: Redis, who: str) -> None:
    """They confirm, and have a message for each eSIM; the audit has it, whole ICCIDs and all."""
    order_id = await order(world)
    confirmation = await asked(world, f"/esim activate {order_id}", who)
    for words in (*world.sold(), "to you", order_id, "Telnyx"):
        assert words in confirmation.plain()
    assert await nobody_got_any(world, redis)
    told = await sent(world, confirmation, who)
    assert "You have the activation codes of 2 eSIMs" in told.plain()
    messages = codes_before(world.slack, who)
    assert len(messages) == len(files_before(world.slack, who)) == 2
    for sim, message in zip(world.telnyx.account.sims, messages, strict=True):
        for part in (sim.code.text, sim.code.host, sim.code.matching_id, sim.code.iphone_link):
            assert part in shown_in(message)
        assert sim.fields["iccid"] in message.plain()
    assert await reveals(redis) == [(world.id(who), world.id(who), tuple(world.sold()))]


async def test_at_the_other_provider(world: World, celitech: CelitechSandbox, redis: Redis) -> None:
    """Celitech's codes are given in the same way."""
    order_id = world.order_id(await bought(world, AT_CELITECH))
    told = await given(world, f"/esim activate {order_id}")
    assert "You have the activation codes of 2 eSIMs" in told.plain()
    shown = "".join(shown_in(each) for each in codes_before(world.slack, "ana"))
    assert all(esim.code.text in shown for esim in celitech.account.esims.values())
    assert [iccids for _, _, iccids in await reveals(redis)] == [tuple(celitech.account.esims)]


async def test_by_the_button_at_the_result(world: World) -> None:
    """The button asks for the codes of the whole order, for whoever presses it."""
    card = await bought(world)
    (result,) = [each for each in world.slack.thread(card) if has(each, ASK)]
    label = label_of(result, ASK)
    confirmation = await answer(
        world, "ben", lambda: world.slack.person("ben").clicks(label, result)
    )
    assert "2 eSIMs to you" in confirmation.plain()
    await sent(world, confirmation, "ben")
    assert len(codes_before(world.slack, "ben")) == 2


async def test_one_esim_by_its_iccid(world: World, redis: Redis) -> None:
    """However it is written; the other one of the order is not touched."""
    await order(world)
    iccid = world.sold()[1]
    written = " ".join(iccid[at : at + 4] for at in range(0, len(iccid), 4))
    await given(world, f'/esim activate "{written}F"')
    assert (fetched(world), len(codes_before(world.slack, "ana"))) == ([iccid], 1)
    assert [iccids for _, _, iccids in await reveals(redis)] == [(iccid,)]


@pytest.mark.parametrize("who", ["dan", "olga"])
@pytest.mark.parametrize("to", ["", " to=@ana", " to=@dan"])
async def test_a_colleague(world: World, redis: Redis, who: str, to: str) -> None:
    """Whoever neither ordered nor approves has none given, to nobody; not even to the requester."""
    order_id = await order(world)
    told = await asked(world, f"/esim activate {order_id}{to}", who)
    assert not has(told, SEND)
    assert "or an approver" in told.plain()
    assert await nobody_got_any(world, redis)


@pytest.mark.parametrize("who", ["ana", "ben"])
async def test_to_somebody_else(world: World, redis: Redis, who: str) -> None:
    """Requester and approvers send to a colleague, who is told by whom, and alone reads them."""
    order_id = await order(world)
    confirmation = await asked(world, f"/esim activate {order_id} to=@dan", who)
    assert "@dan" in confirmation.plain()
    await sent(world, confirmation, who)
    messages = codes_before(world.slack, "dan")
    assert len(messages) == 2
    assert f"@{who} has it sent to you" in messages[0].plain()
    assert codes_before(world.slack, who) == []
    assert [each[:2] for each in await reveals(redis)] == [(world.id(who), world.id("dan"))]


async def test_somebody_else_is_chosen_in_the_confirmation(world: World, redis: Redis) -> None:
    """The confirmation comes anew with that person."""
    confirmation = await asked(world, f"/esim activate {await order(world)}")
    choose = world.slack.person("ana").fills

    async def choose_dan() -> Any:
        (delivery,) = await choose(confirmation, {TO: world.id("dan")})
        return delivery

    again = await answer(world, "ana", choose_dan)
    assert "@dan" in again.plain()
    await sent(world, again)
    assert len(codes_before(world.slack, "dan")) == 2
    assert [each[1] for each in await reveals(redis)] == [world.id("dan")]


async def test_whom_the_policy_names_sends_to_others(world: World, redis: Redis) -> None:
    """Then only those do; everybody else has codes given to themselves as before."""
    order_id = await order(world)
    await world.restart_bot(esim_code_senders=(world.id("olga"),))
    told = await asked(world, f"/esim activate {order_id} to=@dan")
    assert not has(told, SEND)
    assert "@olga" in told.plain()
    assert await nobody_got_any(world, redis)
    await given(world, f"/esim activate {order_id} to=@dan", "olga")
    await given(world, f"/esim activate {order_id}")
    assert len(codes_before(world.slack, "dan")) == len(codes_before(world.slack, "ana")) == 2


async def test_an_esim_that_no_order_bought(world: World, redis: Redis) -> None:
    """Only whom the policy names gets its code, not an approver; by default that is nobody."""
    iccid = str(world.telnyx.account.add_sim()["iccid"])
    for who in ("ana", "ben", "olga"):
        told = await asked(world, f"/esim activate {iccid}", who)
        assert not has(told, SEND)
    assert await nobody_got_any(world, redis)
    await world.restart_bot(esim_code_keepers=(world.id("olga"),))
    assert not has(await asked(world, f"/esim activate {iccid}", "ben"), SEND)
    await given(world, f"/esim activate {iccid}", "olga")
    assert len(codes_before(world.slack, "olga")) == 1
    assert fetched(world) == [iccid]


REFUSED = {"gus": "is a guest", "eva": "of another workspace", "max": "deactivated"}


@pytest.mark.parametrize("name", REFUSED)
async def test_who_receives_none(world: World, redis: Redis, name: str) -> None:
    """No guest, nobody of another workspace, nobody deactivated; it is said why."""
    world.slack.workspace.welcome_others()
    told = await asked(world, f"/esim activate {await order(world)} to=@{name}")
    assert not has(told, SEND)
    assert REFUSED[name] in told.plain()
    assert await nobody_got_any(world, redis)


async def test_a_bot_receives_none(world: World, redis: Redis) -> None:
    """Not even the bot itself."""
    told = await asked(world, f"/esim activate {await order(world)} to=@esim-bot")
    assert not has(told, SEND)
    assert "is a bot" in told.plain()
    assert await nobody_got_any(world, redis)


async def test_a_guest_who_is_named(world: World) -> None:
    """Whom the operator names as a recipient receives them, as long as it is that person."""
    world.slack.workspace.welcome_others()
    await world.restart_bot(esim_code_recipients=(world.id("gus"),))
    order_id = await order(world)
    await given(world, f"/esim activate {order_id} to=@gus")
    assert len(codes_before(world.slack, "gus")) == 2
    assert not has(await asked(world, f"/esim activate {order_id} to=@eva"), SEND)


def becomes(world: World, name: str, **state: Any) -> None:
    """Let Slack describe somebody differently from now on."""
    person = world.slack.workspace.person(name)
    world.slack.workspace.people[person.id] = replace(person, **state)


@pytest.mark.parametrize("state", [{"is_restricted": True}, {"deleted": True}, {"team": "T0OTHER"}])
async def test_the_recipient_changes_before_it_is_sent(
    world: World, redis: Redis, state: dict[str, Any]
) -> None:
    """They are looked up again when *Send* is pressed: nothing is revealed or fetched then."""
    confirmation = await asked(world, f"/esim activate {await order(world)} to=@dan")
    becomes(world, "dan", **state)
    told = await sent(world, confirmation)
    assert "gets no activation codes" in told.plain()
    assert await nobody_got_any(world, redis)


async def test_rights_are_asked_again_when_it_is_sent(world: World, redis: Redis) -> None:
    """Whoever may no more when they press *Send* has none given."""
    confirmation = await asked(world, f"/esim activate {await order(world)}", "carla")
    await world.restart_bot(esim_approvers=(world.id("ben"),))
    told = await sent(world, confirmation, "carla")
    assert "or an approver" in told.plain()
    assert await nobody_got_any(world, redis)


async def test_pressed_twice(world: World, redis: Redis) -> None:
    """One hand-out, one reveal; the second click is told so."""
    confirmation = await asked(world, f"/esim activate {await order(world)}")
    await sent(world, confirmation)
    told = await sent(world, confirmation)
    assert "used before" in told.plain()
    assert len(codes_before(world.slack, "ana")) == 2
    assert (len(await reveals(redis)), len(fetched(world))) == (1, 2)


async def test_an_old_confirmation(world: World, redis: Redis) -> None:
    """After half an hour it must be asked for again; nothing was fetched."""
    confirmation = await asked(world, f"/esim activate {await order(world)}")
    await world.pass_time(1801)
    told = await sent(world, confirmation)
    assert "again" in told.plain()
    assert await nobody_got_any(world, redis)


async def test_done_by_whom_they_are_for(world: World) -> None:
    """That message and its file go at once; the other one stays."""
    await given(world, f"/esim activate {await order(world)} to=@dan")
    first, second = codes_before(world.slack, "dan")
    await world.slack.person("dan").clicks(label_of(first, DONE), first)
    await until(world, lambda: codes_before(world.slack, "dan") == [second])
    assert len(files_before(world.slack, "dan")) == 1


async def test_done_by_somebody_else(world: World) -> None:
    """Whoever had them sent can't take them away: nobody but the recipient sees the button."""
    await given(world, f"/esim activate {await order(world)} to=@dan")
    message = codes_before(world.slack, "dan")[0]
    await answer(world, "ana", lambda: _forged(world, message))
    assert len(codes_before(world.slack, "dan")) == 2


async def _forged(world: World, message: Message) -> Any:
    """Ana's click on *Done* in a conversation that she is not in."""
    (button,) = [
        element
        for block in message.blocks
        for element in block.get("elements", [])
        if element.get("action_id") == DONE
    ]
    shown = {"type": "message", "ts": message.ts}
    answered = await interaction(
        world,
        "block_actions",
        container={"type": "message", "message_ts": message.ts, "channel_id": message.channel},
        channel={"id": message.channel, "name": "directmessage"},
        message=shown,
        response_url=_address(world),
        actions=[{**button, "block_id": "b"}],
    )
    return _Ok(answered.status)


class _Ok:
    def __init__(self, status: int) -> None:
        self.ok = status < 300


def _address(world: World) -> str:
    workspace = world.slack.workspace
    ana, ops = workspace.person("ana"), workspace.channel("ops")
    return str(world.slack.serving.url + world.slack.response_urls.issue(ana, ops, None))


async def test_they_are_deleted_in_time(world: World) -> None:
    """After ESIM_CODES_SHOWN_FOR message and file are gone, by the clock; not before."""
    await given(world, f"/esim activate {await order(world)}")
    await world.pass_time(86_400 - 120)
    assert len(codes_before(world.slack, "ana")) == len(files_before(world.slack, "ana")) == 2
    await world.pass_time(240)
    await until(world, lambda: not codes_before(world.slack, "ana"))
    assert files_before(world.slack, "ana") == []


async def test_another_time_of_standing(world: World) -> None:
    """The operator sets it; a restart in between forgets none."""
    await world.restart_bot(esim_codes_shown_for=600)
    await given(world, f"/esim activate {await order(world)}")
    await world.restart_bot()
    await world.pass_time(700)
    await until(world, lambda: not codes_before(world.slack, "ana"))


async def test_the_confirmation_stands_where_the_button_was(world: World) -> None:
    """In the thread: on a phone, nobody would see it in the channel behind."""
    card = await bought(world)
    await world.up_to_date_on_slack()
    result = next(m for m in world.slack.thread(card) if "Send activation codes" in m.buttons())
    await world.click_told("Send activation codes", result, "ana")
    assert world.slack.ephemerals("ana")[-1].thread_ts == card.ts
