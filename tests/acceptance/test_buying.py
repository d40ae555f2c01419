"""The main job: a command, an approval, a purchase, ICCIDs in the thread."""

import csv
import io

import pytest
from python_calamine import CalamineWorkbook

from tests.support.world import World


async def test_from_command_to_iccids(world: World) -> None:
    """What ana asks for and ben approves is bought once, and every ICCID is in the thread."""
    card = await world.ask("/esim buy 3 tags=fleet,emea note=“for Lyon”")
    assert card.buttons() == ["Approve", "Cancel"]
    for part in ("Buy 3 eSIMs from Telnyx?", "@ana", "$2.10 once", "standby", "fleet", "for Lyon"):
        assert part in card.plain()
    await world.click("Approve", card)
    await world.until_state(card, "purchased")
    await world.up_to_date_on_slack()
    assert card.buttons() == []
    assert "Bought 3 of 3 eSIMs" in card.plain()
    assert "approved by @ben" in card.plain()
    assert len(world.sold()) == 3
    assert all(iccid in world.thread(card) for iccid in world.sold())


async def test_every_field_reaches_the_provider(world: World) -> None:
    """Amount, group, tags, product, whitelabel name and status arrive as they were typed."""
    group = world.telnyx.account.groups[0].id
    line = f'/esim buy 2 --tags a,b whitelabel="Acme Mobile" group={group} status: Enabled'
    card = await world.ask(line)
    await world.click("Approve", card)
    await world.until_state(card, "purchased")
    (entry,) = world.telnyx.ledger.requests
    order_id = world.order_id(card)
    assert entry.body == {
        "amount": 2,
        "tags": ["a", "b", f"esim-{order_id}", f"esim-{order_id}-1"],
        "sim_card_group_id": group,
        "product": "whitelabel",
        "whitelabel_name": "Acme Mobile",
        "status": "enabled",
    }


async def test_a_group_is_named_by_its_name(world: World) -> None:
    """It is looked up before the card: people read its name, and Telnyx gets its id."""
    card = await world.ask("/esim buy 2 group=fleet")
    await world.until_state(card, "awaiting_approval")
    await world.up_to_date_on_slack()
    assert "SIM card group\nFleet\n" in card.plain()
    await world.click("Approve", card)
    await world.until_state(card, "purchased")
    (entry,) = world.telnyx.ledger.requests
    (fleet,) = (group for group in world.telnyx.account.groups if group.name == "Fleet")
    assert entry.body["sim_card_group_id"] == fleet.id


async def test_an_unknown_group_orders_nothing(world: World) -> None:
    """The account's own word is told, with the group that was perhaps meant."""
    card = await world.ask("/esim buy 2 group=fleat")
    await world.until_state(card, "refused")
    await world.up_to_date_on_slack()
    assert "has no SIM card group fleat; did you mean Fleet" in card.plain()
    assert "/esim buy 2 group=Fleet" in card.plain()
    assert world.telnyx.ledger.requests == []


async def test_a_status_left_out_is_the_settings(world: World) -> None:
    """An order without a status says which one the setting gave it, and buys with it."""
    await world.restart_bot(esim_default_status="disabled")
    card = await world.ask("/esim buy 1")
    assert "disabled (the usual one; none was given)" in card.plain()
    await world.click("Approve", card)
    await world.until_state(card, "purchased")
    assert world.telnyx.ledger.requests[0].body["status"] == "disabled"


async def test_requester_and_channels_are_told(world: World) -> None:
    """The requester gets a direct message, #fleet one line; both with a link to the card."""
    card = await world.ask("/esim buy 1 tags=fleet")
    await world.click("Approve", card)
    await world.until_state(card, "purchased")
    await world.up_to_date_on_slack()
    (direct,) = world.slack.direct_messages("ana")
    (line,) = world.slack.messages("fleet")
    link = f"p{card.ts.replace('.', '')}"
    assert link in str(direct.blocks)
    assert link in str(line.blocks)
    assert world.order_id(card) in direct.plain()
    assert "asked by @ana, approved by @ben" in line.plain()


