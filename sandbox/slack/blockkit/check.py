"""What Slack says to the blocks of one message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.slack.blockkit.layout import MARKDOWN_TEXT, block_problems
from sandbox.slack.blockkit.problem import Problem, objects
from sandbox.slack.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCKS = 50
CHARACTERS = 12_000


def check_blocks(blocks: Any) -> None:
    """Check the blocks of a message.

    Raises Refusal: invalid_blocks with every place that is wrong, msg_blocks_too_long when the
    texts of all blocks together are over 12,000 characters (slackapi/bolt-js issue 2509), or
    invalid_blocks_format for what is no list of objects.
    """
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise Refusal("invalid_blocks_format")
    problems = [str(problem) for problem in _problems(blocks)]
    if problems:
        raise Refusal("invalid_blocks", problems)
    if _characters(blocks) > CHARACTERS:
        raise Refusal("msg_blocks_too_long")


def _problems(blocks: list[dict[str, Any]]) -> Iterator[Problem]:
    """Yield what is wrong with the blocks, each and together."""
    if len(blocks) > BLOCKS:
        yield Problem(f"no more than {BLOCKS} items allowed", "/blocks")
    for place, block in enumerate(blocks):
        yield from block_problems(block, f"/blocks/{place}")
    yield from _duplicate_block_problems(blocks)
    if sum(block.get("type") == "table" for block in blocks) > 1:
        yield Problem("only one table is allowed", "/blocks")
    markdown = [block.get("text") for block in blocks if block.get("type") == "markdown"]
    if sum(len(text) for text in markdown if isinstance(text, str)) > MARKDOWN_TEXT:
        yield Problem(f"markdown must be less than {MARKDOWN_TEXT + 1} characters", "/blocks")


def _duplicate_block_problems(blocks: list[dict[str, Any]]) -> Iterator[Problem]:
    """Check that no block_id comes twice in a message."""
    seen: set[str] = set()
    for place, block in objects(blocks):
        block_id = block.get("block_id")
        if not isinstance(block_id, str) or not block_id:
            continue
        if block_id in seen:
            yield Problem(f"`block_id` {block_id} already exists", f"/blocks/{place}/block_id")
        seen.add(block_id)


def _characters(value: Any) -> int:
    """Count the characters of every text below `value`."""
    if isinstance(value, list):
        return sum(_characters(item) for item in value)
    if not isinstance(value, dict):
        return 0
    own = value.get("text")
    return (len(own) if isinstance(own, str) else 0) + _characters(list(value.values()))
