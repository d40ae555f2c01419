"""What Slack says to a whole message, modal or Home tab. Source: docs.slack.dev, Block Kit."""

from __future__ import annotations

from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sandbox.blockkit.blocks import BLOCK, MARKDOWN_TEXT, VIEW
from sandbox.blockkit.interactive import interactive, placed
from sandbox.blockkit.problems import MISSING, UNSUPPORTED, Problem, problems_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MESSAGE = "message"
MODAL = "modal"
HOME = "home"
EVERYWHERE = frozenset({MESSAGE, MODAL, HOME})
SURFACES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        **dict.fromkeys(
            ("call", "context_actions", "file", "markdown", "plan", "task_card"),
            frozenset({MESSAGE}),
        ),
        **dict.fromkeys(
            ("carousel", "container", "data_table", "data_visualization", "table"),
            frozenset({MESSAGE, HOME}),
        ),
        "alert": frozenset({MODAL}),
        "datetimepicker": frozenset({MESSAGE, MODAL}),
        "file_input": frozenset({MODAL}),
        "workflow_button": frozenset({MESSAGE}),
    }
)
"""Where a block or an element may be that may not be everywhere."""
BLOCKS = 50
MOST_OF_A_KIND: Mapping[str, int] = MappingProxyType({"data_visualization": 2, "table": 1})
CELL_TEXT = 20_000
CHARACTERS = 12_000


def message_problems(blocks: list[dict[str, Any]], at: str = "/blocks") -> list[Problem]:
    """Return what is wrong with the blocks of a message; nothing when Slack takes them.

    `at` is where they are, for the pointers. The cap over all blocks is apart:
    `blocks_too_long`.
    """
    problems = block_list_problems(blocks, at, BLOCKS)
    problems += _surface_problems(blocks, MESSAGE, at)
    kinds = Counter(_kind(block) for _, block in placed(blocks, at))
    for kind, most in MOST_OF_A_KIND.items():
        if kinds[kind] > most:
            problems.append(Problem(f"no more than {most} {kind} allowed", at))
    for kind, most in (("markdown", MARKDOWN_TEXT), ("data_table", CELL_TEXT)):
        if _characters([block for block in blocks if _kind(block) == kind]) > most:
            problems.append(Problem(f"{kind} must be less than {most + 1} characters", at))
    return problems


def view_problems(view: dict[str, Any], at: str = "/view") -> list[Problem]:
    """Return what is wrong with a view; nothing when Slack takes it. `at` is for the pointers."""
    if view.get("type") not in (MODAL, HOME):
        return [Problem("must be a valid enum value: modal or home", f"{at}/type")]
    problems = problems_in(VIEW.validate_python, view, at)
    blocks, here = view.get("blocks"), f"{at}/blocks"
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        return problems
    problems += block_list_problems(blocks, here, len(blocks))
    problems += _surface_problems(blocks, view["type"], here)
    if view["type"] == MODAL and not view.get("submit") and "input" in map(_kind, blocks):
        problems.append(Problem(f"{MISSING}submit", at))
    if sum(element.get("focus_on_load") is True for _, element in _elements(blocks, "")) > 1:
        problems.append(Problem("only one element can have focus_on_load set to true", here))
    return problems


def block_list_problems(blocks: list[dict[str, Any]], at: str, most: int) -> list[Problem]:
    """Check up to `most` blocks, each by itself, and that no block_id comes twice."""
    problems = [Problem(f"no more than {most} items allowed", at)] if len(blocks) > most else []
    for place, block in enumerate(blocks):
        problems += problems_in(BLOCK.validate_python, block, f"{at}/{place}")
    return [*problems, *_repeated_blocks(blocks, at)]


def blocks_too_long(blocks: list[dict[str, Any]]) -> bool:
    """Whether all texts of a message's blocks together are over the undocumented cap.

    It lies between 12,000 and 13,000 characters (slackapi/bolt-js issue 2509). The cells of
    data tables have a cap of their own.
    """
    return _characters([block for block in blocks if _kind(block) != "data_table"]) > CHARACTERS


def _repeated_blocks(blocks: list[dict[str, Any]], at: str) -> Iterator[Problem]:
    """Yield a problem for each block_id that an earlier block has."""
    seen: set[str] = set()
    for here, block in placed(blocks, at):
        block_id = block.get("block_id")
        if not isinstance(block_id, str) or not block_id:
            continue
        if block_id in seen:
            yield Problem(f"`block_id` {block_id} already exists", f"{here}/block_id")
        seen.add(block_id)


def _surface_problems(blocks: list[dict[str, Any]], surface: str, at: str) -> Iterator[Problem]:
    """Yield a problem for each block and element that may not be here."""
    for here, part in (*placed(blocks, at), *_elements(blocks, at)):
        if surface not in SURFACES.get(_kind(part), EVERYWHERE):
            yield Problem(f"{UNSUPPORTED}{part['type']}", f"{here}/type")


def _elements(blocks: list[dict[str, Any]], at: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the elements that a person can use, each with the pointer of its block."""
    for here, block in placed(blocks, at):
        for element in interactive(block):
            yield here, element


def _kind(part: dict[str, Any]) -> str:
    """Return the type of a block or an element, or "" for one that has none."""
    kind = part.get("type")
    return kind if isinstance(kind, str) else ""


def _characters(value: Any) -> int:
    """Count the characters of every text below `value`."""
    if isinstance(value, list):
        return sum(_characters(item) for item in value)
    if not isinstance(value, dict):
        return 0
    own = value.get("text")
    return (len(own) if isinstance(own, str) else 0) + _characters(list(value.values()))
