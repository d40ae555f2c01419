"""Reading SIM cards and errors from answers."""

from typing import Any

import pytest

from bot.domain.purchase.sim import Oddity, ProviderError, Remedy, Sim
from bot.providers.base import PurchaseCall
from bot.providers.reading import read_json
from bot.providers.telnyx.answers import errors_in, sold_in
from bot.providers.text import clean
from tests.support.requests import a_request

ICCID = "89310410106543789301"
REFERENCE, ORDER = "esim-7K2M9QXA-1", "esim-7K2M9QXA"
CALL = PurchaseCall(a_request(3), 3, REFERENCE, ORDER)


def sims_in(body: Any) -> tuple[Sim, ...]:
    """The SIM cards in the answer to a call."""
    return sold_in(body, CALL)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"iccid": ICCID}, (ICCID, None, None)),
        ({"iccid": int(ICCID)}, (ICCID, None, None)),
        ({"iccid": f" {ICCID}\n"}, (ICCID, None, None)),
        ({"iccid": f"{ICCID[:19]}F"}, (ICCID[:19], None, None)),
        ({"iccid": f"{ICCID[:4]} {ICCID[4:8]}-{ICCID[8:19]} f"}, (ICCID[:19], None, None)),
        ({"iccid": "8931 too short F"}, ("8931 too short F", None, None)),
        ({"iccid": "not a number"}, ("not a number", None, None)),
        ({"iccid": 8.9e19, "id": 7}, (None, "7", None)),
        ({"iccid": True, "id": "a"}, (None, "a", None)),
        (
            {"iccid": ICCID, "id": None, "status": {"value": "abolished"}},
            (ICCID, None, "abolished"),
        ),
        ({"iccid": ICCID, "status": "standby"}, (ICCID, None, "standby")),
        ({"iccid": ICCID, "status": ["odd"]}, (ICCID, None, None)),
        ({"iccid": ICCID, "status": {"reason": "none"}}, (ICCID, None, None)),
    ],
)
def test_one_entry(entry: dict[str, Any], expected: tuple[str | None, ...]) -> None:
    """ICCID, id and status come out as text, whatever they were."""
    (sim,) = sims_in({"data": [entry]})
    assert (sim.iccid, sim.provider_id, sim.status) == expected


def test_bare_iccids() -> None:
    """A list of nothing but ICCIDs, as text or numbers, is a list of SIM cards."""
    body: Any = {"data": [ICCID, int(ICCID) + 1, 12345, "word", None, [ICCID]]}
    assert sims_in(body) == (Sim(iccid=ICCID), Sim(iccid=str(int(ICCID) + 1)))


def test_a_sim_that_is_named_twice() -> None:
    """One ICCID is one SIM card, however it is written; the later word counts."""
    body: Any = {"data": [{"iccid": ICCID, "status": "a"}, {"iccid": int(ICCID), "status": "b"}]}
    assert [(sim.iccid, sim.status) for sim in sims_in(body)] == [(ICCID, "b")]


def test_one_id_for_all() -> None:
    """An id that stands by several ICCIDs names none of them, and nothing without an ICCID."""
    iccids = [str(int(ICCID) + number) for number in range(3)]
    data: Any = [{"iccid": iccid, "id": "same"} for iccid in iccids]
    sims = sims_in({"data": [*data, {"id": "same"}, {"id": "other"}]})
    assert [(sim.iccid, sim.provider_id) for sim in sims] == [
        *((iccid, None) for iccid in iccids),
        (None, "other"),
    ]
    assert sims[0].fields == data[0]


@pytest.mark.parametrize(
    ("fields", "odd"),
    [
        ({}, ()),
        ({"type": "esim", "tags": ["fleet", ORDER, REFERENCE]}, ()),
        ({"type": ["physical"], "tags": "none"}, ()),
        ({"tags": None}, ()),
        ({"tags": [f" {REFERENCE.lower()} "]}, ()),
        ({"tags": [ORDER.lower()]}, ()),
        ({"type": "Physical"}, (Oddity.PHYSICAL,)),
        ({"tags": []}, (Oddity.UNTAGGED,)),
        ({"tags": ["fleet", f"{REFERENCE}1", 7, None]}, (Oddity.UNTAGGED,)),
        ({"type": "physical", "tags": ["x"]}, (Oddity.PHYSICAL, Oddity.UNTAGGED)),
    ],
)
def test_what_is_odd_about_a_sim(fields: dict[str, Any], odd: tuple[Oddity, ...]) -> None:
    """A physical SIM card, and one without our tags, is marked; what is not said is not odd."""
    (sim,) = sims_in({"data": [{"iccid": ICCID, **fields}]})
    assert sim.odd == odd


