"""What people read where there is no activation code, or where giving it goes wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.hand_outs import (
    ASK,
    SEND,
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
from tests.support.harness.corner_shop import NAME, CornerShop
from tests.support.leaks.issued import audit_of

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from sandbox.celitech import CelitechSandbox
    from sandbox.telnyx import TelnyxSandbox
    from tests.support.world import World

AT = ("telnyx", "celitech")
LINES = {
    "telnyx": "/esim buy 2 tags=a",
    "celitech": "/esim buy 2 from=celitech to=France data=5GB days=7",
}


def seller(world: World, at: str) -> TelnyxSandbox | CelitechSandbox:
    """The far side of a provider."""
    assert world.celitech is not None
    return world.celitech if at == "celitech" else world.telnyx


async def two(world: World, at: str) -> tuple[str, list[str]]:
    """An order of two eSIMs, and their ICCIDs."""
    order_id = world.order_id(await bought(world, LINES[at]))
    assert world.celitech is not None
    return order_id, list(world.celitech.account.esims) if at == "celitech" else world.sold()


WHY = {
    "installed": "already installed on a phone",
    "not_ready": "not ready yet",
    "gone": "gone: the provider has ended it",
    "down": "the provider could not be asked",
}


@pytest.mark.parametrize("at", AT)
@pytest.mark.parametrize("behaviour", WHY)
async def test_why_there_is_none(
    world: World, celitech: CelitechSandbox, at: str, behaviour: Any
) -> None:
    """Each reason is a sentence of its own with what to do; the other eSIM's code is given."""
    assert celitech is world.celitech
    order_id, (first, second) = await two(world, at)
    seller(world, at).account.codes.become(behaviour, second)
    told = (await given(world, f"/esim activate {order_id}")).plain()
    assert WHY[behaviour] in told
    assert second in told
    assert first not in told
    (message,) = codes_before(world.slack, "ana")
    assert first in message.plain()
    others = [text for name, text in WHY.items() if name != behaviour]
    assert not any(text in told for text in others)


@pytest.mark.parametrize("behaviour", WHY)
async def test_there_is_none_at_all(world: World, redis: Redis, behaviour: Any) -> None:
    """Nobody gets a message then; that it was tried stays in the audit."""
    order_id = world.order_id(await bought(world))
    world.telnyx.account.codes.become(behaviour)
    told = (await given(world, f"/esim activate {order_id} to=@dan")).plain()
    assert "No activation code" in told
    assert WHY[behaviour] in told
    assert codes_before(world.slack, "dan") == []
    events = [entry["event"] for entry in await audit_of(redis)]
    assert events.count("codes_revealed") == 1
    assert "codes_given" not in events


@pytest.mark.parametrize("at", AT)
async def test_a_confirmation_code_that_is_told(
    world: World, celitech: CelitechSandbox, at: str
) -> None:
    """It stands beside the code in a box of its own, and never in the text or the links."""
    assert celitech is world.celitech
    order_id, iccids = await two(world, at)
    seller(world, at).account.codes.become("told_confirmation")
    await given(world, f"/esim activate {order_id}")
    messages = codes_before(world.slack, "ana")
    assert len(messages) == len(iccids)
    for number, message in zip(secrets_in_order(world, at), messages, strict=True):
        boxes = [each for each in shown_in(message).splitlines() if number in each]
        assert len(boxes) == 1
        assert "$" not in boxes[0]
        assert "carddata" not in boxes[0]


def secrets_in_order(world: World, at: str) -> list[str]:
    """The confirmation codes of the eSIMs, as they were sold."""
    if at == "celitech":
        assert world.celitech is not None
        return [esim.code.confirmation for esim in world.celitech.account.esims.values()]
    return [sim.code.confirmation for sim in world.telnyx.account.sims]


@pytest.mark.parametrize("at", AT)
async def test_a_confirmation_code_that_is_not_told(
    world: World, celitech: CelitechSandbox, at: str
) -> None:
    """It is said that the phone asks for one, and where it is found."""
    assert celitech is world.celitech
    order_id, _ = await two(world, at)
    seller(world, at).account.codes.become("confirmation")
    await given(world, f"/esim activate {order_id}")
    for message in codes_before(world.slack, "ana"):
        assert "The phone asks for a confirmation code" in message.plain()


async def test_a_physical_card(world: World) -> None:
    """It has no code: that is said of it, and nothing else."""
    await world.restart_bot(esim_code_keepers=(world.id("olga"),))
    iccid = world.telnyx.account.add_sim(physical=True)["iccid"]
    told = (await given(world, f"/esim activate {iccid}", "olga")).plain()
    assert "a physical SIM card" in told
    assert codes_before(world.slack, "olga") == []


