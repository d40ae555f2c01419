"""The finer rules: dialogs, buttons, tables and images."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.blockkit import message_problems
from tests.sandbox.blockkit.samples import Part, actions, marked, plain, section


def button(**parts: Any) -> Part:
    """Return a button."""
    return {"type": "button", "text": plain(), **parts}


def asking(**parts: Any) -> Part:
    """Return a button with a dialog."""
    return actions(button(confirm={"title": plain(), "text": marked()} | parts))


def table(**parts: Any) -> Part:
    """Return a table of one cell."""
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]], **parts}


TAKEN: dict[str, Part] = {
    "dialog": asking(confirm=plain(30), deny=plain(30), style="danger"),
    "accessibility": actions(button(accessibility_label="x" * 75)),
    "link": actions(button(url="https://x.example")),
    "columns": table(column_settings=[{"align": "right", "is_wrapped": True}, None]),
    "empty button": section(accessory=button(action_id="", value="")),
}
REFUSED: dict[str, tuple[Part, str]] = {
    "dialog without title": (asking(title=None), "/0/elements/0/confirm"),
    "mrkdwn dialog title": (asking(title=marked()), "/0/elements/0/confirm/title/type"),
    "yes": (asking(confirm=plain(31)), "/0/elements/0/confirm/confirm/text"),
    "no": (asking(deny=plain(31)), "/0/elements/0/confirm/deny/text"),
    "dialog style": (asking(style="loud"), "/0/elements/0/confirm/style"),
    "accessibility": (
        actions(button(accessibility_label="x" * 76)),
        "/0/elements/0/accessibility_label",
    ),
    "mrkdwn button": (actions(button(text=marked())), "/0/elements/0/text/type"),
    "columns": (table(column_settings=[{"align": "middle"}]), "/0/column_settings/0/align"),
    "too many columns": (table(column_settings=[{}] * 21), "/0/column_settings"),
    "image title": (
        {"type": "image", "image_url": "x", "alt_text": "x", "title": marked()},
        "/0/title/type",
    ),
    "image without words": (
        {"type": "context", "elements": [{"type": "image", "image_url": "x"}]},
        "/0/elements/0/alt_text",
    ),
}


@pytest.mark.parametrize("block", TAKEN.values(), ids=TAKEN)
def test_what_is_taken(block: Part) -> None:
    """At its limit a detail is taken."""
    assert message_problems([block]) == []


@pytest.mark.parametrize(("block", "place"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(block: Part, place: str) -> None:
    """Beyond it the pointer names the place."""
    assert [problem.at for problem in message_problems([block])] == [f"/blocks{place}"]
