"""Small pieces of Block Kit for the tests of the checks."""

from __future__ import annotations

from typing import Any

Part = dict[str, Any]


def plain(text: str | int = "x") -> Part:
    """Return a plain text; a number makes one of so many characters."""
    return {"type": "plain_text", "text": "x" * text if isinstance(text, int) else text}


def marked(text: str = "x") -> Part:
    """Return a text with marks."""
    return {"type": "mrkdwn", "text": text}


def section(**parts: Any) -> Part:
    """Return a section."""
    return {"type": "section", "text": marked(), **parts}


def actions(*elements: Any) -> Part:
    """Return a row of elements."""
    return {"type": "actions", "elements": list(elements)}


def entry(element: Any, **parts: Any) -> Part:
    """Return an input block around an element."""
    return {"type": "input", "label": plain("Label"), "element": element, **parts}


def typed(kind: str = "plain_text_input", **parts: Any) -> Part:
    """Return an element that a person types into."""
    return {"type": kind, **parts}


def option(value: str = "1", **parts: Any) -> Part:
    """Return an option."""
    return {"text": plain("One"), "value": value, **parts}


def menu(kind: str = "static_select", **parts: Any) -> Part:
    """Return a menu of one option."""
    return {"type": kind, "options": [option()], **parts}


def modal(*blocks: Any, **parts: Any) -> Part:
    """Return a modal."""
    return {
        "type": "modal",
        "title": plain("Title"),
        "submit": plain("Go"),
        "blocks": list(blocks) or [section()],
    } | parts


def home(*blocks: Any, **parts: Any) -> Part:
    """Return a Home tab."""
    return {"type": "home", "blocks": list(blocks), **parts}