async def test_a_provider_that_gives_no_codes(world: World, redis: Redis) -> None:
    """It is said before anything is confirmed, also for a single eSIM."""
    world.others[NAME] = CornerShop()
    await world.restart_bot()
    card = await bought(world, "/esim buy 1 from=corner-shop destination=japan")
    for subject in (world.order_id(card), "8988000000000000001"):
        told = await asked(world, f"/esim activate {subject}")
        assert not has(told, SEND)
        assert "The corner shop" in told.plain()
    assert not any(has(each, ASK) for each in world.slack.thread(card))
    assert all(entry["event"] != "codes_revealed" for entry in await audit_of(redis))


async def test_what_bought_nothing_yet(world: World) -> None:
    """An order that awaits approval, or none, or no ICCID: what is so, and nothing to confirm."""
    card = await world.ask("/esim buy 2 tags=a")
    for subject in (world.order_id(card), "ZZZZZZZZ", "89310800000000000000"):
        told = await asked(world, f"/esim activate {subject}")
        assert not has(told, SEND)
        assert len(told.plain()) > 20


async def test_that_it_takes_a_while(world: World) -> None:
    """After two seconds they read that it is still fetched; then what came of it."""
    world.telnyx.account.codes.become("slow")
    confirmation = await asked(world, f"/esim activate {world.order_id(await bought(world))}")
    told = await sent(world, confirmation)
    said = [each.plain() for each in world.slack.ephemerals("ana")]
    assert any(each.startswith("Still fetching") for each in said)
    assert "You have the activation codes of 2 eSIMs" in told.plain()
    assert len(codes_before(world.slack, "ana")) == 2


@pytest.mark.parametrize(
    ("method", "error"),
    [
        ("chat.postMessage", "internal_error"),
        ("upload", "internal_error"),
        ("files.completeUploadExternal", "internal_error"),
    ],
)
async def test_slack_takes_none(world: World, method: str, error: str) -> None:
    """What stood of it is deleted, it is told, and asking again works."""
    confirmation = await asked(world, f"/esim activate {world.order_id(await bought(world))}")
    if method == "upload":
        world.slack.faults.miss(method)
    else:
        world.slack.faults.refuse(method, error)
    told = (await sent(world, confirmation)).plain()
    assert "given" in told
    assert "deleted" in told
    world.slack.faults.clear()
    await world.up_to_date()
    await until(world, lambda: not codes_before(world.slack, "ana"))
    assert files_before(world.slack, "ana") == []
    again = await given(world, f"/esim activate {world.order_id(_card(world))}")
    assert "You have the activation codes of 2 eSIMs" in again.plain()
    assert len(files_before(world.slack, "ana")) == 2


def _card(world: World) -> Any:
    return world.slack.messages("ops")[0]


async def test_nobody_can_write_to_them(world: World, redis: Redis) -> None:
    """Where Slack opens no conversation nothing is revealed or fetched."""
    order_id = world.order_id(await bought(world))
    confirmation = await asked(world, f"/esim activate {order_id} to=@dan")
    world.slack.faults.refuse("conversations.open", "user_disabled")
    told = (await sent(world, confirmation)).plain()
    assert "user_disabled" in told
    assert world.telnyx.account.codes.asked == []
    assert all(entry["event"] != "codes_revealed" for entry in await audit_of(redis))


@pytest.mark.parametrize("method", ["chat.postMessage", "files.completeUploadExternal"])
async def test_slack_takes_only_the_first(world: World, method: str) -> None:
    """Midway refused: the first one does not stay either."""
    confirmation = await asked(world, f"/esim activate {world.order_id(await bought(world))}")
    calls = len([call for call in world.slack.calls if call.method == method])
    label = label_of(confirmation, SEND)

    async def send() -> Any:
        delivery = await world.slack.person("ana").clicks(label, confirmation)
        await world.slack.until(
            lambda: len([call for call in world.slack.calls if call.method == method]) > calls
        )
        world.slack.faults.refuse(method, "internal_error")
        return delivery

    told = (await answer(world, "ana", send)).plain()
    assert "not given" in told or "not\ngiven" in told
    world.slack.faults.clear()
    await until(world, lambda: not codes_before(world.slack, "ana"))
    assert files_before(world.slack, "ana") == []


async def test_a_line_without_its_subject(world: World) -> None:
    """It says what is missing, with a line to type."""
    told = await asked(world, "/esim activate")
    assert not has(told, SEND)
    assert "/esim activate" in told.plain()
