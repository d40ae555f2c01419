"""Purchases and looks have places of their own, so that neither waits for the other."""

import asyncio

import pytest

from bot.errors import LookupFailed, LookupPostponed
from bot.providers.telnyx import Telnyx
from sandbox.telnyx import TelnyxSandbox
from tests.integration.providers.conftest import OpenTelnyx, StartRude
from tests.integration.providers.wire.calls import OPEN, ORDER_REFERENCE, a_call
from tests.integration.providers.wire.rude_server import says_nothing


async def test_looks_that_hang_delay_no_purchase(telnyx: Telnyx, sandbox: TelnyxSandbox) -> None:
    """With twenty looks under way that get no answer, a purchase is made at once."""
    sandbox.faults.hang_listings()
    looking = [asyncio.create_task(telnyx.find(ORDER_REFERENCE)) for _ in range(20)]
    async with asyncio.timeout(5), telnyx.place():
        assert (await telnyx.purchase(a_call(), OPEN)).kind == "bought"
    assert not any(task.done() for task in looking)
    for task in looking:
        task.cancel()
    await asyncio.gather(*looking, return_exceptions=True)
    sandbox.faults.answer_listings()


async def test_purchases_that_hang_delay_no_look(telnyx: Telnyx, sandbox: TelnyxSandbox) -> None:
    """With as many purchases under way as there may be, a look is made at once."""
    gates = [sandbox.faults.hold() for _ in range(10)]
    buying = [asyncio.create_task(telnyx.purchase(a_call(1), OPEN)) for _ in gates]
    for gate in gates:
        await gate.reached()
    async with asyncio.timeout(5):
        assert len(await telnyx.find(ORDER_REFERENCE)) == 1
    sandbox.faults.clear()
    await asyncio.gather(*buying)


async def test_places_are_bounded(open_telnyx: OpenTelnyx) -> None:
    """The third of two places is waited for, and had once one of the two is left."""
    telnyx = open_telnyx("http://127.0.0.1:1", purchases=2)
    async with telnyx.place():
        async with telnyx.place():
            third = asyncio.create_task(_enter(telnyx))
            await asyncio.sleep(0)
            assert not third.done()
        await third


async def test_a_wait_for_a_place_can_be_given_up(open_telnyx: OpenTelnyx) -> None:
    """Who is cancelled while waiting, or within, leaves the place to the others."""
    telnyx = open_telnyx("http://127.0.0.1:1", purchases=1)
    async with telnyx.place():
        waiting = [asyncio.create_task(_enter(telnyx)) for _ in range(8)]
        await asyncio.sleep(0)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        assert all(task.cancelled() for task in waiting)
    within = asyncio.create_task(_stay(telnyx))
    await asyncio.sleep(0)
    within.cancel()
    async with asyncio.timeout(5):
        await asyncio.gather(within, return_exceptions=True)
        await _enter(telnyx)


async def test_looks_that_can_wait_leave_room(
    start_rude: StartRude, open_telnyx: OpenTelnyx
) -> None:
    """They take half of the places, and are postponed in place of waiting for more."""
    rude = await start_rude(says_nothing)
    telnyx = open_telnyx(rude.url, looks=4, listing=1.0)
    calm = [asyncio.create_task(telnyx.find(ORDER_REFERENCE, urgent=False)) for _ in range(5)]
    urgent = [asyncio.create_task(telnyx.find(ORDER_REFERENCE)) for _ in range(2)]
    ended = await asyncio.gather(*calm, *urgent, return_exceptions=True)
    kinds = [type(failure) for failure in ended]
    assert kinds == [LookupFailed] * 2 + [LookupPostponed] * 3 + [LookupFailed] * 2
    assert len(rude.requests) == 4


async def _enter(telnyx: Telnyx) -> None:
    async with telnyx.place():
        return


async def _stay(telnyx: Telnyx) -> None:
    async with telnyx.place():
        await asyncio.Event().wait()


@pytest.mark.parametrize("urgent", [True, False])
async def test_a_look_that_is_cancelled(
    start_rude: StartRude, open_telnyx: OpenTelnyx, *, urgent: bool
) -> None:
    """A bot that stops is not held up, and the place is free again."""
    rude = await start_rude(says_nothing)
    telnyx = open_telnyx(rude.url, looks=1)
    for number in (1, 2):
        looking = asyncio.create_task(telnyx.find(ORDER_REFERENCE, urgent=urgent))
        await rude.until_sent(number)
        looking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await looking
