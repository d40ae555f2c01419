"""What every provider says before anything is bought: form, price, checks, what else it can do."""

import socket

import pytest

from bot.check import Mark, worst
from bot.domain.catalogue.offer import NotOffered
from bot.domain.form import Form
from bot.domain.grammar import Buy, Rules, parse
from bot.domain.request import OrderKind
from bot.errors import LookupFailed, LookupPostponed
from bot.providers.base import Provider
from bot.providers.capabilities import Catalogue, Changes, Codes, Ledger
from tests.contract.sides.relay import instead
from tests.contract.sides.side import Side
from tests.integration.providers.wire.calls import OPEN
from tests.integration.providers.wire.rude_server import Behaviour, answers, closes


def kinds(form: Form) -> set[OrderKind]:
    """The kinds of orders, beside a purchase, that its forms take."""
    return {each.kind for each in form.others if each.kind}


def test_the_form(side: Side, provider: Provider) -> None:
    """Its examples can be typed, and each field takes its own example."""
    form = provider.form
    assert (form.provider, provider.name) == (provider.name, provider.name)
    assert form.examples
    for line in form.examples:
        assert isinstance(parse(f"buy {line}", Rules({form.provider: form})), Buy)
    for field in (field for each in (form, *form.others) for field in each.fields):
        given = field.example if isinstance(field.example, tuple) else (field.example,)
        kept = [field.check(str(part)) for part in given]
        assert [field.check(str(part)) for part in kept] == kept
    assert side.request(1).provider == provider.name


async def test_an_offer(side: Side, provider: Provider) -> None:
    """It has a price, which grows with the amount; nothing is bought by asking."""
    one, three = [await provider.offer(side.request(amount)) for amount in (1, 3)]
    assert one.quote.once.cents > 0
    assert three.quote == three.quote.model_copy(update={"firm": one.quote.firm})
    assert three.quote.once.cents == 3 * one.quote.once.cents
    assert set(one.names) <= {field.name for field in provider.form.fields}
    assert (side.received, side.all_sold) == (0, [])


async def test_what_was_offered_is_offered_again(side: Side, provider: Provider) -> None:
    """The options of an offer mean the same when they are asked again, before each attempt."""
    request = side.request(2)
    first = await provider.offer(request)
    options = {**request.options, **first.options}
    again = await provider.offer(request.model_copy(update={"options": options}))
    assert again.quote == first.quote
    assert {**options, **again.options} == options
    assert again.names == first.names


async def test_an_estimate(side: Side, provider: Provider) -> None:
    """What is known without asking is what an offer says; a price that must be asked is None."""
    request = side.request(2)
    estimate = provider.estimate(request)
    assert len(side.relay.exchanges) == 0
    assert estimate in {None, (await provider.offer(request)).quote}


async def test_what_is_not_sold(side: Side, provider: Provider) -> None:
    """It is said which field is at fault, why, and what is near; never is there an offer."""
    request = side.unsold()
    assert provider.estimate(request) is None
    with pytest.raises(NotOffered) as wrong:
        await provider.offer(request)
    unavailable = wrong.value.unavailable
    assert unavailable.field in {"", *(field.name for field in provider.form.fields)}
    assert unavailable.why
    assert not unavailable.why.endswith(".")
    assert 1 <= len(unavailable.nearest) <= 5
    for near in unavailable.nearest:
        options = {**request.options, **near.options}
        offer = await provider.offer(request.model_copy(update={"options": options}))
        assert near.quote in {None, offer.quote}
    assert (side.received, side.all_sold) == (0, [])


