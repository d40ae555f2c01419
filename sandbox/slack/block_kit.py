"""What Slack's Web API answers to blocks and views that are wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sandbox.blockkit import blocks_too_long, message_problems, view_problems
from sandbox.slack.refusal import Refusal, bad_argument

if TYPE_CHECKING:
    from sandbox.blockkit import Problem

VIEW_BYTES = 250_000


def check_blocks(blocks: Any) -> None:
    """Check the blocks of a message.

    Raises Refusal: invalid_blocks with every place that is wrong, msg_blocks_too_long when the
    texts of all blocks together are over 12,000 characters, or invalid_blocks_format for what
    is no list of objects.
    """
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise Refusal("invalid_blocks_format")
    _refuse("invalid_blocks", message_problems(blocks))
    if blocks_too_long(blocks):
        raise Refusal("msg_blocks_too_long")


def check_view(view: Any, kind: str | None = None) -> None:
    """Check a view; `kind` is the one that is wanted here, modal or home.

    Raises Refusal: invalid_arguments with every place that is wrong, or view_too_large for one
    of more than 250 kB.
    """
    if not isinstance(view, dict):
        raise bad_argument("must be an object", "view")
    if kind is not None and view.get("type") in {"modal", "home"} - {kind}:
        raise bad_argument(f"must be a valid enum value: {kind}", "view/type")
    _refuse("invalid_arguments", view_problems(view))
    if len(json.dumps(view).encode()) > VIEW_BYTES:
        raise Refusal("view_too_large")


def _refuse(error: str, problems: list[Problem]) -> None:
    """Raise the refusal that names all problems, if there are any."""
    if problems:
        raise Refusal(error, [str(problem) for problem in problems])
