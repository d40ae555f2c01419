"""Offers: everything that is named is looked up, and the price is Celitech's own."""

import pytest

from bot.domain.catalogue.money import Money
from bot.errors import LookupFailed
from bot.providers.celitech import Celitech
from sandbox.celitech import CelitechSandbox
from tests.integration.providers.celitech.conftest import TOKEN, OpenCelitech, gives
from tests.integration.providers.celitech.orders import asked, unavailable
from tests.integration.providers.conftest import StartRude
from tests.integration.providers.wire.rude_server import one_after_another
from tests.support.clock import ManualClock


async def test_a_price(celitech: Celitech, seller: CelitechSandbox) -> None:
    """Firm, for all of it, with what it is for; the destination becomes its code."""
    offer = await celitech.offer(asked(amount=3, destination="Frankreich", data="5GB", days="7"))
    assert offer.quote.firm
    assert offer.quote.once == Money(cents=3 * seller.catalogue.price("FRA", 5, 7), currency="USD")
    assert dict(offer.options) == {"destination": "FRA"}
    assert dict(offer.names) == {"destination": "France"}
    facts = {fact.label: fact.value for fact in offer.facts}
    assert facts["Validity"] == "7 days, within 90 days of the purchase"
    assert "Package" in facts
    assert "Works in" not in facts
    assert not seller.ledger.requests


async def test_the_price_before_each_attempt(celitech: Celitech, seller: CelitechSandbox) -> None:
    """It is never remembered, and what the offer has settled can be offered again."""
    before = await celitech.offer(asked())
    seller.catalogue.change_prices(110)
    settled = asked(data="5GB", days="7", destination=str(before.options["destination"]))
    after = await celitech.offer(settled)
    assert after.quote.exceeds(before.quote)
    assert after.options["destination"] == "FRA"


async def test_destinations_are_remembered(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock
) -> None:
    """For an hour: they hold no prices."""
    for _ in range(3):
        await celitech.offer(asked())
    assert len(seller.ledger.reads_of("/destinations")) == 1
    await clock.advance(3600)
    await celitech.offer(asked())
    assert len(seller.ledger.reads_of("/destinations")) == 2


async def test_a_region(celitech: Celitech) -> None:
    """The countries that it covers are counted and named, from A to Z."""
    for name in ("Europe", "EUR", "eur", "EU"):
        offer = await celitech.offer(asked(destination=name, data="5GB", days="7"))
        assert offer.options["destination"] == "EUR"
        (countries,) = [fact.value for fact in offer.facts if fact.label == "Works in"]
        assert countries.startswith("32 countries: Austria, Belgium, Bulgaria, Croatia")


@pytest.mark.parametrize("name", ["Ivory Coast", "DR Congo", "Türkiye", "Czechia", "United States"])
async def test_names_that_differ(celitech: Celitech, name: str) -> None:
    """Ours and Celitech's are for the same territory."""
    offer = await celitech.offer(asked(destination=name, data="1GB", days="7"))
    assert offer.names["destination"] != ""


async def test_a_code_of_two_meanings(celitech: Celitech) -> None:
    """NAM is Namibia, and Celitech's code for North America: neither is sold as the other."""
    north = await celitech.offer(asked(destination="North America", data="5GB", days="7"))
    assert north.options["destination"] == "NAM"
    refused = await unavailable(celitech, asked(destination="Namibia", data="5GB", days="7"))
    assert (refused.field, refused.why) == ("destination", "Celitech sells nothing for Namibia")
    again = await celitech.offer(asked(destination="NAM", data="5GB", days="7"))
    assert again.names["destination"] == "North America"


async def test_an_unknown_destination(celitech: Celitech) -> None:
    """The nearest name is proposed."""
    refused = await unavailable(celitech, asked(destination="Europ", data="5GB", days="7"))
    assert refused.field == "destination"
    assert refused.why == "Celitech sells nothing for Europ; perhaps Europe is meant"
    assert [dict(each.options) for each in refused.nearest] == [{"destination": "Europe"}]


@pytest.mark.parametrize("name", ["Xqz", "Paris", "Atlantis", "Bali"])
async def test_a_name_that_is_no_misspelling(celitech: Celitech, name: str) -> None:
    """Nobody who asks for one place is offered eSIMs for another that only sounds like it."""
    refused = await unavailable(celitech, asked(destination=name, data="5GB", days="7"))
    assert (refused.why, refused.nearest) == (f"Celitech sells nothing for {name}", ())


async def test_a_country_that_only_a_region_covers(
    start_rude: StartRude, open_celitech: OpenCelitech
) -> None:
    """The region is proposed; entries without a code, or of another shape, are left out."""
    places = [
        {"name": "Europe", "destination": "EUR", "supportedCountries": ["FRA", "MCO", None]},
        {"destination": "FRA", "destinationISO2": "FR", "supportedCountries": "x"},
        {"name": "Nowhere"},
        None,
    ]
    rude = await start_rude(one_after_another(TOKEN, gives({"destinations": places})))
    refused = await unavailable(
        open_celitech(rude.url), asked(destination="Monaco", data="5GB", days="7")
    )
    assert refused.why == "Celitech sells nothing for Monaco alone; Europe covers it"
    assert [dict(each.options) for each in refused.nearest] == [{"destination": "Europe"}]