@pytest.mark.parametrize(
    "behave",
    [
        closes,
        *(answers(f"{status} No", b"{}") for status in (408, 429, 500, 503)),
        answers("200 OK", b"<html></html>"),
        answers("200 OK", b"null"),
        answers("200 OK", b"{}"),
        answers("307 Go", b"", "Location: /elsewhere"),
    ],
)
async def test_a_price_that_cannot_be_asked(
    side: Side, provider: Provider, behave: Behaviour
) -> None:
    """It is no answer: neither a price nor that it is not sold."""
    side.relay.befall_all(side.asked, instead(behave))
    with pytest.raises((LookupFailed, LookupPostponed)):
        await provider.offer(side.request(1))
    side.relay.mend()
    await side.clock.jump(120)
    assert (await provider.offer(side.request(1))).quote.once.cents > 0


async def test_checks(side: Side, provider: Provider) -> None:
    """All is well; not so with a wrong key, or with nobody there; and nothing is bought."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{probe.getsockname()[1]}"
    assert provider.checks()
    marks = {}
    for name, each in {
        "well": provider,
        "stranger": side.provider(stranger=True),
        "nobody": side.provider(nowhere),
    }.items():
        marks[name] = worst([answer for check in each.checks() for answer in await check.answers()])
    assert marks == {"well": Mark.OK, "stranger": Mark.WRONG, "nobody": Mark.WRONG}
    assert (side.received, side.all_sold) == (0, [])


async def test_places(side: Side, provider: Provider) -> None:
    """There is a place for a purchase, and it is free again afterwards."""
    assert side.received == 0
    for _ in range(30):
        assert provider.has_place
        async with provider.place():
            assert not provider.is_waited_for


def test_what_else_it_can_do_has_its_line(provider: Provider) -> None:
    """A capability has a form with a verb of its own, and a form a capability."""
    form = provider.form
    assert isinstance(provider, Catalogue) is (form.of_verb("packages") is not None)
    assert isinstance(provider, Ledger) is (form.of_verb("purchases") is not None)
    assert isinstance(provider, Changes) is bool(kinds(form))
    assert isinstance(provider, Codes) is form.gives_codes
    for each in form.others:
        assert (each.provider, each.about != "") == (form.provider, True)
        assert each.kind is not OrderKind.PURCHASE


async def test_its_catalogue(side: Side, provider: Provider) -> None:
    """Each package that it names can be ordered as it says, at the price that it says."""
    if not isinstance(provider, Catalogue):
        return
    listed = await provider.packages(side.wanted)
    assert listed.packages
    for package in listed.packages[:5]:
        request = side.request(2).model_copy(update={"options": package.options})
        offer = await provider.offer(request)
        assert offer.quote.once.cents == 2 * package.price.cents
        assert offer.quote.once.currency == package.price.currency
    assert side.all_sold == []


async def test_its_ledger(side: Side, provider: Provider) -> None:
    """Page after page it lists everything that was bought, each once, with its reference."""
    if not isinstance(provider, Ledger):
        return
    call = await side.call(provider, 2)
    await provider.purchase(call, OPEN)
    side.sell("somebody-elses", "somebody-elses")
    listed: list[tuple[str, str]] = []
    cursor = ""
    for _ in range(50):
        page = await provider.purchases({}, cursor)
        listed += [(each.iccid, each.reference) for each in page.purchases]
        if not (cursor := page.cursor):
            break
    assert sorted(iccid for iccid, _ in listed) == sorted(side.all_sold)
    ours = [iccid for iccid, reference in listed if reference == call.reference]
    assert sorted(ours) == sorted(side.sold[call.reference])


async def test_its_changes(side: Side, provider: Provider) -> None:
    """Each kind of change that it offers is carried out once, and found again afterwards."""
    bought = await provider.purchase(await side.call(provider, 1), OPEN)
    requests = side.changes(getattr(bought, "sims", ()))
    assert {request.kind for request in requests} == kinds(provider.form)
    if not isinstance(provider, Changes):
        return
    for number, request in enumerate(requests, 2):
        call = await side.call(provider, 1, number, request)
        outcome = await provider.purchase(call, OPEN)
        assert outcome.kind == "bought", (request.kind, outcome)
        found = await provider.find_change(call.request, call.reference)
        assert [sim.iccid for sim in found] == [sim.iccid for sim in getattr(outcome, "sims", ())]
