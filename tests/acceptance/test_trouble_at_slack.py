"""Slack away, slow or forgetful: everything follows, each message once."""

import pytest

from tests.support.world import World


async def test_slack_down_during_the_result_and_back(world: World) -> None:
    """The purchase goes on while Slack is away; what it has to say follows, once."""
    card = await world.ask("/esim buy 3")
    gate = world.telnyx.faults.hold()
    await world.click("Approve", card)
    await gate.reached()
    await world.up_to_date_on_slack()
    world.slack.faults.down()
    gate.release()
    await world.until_bought(3)
    await world.pass_time(5)
    assert world.slack.thread(card) == []
    world.slack.faults.up()
    await world.pass_time(5)
    await world.until_state(card, "purchased")
    await world.up_to_date_on_slack()
    assert all(iccid in world.thread(card) for iccid in world.sold())
    assert len(world.slack.thread(card)) == 1
    assert len(world.slack.direct_messages("ana")) == 1


async def test_a_post_whose_answer_was_lost_is_not_made_again(world: World) -> None:
    """Slack stored the result and dropped the connection: it is found, not posted twice."""
    card = await world.ask("/esim buy 3")
    world.slack.faults.drop_after_storing("chat.postMessage", times=3)
    await world.click("Approve", card)
    await world.until_bought(3)
    for _ in range(4):
        await world.pass_time(5)
    await world.until_state(card, "purchased")
    assert len(world.slack.thread(card)) == 1
    assert len(world.slack.direct_messages("ana")) == 1
    assert len(world.slack.messages("fleet")) == 1


async def test_a_card_whose_answer_was_lost_is_not_posted_again(world: World) -> None:
    """The card is found by its metadata, and its buttons work."""
    world.slack.faults.drop_after_storing("chat.postMessage")
    card = await world.ask("/esim buy 1")
    await world.pass_time(5)
    assert len(world.slack.messages("ops")) == 1
    await world.click("Approve", card)
    await world.until_state(card, "purchased")


async def test_a_file_whose_answer_was_lost_is_not_uploaded_again(world: World) -> None:
    """The files are found by their names."""
    card = await world.ask("/esim buy 12")
    world.slack.faults.drop_after_storing("files.completeUploadExternal")
    await world.click("Approve", card)
    await world.until_bought(12)
    await world.pass_time(5)
    await world.until_state(card, "purchased")
    await world.up_to_date_on_slack()
    assert len(world.slack.files) == 2


async def test_a_rate_limit_is_respected(world: World) -> None:
    """After a 429 nothing is sent before Retry-After is over; then everything follows."""
    card = await world.ask("/esim buy 1")
    world.slack.faults.rate_limit("chat.update", retry_after=30)
    await world.click("Approve", card)
    await world.until_bought(1)
    await world.pass_time(29)
    assert world.state(card) == "awaiting_approval"
    await world.pass_time(1)
    await world.until_state(card, "purchased")


async def test_a_command_while_slack_is_down(world: World) -> None:
    """Ordered, and told when Slack is back: by the card, and by a message about the command."""
    world.slack.faults.down()
    assert (await world.slack.person("ana").types("/esim buy 3")).ok
    await world.until_kept()
    world.slack.faults.up()
    await world.until(lambda: world.slack.messages("ops"))
    (card,) = world.slack.messages("ops")
    await world.deliver_answers()
    (told,) = [message.plain() for message in world.slack.direct_messages("ana")]
    assert f"Noted as order {world.order_id(card)}: its card follows." in told


async def test_a_wrong_command_while_slack_is_down(world: World) -> None:
    """The acknowledgement itself has the answer, with the very pointers; nothing was ordered."""
    before = len(world.slack.calls)
    world.slack.faults.down()
    told = await world.told("/esim buy nothing")
    assert "I can't read this command; nothing was ordered." in told
    assert "^" in told
    assert world.slack.messages("ops") == []
    assert len(world.slack.calls) == before


async def test_the_answer_to_a_click_while_slack_is_down(world: World) -> None:
    """What a click can't be told now is told later, directly."""
    card = await world.ask("/esim buy 1")
    world.slack.faults.down()
    assert (await world.slack.person("dan").clicks("Approve", card)).ok
    await world.until_kept()
    world.slack.faults.up()
    await world.deliver_answers()
    (told,) = [message.plain() for message in world.slack.direct_messages("dan")]
    assert "You may not approve orders, so nothing changed." in told


