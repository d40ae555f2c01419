"""What Slack says to the blocks of one message, and to any list of blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.blockkit.blocks.layout import MARKDOWN_TEXT, block_problems
from sandbox.blockkit.problem import Problem, objects
from sandbox.blockkit.surfaces import MESSAGE, surface_problems

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCKS = 50
CHARACTERS = 12_000


def message_problems(blocks: list[dict[str, Any]], at: str = "/blocks") -> list[Problem]:
    """Return what is wrong with the blocks of a message; nothing when Slack takes them.

    `at` is where they are, for the pointers. The cap over all blocks is apart:
    `blocks_too_long`.
    """
    problems = list(block_list_problems(blocks, at, BLOCKS))
    problems += surface_problems(blocks, MESSAGE, at)
    if sum(block.get("type") == "table" for block in blocks) > 1:
        problems.append(Problem("only one table is allowed", at))
    markdown = [block.get("text") for block in blocks if block.get("type") == "markdown"]
    if sum(len(text) for text in markdown if isinstance(text, str)) > MARKDOWN_TEXT:
        problems.append(Problem(f"markdown must be less than {MARKDOWN_TEXT + 1} characters", at))
    return problems


def block_list_problems(blocks: list[dict[str, Any]], at: str, most: int) -> Iterator[Problem]:
    """Check up to `most` blocks, each by itself, and that no block_id comes twice."""
    if len(blocks) > most:
        yield Problem(f"no more than {most} items allowed", at)
    for place, block in enumerate(blocks):
        yield from block_problems(block, f"{at}/{place}")
    yield from _duplicate_block_problems(blocks, at)


def blocks_too_long(blocks: list[dict[str, Any]]) -> bool:
    """Whether all texts of a message's blocks together are over the undocumented cap.

    It lies between 12,000 and 13,000 characters (slackapi/bolt-js issue 2509).
    """
    return _characters(blocks) > CHARACTERS


def _duplicate_block_problems(blocks: list[dict[str, Any]], at: str) -> Iterator[Problem]:
    """Check that no block_id comes twice."""
    seen: set[str] = set()
    for place, block in objects(blocks):
        block_id = block.get("block_id")
        if not isinstance(block_id, str) or not block_id:
            continue
        if block_id in seen:
            yield Problem(f"`block_id` {block_id} already exists", f"{at}/{place}/block_id")
        seen.add(block_id)


def _characters(value: Any) -> int:
    """Count the characters of every text below `value`."""
    if isinstance(value, list):
        return sum(_characters(item) for item in value)
    if not isinstance(value, dict):
        return 0
    own = value.get("text")
    return (len(own) if isinstance(own, str) else 0) + _characters(list(value.values()))
