"""Who may decide, once, and until when."""

import asyncio

from tests.support.world import World


async def test_a_strangers_click_does_nothing(world: World) -> None:
    """Dan may not approve and not cancel: he is told who may, and nothing is bought."""
    card = await world.ask("/esim buy 1")
    assert "You may not approve" in await world.click_told("Approve", card, "dan")
    assert "may cancel this order" in await world.click_told("Cancel", card, "dan")
    await world.up_to_date()
    assert world.state(card) == "awaiting_approval"
    assert world.telnyx.ledger.requests == []


async def test_nobody_may_approve_when_nobody_is_configured(world: World) -> None:
    """An empty list of approvers means nobody, the requester included."""
    await world.restart_bot(esim_approvers=())
    card = await world.ask("/esim buy 1")
    assert "ESIM_APPROVERS" in await world.click_told("Approve", card, "ben")
    assert "You may not approve" in await world.click_told("Approve", card, "ana")


async def test_own_orders_only_up_to_the_limit(world: World) -> None:
    """An approver's own order needs somebody else, unless it is small enough."""
    await world.restart_bot(esim_self_approval_limit=2)
    large = await world.ask("/esim buy 3", who="ben")
    assert "your own order" in await world.click_told("Approve", large, "ben")
    small = await world.ask("/esim buy 2", who="ben")
    await world.click("Approve", small, "ben")
    await world.until_state(small, "purchased")
    assert len(world.sold()) == 2


async def test_the_requester_cancels(world: World) -> None:
    """Ana takes her order back: the buttons go, nothing is bought, the thread is quiet."""
    card = await world.ask("/esim buy 1")
    await world.click("Cancel", card, "ana")
    await world.until_state(card, "cancelled")
    assert card.buttons() == []
    assert "Cancelled by @ana" in card.plain()
    assert world.telnyx.ledger.requests == []


async def test_an_approver_declines(world: World) -> None:
    """Ben's Cancel is a no: the card says so, and ana is told."""
    card = await world.ask("/esim buy 1")
    await world.click("Cancel", card, "ben")
    await world.until_state(card, "declined")
    await world.up_to_date_on_slack()
    assert "Declined by @ben" in card.plain()
    assert "declined" in world.slack.direct_messages("ana")[0].plain()
    assert world.slack.messages("fleet") == []


async def test_two_people_click_at_once(world: World) -> None:
    """Ben and carla approve at the same moment: one decides, the other hears who did."""
    card = await world.ask("/esim buy 2")
    ben, carla = world.slack.person("ben"), world.slack.person("carla")
    deliveries = await asyncio.gather(ben.clicks("Approve", card), carla.clicks("Approve", card))
    assert all(delivery.ok for delivery in deliveries)
    await world.until_state(card, "purchased")
    answers = await world.slack.until(
        lambda: world.slack.ephemerals("ben") + world.slack.ephemerals("carla")
    )
    assert len(answers) == 1
    assert "already approved by" in answers[0].plain()
    assert len(world.sold()) == 2


async def test_a_late_second_click(world: World) -> None:
    """Whoever still sees the old card hears who approved, and nothing more is bought."""
    card = await world.ask("/esim buy 1")
    await world.click("Approve", card)
    await world.until_state(card, "purchased")
    stale = card.revisions[0]
    told = await world.click_told("Approve", card, "carla", stale_blocks=stale)
    assert "already approved by @ben" in told
    told = await world.click_told("Cancel", card, "ana", stale_blocks=stale)
    assert "already approved by @ben" in told
    assert len(world.sold()) == 1


async def test_a_card_expires(world: World) -> None:
    """After four hours the buttons go, and a click on the old card buys nothing."""
    card = await world.ask("/esim buy 1")
    before = [dict(block) for block in card.blocks]
    await world.pass_time(4 * 3600 - 60)
    assert world.state(card) == "awaiting_approval"
    await world.pass_time(60)
    await world.until_state(card, "expired")
    assert card.buttons() == []
    assert "Expired" in card.plain()
    told = await world.click_told("Approve", card, "ben", stale_blocks=before)
    assert "has expired; nothing was sent" in told
    assert world.telnyx.ledger.requests == []


