"""What the pages tell of dependencies, states and links is so."""

from __future__ import annotations

import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest

from bot.domain.events import OrderState

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_every_dependency_tells_what_it_is_for() -> None:
    """A dependency that nobody can give a reason for does not stay."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    others = [line for line in chain(*groups) if not line.startswith(f"{project['name']}[")]
    declared = {re.split(r"[<>=;\s]", line)[0] for line in others}
    page = (ROOT / "docs" / "dependencies.md").read_text()
    rows = re.findall(r"^\| ([a-z][a-z0-9-]*(?:, [a-z0-9-]+)*) \|", page, re.MULTILINE)
    told = {name for row in rows for name in row.split(", ")} - {"package"}
    assert told - {"setuptools"} == declared


def test_the_diagram_has_every_state() -> None:
    """The page of the architecture knows each state that an order can be in, and no other."""
    page = (ROOT / "docs" / "architecture.md").read_text()
    _, diagram = page.split("stateDiagram-v2\n", 1)
    lines = diagram.split("```", 1)[0].splitlines()
    ends = [re.findall(r"[a-z_]+", line.split(":")[0]) for line in lines]
    assert set(chain(*ends)) == {state.value for state in OrderState}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """No page sends its reader to a file that is not there."""
    links = re.findall(r"\]\(([^):#]+)\)", page.read_text())
    missing = [link for link in links if not (page.parent / link).exists()]
    assert not missing