def test_shapes_of_data() -> None:
    """One object in place of a list, and a list in place of an answer, are read as well."""
    assert [sim.iccid for sim in sims_in({"data": {"iccid": ICCID}})] == [ICCID]
    assert [sim.iccid for sim in sims_in([{"iccid": ICCID}])] == [ICCID]
    assert [sim.iccid for sim in sims_in({"data": ICCID})] == [ICCID]
    assert sims_in({"data": {"id": "perhaps an order"}}) == ()
    assert sims_in({"iccid": ICCID}) == ()
    assert sims_in(ICCID) == ()


def test_a_full_error() -> None:
    """Every part is read, and the code names the remedy."""
    source = {"pointer": "/amount", "parameter": "amount"}
    entry: Any = {"code": 20100, "title": "Funds", "detail": "None left.", "source": source}
    assert errors_in({"errors": [entry]}, 422) == (
        ProviderError(
            code="20100",
            title="Funds",
            detail="None left.",
            pointer="/amount",
            remedy=Remedy.TOP_UP,
        ),
    )


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"title": "No"}, ProviderError(title="No")),
        ({"detail": "No", "source": "/tags"}, ProviderError(detail="No", pointer="/tags")),
        (
            {"code": "1", "source": {"parameter": "page"}},
            ProviderError(code="1", pointer="page"),
        ),
        ({"code": ["odd"], "title": {}, "detail": "No"}, ProviderError(detail="No")),
        ("No more", ProviderError(detail="No more")),
    ],
)
def test_half_an_error(entry: Any, expected: ProviderError) -> None:
    """What is missing or odd is empty; the rest is told."""
    assert errors_in({"errors": [entry]}, 422) == (expected,)
    assert errors_in({"errors": entry}, 422) == (expected,)


@pytest.mark.parametrize("entry", [None, {}, [], "", True, {"meta": {"url": "x"}}, {"code": None}])
def test_an_error_that_says_nothing(entry: Any) -> None:
    """An empty error is none: it explains no shortage."""
    assert errors_in({"errors": [entry]}, 422) == ()


def test_no_errors() -> None:
    """Answers without errors, or of another shape, have none."""
    assert errors_in({"data": []}, 202) == ()
    assert errors_in({"errors": None}, 202) == ()
    assert errors_in(["errors"], 202) == ()
    assert errors_in(None, 202) == ()


def test_long_and_unprintable_text() -> None:
    """A provider's words come as one line of bounded length, without control characters."""
    (error,) = errors_in(
        {"errors": [{"code": "x" * 99, "detail": "a\x1b[31m\nb\ud800" * 999}]}, 422
    )
    assert len(error.code) == 64
    assert len(error.detail) <= 1000
    assert error.detail.startswith("a [31m b a [31m b")
    assert error.detail.isprintable()


def test_activation_codes_in_words() -> None:
    """They are taken out of ids and error texts as well, with what they are glued to."""
    lpa = "LPA:1$rsp.example$SECRET"
    (sim,) = sims_in({"data": [{"iccid": lpa, "id": "a", "status": lpa, lpa: 1}]})
    assert sim == Sim(provider_id="a", fields={"id": "a"})
    (error,) = errors_in({"errors": [f"Use https://x?c={lpa} now"]}, 422)
    assert error.detail == "Use now"


def test_what_is_cut_has_no_space_at_its_end() -> None:
    """A cut between two words leaves no space."""
    assert clean("ab cd", 3) == "ab"


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b'{"a": NaN, "b": -Infinity}', {"a": None, "b": None}),
        (b"", None),
        (b"{", None),
        (b"\xff", None),
        (b"[" * 100_000, None),
        (b"1" * 5000, None),
    ],
)
def test_reading_json(content: bytes, value: Any) -> None:
    """Bytes that hold no JSON are nothing, and never an exception."""
    assert read_json(content) == value