async def test_a_destination_with_half_an_entry(
    start_rude: StartRude, open_celitech: OpenCelitech
) -> None:
    """A code of two letters is enough to order by; a country without a name has its code's."""
    places = [
        {"destinationISO2": "FR", "supportedCountries": ["FRA"]},
        {"name": "Two", "destination": "TWO", "supportedCountries": ["FRA", "DEU", "QQQ"]},
        {"name": "Short", "destination": "SHO", "destinationISO2": "SH0"},
    ]
    package = {"dataLimitInGB": 5, "priceInCents": 500}
    packages = gives({"packages": [package]})
    rude = await start_rude(
        one_after_another(TOKEN, gives({"destinations": places}), packages, packages, packages)
    )
    celitech = open_celitech(rude.url)
    france = await celitech.offer(asked(destination="France", data="5GB", days="7"))
    assert dict(france.options) == {"destination": "FR"}
    assert [fact.label for fact in france.facts] == ["Validity"]
    two = await celitech.offer(asked(destination="two", data="5GB", days="1"))
    validity, works_in = (fact.value for fact in two.facts)
    assert validity.startswith("1 day,")
    assert works_in == "3 countries: France, Germany, QQQ"
    short = await celitech.offer(asked(destination="sh0", data="5GB", days="7"))
    assert short.options["destination"] == "SHO"


async def test_a_size_that_is_not_sold(celitech: Celitech, seller: CelitechSandbox) -> None:
    """The nearest ones, with the price of all that was asked for, and nothing is ordered."""
    request = asked(amount=2, destination="France", data="4GB", days="7")
    refused = await unavailable(celitech, request)
    assert refused.field == "data"
    first = refused.nearest[0]
    assert dict(first.options) == {"data": "5GB", "days": "7"}
    assert first.quote is not None
    assert first.quote.once.cents == 2 * seller.catalogue.price("FRA", 5, 7)
    assert len(refused.nearest) == 5


async def test_a_duration_that_is_not_sold(celitech: Celitech) -> None:
    """The same, with the days that come next."""
    refused = await unavailable(celitech, asked(destination="Kenya", data="5GB", days="30"))
    assert refused.field == "days"
    assert dict(refused.nearest[0].options) == {"data": "5GB", "days": "14"}


async def test_dates(celitech: Celitech, seller: CelitechSandbox) -> None:
    """Celitech itself picks the package of the dates; they are certain days from now on."""
    request = asked(destination="France", data="unlimited", start="tomorrow", end="12 Jan")
    offer = await celitech.offer(request)
    assert (offer.options["start"], offer.options["end"]) == ("2026-01-02", "2026-01-12")
    assert offer.quote.once.cents == seller.catalogue.price("FRA", -1, 10)
    assert offer.facts[0].value == "2 Jan 2026 to 12 Jan 2026"
    (read,) = seller.ledger.reads_of("/packages")
    assert read.query["startDate"] == "2026-01-02"


async def test_a_start_today(celitech: Celitech) -> None:
    """It stays a word: the day on which it is bought."""
    offer = await celitech.offer(
        asked(destination="France", data="5GB", start="today", end="tomorrow")
    )
    assert (offer.options["start"], offer.options["end"]) == ("today", "2026-01-02")
    assert offer.facts[0].value == "the day it is bought to 2 Jan 2026"


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        ("2025-12-31", "2026-01-05", "start"),
        ("2027-02-01", "2027-02-05", "start"),
        ("2026-02-01", "2026-01-05", "end"),
        ("today", "2026-06-01", "end"),
    ],
)
async def test_dates_that_are_not_sold(
    celitech: Celitech, seller: CelitechSandbox, start: str, end: str, field: str
) -> None:
    """They are refused before anything is asked about packages."""
    refused = await unavailable(
        celitech, asked(destination="France", data="5GB", start=start, end=end)
    )
    assert refused.field == field
    assert not seller.ledger.reads_of("/packages")


async def test_filters_that_are_not_taken(
    start_rude: StartRude, open_celitech: OpenCelitech
) -> None:
    """What Celitech refuses to be asked, with a message, is not sold; a gateway's no is none."""
    places = gives({"destinations": [{"name": "France", "destination": "FRA"}]})
    no, gateway = gives({"message": "no"}, "400 No"), gives({}, "404 No")
    rude = await start_rude(one_after_another(TOKEN, places, gateway, gives([], "400 No"), no))
    celitech = open_celitech(rude.url)
    for status in (404, 400):
        with pytest.raises(LookupFailed, match=f"HTTP {status}"):
            await celitech.offer(asked())
    refused = await unavailable(celitech, asked())
    assert refused.why == "Celitech does not take this question"


@pytest.mark.usefixtures("no_backoff")
async def test_packages_that_can_not_be_asked(celitech: Celitech, seller: CelitechSandbox) -> None:
    """That is no refusal: it is asked again."""
    seller.faults.fail_reads("packages", 500, times=9)
    with pytest.raises(LookupFailed, match="the list of packages answered with HTTP 500"):
        await celitech.offer(asked())


@pytest.mark.parametrize(
    ("emails", "is_sold"), [((), False), (("acme.example",), False), (("example.com",), True)]
)
async def test_codes_are_mailed_only_where_the_settings_name_it_now(
    seller: CelitechSandbox, clock: ManualClock, emails: tuple[str, ...], is_sold: bool
) -> None:
    """An order may be older than the settings: an address that was taken out gets no codes."""
    celitech = Celitech(
        seller.client_id,
        seller.client_secret,
        clock,
        api_url=seller.url,
        auth_url=seller.auth_url,
        emails=emails,
    )
    request = asked(destination="France", data="5GB", days="7", email="anna@example.com")
    if is_sold:
        assert (await celitech.offer(request)).quote.firm
    else:
        assert (await unavailable(celitech, request)).field == "email"
    await celitech.close()