@pytest.mark.parametrize("error", ["not_in_channel", "channel_not_found"])
async def test_a_command_where_the_bot_is_not(world: World, error: str) -> None:
    """The card's own refusal tells: the order is cancelled, and ana reads why and what to do."""
    world.slack.faults.refuse("chat.postMessage", error)
    assert (await world.slack.person("ana").types("/esim buy 1")).ok
    await world.slack.until(lambda: error in {each.error for each in world.slack.calls})
    world.slack.faults.up()
    await world.until(lambda: world.slack.direct_messages("ana"))
    told = world.slack.direct_messages("ana")[0].plain()
    assert "cancelled, and nothing was bought" in told
    assert f"Slack says {error}. I am not in this channel" in told
    assert "/invite" in told


@pytest.mark.parametrize(
    "error", ["message_limit_exceeded", "ekm_access_denied", "an_error_of_2027"]
)
async def test_the_workspace_refuses_for_a_day(world: World, error: str) -> None:
    """The bot is even restarted meanwhile: the ICCIDs are there once Slack takes them."""
    card = await world.ask("/esim buy 2")
    world.slack.faults.refuse(None, error)
    await world.click("Approve", card)
    await world.until_bought(2)
    await world.pass_time(3600)
    await world.clock.jump(24 * 3600)
    assert (await world.behind()) == 1
    world.slack.faults.up()
    await world.restart_bot()
    await world.until_state(card, "purchased")
    await world.up_to_date_on_slack()
    assert all(iccid in world.thread(card) for iccid in world.sold())
    assert len(world.slack.thread(card)) == 1
    assert (await world.behind()) == 0


async def test_a_card_that_waits_is_deleted(world: World) -> None:
    """It is up again within a quarter of an hour, and can be approved."""
    gone = await world.ask("/esim buy 1")
    world.slack.workspace.delete(gone)
    assert world.bot is not None
    await world.bot.cards.look()
    await world.up_to_date()
    (card,) = world.slack.messages("ops")
    assert "deleted the card" in world.slack.direct_messages("ana")[0].plain()
    await world.click("Approve", card)
    await world.until_state(card, "purchased")


async def test_an_answer_whose_address_is_gone(world: World) -> None:
    """When the response address fails, the answer comes as an ephemeral message."""
    world.slack.faults.down("response_url")
    assert "/esim buy 3" in await world.told("/esim help")


async def test_a_card_that_can_not_be_posted(world: World) -> None:
    """The bot loses its place in between: the order is cancelled and ana is told why."""
    world.slack.faults.error("chat.postMessage", "not_in_channel")
    await world.slack.person("ana").types("/esim buy 1")
    await world.slack.until(lambda: world.slack.direct_messages("ana"))
    direct = world.slack.direct_messages("ana")[0].plain()
    assert "cancelled" in direct
    assert "not_in_channel" in direct
    assert world.slack.messages("ops") == []


async def test_an_archived_channel_loses_no_iccid(world: World) -> None:
    """What the thread can't take any more reaches the requester directly."""
    card = await world.ask("/esim buy 2")
    gate = world.telnyx.faults.hold()
    await world.click("Approve", card)
    await gate.reached()
    world.slack.workspace.archive("ops")
    gate.release()
    await world.until_bought(2)
    await world.up_to_date_on_slack()
    directs = "\n".join(message.plain() for message in world.slack.direct_messages("ana"))
    assert all(iccid in directs for iccid in world.sold())


async def test_a_deleted_card_loses_no_iccid(world: World) -> None:
    """Somebody deletes the card while Telnyx works: the ICCIDs reach the requester directly."""
    card = await world.ask("/esim buy 2")
    gate = world.telnyx.faults.hold()
    await world.click("Approve", card)
    await gate.reached()
    world.slack.workspace.delete(card)
    gate.release()
    await world.until_bought(2)
    await world.up_to_date_on_slack()
    everything = world.slack.transcript(None)
    assert all(iccid in everything for iccid in world.sold())


async def test_a_channel_that_can_not_be_told(world: World) -> None:
    """One bad channel in the settings keeps nobody else from hearing of it."""
    fleet = world.slack.workspace.channel("fleet").id
    await world.restart_bot(esim_notify_channels=("C0NOWHERE", fleet))
    card = await world.ask("/esim buy 1")
    await world.click("Approve", card)
    await world.until_state(card, "purchased")
    await world.up_to_date_on_slack()
    assert len(world.slack.messages("fleet")) == 1
    assert len(world.slack.direct_messages("ana")) == 1
