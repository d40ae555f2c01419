"""Which blocks and elements Slack shows where. Source: docs.slack.dev, Block Kit reference."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sandbox.blockkit.buttons import interactive
from sandbox.blockkit.problem import UNSUPPORTED, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MESSAGE = "message"
MODAL = "modal"
HOME = "home"
EVERYWHERE = frozenset({MESSAGE, MODAL, HOME})
BLOCK_SURFACES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "alert": frozenset({MESSAGE, MODAL}),
        "carousel": frozenset({MESSAGE, HOME}),
        "container": frozenset({MESSAGE, HOME}),
        "context_actions": frozenset({MESSAGE}),
        "file": frozenset({MESSAGE}),
        "markdown": frozenset({MESSAGE}),
        "plan": frozenset({MESSAGE}),
        "table": frozenset({MESSAGE, HOME}),
        "task_card": frozenset({MESSAGE}),
    }
)
ELEMENT_SURFACES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "datetimepicker": frozenset({MESSAGE, MODAL}),
        "file_input": frozenset({MODAL}),
        "workflow_button": frozenset({MESSAGE}),
    }
)


def surface_problems(blocks: list[dict[str, Any]], surface: str, at: str) -> Iterator[Problem]:
    """Check that blocks and elements may be where they are: MESSAGE, MODAL or HOME."""
    for place, block in enumerate(blocks):
        if surface not in _surfaces(BLOCK_SURFACES, block):
            yield Problem(f"{UNSUPPORTED}{block['type']}", f"{at}/{place}/type")
        for element in _elements(block):
            if surface not in _surfaces(ELEMENT_SURFACES, element):
                yield Problem(f"{UNSUPPORTED}{element['type']}", f"{at}/{place}")


def _surfaces(known: Mapping[str, frozenset[str]], part: dict[str, Any]) -> frozenset[str]:
    """Return where a block or an element may be; another check speaks of unknown kinds."""
    kind = part.get("type")
    return known.get(kind, EVERYWHERE) if isinstance(kind, str) else EVERYWHERE


def _elements(block: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the elements of a block that is perhaps malformed."""
    lists = all(isinstance(block.get(name, []), list) for name in ("elements", "actions"))
    return [each for each in interactive(block) if isinstance(each, dict)] if lists else []
