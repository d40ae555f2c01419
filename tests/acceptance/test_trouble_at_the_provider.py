"""What the provider refuses, loses or hides: told in words, and never bought twice."""

import asyncio

import pytest

from sandbox.slack.workspace.message import Message
from tests.support.world import World

LOOKS = (5, 15, 45, 120, 300)
_IN_DOUBT = 24
"""More than the worker has places for."""
_AT_ONCE = 10
"""Seconds of real time, on a busy machine; a look that hangs takes a minute."""
NOWHERE = "http://127.0.0.1:1/v2"
"""An address that nobody listens on."""


async def approved(world: World, line: str) -> Message:
    """Ask and approve; the card comes back."""
    card = await world.ask(line)
    await world.click("Approve", card)
    return card


@pytest.mark.parametrize(
    ("code", "status", "advice"),
    [
        ("20100", 422, "top it up"),
        ("70001", 422, "order fewer, or try again later"),
        ("10015", 400, "Change that part"),
        ("10009", 401, "whoever runs me"),
        ("99999", 422, "name the code"),
    ],
)
async def test_a_refusal_is_told(world: World, code: str, status: int, advice: str) -> None:
    """Title, detail, code, what it points at and what helps, in the thread; nothing is bought."""
    world.telnyx.faults.refuse(
        code, status, title="No <such> luck", detail="Because & why", pointer="/amount"
    )
    card = await approved(world, "/esim buy 3")
    await world.until_state(card, "refused")
    await world.up_to_date_on_slack()
    for part in ("No <such> luck", "Because & why", code, "/amount", advice, "nothing was bought"):
        assert part in world.thread(card)
    assert "not bought" in world.slack.direct_messages("ana")[0].plain()
    assert "not bought" in world.slack.messages("fleet")[0].plain()
    await world.pass_time(3600)
    assert len(world.telnyx.ledger.requests) == 1


async def test_an_answer_without_a_body(world: World) -> None:
    """A 401 has no body: the person is sent to the operator all the same."""
    await world.restart_bot(telnyx_api_key="KEY0BAD")
    card = await approved(world, "/esim buy 1")
    await world.until_state(card, "refused")
    await world.up_to_date_on_slack()
    assert "whoever runs me" in world.thread(card)


async def test_a_part_is_told_with_its_shortage(world: World) -> None:
    """Two of three and an error: partly purchased, both ICCIDs, the error, no second call."""
    world.telnyx.faults.sell_fewer(by=1, error_code="70001")
    card = await approved(world, "/esim buy 3")
    await world.until_state(card, "partly_purchased")
    await world.up_to_date()
    thread = world.thread(card)
    assert all(iccid in thread for iccid in world.sold())
    assert "2 of 3 eSIMs bought, 1 missing" in thread
    await world.pass_time(3600)
    assert len(world.telnyx.ledger.requests) == 1


async def test_the_missing_ones_can_be_ordered(world: World) -> None:
    """A button asks for the rest: a new order for who asked, to be approved again; just once."""
    world.telnyx.faults.sell_fewer(by=1, error_code="70001")
    card = await approved(world, "/esim buy 3 tags=fleet")
    await world.until_state(card, "partly_purchased")
    await world.up_to_date_on_slack()
    result = next(message for message in world.slack.thread(card) if message.buttons())
    told = await world.click_told("Order the missing 1", result, "dan")
    assert "nothing was ordered" in told
    await world.click("Order the missing 1", result, "carla")
    await world.until(lambda: len(world.slack.messages("ops")) == 2)
    rest = world.slack.messages("ops")[1]
    await world.until_state(rest, "awaiting_approval")
    assert "Buy 1 eSIM from Telnyx?" in rest.plain()
    assert "@ana" in rest.plain()
    assert "fleet" in rest.plain()
    await world.click("Approve", rest)
    await world.until_state(rest, "purchased")
    assert len(world.sold()) == 3


async def test_a_shortage_without_a_reason_is_looked_up(world: World) -> None:
    """Fewer SIM cards than asked for and no error: the rest may still come, so it looks."""
    world.telnyx.faults.sell_fewer(by=1, error_code=None)
    card = await approved(world, "/esim buy 3")
    await world.until_state(card, "in_doubt")
    for seconds in LOOKS:
        await world.pass_time(seconds)
    await world.until_state(card, "partly_purchased")
    await world.up_to_date()
    assert all(iccid in world.thread(card) for iccid in world.sold())


