"""A provider that names its own prices, from the typed line to what people read of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.celitech import CelitechSandbox
    from sandbox.slack.workspace.message import Message
    from tests.support.world import World

LOOKS = (5, 15, 45, 120, 300)
LINE = "/esim buy 2 from=celitech to=France data=5GB days=7"


async def up(world: World, line: str = LINE) -> Message:
    """Type the line; its card comes back when it can be approved."""
    card = await world.ask(line)
    await world.until_state(card, "awaiting_approval")
    await world.up_to_date_on_slack()
    return card


async def done(world: World, line: str = LINE) -> Message:
    """The same, approved and carried out."""
    card = await up(world, line)
    await world.click("Approve", card)
    await world.until_state(card, "purchased")
    await world.up_to_date_on_slack()
    return card


def iccids(world: World, card: Message) -> list[str]:
    """The numbers that stand in its thread."""
    return re.findall(r"\b89\d{17,18}\b", world.thread(card))


async def test_a_purchase_at_the_price_that_was_shown(
    world: World, celitech: CelitechSandbox
) -> None:
    """The card has the price and what it is for; what was bought costs that."""
    card = await up(world)
    for words in ("Buy 2 eSIMs from Celitech?", "Price\n$10.80", "Destination\nFrance", "Validity"):
        assert words in card.plain()
    await world.click("Approve", card)
    await world.until_state(card, "purchased")
    await world.up_to_date_on_slack()
    assert "Cost\n$10.80" in card.plain()
    assert len(iccids(world, card)) == 2
    assert len(celitech.account.purchases) == 2


async def test_what_is_not_sold_orders_nothing(world: World, celitech: CelitechSandbox) -> None:
    """The nearest that is sold stands on the card, as lines that can be sent as they are."""
    card = await world.ask(LINE.replace("5GB", "4GB"))
    await world.until_state(card, "refused")
    await world.up_to_date_on_slack()
    assert "4 GB for France: nothing was ordered. Send one of these lines" in card.plain()
    line, price = re.findall(r"• (/esim .*) · (\S+)", card.plain())[0]
    assert price in (await up(world, line)).plain()
    assert "4 GB for France. Send one of these lines" in world.slack.transcript(None)
    assert not celitech.account.purchases


async def test_a_price_that_rises_is_approved_anew(world: World, celitech: CelitechSandbox) -> None:
    """Both prices on the card, a word to those who must act; then it is bought once."""
    card = await up(world)
    celitech.catalogue.change_prices(200)
    await world.click("Approve", card)
    await world.until(lambda: "The price rose from $10.80" in card.plain())
    await world.up_to_date_on_slack()
    assert "@ana, @ben: the price rose from $10.80 to" in world.thread(card)
    assert not celitech.account.purchases
    await world.click("Approve", card)
    await world.until_state(card, "purchased")
    assert len(celitech.account.purchases) == 2


async def test_a_top_up_a_move_and_a_suspension(world: World, celitech: CelitechSandbox) -> None:
    """Each has a card, is approved, is carried out once, and is told in its own words."""
    (iccid,) = iccids(world, await done(world, LINE.replace("buy 2", "buy 1")))
    purchase = celitech.account.purchases[0].id
    lines = {
        "Topped up eSIM": f"/esim topup {iccid} data=1GB days=7",
        "Moved purchase": f"/esim edit {purchase} start=2026-01-05 end=2026-01-11",
        "Suspended eSIM": f"/esim suspend {iccid}",
    }
    for said, line in lines.items():
        card = await done(world, line)
        assert said in card.plain()
        assert said in world.thread(card)
        assert "ought " not in card.plain() + world.thread(card)
        details = await world.told(f"/esim order {world.order_id(card)}")
        assert f"Celitech says that it is {said.split(' e')[0].split(' p')[0].lower()}" in details
    told = await world.told("/esim orders")
    for words in (
        f"top-up of eSIM {iccid} with 1 GB for 7 days · topped up",
        "· moved",
        "for good",
    ):
        assert words in told


async def test_a_lost_answer_is_repeated_under_its_key(
    world: World, celitech: CelitechSandbox
) -> None:
    """By a person's decision, after a look that shows nothing: it buys nothing a second time."""
    celitech.faults.hide_new_purchases(None)
    celitech.faults.fail(500, after_selling=True)
    card = await up(world)
    await world.click("Approve", card)
    await world.until_state(card, "in_doubt")
    for seconds in LOOKS:
        await world.pass_time(seconds)
    await world.until_state(card, "needs_attention")
    await world.up_to_date_on_slack()
    question = next(message for message in world.slack.thread(card) if message.buttons())
    assert "sends the same call under its key: until 2026-01-04" in question.plain()
    await world.click("Buy again", question)
    await world.until_state(card, "purchased")
    await world.up_to_date_on_slack()
    assert len(iccids(world, card)) == len(celitech.account.purchases) == 2
    assert "I sent the same call under its key." in world.thread(card)
    details = await world.told(f"/esim order {world.order_id(card)}")
    assert "sent to Celitech once more, with the same bytes and key" in details
