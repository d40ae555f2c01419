"""Blocks with what a person has entered in them so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.slack.inputs.state import STATES, chosen_in, current

if TYPE_CHECKING:
    from sandbox.slack.inputs.state import Values

Block = dict[str, Any]


def filled(blocks: list[Block], entered: Values) -> list[Block]:
    """Return `blocks`, in which each element's initial value is what was entered, if anything."""
    values = current(blocks, entered)
    return [_filled_block(block, values.get(block.get("block_id", ""), {})) for block in blocks]


def _filled_block(block: Block, states: dict[str, dict[str, Any]]) -> Block:
    if not states:
        return block
    block = dict(block)
    for name in ("element", "accessory"):
        if isinstance(block.get(name), dict):
            block[name] = _filled(block[name], states)
    if block.get("type") == "actions":
        block["elements"] = [_filled(element, states) for element in block["elements"]]
    return block


def _filled(element: Block, states: dict[str, dict[str, Any]]) -> Block:
    state = states.get(element.get("action_id", ""))
    if state is None or element.get("type") not in STATES:
        return element
    initial = STATES[element["type"]][1]
    return {**element, initial: chosen_in(state)}