async def test_more_than_asked_for(world: World) -> None:
    """A provider that sells too many: every ICCID is told, and that there are too many."""
    world.telnyx.faults.sell_more()
    card = await approved(world, "/esim buy 3")
    await world.until_state(card, "purchased")
    await world.up_to_date_on_slack()
    assert len(world.sold()) == 4
    assert all(iccid in world.thread(card) for iccid in world.sold())
    assert "1 eSIM more than ordered" in world.thread(card)


@pytest.mark.parametrize("how", ["close", "reset", "cut_body", "half_status_line"])
async def test_a_lost_answer_is_found(world: World, how: str) -> None:
    """Sold, and the answer lost: looked up by its tag, told, never sent again."""
    getattr(world.telnyx.faults, how)(after_selling=True)
    card = await approved(world, "/esim buy 3")
    await world.until_state(card, "in_doubt")
    await world.up_to_date()
    assert "I never send a purchase twice" in card.plain()
    await world.pass_time(LOOKS[0])
    await world.until_state(card, "purchased")
    await world.up_to_date_on_slack()
    assert all(iccid in world.thread(card) for iccid in world.sold())
    assert len(world.telnyx.ledger.requests) == 1


async def test_a_500_after_selling_is_found(world: World) -> None:
    """An error of the server says nothing of the purchase: it is looked up."""
    world.telnyx.faults.fail(500, after_selling=True)
    card = await approved(world, "/esim buy 2")
    await world.until_state(card, "in_doubt")
    await world.pass_time(LOOKS[0])
    await world.until_state(card, "purchased")
    assert len(world.sold()) == 2


async def test_looks_that_hang_delay_no_purchase(world: World) -> None:
    """However many orders are in doubt while the list hangs, a purchase leaves at once."""
    world.telnyx.faults.hang_listings()
    cards = []
    for _ in range(_IN_DOUBT):
        world.telnyx.faults.close(after_selling=True)
        cards.append(await world.ask("/esim buy 1"))
        await world.click("Approve", cards[-1])
        async with asyncio.timeout(_AT_ONCE):
            await world.telnyx.until(lambda: len(world.sold()) == len(cards))
        await world.clock.jump(LOOKS[0])
    world.telnyx.faults.answer_listings()
    for card in cards:
        await world.until_state(card, "purchased")
    assert len(world.telnyx.ledger.requests) == _IN_DOUBT


async def test_a_lagging_list_is_waited_for(world: World) -> None:
    """SIM cards that show up late are found by a later look."""
    world.telnyx.faults.close(after_selling=True)
    world.telnyx.faults.hide_new_sims(listings=2)
    card = await approved(world, "/esim buy 2")
    await world.until_state(card, "in_doubt")
    for seconds in LOOKS[:2]:
        await world.pass_time(seconds)
        assert world.state(card) == "in_doubt"
    await world.pass_time(LOOKS[2])
    await world.until_state(card, "purchased")


async def test_in_doubt_and_not_found(world: World) -> None:
    """Nothing listed after the last look: a person is told, and nothing is sent again."""
    world.telnyx.faults.fail(500, after_selling=False)
    card = await approved(world, "/esim buy 3")
    await world.until_state(card, "in_doubt")
    for seconds in LOOKS:
        await world.pass_time(seconds)
    await world.until_state(card, "needs_attention")
    await world.up_to_date_on_slack()
    thread = world.thread(card)
    assert f"esim-{world.order_id(card)}-1" in thread
    assert "I will not send this purchase again" in thread
    assert "@ana" in thread
    assert "person" in world.slack.direct_messages("ana")[0].plain()
    assert "person" in world.slack.messages("fleet")[0].plain()
    await world.pass_time(86_400)
    assert len(world.telnyx.ledger.requests) == 1
    assert world.state(card) == "needs_attention"


async def test_a_list_that_fails_says_nothing(world: World) -> None:
    """A look-up that fails is no answer: the next one finds what was bought."""
    world.telnyx.faults.close(after_selling=True)
    world.telnyx.faults.fail_listing(403, times=1)
    card = await approved(world, "/esim buy 1")
    await world.until_state(card, "in_doubt")
    await world.pass_time(LOOKS[0])
    assert world.state(card) == "in_doubt"
    await world.pass_time(LOOKS[1])
    await world.until_state(card, "purchased")


