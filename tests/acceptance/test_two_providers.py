"""A second provider needs its own file and a line in the wiring: all else follows from its form."""

import csv
import io

import pytest

from tests.support.harness.corner_shop import NAME, CornerShop
from tests.support.world import World


@pytest.fixture
async def shop(world: World) -> CornerShop:
    """The bot with Telnyx and the corner shop."""
    shop = CornerShop()
    world.others[NAME] = shop
    await world.restart_bot(esim_notify_channels=(world.slack.workspace.channel("fleet").id,))
    return shop


async def test_a_whole_purchase_from_another_provider(world: World, shop: CornerShop) -> None:
    """Line, card, dialog, purchase in calls of its size, result: nothing is said of Telnyx."""
    line = '/esim buy 3 from=corner-shop country=Japan plan=p-7gb extras=calls,"two lines"'
    card = await world.ask(line)
    shown = card.plain()
    for words in ("The corner shop", "€15.00", "Price", "japan", "P-7GB", "sold out soon"):
        assert words in shown
    assert "Tags" not in shown
    await world.click("Approve", card)
    await world.until_state(card, "purchased")
    await world.up_to_date_on_slack()
    options = {"where": "japan", "plan": "P-7GB", "extras": ("calls", "two lines")}
    assert shop.bodies == [{"count": 2, **options}, {"count": 1, **options}]
    assert world.sold() == []
    assert "8988000000000000001" in world.thread(card)
    assert "extras calls, two lines" in world.slack.messages("fleet")[-1].plain()


async def test_the_usual_provider_stays_the_usual_one(world: World, shop: CornerShop) -> None:
    """Who names nobody buys from the first one, and its card says from whom."""
    card = await world.ask("/esim buy 2 tags=a")
    assert "Telnyx" in card.plain()
    await world.click("Approve", card)
    await world.until_state(card, "purchased")
    assert (len(world.sold()), shop.bodies) == (2, [])


async def test_help_and_details_follow_from_the_form(world: World, shop: CornerShop) -> None:
    """The help shows the options of both, the details those of the order."""
    assert shop.form.provider == NAME
    shown = await world.told("/esim help")
    for words in ("from= telnyx | corner-shop; telnyx when left out", "destination= where they"):
        assert words in shown
    card = await world.ask("/esim buy 1 from=corner-shop destination=japan")
    details = await world.told(f"/esim order {world.order_id(card)}")
    assert "from The corner shop · destination japan" in details


async def test_options_of_another_provider_are_named(world: World, shop: CornerShop) -> None:
    """Whoever mixes two providers is told whose option it is; nothing is ordered."""
    assert shop.form.provider == NAME
    told = await world.told("/esim buy 1 plan=P-7GB")
    assert "this is an option of The corner shop: from=corner-shop orders there" in told
    told = await world.told("/esim buy 1 from=corner-shop tags=a")
    takes = "from=corner-shop takes destination, plan, extras"
    assert f"this is an option of Telnyx; {takes}" in told
    told = await world.told("/esim buy 1 from=corner-shp")
    assert "there is no such provider: did you mean corner-shop?" in told


async def test_the_files_have_its_columns(world: World, shop: CornerShop) -> None:
    """The CSV file has the ICCID, the provider's own columns, and those of the order."""
    card = await world.ask("/esim buy 11 from=corner-shop destination=portugal")
    await world.click("Approve", card)
    await world.until_state(card, "purchased")
    await world.up_to_date_on_slack()
    (content,) = (
        file.content
        for message in world.slack.thread(card)
        for file in message.files
        if file.name.endswith(".csv")
    )
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[0][:3] == ["iccid", "shelf", "order"]
    assert rows[1][:2] == ["8988000000000000001", "S1"]
    assert len(rows) == 12
    assert len(shop.bodies) == 6


async def test_an_order_from_a_provider_that_is_gone(world: World, shop: CornerShop) -> None:
    """It is never sent, neither there nor anywhere else, and people are told why."""
    card = await world.ask("/esim buy 2 from=corner-shop destination=japan")
    await world.stop_bot()
    world.others.clear()
    await world.start_bot()
    await world.click("Approve", card)
    for _ in range(6):
        await world.pass_time(130)
    await world.until_state(card, "refused")
    await world.up_to_date_on_slack()
    assert (world.sold(), shop.bodies) == ([], [])
    assert "is not set up here" in card.plain() + world.thread(card)
    assert "japan" in card.plain()
