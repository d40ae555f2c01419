"""Reading a purchase from the list: every property of Celitech's page, each possibly missing."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.domain.catalogue.money import Money
from bot.errors import LookupFailed
from bot.providers.celitech.purchases import Record, moment_in, number_in

FULL: dict[str, Any] = {
    "id": "4973fa15",
    "startDate": "2026-12-01T00:00:00+0000",
    "endDate": "2026-12-15T23:59:59Z",
    "duration": 7.0,
    "createdDate": "2026-11-27T10:00:00+00:00",
    "startTime": 1796083200.0,
    "endTime": 1797379199000,
    "createdAt": "1795773600",
    "package": {
        "id": "e1a0f2b3",
        "dataLimitInBytes": 5e9,
        "dataLimitInGB": 5.0,
        "destination": "FRA",
        "destinationISO2": "FR",
        "destinationName": "France",
        "priceInCents": 540.0,
    },
    "esim": {"iccid": "8988303000001234567"},
    "source": "API",
    "purchaseType": "First Purchase",
    "referenceId": "esim-7K2M9QXA-1",
}
SECRETS = {
    "activationCode": "iVBORw0KGgo",
    "manualActivationCode": "LPA:1$rsp.example$SECRET",
    "note": "unknown",
}


def test_all_of_them() -> None:
    """Thirteen of the purchase, seven of the package, one of the eSIM, in the page's order."""
    listed = Record.of(FULL).listed
    assert [(fact.label, fact.value) for fact in listed.facts] == [
        ("Purchase", "4973fa15"),
        ("Start", "2026-12-01T00:00:00+00:00"),
        ("End", "2026-12-15T23:59:59+00:00"),
        ("Days", "7"),
        ("Created", "2026-11-27T10:00:00+00:00"),
        ("Start time", "2026-12-01T00:00:00+00:00"),
        ("End time", "2026-12-15T23:59:59+00:00"),
        ("Created at", "2026-11-27T10:00:00+00:00"),
        ("Package", "e1a0f2b3"),
        ("Data in bytes", "5000000000"),
        ("Data in GB", "5"),
        ("Destination", "FRA"),
        ("Destination, two letters", "FR"),
        ("Destination's name", "France"),
        ("Price in cents", "540"),
        ("ICCID", "8988303000001234567"),
        ("Source", "API"),
        ("Type", "First Purchase"),
        ("Reference", "esim-7K2M9QXA-1"),
    ]
    assert (listed.id, listed.iccid) == ("4973fa15", "8988303000001234567")
    assert listed.title == "France, 5 GB, 7 days"
    assert listed.price == Money(cents=540, currency="USD")
    assert listed.bought_at == datetime(2026, 11, 27, 10, tzinfo=UTC)
    assert listed.reference == "esim-7K2M9QXA-1"


def test_the_sim_card() -> None:
    """It has all of them under Celitech's names, and nothing that is not on the page."""
    sim = Record.of({**FULL, **SECRETS, "esim": {**FULL["esim"], **SECRETS}}).sim
    assert (sim.iccid, sim.provider_id) == ("8988303000001234567", "4973fa15")
    assert sim.fields["package"] == {
        "id": "e1a0f2b3",
        "dataLimitInBytes": 5_000_000_000,
        "dataLimitInGB": 5,
        "destination": "FRA",
        "destinationISO2": "FR",
        "destinationName": "France",
        "priceInCents": 540,
    }
    assert sim.fields["esim"] == {"iccid": "8988303000001234567"}
    assert set(sim.fields) == set(FULL)


PATHS = [(name,) for name in FULL] + [
    *(("package", name) for name in FULL["package"]),
    ("esim", "iccid"),
]


@pytest.mark.parametrize("path", PATHS, ids=".".join)
@pytest.mark.parametrize("how", ["absent", "null", "odd"])
def test_each_may_be_missing(path: tuple[str, ...], how: str) -> None:
    """Whatever is absent, null or of another shape is left out; the rest is read."""
    entry: dict[str, Any] = {**FULL, "package": {**FULL["package"]}, "esim": {**FULL["esim"]}}
    part = entry[path[0]] if len(path) > 1 else entry
    part[path[-1]] = {"null": None, "odd": [True]}.get(how)
    if how == "absent":
        del part[path[-1]]
    record = Record.of(entry)
    assert not any(known[: len(path)] == path for known in record.values)
    assert record.listed.facts
    assert record.sim.fields


