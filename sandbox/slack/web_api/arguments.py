"""The arguments of a call, from a query, a form or JSON, and the page that they ask for."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from sandbox.slack.refusal import Refusal, bad_argument

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aiohttp import web

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
TRUE = ("true", "1")
FALSE = ("false", "0", "")
STAMP = re.compile(r"\d+\.\d+")


@dataclass(frozen=True)
class Arguments:
    """The arguments that were given; null counts as not given.

    Each look-up raises Refusal (invalid_arguments) for a value of the wrong kind.
    """

    values: dict[str, Any]

    def text(self, name: str) -> str | None:
        """Return a string, or None."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, str):
            raise bad_argument("must be a string", name)
        return value

    def required(self, name: str) -> str:
        """Return a string that has to be there."""
        value = self.text(name)
        if not value:
            raise bad_argument(f"missing required field: {name}")
        return value

    def flag(self, name: str) -> bool:
        """Return a boolean, False when it was not given; forms spell it true, false, 1, 0."""
        value = self.values.get(name)
        if value is None or isinstance(value, bool):
            return bool(value)
        spelt = str(value).lower()
        if spelt not in TRUE + FALSE:
            raise bad_argument("must be a boolean", name)
        return spelt in TRUE

    def number(self, name: str) -> int | None:
        """Return an integer, or None."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        try:
            return int(str(value))
        except ValueError:
            raise bad_argument("must be an integer", name) from None

    def stamp(self, name: str) -> str | None:
        """Return a message's ts, or None. Raises Refusal (invalid_<name>) for what is none."""
        value = self.text(name)
        if value and not STAMP.fullmatch(value):
            raise Refusal(f"invalid_{name}")
        return value or None

    def structure(self, name: str, error: str) -> Any:
        """Return a list or an object, which forms carry as JSON. Raises Refusal(`error`)."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise Refusal(error) from None


async def read_arguments(request: web.Request) -> Arguments:
    """Read the query and the body. Raises Refusal with Slack's name for a broken body."""
    values: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        values |= _json_object(await request.read())
    elif request.content_type in FORMS:
        values |= dict(await request.post())
    elif await request.read():
        raise Refusal("invalid_post_type")
    return Arguments({name: value for name, value in values.items() if value is not None})


def _json_object(body: bytes) -> dict[str, Any]:
    """Return the object in a JSON body; an empty body has no arguments."""
    if not body.strip():
        return {}
    try:
        value = json.loads(body)
    except ValueError:
        raise Refusal("invalid_json") from None
    if not isinstance(value, dict):
        raise Refusal("json_not_object")
    return value


T = TypeVar("T")
USUAL_PAGE = 100
LONGEST_PAGE = 999


def page(
    items: Sequence[T],
    key: Callable[[T], str],
    arguments: Arguments,
    usual: int = USUAL_PAGE,
) -> tuple[Sequence[T], str]:
    """Return the page that `limit` and `cursor` ask for, and the next cursor ("" at the end).

    A limit of 0 is none: then a page has `usual` items. `key` names an item, and a cursor names
    the item that it starts at. Raises Refusal: invalid_limit, or invalid_cursor.
    """
    limit = arguments.number("limit") or usual
    if limit < 0:
        raise Refusal("invalid_limit")
    limit = min(limit, max(usual, LONGEST_PAGE))
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
