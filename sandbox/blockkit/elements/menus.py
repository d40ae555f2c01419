"""What Slack refuses in selects, overflow menus, checkboxes and radio buttons."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sandbox.blockkit.problem import (
    PLAIN_ONLY,
    TEXT_TYPES,
    Problem,
    length_problems,
    list_problems,
    objects,
    optional_text_problems,
    text_problems,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PLACEHOLDER_TEXT = 150
OPTION_TEXT = 75
OPTION_VALUE = 150
GROUPS = 100
MARKED = frozenset({"checkboxes", "radio_buttons"})
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
    most = element.get("max_selected_items")
    if most is not None and (not isinstance(most, int) or most < 1):
        yield Problem("must be more than 0", f"{at}/max_selected_items")
    if element["type"] in MOST_OPTIONS:
        yield from _choice_problems(element, at)
        yield from _initial_problems(element, at)


def options_of(element: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the options of an element, those in groups included."""
    groups = [group for _, group in objects(element.get("option_groups"))]
    return [option for holder in [element, *groups] for _, option in objects(holder.get("options"))]


def _choice_problems(element: dict[str, Any], at: str) -> Iterator[Problem]:
    """Check the options, or the groups of options, each under a label."""
    most = MOST_OPTIONS[element["type"]]
    kinds = TEXT_TYPES if element["type"] in MARKED else PLAIN_ONLY
    if "option_groups" not in element:
        yield from _option_problems(element.get("options"), f"{at}/options", most, kinds)
        return
    yield from list_problems(element["option_groups"], f"{at}/option_groups", GROUPS)
    for place, group in objects(element["option_groups"]):
        here = f"{at}/option_groups/{place}"
        yield from text_problems(group, "label", here, OPTION_TEXT, PLAIN_ONLY)
        yield from _option_problems(group.get("options"), f"{here}/options", most, kinds)


def _option_problems(options: Any, at: str, most: int, kinds: tuple[str, ...]) -> Iterator[Problem]:
    """Check a list of options, each a text and a value."""
    yield from list_problems(options, at, most)
    for place, option in objects(options):
        yield from text_problems(option, "text", f"{at}/{place}", OPTION_TEXT, kinds)
        yield from length_problems(option.get("value"), f"{at}/{place}/value", OPTION_VALUE)
        yield from optional_text_problems(
            option, "description", f"{at}/{place}", OPTION_TEXT, kinds
        )


def _initial_problems(element: dict[str, Any], at: str) -> Iterator[Problem]:
    """Check that what is chosen at first is among the options."""
    values = {str(option.get("value")) for option in options_of(element)}
    several = element.get("initial_options", [])
    chosen = [("initial_option", element.get("initial_option"))]
    chosen += [("initial_options", option) for _, option in objects(several)]
    for name, option in chosen:
        if option is not None and (
            not isinstance(option, dict) or str(option.get("value")) not in values
        ):
            yield Problem(f"`{name}` must be one of the options", f"{at}/{name}")