async def test_expiry_does_not_wait_for_the_engine(world: World) -> None:
    """A click after the time is refused even when nobody has edited the card yet."""
    card = await world.ask("/esim buy 1")
    await world.stop_bot()
    await world.clock.jump(4 * 3600)
    await world.start_bot()
    stale = [dict(block) for block in card.blocks]
    assert "expired" in await world.click_told("Approve", card, "ben", stale_blocks=stale)
    assert world.telnyx.ledger.requests == []


async def test_an_open_card_survives_a_restart(world: World) -> None:
    """A click on a card from before a restart is carried out."""
    card = await world.ask("/esim buy 2")
    await world.restart_bot()
    await world.click("Approve", card)
    await world.until_state(card, "purchased")
    assert len(world.sold()) == 2


async def test_a_changed_setting_does_not_change_an_order(world: World) -> None:
    """An order keeps the expiry that it was placed with."""
    card = await world.ask("/esim buy 1")
    await world.restart_bot(esim_approval_expires=60)
    await world.pass_time(3600)
    await world.click("Approve", card)
    await world.until_state(card, "purchased")


async def test_the_same_command_delivered_twice(world: World) -> None:
    """Slack's second delivery of one command makes no second order."""
    delivery = await world.slack.person("ana").types("/esim buy 1")
    again = await world.slack.again(delivery)
    assert delivery.ok
    assert again.ok
    await world.slack.until(lambda: world.slack.messages("ops"))
    await world.up_to_date()
    assert len(world.slack.messages("ops")) == 1
    assert world.slack.ephemerals("ana") == []


async def test_the_same_click_delivered_twice(world: World) -> None:
    """A replayed click buys nothing more, and says nothing more."""
    card = await world.ask("/esim buy 1")
    delivery = await world.slack.person("ben").clicks("Approve", card)
    assert (await world.slack.again(delivery)).ok
    await world.until_state(card, "purchased")
    assert (await world.slack.again(delivery)).ok
    await world.up_to_date()
    assert len(world.telnyx.ledger.requests) == 1
    assert world.slack.ephemerals("ben") == []


async def test_a_click_on_an_order_that_nobody_knows(world: World) -> None:
    """A card whose order is not in Redis gets a clear answer."""
    card = await world.ask("/esim buy 1")
    forged = [dict(block) for block in card.blocks]
    forged[-2] = {
        **forged[-2],
        "elements": [{**each, "value": "ZZZZZZZZ"} for each in forged[-2]["elements"]],
    }
    told = await world.click_told("Approve", card, "ben", stale_blocks=forged)
    assert "I know no order ZZZZZZZZ" in told


async def test_a_private_channel_without_the_bot(world: World) -> None:
    """The order is cancelled, and the person told how to invite the bot; nothing is half done."""
    assert (await world.slack.person("ana").types("/esim buy 1", channel="secret")).ok
    await world.until(lambda: world.slack.direct_messages("ana"))
    (told,) = [message.plain() for message in world.slack.direct_messages("ana")]
    assert "cancelled, and nothing was bought" in told
    assert "I am not in this channel" in told
    assert "/invite" in told
    assert world.slack.messages("secret") == []
    world.slack.workspace.invite("secret")
    assert (await world.ask("/esim buy 1", channel="secret")).buttons()


async def test_a_public_channel_without_the_bot(world: World) -> None:
    """Slack takes the card there, so the order is decided and told as anywhere."""
    card = await world.ask("/esim buy 1", channel="finance")
    await world.click("Approve", card)
    await world.until_state(card, "purchased")
    await world.up_to_date_on_slack()
    assert all(iccid in world.thread(card) for iccid in world.sold())


async def test_unsigned_requests_are_refused(world: World) -> None:
    """A click whose signature does not fit changes nothing."""
    card = await world.ask("/esim buy 1")
    secret = "0" * 32
    await world.restart_bot(slack_signing_secret=secret)
    delivery = await world.slack.person("ben").clicks("Approve", card)
    assert delivery.status == 401
    assert world.state(card) == "awaiting_approval"
