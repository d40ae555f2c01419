"""What Slack refuses in selects, overflow menus, checkboxes and radio buttons."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sandbox.slack.blockkit.problem import (
    PLAIN_ONLY,
    Problem,
    length_problems,
    list_problems,
    objects,
    text_problems,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PLACEHOLDER_TEXT = 150
OPTION_TEXT = 75
OPTION_VALUE = 150
GROUPS = 100
MOST_OPTIONS: Mapping[str, int] = MappingProxyType(
    {
        "checkboxes": 10,
        "multi_static_select": 100,
        "overflow": 5,
        "radio_buttons": 10,
        "static_select": 100,
    }
)


def menu_problems(element: dict[str, Any], at: str) -> Iterator[Problem]:
    """Check the placeholder and the options of an element that is no button."""
    if "placeholder" in element:
        yield from text_problems(element, "placeholder", at, PLACEHOLDER_TEXT, PLAIN_ONLY)
    most = MOST_OPTIONS.get(element["type"])
    if most is None:
        return
    if "option_groups" in element:
        yield from _group_problems(element["option_groups"], f"{at}/option_groups", most)
    else:
        yield from _option_problems(element.get("options"), f"{at}/options", most)


def _group_problems(groups: Any, at: str, most: int) -> Iterator[Problem]:
    """Check groups of options, each under a label."""
    yield from list_problems(groups, at, GROUPS)
    for place, group in objects(groups):
        yield from text_problems(group, "label", f"{at}/{place}", OPTION_TEXT, PLAIN_ONLY)
        yield from _option_problems(group.get("options"), f"{at}/{place}/options", most)


def _option_problems(options: Any, at: str, most: int) -> Iterator[Problem]:
    """Check a list of options, each a text and a value."""
    yield from list_problems(options, at, most)
    for place, option in objects(options):
        yield from text_problems(option, "text", f"{at}/{place}", OPTION_TEXT)
        yield from length_problems(option.get("value"), f"{at}/{place}/value", OPTION_VALUE)
