"""What a form shows when it was sent: one thing said in its place, or what is wrong with it."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.domain.grammar.problems import Problem
from bot.domain.typography import clipped
from bot.slack.ephemeral import Answer

_LONGEST = 300
"""Columns of what is wrong with one field."""


def notice(answer: Answer) -> dict[str, Any]:
    """A modal that says one thing."""
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "eSIMs"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": list(answer.blocks),
    }


def field_errors(problems: Iterable[Problem], blocks: Mapping[str, str]) -> dict[str, str]:
    """What is wrong, by the id of the block under which Slack shows it.

    `blocks` are the form's: field name to block id. What is about none of its fields stands under
    the first one, so that nothing is left unsaid.
    """
    first = next(iter(blocks.values()))
    told: dict[str, list[str]] = {}
    for problem in problems:
        told.setdefault(blocks.get(problem.field, first), []).append(problem.message)
    return {block: clipped(" ".join(messages), _LONGEST) for block, messages in told.items()}
