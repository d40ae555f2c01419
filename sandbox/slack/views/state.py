"""The state of the elements of a message or view. Source: docs.slack.dev, view payloads."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sandbox.blockkit import interactive, placed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Values = dict[str, dict[str, dict[str, Any]]]
"""State values by block_id and action_id."""
Field = tuple[dict[str, Any], dict[str, Any]]
"""A block and the element in it that keeps a state."""

STATES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "channels_select": ("selected_channel", "initial_channel"),
        "checkboxes": ("selected_options", "initial_options"),
        "conversations_select": ("selected_conversation", "initial_conversation"),
        "datepicker": ("selected_date", "initial_date"),
        "datetimepicker": ("selected_date_time", "initial_date_time"),
        "email_text_input": ("value", "initial_value"),
        "external_select": ("selected_option", "initial_option"),
        "multi_channels_select": ("selected_channels", "initial_channels"),
        "multi_conversations_select": ("selected_conversations", "initial_conversations"),
        "multi_external_select": ("selected_options", "initial_options"),
        "multi_static_select": ("selected_options", "initial_options"),
        "multi_users_select": ("selected_users", "initial_users"),
        "number_input": ("value", "initial_value"),
        "plain_text_input": ("value", "initial_value"),
        "radio_buttons": ("selected_option", "initial_option"),
        "rich_text_input": ("rich_text_value", "initial_value"),
        "static_select": ("selected_option", "initial_option"),
        "timepicker": ("selected_time", "initial_time"),
        "url_text_input": ("value", "initial_value"),
        "users_select": ("selected_user", "initial_user"),
    }
)
SEVERAL = frozenset(kind for kind in STATES if kind.startswith("multi_")) | {"checkboxes"}


def stateful(blocks: list[dict[str, Any]]) -> Iterator[Field]:
    """Yield every element that keeps a state, with its block, in reading order."""
    for _, block in placed(blocks):
        for element in interactive(block):
            if element.get("type") in STATES:
                yield block, element


def state_of(element: dict[str, Any], chosen: Any) -> dict[str, Any]:
    """Return the state of an element in which `chosen` was chosen or typed."""
    kind = element["type"]
    return {"type": kind, STATES[kind][0]: chosen}


def chosen_in(state: dict[str, Any]) -> Any:
    """Return what is chosen or typed in a state: None or an empty list for nothing."""
    return state.get(STATES[state["type"]][0])


def current(blocks: list[dict[str, Any]], entered: Values) -> Values:
    """Return the state of every element: what was entered there, or else its initial value."""
    values: Values = {}
    for block, element in stateful(blocks):
        place = block["block_id"], element["action_id"]
        state = entered.get(place[0], {}).get(place[1])
        if state is None or state["type"] != element["type"]:
            state = state_of(element, _initial(element))
        values.setdefault(place[0], {})[place[1]] = state
    return values


def _initial(element: dict[str, Any]) -> Any:
    """Return what an element starts with."""
    nothing: Any = [] if element["type"] in SEVERAL else None
    return element.get(STATES[element["type"]][1], nothing)
