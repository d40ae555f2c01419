"""Text objects, buttons and other elements as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.slack.rendering.mrkdwn import readable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.slack.rendering.mrkdwn import Directory


def text_of(value: dict[str, Any], directory: Directory) -> str:
    """Render a text object: plain text as it is, mrkdwn as it reads."""
    if value["type"] == "mrkdwn":
        return readable(value["text"], directory)
    return str(value["text"])


def render_element(element: dict[str, Any], directory: Directory) -> str:
    """Render a button as [label], an image as (its alt text), and a text as itself."""
    kind = element["type"]
    if kind == "image":
        return f"({element['alt_text']})"
    if kind in {"plain_text", "mrkdwn"}:
        return text_of(element, directory)
    label = element.get("text") or element.get("placeholder")
    return f"[{text_of(label, directory)}]" if label else f"[{kind}]"


def render_row(elements: Sequence[dict[str, Any]], directory: Directory, gap: str = " ") -> str:
    """Render elements beside each other."""
    return gap.join(render_element(element, directory) for element in elements)
