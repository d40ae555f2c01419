"""The CSV file: whole for programs, and harmless however a person opens it."""

import csv
import io
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.purchase.sim import Sim
from tests.support.orders import ANA, BEN, ORDER_ID
from tests.unit.slack.downloads.opened import bought, card_with, contents, rows_of
from tests.unit.slack.wild import UNHURRIED

ICCID = "89310410106543000001"
STARTS = "=+-@＝＋－＠"
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
HOSTILE = [
    *("=1+1", "+1+1", "-1+cmd", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "\ufeff=1"),
    *("x;=1", "x,=1", "x\t=1", "x\n=1", "x\r\n=1", "x|=1", 'x;"=1"', '"=1"', 'x,";=1', "x;\t=1"),
    *("x; =1", '";=1;"', "a;;=1", "\r\t=1", "\x1e=1", "x\u2028=1", "=" * 50, '=""', "x;@y", "\tx"),
]


def cells(content: bytes, parted_by: str) -> set[str]:
    """Every cell that a spreadsheet could see: quotes heeded or not, by this separator."""
    text = content.decode("utf-8-sig")
    heeded = csv.reader(io.StringIO(text, newline=""), delimiter=parted_by)
    unheeded = [
        line.split(parted_by) for line in re.split("[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]", text)
    ]
    return {cell.strip(' \t"\0\ufeff') for row in [*heeded, *unheeded] for cell in row}


def harmful(content: bytes) -> set[str]:
    """Cells that would be run, however the file is taken apart; a mere number is none."""
    seen = set().union(*(cells(content, parted_by) for parted_by in ",;\t|"))
    return {cell for cell in seen if cell.startswith(tuple(STARTS)) and not NUMBER.fullmatch(cell)}


def test_a_line_of_it() -> None:
    """The lean columns: digits whole, a telephone number as it is, tags that keep their spaces."""
    sim = Sim(
        iccid=ICCID,
        status="standby",
        fields={"msisdn": "+15551234567", "imsi": "310150123456789", "tags": ["my fleet", "emea"]},
    )
    content = contents(bought(sim, note='say "hi"'))[1]
    assert content.decode("utf-8") == (
        "\ufeff"
        "iccid,msisdn,imsi,status,tags,order,requester,approver,bought at,note\r\n"
        f'{ICCID},+15551234567,310150123456789,standby,"my fleet, emea",{ORDER_ID},{ANA},{BEN},'
        '2026-01-01 12:00:03Z,"say ""hi"""\r\n'
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_runs(text: str) -> None:
    """Parted by comma, semicolon, tab or bar, no cell begins as a formula."""
    sim = Sim(iccid=text, status=text, fields={"msisdn": text, "imsi": text, "tags": [text, text]})
    content = contents(bought(sim))[1]
    assert harmful(content) == set()
    assert not any(
        cell.startswith(("\t", "\r")) for row in rows_of(bought(sim)) for cell in row.values()
    )


@given(st.text(st.sampled_from([*STARTS, *",;|\"\t\r\n '", "x", "1"]), max_size=12))
@UNHURRIED
def test_no_mixture_runs(text: str) -> None:
    """However separators, quotes and signs follow each other, nothing is run."""
    assert harmful(contents(bought(Sim(iccid="8931", status=text)))[1]) == set()


@pytest.mark.parametrize(
    "text", ["+15551234567", "-5", ICCID, "0.5", "a=b", "a - b", "x@y.example"]
)
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    """Numbers, words and addresses get no apostrophe that somebody would have to take off."""
    (row,) = rows_of(bought(card_with(msisdn=text)))
    assert row["msisdn"] == text


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=9), min_size=1))
@UNHURRIED
def test_every_text_can_be_read_back(texts: list[str]) -> None:
    """A program reads as many lines as SIM cards, and every text, but for apostrophes put in."""
    sims = [Sim(iccid=f"8931{i}", status=text) for i, text in enumerate(texts)]
    rows = rows_of(bought(*sims))
    assert [row["iccid"] for row in rows] == [sim.iccid for sim in sims]
    kept = [row["status"].replace("'", "") for row in rows]
    assert kept == [text.replace("'", "") for text in texts]


def test_a_very_long_text_takes_no_time() -> None:
    """A text made to keep a careless pattern busy is read once."""
    sims: list[Any] = [card_with(msisdn="\t" * 30_000 + "=1", imsi=", " * 20_000)]
    assert harmful(contents(bought(*sims))[1]) == set()
