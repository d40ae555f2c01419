"""Every provider sends a purchase once, and says of it what is certain, and nothing else."""

import asyncio
import socket
from dataclasses import replace

import pytest

from bot.domain.purchase.outcome import Bought, NotSent, Outcome, Refused, Unknown
from bot.providers.base import Provider
from tests.contract.sides.relay import Exchange, after_all, instead
from tests.contract.sides.side import Side, lost
from tests.integration.providers.wire.calls import OPEN
from tests.integration.providers.wire.rude_server import answers, says_nothing


def iccids(outcome: Outcome) -> list[str | None]:
    """The ICCIDs that an outcome tells."""
    assert isinstance(outcome, Bought | Unknown), outcome
    return [sim.iccid for sim in outcome.sims]


async def test_all_are_bought(side: Side, provider: Provider) -> None:
    """As many as were asked for, each with its ICCID, in one request, under the reference."""
    call = await side.call(provider, min(5, provider.form.most_per_call))
    outcome = await provider.purchase(call, OPEN)
    assert isinstance(outcome, Bought)
    assert (side.received, outcome.errors) == (1, ())
    assert len(outcome.sims) == call.quantity
    assert sorted(map(str, iccids(outcome))) == sorted(side.sold[call.reference])


async def test_calls_are_told_apart(side: Side, provider: Provider) -> None:
    """Each call of an order sells under a reference of its own, also when they are at once."""
    calls = [await side.call(provider, number, number) for number in (1, 2, 3)]
    outcomes = await asyncio.gather(*(provider.purchase(call, OPEN) for call in calls))
    for call, outcome in zip(calls, outcomes, strict=True):
        assert sorted(map(str, iccids(outcome))) == sorted(side.sold[call.reference])
    assert [len(side.sold[call.reference]) for call in calls] == [1, 2, 3]


async def test_a_refusal(side: Side, provider: Provider) -> None:
    """Where nothing is left, nothing was sold, and it is said why."""
    call = await side.call(provider, 2)
    side.sell_out()
    outcome = await provider.purchase(call, OPEN)
    assert isinstance(outcome, Refused), outcome
    assert outcome.errors
    assert all(error.title or error.detail for error in outcome.errors)
    assert (side.received, side.all_sold) == (1, [])


async def test_fewer_than_were_asked_for(side: Side, provider: Provider) -> None:
    """What was sold is told. Without a reason for the others the order is looked up."""
    call = await side.call(provider, 2)
    side.fall_short()
    outcome = await provider.purchase(call, OPEN)
    assert isinstance(outcome, Bought | Unknown), outcome
    assert iccids(outcome) == side.sold[call.reference]
    assert side.received == 1


async def test_a_stranger_buys_nothing(side: Side, provider: Provider) -> None:
    """With a wrong key the call is refused, or never made."""
    call = await side.call(provider, 1)
    outcome = await side.provider(stranger=True).purchase(call, OPEN)
    assert isinstance(outcome, Refused | NotSent), outcome
    assert side.all_sold == []
    assert side.received <= 1


async def test_nobody_listens(side: Side, provider: Provider) -> None:
    """A call that could not be made is not sent: it may be made again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    call = await side.call(provider, 1)
    outcome = await side.provider(f"http://127.0.0.1:{port}").purchase(call, OPEN)
    assert isinstance(outcome, NotSent), outcome
    assert outcome.why
    assert (outcome.turned_away, outcome.too_late) == (False, False)


@pytest.mark.parametrize("sold", [False, True])
async def test_turned_away(side: Side, provider: Provider, *, sold: bool) -> None:
    """A 429 is no try: who said no is told, and for how long; it is looked for all the same."""
    call = await side.call(provider, 1)
    behave = answers("429 Slow", b"{}", "Retry-After: 7")
    side.relay.befall_next(side.purchases, after_all(behave) if sold else instead(behave))
    outcome = await provider.purchase(call, OPEN)
    assert isinstance(outcome, NotSent), outcome
    assert (outcome.turned_away, outcome.retry_after) == (True, 7)
    assert side.received == 1
    assert bool(await side.found(provider, call)) is sold


@pytest.mark.parametrize("fault", lost("", ""))
async def test_what_leaves_it_open_is_unknown(side: Side, provider: Provider, fault: str) -> None:
    """Whatever breaks after the call has left, it was sent once, and nobody claims to know."""
    call = await side.call(provider, 2)
    side.relay.befall_next(side.purchases, lost(side.relay.url, side.purchases)[fault])
    outcome = await provider.purchase(call, OPEN)
    assert isinstance(outcome, Unknown), outcome
    assert outcome.why
    assert side.received == 1
    listed = await side.found(provider, call)
    found = sorted(str(sim.iccid) for sim in listed.get(call.reference, ()))
    assert found == sorted(side.all_sold)
    assert len(side.all_sold) == (0 if fault.endswith("nothing sold") else 2)


async def test_a_cancelled_call_is_not_sent_again(side: Side, provider: Provider) -> None:
    """A bot that stops is not held up by an answer that does not come; the call is out, once."""
    call, sold = await side.call(provider, 2), asyncio.Event()

    async def keep_waiting(exchange: Exchange) -> None:
        await exchange.carried_out()
        sold.set()
        await says_nothing(exchange.writer)

    side.relay.befall_next(side.purchases, keep_waiting)
    buying = asyncio.create_task(provider.purchase(call, OPEN))
    await sold.wait()
    buying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await buying
    assert (side.received, len(side.all_sold)) == (1, 2)


async def test_what_was_prepared_is_what_is_sent(side: Side, provider: Provider) -> None:
    """The bytes that were committed go out, then and after days, under the same key."""
    call = await side.call(provider, 2)
    await provider.purchase(call, OPEN)
    await side.clock.jump(3600)
    await provider.offer(call.request)  # as before every attempt
    again = await provider.purchase(call, OPEN)
    first, second = side.relay.sent(side.purchases)
    assert first.body == second.body
    assert not call.body or first.body == call.body.encode()
    prepared = side.prepared(provider, call)
    keys = {each.header("Idempotency-Key") for each in (first, second)}
    if prepared.key_life > 0:
        assert keys == {call.reference}
        assert prepared.body
        assert len(side.all_sold) == 2
        assert sorted(map(str, iccids(again))) == sorted(side.all_sold)


async def test_preparing_asks_nobody(side: Side, provider: Provider) -> None:
    """It only writes: the same call at the same time gives the same bytes."""
    call = await side.call(provider, 2)
    before = len(side.relay.exchanges)
    bare = replace(call, body="")
    assert side.prepared(provider, bare) == side.prepared(provider, bare)
    assert side.prepared(provider, bare).body == call.body
    assert len(side.relay.exchanges) == before
