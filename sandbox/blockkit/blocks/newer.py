"""What Slack refuses in alerts, cards, plans and tasks. Limits: docs.slack.dev, Block Kit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.blockkit.blocks.rich_text import rich_text_problems
from sandbox.blockkit.elements.interactive import duplicate_action_problems, interactive_problems
from sandbox.blockkit.problem import (
    Problem,
    choice_problems,
    list_problems,
    objects,
    text_problems,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

ALERT_TEXT = 3_000
LEVELS = ("default", "info", "warning", "error", "success")
CARD_TEXTS = (("title", 150), ("subtitle", 150), ("body", 200))
CARD_PARTS = ("hero_image", "title", "actions", "body")
CARD_ACTIONS = 25
STATUSES = ("pending", "in_progress", "complete", "error")
TASKS = 50


def alert_problems(block: dict[str, Any], at: str) -> Iterator[Problem]:
    """Check an alert: a text and a level."""
    yield from text_problems(block, "text", at, ALERT_TEXT)
    yield from choice_problems(block, "level", at, LEVELS)


def card_problems(block: dict[str, Any], at: str) -> Iterator[Problem]:
    """Check a card: texts, an image, and a row of elements that a person can use."""
    if not any(block.get(part) for part in CARD_PARTS):
        yield Problem(f"one of {', '.join(CARD_PARTS)} is required", at)
    for name, limit in CARD_TEXTS:
        if name in block:
            yield from text_problems(block, name, at, limit)
    actions = block.get("actions", [])
    yield from list_problems(actions, f"{at}/actions", CARD_ACTIONS, least=0)
    for place, element in objects(actions):
        yield from interactive_problems(element, f"{at}/actions/{place}")
    yield from duplicate_action_problems(actions, f"{at}/actions")


def plan_problems(block: dict[str, Any], at: str) -> Iterator[Problem]:
    """Check a plan: a title and tasks."""
    yield from _required(block, "title", at)
    tasks = block.get("tasks", [])
    yield from list_problems(tasks, f"{at}/tasks", TASKS, least=0)
    for place, task in objects(tasks):
        yield from task_problems(task, f"{at}/tasks/{place}")


def task_problems(block: dict[str, Any], at: str) -> Iterator[Problem]:
    """Check a task: an id, a title, a status, and rich texts about it."""
    for name in ("task_id", "title", "status"):
        yield from _required(block, name, at)
    yield from choice_problems(block, "status", at, STATUSES)
    for name in ("details", "output"):
        value = block.get(name)
        if isinstance(value, dict):
            yield from rich_text_problems(value, f"{at}/{name}")
        elif value is not None:
            yield Problem("must be an object", f"{at}/{name}")


def _required(block: dict[str, Any], name: str, at: str) -> Iterator[Problem]:
    """Check a string that has to be there."""
    if not isinstance(block.get(name), str) or not block[name]:
        yield Problem(f"missing required field: {name}", at)
