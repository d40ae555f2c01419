"""Who has which eSIM: who may say so, what is kept, what is removed."""

from datetime import timedelta

import pytest
from redis.asyncio import Redis

from bot.clock import Deadline
from bot.domain.activation.assignment import Holder
from bot.domain.activation.errors import NoEsims, NotAssigned, UnknownIccid
from bot.domain.policy import Member, Policy
from bot.errors import DuplicateDelivery, NotAllowed, NotRecorded, StoreUnavailable, UnknownOrder
from tests.integration.engine.activation.conftest import KIM, Desk, a_desk
from tests.support.clock import ManualClock
from tests.support.orders import ANA, BEN, ORDER_ID, an_order, some_sims

ICCIDS = [sim.iccid or "" for sim in some_sims(3)]
FOREIGN = "8988280666000000001"
TRUCK = Holder(name="Truck 12", person=KIM)


async def test_an_esim_gets_a_holder(desk: Desk) -> None:
    """By its ICCID as somebody writes it; whoever asks for the order's eSIMs sees it."""
    made = await desk.assignments.assign(
        f" {ICCIDS[0][:10]} {ICCIDS[0][10:]}", TRUCK, by=Member(ANA), trigger="t1"
    )
    assert (made.iccid, made.holder, made.by, made.order_id) == (ICCIDS[0], TRUCK, ANA, ORDER_ID)
    assert await desk.assignments.of(desk.order, Member(BEN)) == {ICCIDS[0]: made}
    assert await desk.events() == {"assigned": 1}


async def test_another_holder_takes_the_place_of_the_first(desk: Desk) -> None:
    """An eSIM has one holder."""
    for name in ("Truck 12", "Truck 13"):
        await desk.assignments.assign(ICCIDS[0], Holder(name=name), by=Member(ANA), trigger=name)
    (held,) = (await desk.assignments.about(ICCIDS)).values()
    assert held.holder.name == "Truck 13"


@pytest.mark.parametrize(("iccid", "by"), [(ICCIDS[0], KIM), (FOREIGN, ANA), (FOREIGN, BEN)])
async def test_who_may_not_say_it(desk: Desk, iccid: str, by: str) -> None:
    """An order's eSIMs are its requester's and the approvers', others those of the keepers."""
    with pytest.raises(NotAllowed):
        await desk.assignments.assign(iccid, TRUCK, by=Member(by), trigger="t1")
    with pytest.raises(NotAllowed):
        await desk.assignments.remove(iccid, by=Member(by), trigger="t2")
    assert await desk.assignments.about([iccid]) == {}


async def test_a_keeper_says_it_of_others(desk: Desk) -> None:
    """Of an eSIM that no order bought; the list of all has it."""
    await desk.assignments.assign(FOREIGN, TRUCK, by=Member(KIM), trigger="t1")
    await desk.clock.advance(1)
    await desk.assignments.assign(ICCIDS[0], TRUCK, by=Member(BEN), trigger="t2")
    told = await desk.assignments.all(Member(BEN))
    assert [(each.iccid, each.order_id) for each in told] == [(ICCIDS[0], ORDER_ID), (FOREIGN, "")]
    with pytest.raises(NotAllowed):
        await desk.assignments.all(Member("U0NOBODY"))


async def test_a_list_is_taken_as_a_whole(desk: Desk) -> None:
    """One line of the audit, all of the holders."""
    holders = {iccid: Holder(name=f"Truck {n}") for n, iccid in enumerate(ICCIDS)}
    made = await desk.assignments.assign_all(ORDER_ID, holders, by=Member(ANA), trigger="t1")
    assert [each.holder.name for each in made] == ["Truck 0", "Truck 1", "Truck 2"]
    assert await desk.events() == {"assigned": 1}


async def test_one_strange_line_spoils_the_list(desk: Desk) -> None:
    """Nothing is written where one eSIM is not the order's."""
    holders = {ICCIDS[0]: TRUCK, FOREIGN: TRUCK}
    with pytest.raises(UnknownIccid):
        await desk.assignments.assign_all(ORDER_ID, holders, by=Member(ANA), trigger="t1")
    with pytest.raises(NoEsims):
        await desk.assignments.assign_all(ORDER_ID, {}, by=Member(ANA), trigger="t2")
    with pytest.raises(UnknownOrder):
        await desk.assignments.assign_all("00000000", holders, by=Member(ANA), trigger="t3")
    with pytest.raises(NotAllowed):
        await desk.assignments.assign_all(ORDER_ID, holders, by=Member(KIM), trigger="t4")
    assert await desk.assignments.about([*ICCIDS, FOREIGN]) == {}


