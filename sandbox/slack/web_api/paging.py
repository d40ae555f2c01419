"""Slack's cursors: a page of a list, and the way to the next one."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, TypeVar

from sandbox.slack.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sandbox.slack.web_api.arguments import Arguments

T = TypeVar("T")
USUAL = 100
MOST = 999


def page(
    items: Sequence[T], key: Callable[[T], str], arguments: Arguments
) -> tuple[Sequence[T], str]:
    """Return the page that `limit` and `cursor` ask for, and the next cursor ("" at the end).

    `key` names an item, and a cursor names the item that it starts at. Raises Refusal:
    invalid_limit, or invalid_cursor.
    """
    limit = arguments.number("limit")
    limit = USUAL if limit is None else min(limit, MOST)
    if limit < 1:
        raise Refusal("invalid_limit")
    start = _place(items, key, arguments.text("cursor"))
    following = items[start + limit : start + limit + 1]
    return items[start : start + limit], _cursor(key(following[0])) if following else ""


def _cursor(name: str) -> str:
    """Return the cursor that starts at the item called `name`."""
    return base64.b64encode(f"next:{name}".encode()).decode()


def _place(items: Sequence[T], key: Callable[[T], str], cursor: str | None) -> int:
    """Return where in `items` a cursor starts."""
    if not cursor:
        return 0
    try:
        name = base64.b64decode(cursor, validate=True).decode().removeprefix("next:")
    except (binascii.Error, UnicodeDecodeError):
        raise Refusal("invalid_cursor") from None
    for place, item in enumerate(items):
        if key(item) == name:
            return place
    raise Refusal("invalid_cursor")