def test_nothing_at_all() -> None:
    """An empty entry is a purchase of which nothing is known."""
    listed = Record.of({}).listed
    assert (listed.id, listed.iccid, listed.title, listed.reference) == ("", "", "", "")
    assert (listed.price, listed.bought_at, listed.facts) == (None, None, ())
    assert Record.of({}).sim.name == (None, None)
    assert Record.of({}).day("startDate") is None


@pytest.mark.parametrize("entry", [None, "x", 7, []])
def test_no_entry(entry: Any) -> None:
    """What is no object makes the whole list unreadable."""
    with pytest.raises(LookupFailed):
        Record.of(entry)


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-12-01T00:00:00+0000", "2026-12-01T00:00:00+00:00"),
        ("2026-12-01T02:00:00+02:00", "2026-12-01T02:00:00+02:00"),
        ("2026-12-01T00:00:00.123Z", "2026-12-01T00:00:00+00:00"),
        ("2026-12-01", "2026-12-01T00:00:00"),
        (1796083200, "2026-12-01T00:00:00+00:00"),
        (1796083200000.0, "2026-12-01T00:00:00+00:00"),
        ("1796083200", "2026-12-01T00:00:00+00:00"),
        ("soon", "soon"),
        (1e300, ""),
        (None, ""),
        (True, ""),
    ],
)
def test_moments(value: Any, moment: str) -> None:
    """Dates with any offset, epochs in seconds or milliseconds; other words stay as they are."""
    assert moment_in(value) == moment


@pytest.mark.parametrize(
    ("value", "number"),
    [(7, 7), (7.0, 7), (0.5, 0.5), ("7", 7), ("x", None), (None, None), (True, None), ([], None)],
)
def test_numbers(value: Any, number: float | None) -> None:
    """Doubles that are whole come out whole."""
    assert number_in(value) == number


def test_a_number_without_end() -> None:
    """Infinity is no number."""
    assert number_in("inf") is None


@pytest.mark.parametrize(
    ("package", "size"),
    [
        ({"dataLimitInBytes": -1}, "unlimited"),
        ({"dataLimitInGB": -1.0}, "unlimited"),
        ({"dataLimitInGB": 0.5}, "0.5 GB"),
        ({"dataLimitInBytes": 5368709120}, "5368709120 bytes"),
        ({}, ""),
    ],
)
def test_how_much(package: dict[str, Any], size: str) -> None:
    """Minus one is unlimited."""
    assert Record.of({"package": package}).size == size


@pytest.mark.parametrize(
    ("package", "place"),
    [
        ({"destinationName": "Francia", "destination": "FRA"}, "Francia"),
        ({"destination": "FRA"}, "France"),
        ({"destination": "EUR"}, "EUR"),
        ({}, ""),
    ],
)
def test_where(package: dict[str, Any], place: str) -> None:
    """The name that Celitech gives, else that of its code, else the code."""
    assert Record.of({"package": package}).place == place


def test_when_it_was_bought() -> None:
    """By the date, else by the epoch; without an offset it is UTC."""
    assert Record.of({"createdDate": "?", "createdAt": 1796083200}).bought_at == datetime(
        2026, 12, 1, tzinfo=UTC
    )
    assert Record.of({"createdDate": "2026-12-01T00:00:00"}).bought_at == datetime(
        2026, 12, 1, tzinfo=UTC
    )


def test_days_are_those_that_are_written() -> None:
    """Whatever the offset: converted, the day could be the one before."""
    record = Record.of({"startDate": "2026-12-01T00:00:00+02:00"})
    assert record.day("startDate") == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("word", "is_one"),
    [("Top-up Purchase", True), ("TOP-UP PURCHASE", True), ("First Purchase", False), ("", False)],
)
def test_top_ups(word: str, is_one: bool) -> None:
    """How the type is written, no source says: case is ignored, unknown words are first ones."""
    assert Record.of({"purchaseType": word}).is_top_up is is_one