async def test_ten_iccids_stand_in_the_text(world: World) -> None:
    """Ten SIM cards need no file."""
    card = await world.ask("/esim buy 10")
    await world.click("Approve", card)
    await world.until_state(card, "purchased")
    await world.up_to_date_on_slack()
    assert all(iccid in world.thread(card) for iccid in world.sold())
    assert world.slack.files == []


@pytest.mark.parametrize(("amount", "shown"), [(11, True), (50, True), (51, False)])
async def test_many_iccids_come_as_a_file_too(world: World, amount: int, *, shown: bool) -> None:
    """More than ten are in a workbook and in a CSV file; up to fifty also in a table."""
    card = await world.ask(f"/esim buy {amount}")
    await world.click("Approve", card)
    await world.until_state(card, "purchased")
    await world.up_to_date_on_slack()
    result = world.slack.thread(card)[0]
    assert all((iccid in result.plain()) is shown for iccid in world.sold())
    workbook, lines = world.slack.files
    rows = list(csv.DictReader(lines.content.decode("utf-8-sig").splitlines()))
    assert [row["iccid"] for row in rows] == world.sold()
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(workbook.content))
    lean, raw = (sheets.get_sheet_by_index(place).to_python() for place in (0, 1))
    assert [row[0] for row in lean[1:]] == [row[0] for row in raw[1:]] == world.sold()
    assert set(world.telnyx.ledger.sims[0]) <= {str(name).split(".")[0] for name in raw[0]}


async def test_a_large_order_is_bought_in_parts(world: World) -> None:
    """250 eSIMs are three calls of at most 100, one after the other, and one result."""
    card = await world.ask("/esim buy 250")
    gate = world.telnyx.faults.hold()
    await world.click("Approve", card)
    await gate.reached()
    await world.until(lambda: "Buying 100 of 250" in card.plain(), held=True)
    gate.release()
    await world.until_state(card, "purchased")
    await world.up_to_date_on_slack()
    amounts = [entry.body["amount"] for entry in world.telnyx.ledger.requests]
    assert amounts == [100, 100, 50]
    assert "Bought 250 of 250 eSIMs" in card.plain()
    assert len([message for message in world.slack.thread(card) if not message.files]) == 1


async def test_the_price_of_an_enabled_order(world: World) -> None:
    """The card estimates by the status that is ordered."""
    card = await world.ask("/esim buy 10 status=enabled")
    assert "$7.00 once, then $20.00 a month" in card.plain()


async def test_orders_can_be_looked_at(world: World) -> None:
    """`order` shows state, history and ICCIDs; `orders` mine, `orders all` this channel's."""
    card = await world.ask("/esim buy 2 tags=fleet")
    await world.click("Approve", card)
    await world.until_state(card, "purchased")
    order_id = world.order_id(card)
    details = await world.told(f"/esim order {order_id.lower()}", who="dan")
    for part in (order_id, "· bought", "approved by @ben", "sent to Telnyx: 2", *world.sold()):
        assert part in details
    assert order_id in await world.told("/esim orders")
    assert "You have no orders" in await world.told("/esim orders", who="dan")
    assert order_id in await world.told("/esim orders all", who="dan")
    assert "Nobody has ordered" in await world.told("/esim orders all", channel="fleet")


async def test_an_order_of_another_channel_is_not_shown(world: World) -> None:
    """ICCIDs stay in their channel, with the requester and with approvers."""
    card = await world.ask("/esim buy 1")
    show = f"/esim order {world.order_id(card)}"
    assert "belongs to another channel" in await world.told(show, who="dan", channel="fleet")
    assert "waits for approval" in await world.told(show, who="ben", channel="fleet")
    assert "waits for approval" in await world.told(show, who="ana", channel="fleet")


async def test_help(world: World) -> None:
    """The command alone and `help` show what can be typed; nothing is created."""
    assert "/esim buy 3" in await world.told("/esim")
    assert await world.told("/esim") == await world.told("/esim HELP")
    assert world.slack.messages("ops") == []