async def test_what_is_removed_is_told_once_more_and_gone(desk: Desk) -> None:
    """Whoever removes it sees who had it; the second delivery of that command is no mistake."""
    made = await desk.assignments.assign(ICCIDS[0], TRUCK, by=Member(ANA), trigger="t1")
    assert await desk.assignments.remove(ICCIDS[0], by=Member(ANA), trigger="t2") == made
    assert await desk.assignments.about(ICCIDS) == {}
    with pytest.raises(DuplicateDelivery):
        await desk.assignments.remove(ICCIDS[0], by=Member(ANA), trigger="t2")
    with pytest.raises(NotAssigned):
        await desk.assignments.remove(ICCIDS[0], by=Member(ANA), trigger="t3")


async def test_whoever_waited_too_long_is_told_the_truth(desk: Desk) -> None:
    """After the time that a person waits nothing is written, and they can say so."""
    within = Deadline(desk.clock, 2)
    await desk.clock.advance(3)
    with pytest.raises(NotRecorded):
        await desk.assignments.assign(ICCIDS[0], TRUCK, by=Member(ANA), trigger="t1", within=within)
    assert await desk.assignments.about(ICCIDS) == {}


async def test_redis_is_away_before_anything_was_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A read that fails has recorded nothing: that is certain, and told to whoever waits."""

    async def away(*_: object) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(desk.orders, "owners", away)
    within = Deadline(desk.clock, 2)
    with pytest.raises(NotRecorded):
        await desk.assignments.assign(ICCIDS[0], TRUCK, by=Member(ANA), trigger="t1", within=within)
    with pytest.raises(StoreUnavailable):
        await desk.assignments.assign(ICCIDS[0], TRUCK, by=Member(ANA), trigger="t2")


async def test_what_fits_two_esims_is_not_guessed(desk: Desk) -> None:
    """Without its last digit, the ICCID of one of three could be any of them."""
    with pytest.raises(UnknownIccid):
        await desk.assignments.assign(ICCIDS[0][:-1], TRUCK, by=Member(ANA), trigger="t1")


async def test_a_digit_too_many_is_the_same_esim(desk: Desk) -> None:
    """Some write a check digit that others leave out."""
    made = await desk.assignments.assign(f"{ICCIDS[0]}7", TRUCK, by=Member(ANA), trigger="t1")
    assert (made.iccid, made.order_id) == (ICCIDS[0], ORDER_ID)


async def test_times_are_those_of_the_bots_clock(desk: Desk) -> None:
    """Since when somebody has it."""
    await desk.clock.advance(timedelta(hours=1).total_seconds())
    made = await desk.assignments.assign(ICCIDS[0], TRUCK, by=Member(ANA), trigger="t1")
    assert made.at == desk.clock.now()


async def test_one_esim_and_who_has_it(desk: Desk) -> None:
    """For whoever may see its order; of others, for a keeper."""
    assert await desk.assignments.at(ICCIDS[0], Member(ANA)) == (ICCIDS[0], None)
    made = await desk.assignments.assign(ICCIDS[0], TRUCK, by=Member(ANA), trigger="t1")
    assert await desk.assignments.at(f"{ICCIDS[0]}7", Member(BEN)) == (ICCIDS[0], made)
    assert await desk.assignments.at(FOREIGN, Member(KIM)) == (FOREIGN, None)
    for iccid, by in ((ICCIDS[0], KIM), (FOREIGN, BEN)):
        with pytest.raises(NotAllowed):
            await desk.assignments.at(iccid, Member(by))


async def test_what_a_form_is_about(desk: Desk) -> None:
    """The order's eSIMs in its sequence, and those of which somebody is known to have them."""
    await desk.assignments.assign(ICCIDS[1], TRUCK, by=Member(ANA), trigger="t1")
    told = await desk.assignments.for_form(ORDER_ID, Member(ANA))
    assert told == (tuple(ICCIDS), frozenset({ICCIDS[1]}))
    with pytest.raises(UnknownOrder):
        await desk.assignments.for_form("00000000", Member(ANA))
    with pytest.raises(NotAllowed):
        await desk.assignments.for_form(ORDER_ID, Member(KIM))


async def test_an_order_without_esims_has_no_form(
    redis: Redis, clock: ManualClock, policy: Policy
) -> None:
    """There is nothing to say of it yet."""
    desk = await a_desk(redis, clock, policy, an_order())
    with pytest.raises(NoEsims):
        await desk.assignments.for_form(ORDER_ID, Member(ANA))
