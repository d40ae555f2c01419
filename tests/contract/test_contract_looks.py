"""Every provider finds what was bought by its reference; what can't be asked shows nothing."""

import pytest

from bot.errors import LookupFailed, LookupPostponed
from bot.providers.base import Provider
from tests.contract.sides.relay import after_all, instead, no_fault
from tests.contract.sides.side import ORDER, Side
from tests.integration.providers.wire.calls import OPEN
from tests.integration.providers.wire.rude_server import answers, breaks_off, closes, resets

FAILURES = {
    "closed": closes,
    "reset": resets,
    "cut": breaks_off(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"),
    **{
        f"HTTP {status}": answers(f"{status} No", b'{"message": "no"}')
        for status in (400, 403, 404, 408, 429, 500, 503)
    },
    "redirect": answers("307 Go", b"", "Location: /elsewhere"),
    "no JSON": answers("200 OK", b"<html></html>"),
    "nothing": answers("200 OK", b""),
    "null": answers("200 OK", b"null"),
    "an empty list": answers("200 OK", b"[]"),
    "an empty object": answers("200 OK", b"{}"),
}
"""Answers of a list that show nothing."""


async def test_nothing_listed(side: Side, provider: Provider) -> None:
    """An empty list is an answer, not a failure."""
    assert await side.found(provider, await side.call(provider, 1)) == {}


@pytest.mark.parametrize("urgent", [False, True])
async def test_what_was_bought_is_found(side: Side, provider: Provider, *, urgent: bool) -> None:
    """All of it, each once, whatever became of the answer, under the reference as we write it."""
    call = await side.call(provider, 3)
    side.relay.befall_next(side.purchases, after_all(closes))
    await provider.purchase(call, OPEN)
    listed = await side.found(provider, call, urgent=urgent)
    assert set(listed) == {call.reference}
    found = [sim.iccid for sim in listed[call.reference]]
    assert sorted(map(str, found)) == sorted(side.sold[call.reference])
    assert len(found) == 3


async def test_what_others_bought_is_not(side: Side, provider: Provider) -> None:
    """Another order's eSIMs, and those of another call, are never taken for this call's own."""
    call, other = await side.call(provider, 1, 1), await side.call(provider, 2, 2)
    await provider.purchase(call, OPEN)
    await provider.purchase(other, OPEN)
    side.sell(f"{ORDER[:-1]}Z-1", f"{ORDER[:-1]}Z")
    for each in (call, other):
        listed = await side.found(provider, each)
        found = [sim.iccid for sim in listed[each.reference]]
        assert sorted(map(str, found)) == sorted(side.sold[each.reference])
        assert set(listed) <= {call.reference, other.reference}


async def test_every_page_is_read(side: Side, provider: Provider) -> None:
    """More than a page holds is found as a whole, each once."""
    call = await side.call(provider, 1)
    count = side.sell(call.reference, call.order_reference)
    listed = await side.found(provider, call)
    found = [sim.iccid for sim in listed[call.reference]]
    assert len(found) == len(set(found)) == count
    assert sorted(map(str, found)) == sorted(side.sold[call.reference])
    assert len(side.relay.sent(side.looks)) > 1


@pytest.mark.parametrize("urgent", [False, True])
@pytest.mark.parametrize("failure", FAILURES)
async def test_a_list_that_fails_shows_nothing(
    side: Side, provider: Provider, failure: str, *, urgent: bool
) -> None:
    """It raises, so that nobody takes it for "nothing was bought"; few tries are made."""
    call = await side.call(provider, 1)
    await provider.purchase(call, OPEN)
    side.relay.befall_all(side.looks, instead(FAILURES[failure]))
    with pytest.raises((LookupFailed, LookupPostponed)):
        await side.found(provider, call, urgent=urgent)
    assert 1 <= len(side.relay.sent(side.looks)) <= 4
    side.relay.mend()
    await side.clock.jump(120)
    assert len((await side.found(provider, call))[call.reference]) == 1


@pytest.mark.parametrize("failure", ["HTTP 400", "no JSON", "closed"])
async def test_a_later_page_that_fails_shows_nothing(
    side: Side, provider: Provider, failure: str
) -> None:
    """Half a list is no answer."""
    call = await side.call(provider, 1)
    side.sell(call.reference, call.order_reference)
    side.relay.befall_next(side.looks, no_fault)
    side.relay.befall_all(side.looks, instead(FAILURES[failure]))
    with pytest.raises(LookupFailed):
        await side.found(provider, call)


@pytest.mark.parametrize("status", [500, 503])
async def test_a_list_that_stumbles(side: Side, provider: Provider, status: int) -> None:
    """Asking changes nothing, so it is done again."""
    call = await side.call(provider, 1)
    await provider.purchase(call, OPEN)
    for _ in range(2):
        side.relay.befall_next(side.looks, instead(answers(f"{status} Oh", b"")))
    assert len((await side.found(provider, call))[call.reference]) == 1


async def test_looks_buy_nothing(side: Side, provider: Provider) -> None:
    """Whatever is looked for, no purchase is sent."""
    call = await side.call(provider, 1)
    await side.found(provider, call)
    await side.found(provider, call, urgent=False)
    assert (side.received, side.all_sold) == (0, [])
