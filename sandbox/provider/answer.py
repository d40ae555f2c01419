"""An HTTP answer, before it goes over the wire; and the JSON that came over it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Mapping

JSON_TYPE = "application/json; charset=utf-8"
Json = dict[str, Any]
Body = Json | list[Any] | bytes | None


@dataclass(frozen=True)
class Answer:
    """An HTTP answer; a mapping or a list as `body` is sent as JSON, None as no body at all."""

    status: int
    body: Body = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_success(self) -> bool:
        """Whether the status is one of 2xx."""
        return self.status // 100 == 2  # noqa: PLR2004 - HTTP's own hundreds

    def encoded(self) -> bytes:
        """Return the body as it goes over the wire."""
        if isinstance(self.body, dict | list):
            return json.dumps(self.body).encode()
        return self.body or b""

    def response(self) -> web.Response:
        """Return it as aiohttp sends it."""
        headers = {"Content-Type": JSON_TYPE, **self.headers}
        return web.Response(status=self.status, body=self.encoded(), headers=headers)


def read_json(raw: bytes) -> object:
    """Return the JSON value in `raw`. Raises ValueError when there is none."""
    # Python reads NaN and Infinity; JSON has neither.
    return json.loads(raw, parse_constant=_no_constant)


def read_object(raw: bytes) -> Json:
    """Return the JSON object in `raw`, an empty one when it holds none."""
    try:
        body = read_json(raw)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON")
