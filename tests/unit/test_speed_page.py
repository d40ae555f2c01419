"""The table of `make bench` and the page that shows it are one."""

import re
from itertools import chain
from pathlib import Path

import pytest

from benchmarks.bench import MEASURES
from benchmarks.table import HEAD, NOT_MEASURED, ROWS, Figure, Missing, Result, Row, cells, markdown

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "speed.md").read_text()
RATIO = Row("ratio", "a ratio", "ms", most=0.5, anchor="another")
RATE = Row("rate", "a rate", "/s", least=2)


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip("|").split("|"))


def _shown(row: Row, result: Result) -> dict[str, str]:
    return dict(zip(HEAD, cells(row, result), strict=True))


def test_the_page_has_every_row_with_what_is_wanted_of_it() -> None:
    """Whoever reads the page sees the same rows, in the same order, with the same bounds."""
    _, table, _ = re.split(r"<!-- (?:table: .*|end of table) -->", PAGE)
    head, _, *lines = table.strip().splitlines()[-len(ROWS) - 2 :]
    assert _cells(head) == HEAD
    assert [_cells(line)[:2] for line in lines] == [(row.title, row.wanted) for row in ROWS]


def test_every_row_is_measured_once() -> None:
    """No row is forgotten, none is measured by two."""
    measured = list(chain.from_iterable(measure.rows for measure in MEASURES))
    assert sorted(measured) == sorted(row.name for row in ROWS)
    assert len(set(measured)) == len(measured)


def test_the_page_names_every_group_of_rows() -> None:
    """How a figure came to be stands on the page, under the name that chooses it."""
    told = set(re.findall(r"^\| `([a-z0-9-]+)` \|", PAGE, re.MULTILINE))
    assert {row.name for row in ROWS if not row.name.startswith(tuple(told))} == set()


def test_the_page_says_what_is_not_measured() -> None:
    """What the table does not tell stands on the page as `make bench` prints it."""
    assert [each for each in NOT_MEASURED if each not in " ".join(PAGE.split())] == []


@pytest.mark.parametrize(
    ("row", "figure", "verdict"),
    [
        (RATIO, Figure(1.0, 2.0), "yes"),
        (RATIO, Figure(1.01, 2.0), "**no**"),
        (RATIO, Figure(1.0), "no anchor"),
        (RATE, Figure(2.0, 100.0), "yes"),
        (RATE, Figure(1.99), "**no**"),
        (RATE, Figure(1.0, judged=False), "not asked here"),
    ],
)
def test_a_bound_is_met_or_not(row: Row, figure: Figure, verdict: str) -> None:
    """A bound holds for the ratio where there is an anchor, else for the figure, to the digit."""
    assert _shown(row, figure)["met"] == verdict


def test_what_was_not_measured_says_why() -> None:
    """A row without a figure has the reason in its place, and no verdict."""
    shown = _shown(RATE, Missing("no SDK"))
    assert (shown["esim-bot"], shown["met"], shown["remark"]) == ("–", "not measured", "no SDK")


def test_a_reason_does_not_break_the_table() -> None:
    """A remark of any text stays in its cell: one line, as many cells as the head."""
    *_, line = markdown({"rate": Missing("a | b\nc")}, [RATE]).splitlines()
    assert len(re.split(r"(?<!\\)\|", line)) == len(HEAD) + 2


def test_the_anchors_run_on_the_versions_of_the_project() -> None:
    """An anchor is no faster for a newer Bolt; where packages come from is not written down."""
    pins = [
        set(re.findall(r"^(?:slack-bolt|slack-sdk|aiohttp)==\S+", path.read_text(), re.MULTILINE))
        for path in (ROOT / "requirements.lock", ROOT / "benchmarks" / "requirements.txt")
    ]
    assert pins[0] == pins[1]
