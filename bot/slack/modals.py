"""Modals: a notice, and the errors under the fields of a form."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.domain.line.problems import Problem
from bot.domain.typography import clipped
from bot.slack.ephemeral import Answer

LONGEST_ERROR = 300
"""Columns of the error under one field."""


def notice(answer: Answer) -> dict[str, Any]:
    """A modal that shows an answer."""
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "eSIMs"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": list(answer.blocks),
    }


def field_errors(problems: Iterable[Problem], blocks: Mapping[str, str]) -> dict[str, str]:
    """The problems, by the id of the block under which Slack shows them.

    `blocks` are the form's: field name to block id. A problem about none of its fields is shown
    under the first one.
    """
    first = next(iter(blocks.values()))
    told: dict[str, list[str]] = {}
    for problem in problems:
        told.setdefault(blocks.get(problem.field, first), []).append(problem.message)
    return {block: clipped(" ".join(messages), LONGEST_ERROR) for block, messages in told.items()}
