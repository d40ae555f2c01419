"""What people call a destination, and which one they mean."""

import pytest

from bot.providers.celitech.sold.destinations import (
    code_of,
    named,
    nearest_to,
    region_named,
    usual_name,
)
from bot.providers.celitech.values import check_destination


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("France", "France"),
        (" fRANCE, ", "France"),
        ("fr", "France"),
        ("FRA", "France"),
        ("Frankreich", "France"),
        ("Francia", "France"),
        ("フランス", "France"),
        ("法国", "France"),
        ("UK", "United Kingdom"),
        ("U.K.", "United Kingdom"),
        ("England", "United Kingdom"),
        ("USA", "United States"),
        ("u.s.a.", "United States"),
        ("UAE", "United Arab Emirates"),
        ("Korea", "South Korea"),
        ("한국", "South Korea"),
        ("Holland", "Netherlands"),
        ("the Netherlands", "Netherlands"),
        ("Turkey", "Türkiye"),
        ("Turkiye", "Türkiye"),
        ("Cote d'Ivoire", "Ivory Coast"),
        ("Bosnia and Herzegovina", "Bosnia & Herzegovina"),
        ("Saint Lucia", "St. Lucia"),
        ("Osterreich", "Austria"),
        ("Hong Kong", "Hong Kong"),
        ("Kosovo", "Kosovo"),
        ("XKX", "Kosovo"),
        ("Congo", "Congo"),
        ("DRC", "DRC"),
        ("in", "India"),
    ],
)
def test_a_name(text: str, name: str) -> None:
    """Names in many languages, codes and common spellings come out as the usual English name."""
    assert check_destination(text) == name
    assert check_destination(name) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [("Europe", "Europe"), ("Europa", "Europe"), ("Asien", "Asia"), ("Iberia", "Iberia")],
)
def test_a_region(text: str, name: str) -> None:
    """A part of the world is passed on by its English name, what nobody knows as it is written."""
    assert check_destination(text) == name


@pytest.mark.parametrize("text", ["Balkans", "Global", "EU", "GCC", "Middle East", "Nordics"])
def test_what_no_territory_is_called(text: str) -> None:
    """It is no mistake: Celitech may sell it, and is asked."""
    assert check_destination(text) == text


@pytest.mark.parametrize(
    ("text", "name"),
    [("Frnace", "France"), ("Germny", "Germany"), ("Deutschlnad", "Germany"), ("Itly", "Italy")],
)
def test_a_misspelt_name(text: str, name: str) -> None:
    """The likely name is proposed, never taken: it would be ordered for another country."""
    with pytest.raises(ValueError, match=f"did you mean {name}"):
        check_destination(text)


def test_a_name_of_two() -> None:
    """What two territories are called is asked back."""
    with pytest.raises(ValueError, match="Congo or DR Congo"):
        check_destination("Kongo")


def test_nothing() -> None:
    """An empty name is none."""
    with pytest.raises(ValueError, match="empty"):
        check_destination("  ")


def test_codes() -> None:
    """Codes of groups of countries are none of a territory."""
    assert (code_of("de"), code_of("DEU"), code_of("EU"), code_of("XYZ")) == ("DE", "DE", "", "")
    assert usual_name("DE") == "Germany"
    assert named("EUR") == ()
    assert region_named("Atlantis") == ""


def test_a_misspelling_of_two_names() -> None:
    """What is near to a name of two territories proposes neither."""
    assert nearest_to("Kogo") == ""
    assert nearest_to("qqqqq") == ""
