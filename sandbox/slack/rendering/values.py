"""What a person entered, as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.slack.inputs.state import chosen_in
from sandbox.slack.rendering.rich_text import render_rich_text

if TYPE_CHECKING:
    from sandbox.slack.rendering.mrkdwn import Directory


def render_chosen(state: dict[str, Any], directory: Directory) -> str:
    """Render what is chosen or typed in a state: texts of options, names for ids."""
    chosen = chosen_in(state)
    several = chosen if isinstance(chosen, list) else [chosen]
    return ", ".join(_one(each, directory) for each in several if each is not None)


def _one(chosen: Any, directory: Directory) -> str:
    """Render one choice."""
    if not isinstance(chosen, dict):
        return directory.name_of(str(chosen)) or str(chosen)
    if chosen.get("type") == "rich_text":
        return render_rich_text(chosen["elements"], directory)
    return str(chosen["text"]["text"])
