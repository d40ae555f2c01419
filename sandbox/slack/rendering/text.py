"""Texts, rich texts and what a person entered, as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.mrkdwn import Kind, rich_text_tokens, tokens
from sandbox.slack.views.state import chosen_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.mrkdwn import Directory, Token


def readable(text: str, directory: Directory) -> str:
    """Return mrkdwn `text` as a person reads it: names for ids, no marks, no entities."""
    return _plain(tokens(text), directory)


def text_of(value: dict[str, Any], directory: Directory) -> str:
    """Render a text object: plain text as it is, mrkdwn as it reads."""
    if value["type"] == "mrkdwn":
        return readable(value["text"], directory)
    return str(value["text"])


def render_rich_text(elements: list[dict[str, Any]], directory: Directory) -> str:
    """Return the sections, lists, quotes and preformatted texts one below the other."""
    return "\n".join(_paragraph(element, directory) for element in elements)


def render_chosen(state: dict[str, Any], directory: Directory) -> str:
    """Render what is chosen or typed in a state: texts of options, names for ids."""
    chosen = chosen_in(state)
    several = chosen if isinstance(chosen, list) else [chosen]
    return ", ".join(_chosen(each, directory) for each in several if each is not None)


def _chosen(chosen: Any, directory: Directory) -> str:
    """Render one choice."""
    if not isinstance(chosen, dict):
        return directory.name_of(str(chosen)) or str(chosen)
    if chosen.get("type") == "rich_text":
        return render_rich_text(chosen["elements"], directory)
    return str(chosen["text"]["text"])


def _paragraph(element: dict[str, Any], directory: Directory) -> str:
    """Render one paragraph, or a list with a line for each item."""
    children = element.get("elements", [])
    if element.get("type") == "rich_text_list":
        return "\n".join(f"• {_paragraph(child, directory)}" for child in children)
    return _plain(rich_text_tokens(children), directory)


def _plain(given: Iterable[Token], directory: Directory) -> str:
    """Render tokens one after the other; marks around words are not to be seen."""
    return "".join(
        _reference(token, directory) if token.kind is Kind.REFERENCE else token.text
        for token in given
        if token.kind not in {Kind.OPEN, Kind.CLOSE}
    )


def _reference(token: Token, directory: Directory) -> str:
    """Render what stands in <…>: by its name, else its label, else as it is."""
    if not token.sign:
        return token.label or token.target
    if token.sign == "!":
        return token.label or f"@{token.target.partition('^')[0]}"
    return f"{token.sign}{directory.name_of(token.target) or token.label or token.target}"