async def test_foreign_sim_cards_are_not_ours(world: World) -> None:
    """Near-equal tags and other people's SIM cards do not settle an order in doubt."""
    world.telnyx.faults.fail(500, after_selling=False)
    card = await approved(world, "/esim buy 1")
    await world.until_state(card, "in_doubt")
    world.telnyx.account.add_sim(tags=(f"esim-{world.order_id(card)}-10",))
    world.telnyx.account.add_sim(tags=("fleet",))
    for seconds in LOOKS:
        await world.pass_time(seconds)
    await world.until_state(card, "needs_attention")


async def test_an_unreachable_provider_is_tried_again(world: World) -> None:
    """A call that never arrived may be made again, under a new reference."""
    await world.restart_bot(telnyx_api_url=NOWHERE)
    card = await approved(world, "/esim buy 2")
    await world.until(lambda: "did not take the call" in card.plain())
    await world.restart_bot(telnyx_api_url=world.telnyx.url)
    await world.pass_time(2)
    await world.until_state(card, "purchased")
    (entry,) = world.telnyx.ledger.requests
    order = f"esim-{world.order_id(card)}"
    assert entry.body["tags"] == [order, f"{order}-2"]


async def test_a_provider_that_stays_away(world: World) -> None:
    """After the last try the order ends as refused, and the thread says that none arrived."""
    await world.restart_bot(telnyx_api_url=NOWHERE)
    card = await approved(world, "/esim buy 2")
    await world.until(lambda: "did not take the call" in card.plain())
    for seconds in (2, 10, 30, 60, 120):
        await world.pass_time(seconds)
    await world.until_state(card, "refused")
    await world.up_to_date_on_slack()
    assert "I gave up after 6 calls" in world.thread(card)
    assert world.telnyx.ledger.requests == []


async def test_a_rate_limit_is_waited_for(world: World) -> None:
    """A 429 bought nothing: the call is made again after the time that Telnyx asks for."""
    world.telnyx.faults.rate_limit(retry_after=40)
    card = await approved(world, "/esim buy 1")
    await world.until(lambda: "turned the call away (too many calls at once)" in card.plain())
    await world.pass_time(35)
    assert len(world.sold()) == 0
    await world.pass_time(6)
    await world.until_state(card, "purchased")
    assert len(world.sold()) == 1


async def test_stopped_in_the_middle_of_a_purchase(world: World) -> None:
    """A bot that is stopped while Telnyx works finds the SIM cards when it is back."""
    gate = world.telnyx.faults.hold()
    card = await approved(world, "/esim buy 2")
    await gate.reached()
    await world.stop_bot()
    gate.release()
    await world.telnyx.until(lambda: len(world.telnyx.ledger.sims) == 2)
    await world.start_bot()
    await world.pass_time(60)
    await world.pass_time(60)
    await world.until_state(card, "purchased")
    await world.up_to_date_on_slack()
    assert all(iccid in world.thread(card) for iccid in world.sold())
    assert len(world.telnyx.ledger.requests) == 1


async def test_unreadable_fields_lose_no_iccid(world: World) -> None:
    """An answer with one broken SIM card and unknown fields still tells every ICCID."""
    iccids = ["89310410106543789301", "89310410106543789302"]

    def broken(body: dict[str, object]) -> dict[str, object]:
        whole = {"iccid": iccids[0], "status": "beamed_up", "novel": {"deep": [1]}}
        return {**body, "data": [whole, {"iccid": int(iccids[1]), "tags": 7}], "errors": None}

    world.telnyx.faults.mangle(broken)
    card = await approved(world, "/esim buy 2")
    await world.until_state(card, "purchased")
    await world.up_to_date_on_slack()
    assert all(iccid in world.thread(card) for iccid in iccids)
    assert "beamed up" in world.thread(card)


async def test_many_orders_at_once(world: World) -> None:
    """Ten orders approved together are ten purchases, each in its own thread."""
    cards = [await world.ask(f"/esim buy {amount}") for amount in range(1, 11)]
    await asyncio.gather(*(world.click("Approve", card) for card in cards))
    for amount, card in enumerate(cards, 1):
        await world.until_state(card, "purchased")
        assert f"Bought {amount} of {amount}" in card.plain()
    assert len(world.sold()) == 55
