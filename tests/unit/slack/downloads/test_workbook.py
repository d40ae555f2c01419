"""The workbook: what people read stands first, every digit of it, and nothing in it runs."""

import io
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from bot.domain.events import OrderState
from bot.domain.purchase.sim import Sim
from tests.support.orders import ANA, BEN, ORDER_ID, an_order
from tests.unit.slack.downloads.opened import bought, card_with, contents, lean, raw, sheet
from tests.unit.slack.wild import UNHURRIED

ICCID = "89310410106543000001"
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("https://evil.example")']
MARKUP = ["<r><t>x</t></r>", "<r>", "</is></c>", "&amp;", "_x0041_", "a_x000D_b", "]]>", "<!--"]
ODD = ["\x00\x01\x1f", "\ufffe\uffff", " ends with a space ", "漢字🎉", "https://x.example", "1e99"]


def part(content: bytes, name: str) -> str:
    """One part of the workbook, as XML."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name).decode()


def test_the_first_sheet_is_what_people_need() -> None:
    """ICCID, numbers, status, tags, and whose it is: one line a SIM card, every digit."""
    sim = Sim(
        iccid=ICCID,
        status="standby",
        fields={"msisdn": "+15551234567", "imsi": "310150123456789", "tags": ["my fleet", "emea"]},
    )
    assert lean(bought(sim, note="for Lyon")) == [
        {
            "iccid": ICCID,
            "msisdn": "+15551234567",
            "imsi": "310150123456789",
            "status": "standby",
            "tags": "my fleet, emea",
            "order": ORDER_ID,
            "requester": ANA,
            "approver": BEN,
            "bought at": "2026-01-01 12:00:03Z",
            "note": "for Lyon",
        }
    ]


def test_the_second_sheet_has_every_field_by_its_name() -> None:
    """Nested objects are columns of their own, lists stand in one cell; numbers are text too."""
    fields = {
        "id": "sim-1",
        "status": {"value": "standby", "reason": None},
        "tags": ["fleet", "emea"],
        "data": {"limit": {"amount": 1.5, "unit": "GB"}},
        "live": False,
        "size": 89310410106543000001,
        "bundles": [{"name": "ß", "on": True}],
    }
    assert raw(bought(card_with(**fields))) == [
        {
            "iccid": "8931",
            "id": "sim-1",
            "status.value": "standby",
            "status.reason": "",
            "tags": "fleet, emea",
            "data.limit.amount": "1.5",
            "data.limit.unit": "GB",
            "live": "false",
            "size": "89310410106543000001",
            "bundles": '{"name": "ß", "on": true}',
        }
    ]


def test_columns_are_those_of_all_sim_cards() -> None:
    """A field that only one SIM card has is empty for the others."""
    one, other = Sim(iccid="1", fields={"a": "x"}), Sim(iccid="2", fields={"b": "y"})
    assert raw(bought(one, other)) == [
        {"iccid": "1", "a": "x", "b": ""},
        {"iccid": "2", "a": "", "b": "y"},
    ]


def test_a_nested_iccid_is_another_field() -> None:
    """Only the SIM card's own ICCID has the column `iccid`."""
    (row,) = raw(bought(card_with(profile={"iccid": "8944"})))
    assert row == {"iccid": "8931", "profile.iccid": "8944"}


@pytest.mark.parametrize(("odd", "kept"), [(["89", "31"], "89, 31"), ({"n": 8}, '{"n": 8}')])
def test_what_came_in_place_of_an_iccid_is_kept(odd: Any, kept: str) -> None:
    """An ICCID in a form that nobody expected is in both sheets all the same."""
    order = bought(Sim(provider_id="sim-1", fields={"iccid": odd}))
    assert (lean(order)[0]["iccid"], raw(order)[0]["iccid"]) == (kept, kept)


@pytest.mark.parametrize("text", [*FORMULAS, *MARKUP, *ODD, ICCID])
def test_every_cell_is_text(text: str) -> None:
    """Whatever a provider or a person wrote is read back as text, and never a formula."""
    order = bought(Sim(iccid=text, status=text, fields={text: text, "tags": [text]}), note="n")
    cells = [cell for place in (0, 1) for row in sheet(order, place) for cell in row]
    assert {type(cell) for cell in cells} == {str}
    shown = {cell.strip().translate({0xFFFD: None}) for cell in cells}
    kept = "".join(c for c in text if c.isprintable()).strip()
    assert kept in {cell.replace("\t", "").replace("\r", "").replace("\n", "") for cell in shown}
    for name in ("sheet1", "sheet2"):
        assert "<f>" not in part(contents(order)[0], f"xl/worksheets/{name}.xml")


NAMES = st.text(st.characters(exclude_characters=".", exclude_categories=["Cs"]), max_size=4)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(NAMES, JSON, max_size=4), min_size=1, max_size=4))
@settings(UNHURRIED, max_examples=30)
def test_every_workbook_can_be_opened(entries: list[dict[str, Any]]) -> None:
    """Whatever the provider returned, both sheets have a line for each SIM card, in order."""
    sims = [Sim(iccid=f"8931{i}", fields=fields) for i, fields in enumerate(entries)]
    for read_sheet in (lean, raw):
        rows = read_sheet(bought(*sims))
        assert [row["iccid"] for row in rows] == [sim.iccid for sim in sims]


def test_a_cell_that_is_too_long_is_cut() -> None:
    """A cell holds 32,767 characters: what is longer breaks no file."""
    (row,) = lean(bought(card_with(msisdn="🎉" * 40_000)))
    assert row["msisdn"] == "🎉" * 16_383


def test_the_head_stays_in_sight() -> None:
    """The first line is bold, frozen and filters, and columns are as wide as what they hold."""
    xml = part(contents(bought(card_with()))[0], "xl/worksheets/sheet1.xml")
    assert '<pane ySplit="1" topLeftCell="A2"' in xml
    assert '<autoFilter ref="A1:J2"/>' in xml
    assert '<c r="A1" s="1"' in xml
    assert "<cols>" in xml


def test_no_name_stands_in_the_properties() -> None:
    """The file tells its order and nothing of the people or the machine that made it."""
    properties = part(contents(bought(card_with(), note="secret"))[0], "docProps/core.xml")
    assert f"<dc:title>Order {ORDER_ID}</dc:title>" in properties
    assert "<dc:creator></dc:creator>" in properties
    for private in (ANA, BEN, "secret"):
        assert private not in properties


def test_the_same_order_gives_the_same_bytes() -> None:
    """Made again, on whatever day, it is the same file."""
    order = an_order(12, state=OrderState.PURCHASED)
    assert contents(order) == contents(order)
    names = CalamineWorkbook.from_filelike(io.BytesIO(contents(order)[0])).sheet_names
    assert names == ["eSIMs", "All fields"]
