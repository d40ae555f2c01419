"""What a person reads who asked for packages."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.domain.catalogue.lists import Package, PackageList
from bot.domain.catalogue.money import Money
from bot.domain.grammar import Ask, Rules
from bot.slack.answers.package_list import package_list
from tests.support.harness.traveller import FORM, PACKAGES
from tests.support.requests import FORM as TELNYX
from tests.unit.slack.reading import must_be_taken_by_slack, page, read, references
from tests.unit.slack.wild import UNHURRIED, nasty

RULES = Rules({form.provider: form for form in (TELNYX, FORM)})
ASKED = Ask(PACKAGES, {"destination": "France"})


def a_package(data: str = "5GB", days: str = "7", cents: int = 900, **parts: Any) -> Package:
    """A package for France."""
    usual: dict[str, Any] = {
        "destination": "France",
        "size": data.replace("GB", " GB"),
        "days": f"{days} days",
        "price": Money(cents=cents, currency="USD"),
        "options": {"destination": "France", "data": data, "days": days},
    }
    return Package(**usual | parts)


def a_list(*packages: Package, countries: tuple[str, ...] = (), whole: bool = True) -> PackageList:
    """The packages of France."""
    return PackageList("France", countries, packages, whole)


def test_a_table_and_a_line() -> None:
    """Sizes, durations and prices; a line for the first one; what a price is worth."""
    found = a_list(a_package("1GB", cents=190), a_package(), a_package(days="30", cents=1234))
    assert page(package_list(ASKED, found, RULES)) == snapshot("""\
Packages of Traveller for France
Data  Days     Price
1 GB  7 days   $1.90
5 GB  7 days   $9.00
5 GB  30 days  $12.34
To order one eSIM with 1 GB, 7 days, for $1.90:
/esim buy 1 from=traveller to=France data=1GB days=7
For another one write its size, and the last of its days, instead.
Prices are of one eSIM, as named just now; an order's card shows them again.
""")


def test_several_countries() -> None:
    """Where it works is said where that is more than one country."""
    found = a_list(a_package(), countries=("France", "Monaco"))
    assert "Works in 2 countries: France, Monaco" in read(package_list(ASKED, found, RULES))
    alone = a_list(a_package(), countries=("France",))
    assert "Works in 1 country: France" in read(package_list(ASKED, alone, RULES))


def test_more_than_are_shown() -> None:
    """The person learns that there are more, and how to see others."""
    for found in (a_list(*[a_package()] * 70), a_list(a_package(), whole=False)):
        shown = read(package_list(ASKED, found, RULES))
        assert "There are more than these" in shown


def test_none() -> None:
    """Nothing fits, and nothing was ordered."""
    shown = read(package_list(ASKED, a_list(), RULES))
    assert "Traveller sells no such package for France. Nothing was ordered." in shown


def test_a_package_that_no_line_orders() -> None:
    """No line is shown that could not be sent; the next package's is."""
    odd = a_package(options={"destination": "France", "data": "all"})
    assert "To order" not in read(package_list(ASKED, a_list(odd), RULES))
    assert "from=traveller to=France data=5GB" in read(
        package_list(ASKED, a_list(odd, a_package()), RULES)
    )


def test_packages_that_are_ordered_otherwise() -> None:
    """The line, with another size, does not order them: it is said which these are."""
    odd = a_package(size="unlimited", options={"destination": "France", "data": "unlimited"})
    shown = read(package_list(ASKED, a_list(a_package(), odd, odd), RULES))
    assert "instead. /esim help shows how to order: unlimited." in shown


def test_packages_of_several_destinations() -> None:
    """The table tells them apart."""
    found = a_list(a_package(), a_package(destination="Europe"))
    assert "Destination" in read(package_list(ASKED, found, RULES))


@given(nasty(), nasty(), st.integers(1, 120))
@UNHURRIED
def test_whatever_a_provider_says(text: str, other: str, count: int) -> None:
    """Slack takes it, and nothing of it rings or links."""
    odd = a_package(size=text, days=other, destination=text)
    found = PackageList(text, (other,) * count, (odd,) * count, is_whole=False)
    answer = package_list(ASKED, found, RULES)
    must_be_taken_by_slack(answer)
    assert references(answer) == set()
