"""What Slack fills in when it stores blocks: ids that were left out, and defaults of texts."""

from __future__ import annotations

import copy
import secrets
from typing import Any

from sandbox.blockkit.buttons import interactive


def completed(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a copy of `blocks` with each block_id, action_id and text default in place."""
    blocks = copy.deepcopy(blocks)
    for block in blocks:
        block["block_id"] = block.get("block_id") or _random_id()
        for element in interactive(block):
            element["action_id"] = element.get("action_id") or _random_id()
    _fill_in_texts(blocks)
    return blocks


def _random_id() -> str:
    """Return an id like the ones that Slack makes up: five characters."""
    return secrets.token_urlsafe(4)[:5]


def _fill_in_texts(value: Any) -> None:
    """Give each text object below `value` the fields that Slack adds."""
    if isinstance(value, list):
        for item in value:
            _fill_in_texts(item)
    elif isinstance(value, dict):
        if value.get("type") == "plain_text":
            value.setdefault("emoji", True)
        elif value.get("type") == "mrkdwn":
            value.setdefault("verbatim", False)
        _fill_in_texts(list(value.values()))
