"""The look-up did not settle it: a person decides, is reminded, and hears of late finds."""

from sandbox.slack.workspace.message import Message
from tests.support.world import World

LOOKS = (5, 15, 45, 120, 300)


async def stuck(world: World, line: str = "/esim buy 3", *, sold: bool = False) -> Message:
    """An order whose call failed with a 500; nothing was listed in any look."""
    world.telnyx.faults.fail(500, after_selling=sold)
    if sold:
        world.telnyx.faults.hide_new_sims(listings=None)
    card = await world.ask(line)
    await world.click("Approve", card)
    await world.until_state(card, "in_doubt")
    for seconds in LOOKS:
        await world.pass_time(seconds)
    await world.until_state(card, "needs_attention")
    await world.up_to_date_on_slack()
    return card


def question(world: World, card: Message) -> Message:
    """The message with the buttons."""
    return next(message for message in world.slack.thread(card) if message.buttons())


async def test_what_a_person_sees(world: World) -> None:
    """What was sent, what was looked for, what it may have cost, and three buttons."""
    card = await stuck(world)
    asked = question(world, card)
    assert asked.buttons() == ["Look again", "Close as not bought", "Buy again"]
    for part in ("@ana", f"esim-{world.order_id(card)}-1", "5 times", "found 0 of 3"):
        assert part in asked.plain()


async def test_only_approvers_decide(world: World) -> None:
    """Neither a stranger nor the requester may decide; they are told who may."""
    card = await stuck(world)
    asked = question(world, card)
    for label in asked.buttons():
        for who in ("dan", "ana"):
            told = await world.click_told(label, asked, who)
            assert "nothing changed" in told
            assert "@ben" in told
    assert world.state(card) == "needs_attention"


async def test_look_again_finds_them(world: World) -> None:
    """SIM cards that are listed by now settle the order, and reach the thread."""
    card = await stuck(world, sold=True)
    world.telnyx.faults.show_sims()
    await world.click("Look again", question(world, card))
    await world.until_state(card, "purchased")
    await world.up_to_date_on_slack()
    assert all(iccid in world.thread(card) for iccid in world.sold())
    assert "@ben asked me to look again" in world.thread(card)


async def test_look_again_finds_nothing(world: World) -> None:
    """Still nothing: it asks again, and tells how often it looked."""
    card = await stuck(world)
    await world.click("Look again", question(world, card))
    await world.until(lambda: "6 times" in world.thread(card))
    assert question(world, card).buttons()
    assert len(world.telnyx.ledger.requests) == 1


async def test_close_as_not_bought(world: World) -> None:
    """An approver takes nothing for an answer: refused, by name, and the buttons go."""
    card = await stuck(world)
    await world.click("Close as not bought", question(world, card), "carla")
    await world.until_state(card, "refused")
    await world.up_to_date_on_slack()
    assert "Closed as not bought by @carla" in card.plain()
    assert not any(message.buttons() for message in world.slack.thread(card))
    details = await world.told(f"/esim order {world.order_id(card)}")
    assert "closed by @carla" in details


async def test_what_turns_up_after_closing_is_told(world: World) -> None:
    """It looks for another day: late SIM cards reach the thread and the requester."""
    card = await stuck(world, sold=True)
    await world.click("Close as not bought", question(world, card))
    await world.until_state(card, "refused")
    await world.pass_time(3600)
    world.telnyx.faults.show_sims()
    await world.pass_time(24 * 3600)
    await world.until(lambda: "turned up" in card.plain())
    await world.up_to_date_on_slack()
    assert all(iccid in world.thread(card) for iccid in world.sold())
    directs = [message.plain() for message in world.slack.direct_messages("ana")]
    assert any("more of it turned up" in direct for direct in directs)
    assert world.state(card) == "refused"


async def test_buy_again(world: World) -> None:
    """An approver's explicit decision sends a second call, under a reference of its own."""
    card = await stuck(world)
    await world.click("Buy again", question(world, card))
    await world.until_state(card, "purchased")
    await world.up_to_date_on_slack()
    tags = [entry.body["tags"][-1] for entry in world.telnyx.ledger.requests]
    assert tags == [f"esim-{world.order_id(card)}-{number}" for number in (1, 2)]
    assert "@ben decided to buy again what was missing" in world.thread(card)


async def test_buying_again_needs_what_an_approval_needs(world: World) -> None:
    """An approver may not buy their own order again above their limit."""
    world.telnyx.faults.fail(500, after_selling=False)
    card = await world.ask("/esim buy 3", who="ben")
    await world.click("Approve", card, "carla")
    await world.until_state(card, "in_doubt")
    for seconds in LOOKS:
        await world.pass_time(seconds)
    await world.until_state(card, "needs_attention")
    await world.up_to_date_on_slack()
    told = await world.click_told("Buy again", question(world, card), "ben")
    assert "your own order" in told
    assert len(world.telnyx.ledger.requests) == 1


async def test_bought_twice_is_told(world: World) -> None:
    """The first call had gone through after all: what was bought too much is found and told."""
    card = await stuck(world, sold=True)
    await world.click("Buy again", question(world, card))
    await world.until_state(card, "purchased")
    world.telnyx.faults.show_sims()
    await world.pass_time(3600)
    await world.until(lambda: "6 of 3" in world.thread(card))
    await world.up_to_date_on_slack()
    assert all(iccid in world.thread(card) for iccid in world.sold())


async def test_a_second_decision_hears_of_the_first(world: World) -> None:
    """Two approvers at once: one decides, the other is told, nothing happens twice."""
    card = await stuck(world)
    asked = question(world, card)
    stale = [dict(block) for block in asked.blocks]
    await world.click("Close as not bought", asked, "ben")
    await world.until_state(card, "refused")
    told = await world.click_told("Buy again", asked, "carla", stale_blocks=stale)
    assert "needs no decision now: not carried out" in told
    assert len(world.telnyx.ledger.requests) == 1


async def test_the_same_decision_delivered_twice(world: World) -> None:
    """A replayed Buy again buys once."""
    card = await stuck(world)
    delivery = await world.slack.person("ben").clicks("Buy again", question(world, card))
    await world.slack.again(delivery)
    await world.until_state(card, "purchased")
    await world.slack.again(delivery)
    await world.up_to_date()
    assert len(world.telnyx.ledger.requests) == 2
    assert world.slack.ephemerals("ben") == []


async def test_reminders_until_somebody_decides(world: World) -> None:
    """Every four hours it looks and reminds; only the newest reminder has buttons."""
    card = await stuck(world)
    for _ in range(2):
        await world.pass_time(4 * 3600)
        await world.up_to_date_on_slack()
    reminders = [m for m in world.slack.thread(card) if ":bell:" in m.plain()]
    assert [bool(message.buttons()) for message in reminders] == [False, True]
    await world.click("Close as not bought", reminders[-1])
    await world.until_state(card, "refused")
    await world.up_to_date_on_slack()
    assert not any(message.buttons() for message in world.slack.thread(card))
    await world.pass_time(4 * 3600)
    assert len([m for m in world.slack.thread(card) if ":bell:" in m.plain()]) == 2


async def test_a_reminder_that_finds_them(world: World) -> None:
    """SIM cards that turn up while nobody decides settle the order by themselves."""
    card = await stuck(world, sold=True)
    world.telnyx.faults.show_sims()
    await world.pass_time(4 * 3600)
    await world.until_state(card, "purchased")
    await world.up_to_date_on_slack()
    assert all(iccid in world.thread(card) for iccid in world.sold())
    left = [label for message in world.slack.thread(card) for label in message.buttons()]
    assert left == ["Send activation codes"]
