"""What is written about the settings is what the settings are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic_core import PydanticUndefined

from bot.settings import HOW_TO_GET, Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROOT = Path(__file__).parents[2]
FIELDS = {name.upper(): field for name, field in Settings.model_fields.items()}
NEEDED = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s", "TELNYX_API_KEY": "KEY1"}
"""As little as the bot starts with."""


@pytest.fixture(autouse=True)
def _no_settings_around(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what the machine's own environment sets."""
    for name in FIELDS:
        monkeypatch.delenv(name, raising=False)


def _example() -> dict[str, str]:
    """Name to value in `.env.example`; a line that begins with # shows a default."""
    text = (ROOT / ".env.example").read_text()
    return dict(re.findall(r"^(?:# )?([A-Z_]+)=(.*)$", text, re.MULTILINE))


def _readme() -> dict[str, str]:
    """Name to default in the README's table of settings; "" where it shows none."""
    text = (ROOT / "README.md").read_text()
    rows = re.findall(r"^\| `([A-Z_]+)` \| (?:`(.*?)`|[^|`]*) \| [^|]+ \|$", text, re.MULTILINE)
    return dict(rows)


def _has_a_default(name: str) -> bool:
    return FIELDS[name].default not in (PydanticUndefined, None, ())


def _loaded(values: Mapping[str, str], folder: Path) -> Settings:
    file = folder / "settings"
    file.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    return load_settings(file)


@pytest.mark.parametrize("documented", [_example, _readme])
def test_every_setting_is_documented_and_no_other(
    documented: Callable[[], dict[str, str]],
) -> None:
    """Nobody reads the code to find a setting, nor sets one that is gone."""
    assert sorted(documented()) == sorted(FIELDS)


@pytest.mark.parametrize("documented", [_example, _readme])
def test_the_documented_defaults_are_the_defaults(
    documented: Callable[[], dict[str, str]], tmp_path: Path
) -> None:
    """Writing every documented default down changes nothing; a default is never kept quiet."""
    told = {name: value for name, value in documented().items() if value}
    assert sorted(told) == sorted(filter(_has_a_default, FIELDS))
    assert _loaded({**told, **NEEDED}, tmp_path) == _loaded(NEEDED, tmp_path)


def test_what_is_needed_comes_first_in_the_example() -> None:
    """Who fills the file in from the top can stop at the first line that shows a default."""
    names = list(_example())
    first_default = next(i for i, name in enumerate(names) if _has_a_default(name))
    needed = [name for name, field in FIELDS.items() if field.is_required()]
    assert needed
    assert all(names.index(name) < first_default for name in needed)


def test_every_setting_of_the_example_has_its_meaning_above_it() -> None:
    """A line of the example is never a bare name."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    settings = [i for i, line in enumerate(lines) if re.match(r"(# )?[A-Z_]+=", line)]
    assert settings
    assert all(re.match(r"# [^-]\S* ", lines[i - 1]) for i in settings)


def test_hints_are_for_settings_that_exist() -> None:
    """A message about a missing setting tells how to get it by the setting's own name."""
    assert {name.upper() for name in HOW_TO_GET} <= set(FIELDS)
