"""Questions: packages with prices, and the pages of what was bought."""

from typing import Any

import pytest

from bot.domain.catalogue.lists import Package
from bot.domain.catalogue.offer import NotOffered
from bot.domain.request import PurchaseRequest
from bot.errors import LookupFailed, LookupPostponed
from bot.providers.capabilities import Catalogue, Ledger
from bot.providers.celitech import NAME, Celitech
from sandbox.celitech import CelitechSandbox
from tests.integration.providers.celitech.conftest import TOKEN, OpenCelitech, gives
from tests.integration.providers.celitech.orders import REFERENCE, asked, bought
from tests.integration.providers.conftest import StartRude
from tests.integration.providers.wire.rude_server import one_after_another
from tests.support.clock import ManualClock

DAY = 86_400


def ordering(package: Package) -> PurchaseRequest:
    """The request for one of these."""
    return PurchaseRequest(provider=NAME, amount=1, options=package.options)


def test_the_capabilities(celitech: Celitech) -> None:
    """Whoever asks whether it lists packages and purchases is told so."""
    assert isinstance(celitech, Catalogue)
    assert isinstance(celitech, Ledger)


async def test_packages(celitech: Celitech, seller: CelitechSandbox) -> None:
    """All of a destination, cheapest sizes first, each at its price of now."""
    seller.catalogue.change_prices(110)
    found = await celitech.packages({"destination": "France"})
    assert (found.destination, found.countries, found.is_whole) == ("France", (), True)
    for package in found.packages:
        size = float(str(package.options["data"]).replace("GB", "").replace("unlimited", "-1"))
        days = int(package.days.split()[0])
        assert package.price.cents == seller.catalogue.price("FRA", size, days)
    assert len(found.packages) == 40


async def test_what_is_listed_can_be_ordered(celitech: Celitech) -> None:
    """The options of a package, and its price, are those of an order."""
    found = await celitech.packages({"destination": "Europe", "data": "5GB"})
    assert "France" in found.countries
    for package in found.packages:
        offer = await celitech.offer(ordering(package))
        assert offer.quote.once == package.price


async def test_no_such_package(celitech: Celitech) -> None:
    """It is said with the nearest ones."""
    with pytest.raises(NotOffered) as refused:
        await celitech.packages({"destination": "France", "data": "4GB"})
    assert refused.value.unavailable.nearest
    with pytest.raises(NotOffered, match="perhaps Europe is meant"):
        await celitech.packages({"destination": "Europ"})


async def test_purchases_page_after_page(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock
) -> None:
    """Twenty at once, the next ones by the cursor, until there is none."""
    for number in range(5):
        await bought(
            celitech,
            clock,
            asked(amount=5, destination="France", data="1GB", days="7"),
            f"esim-A-{number}",
        )
    first = await celitech.purchases({})
    assert len(first.purchases) == 20
    assert first.cursor
    last = await celitech.purchases({}, first.cursor)
    assert (len(last.purchases), last.cursor) == (5, "")
    listed = {purchase.iccid for purchase in (*first.purchases, *last.purchases)}
    assert listed == {purchase.esim.iccid for purchase in seller.ledger.purchases}


async def test_filters(celitech: Celitech, seller: CelitechSandbox, clock: ManualClock) -> None:
    """ICCID, reference, days and package, each alone and together."""
    await bought(celitech, clock)
    await clock.advance(DAY)
    await bought(celitech, clock, asked(destination="Japan", data="1GB", days="7"), "esim-B-1")
    old, new = seller.ledger.purchases
    for options, found in (
        ({"iccid": old.esim.iccid}, [old]),
        ({"reference": "esim-B-1"}, [new]),
        ({"since": "2 Jan"}, [new]),
        ({"since": "today"}, [new]),
        ({"until": "2026-01-01"}, [old]),
        ({"since": "2026-01-01", "until": "2026-01-02"}, [new, old]),
        ({"package": old.package.id}, [old]),
        ({"package": old.package.id, "reference": "esim-B-1"}, []),
        ({"email": "anna@example.com"}, []),
    ):
        page = await celitech.purchases(options)
        assert [each.id for each in page.purchases] == [each.id for each in found], options
    assert {each.reference for each in (await celitech.purchases({})).purchases} == {
        REFERENCE,
        "esim-B-1",
    }


async def test_a_cursor_that_stands_still(
    start_rude: StartRude, open_celitech: OpenCelitech
) -> None:
    """It is the end: a button that leads nowhere is not shown."""
    page = gives({"purchases": [], "afterCursor": "a"})
    rude = await start_rude(one_after_another(TOKEN, page, page))
    celitech = open_celitech(rude.url)
    assert (await celitech.purchases({})).cursor == "a"
    assert (await celitech.purchases({}, "a")).cursor == ""


async def test_filters_that_are_not_taken(
    start_rude: StartRude, open_celitech: OpenCelitech
) -> None:
    """Celitech refuses what makes no sense to it; a failure is none of these."""
    rude = await start_rude(
        one_after_another(
            TOKEN, gives({"message": "x"}, "400 No"), gives({"message": "x"}, "403 No"), gives([])
        )
    )
    celitech = open_celitech(rude.url)
    with pytest.raises(NotOffered, match="does not take this question"):
        await celitech.purchases({"iccid": "1"})
    with pytest.raises(LookupFailed, match="HTTP 403"):
        await celitech.purchases({})
    with pytest.raises(LookupFailed, match="could not be read"):
        await celitech.purchases({})


async def test_questions_keep_to_the_budget(
    seller: CelitechSandbox, open_celitech: OpenCelitech, clock: ManualClock
) -> None:
    """Nobody's money hangs on them."""
    celitech = Celitech(
        seller.client_id,
        seller.client_secret,
        clock,
        api_url=seller.url,
        auth_url=seller.auth_url,
    )
    del open_celitech
    for _ in range(30):
        await celitech.purchases({})
    with pytest.raises(LookupPostponed):
        await celitech.purchases({})
    with pytest.raises(LookupPostponed):
        await celitech.packages({"destination": "France"})
    await celitech.close()


@pytest.mark.parametrize("how", ["absent", "null"])
async def test_whatever_is_missing(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock, how: Any
) -> None:
    """Every property may be absent or null; nothing that Celitech adds is shown."""
    from sandbox.celitech.state.dialect import EVERY_PROPERTY  # noqa: PLC0415 - the whole set

    await bought(celitech, clock)
    setattr(seller.dialect, how, set(EVERY_PROPERTY))
    seller.dialect.extra = {"manualActivationCode": "LPA:1$x$y"}
    (purchase,) = (await celitech.purchases({})).purchases
    assert (purchase.id, purchase.iccid, purchase.facts) == ("", "", ())
