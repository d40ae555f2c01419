"""What can be made to go wrong between a bot and Slack's Web API."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Mapping

UPLOAD = "upload"
RESPONSE_URL = "response_url"
NO_METHODS = frozenset({UPLOAD, RESPONSE_URL})


class Kind(Enum):
    """What a fault does to a call."""

    CLOSE = "close"  # the connection is closed and nothing is stored
    RATE_LIMIT = "rate_limit"  # 429 with Retry-After, nothing is stored
    DROP = "drop"  # the call is carried out, then the connection is closed without an answer
    ERROR = "error"  # an answer with ok false, nothing is stored
    MISSING = "missing"  # 404 with a web page, as from something in between; nothing is stored


@dataclass
class Fault:
    """A fault for the next `left` calls of `method` (None: of any method)."""

    kind: Kind
    method: str | None
    left: int = 1
    retry_after: int = 1
    error: str = ""

    def concerns(self, method: str) -> bool:
        """Whether a call of `method` meets this fault."""
        return self.method == method or (self.method is None and method not in NO_METHODS)

    @property
    def stores(self) -> bool:
        """Whether the call is carried out all the same."""
        return self.kind is Kind.DROP


@dataclass
class Faults:
    """The faults that are on now. Those that were given first are used first.

    A method is named as in the Web API; "upload" is the address that a file's bytes are sent to,
    and "response_url" any of those. Socket Mode connections that are open stay open throughout.
    """

    _down: set[str | None] = field(default_factory=set)
    _standing: dict[str | None, Fault] = field(default_factory=dict)
    _queue: list[Fault] = field(default_factory=list)

    def down(self, method: str | None = None) -> None:
        """Close the connection of every call, or of every call of `method`, until `up()`.

        Nothing is stored and nothing is answered. Without a method this holds for uploads and
        response_urls as well.
        """
        self._down.add(method)

    def refuse(self, method: str | None, error: str) -> None:
        """Answer every call, or every call of `method`, with ok false and `error`, until `up()`."""
        self._standing[method] = Fault(Kind.ERROR, method, error=error)

    def miss(self, method: str | None = None) -> None:
        """Answer every call, or every call of `method`, with a page that says 404, until `up()`."""
        self._standing[method] = Fault(Kind.MISSING, method)

    def mend(self, method: str | None) -> None:
        """End what `refuse()` or `miss()` began for `method`, or for every call."""
        self._standing.pop(method, None)

    def up(self) -> None:
        """End what `down()`, `refuse()` and `miss()` began; the other faults stay."""
        self._down.clear()
        self._standing.clear()

    def clear(self) -> None:
        """End all faults, also those that were not used yet."""
        self.up()
        self._queue.clear()

    def rate_limit(self, method: str | None = None, times: int = 1, retry_after: int = 1) -> None:
        """Answer the next `times` calls with 429 and Retry-After in seconds.

        They are calls of `method`, or of any method of the Web API.
        """
        self._queue.append(Fault(Kind.RATE_LIMIT, method, times, retry_after=retry_after))

    def drop_after_storing(self, method: str = "chat.postMessage", times: int = 1) -> None:
        """Carry the next `times` calls of `method` out and close the connection, unanswered."""
        self._queue.append(Fault(Kind.DROP, method, times))

    def error(self, method: str | None, error: str, times: int = 1) -> None:
        """Answer the next `times` calls of `method` with ok false and `error`, Slack's name."""
        self._queue.append(Fault(Kind.ERROR, method, times, error=error))

    def take(self, method: str) -> Fault | None:
        """Return the fault for a call of `method` that just came in, and use it up."""
        if self._down & {None, method}:
            return Fault(Kind.CLOSE, method)
        for fault in self._queue:
            if fault.concerns(method):
                fault.left -= 1
                if fault.left <= 0:
                    self._queue.remove(fault)
                return fault
        return next((one for one in self._standing.values() if one.concerns(method)), None)


LIMITED = "ratelimited"
RECORDED: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.CLOSE: "connection_closed",
        Kind.DROP: "answer_dropped",
        Kind.RATE_LIMIT: LIMITED,
        Kind.MISSING: "not_found",
    }
)


def spoiled(request: web.Request, fault: Fault, error_status: int = HTTPStatus.OK) -> web.Response:
    """Return what goes out in place of an answer; for Kind.DROP the call was carried out before.

    `error_status` is the HTTP status that comes with the name of an error here.
    """
    if fault.kind is Kind.RATE_LIMIT:
        return limited(fault.retry_after)
    if fault.kind is Kind.ERROR:
        return web.json_response({"ok": False, "error": fault.error}, status=error_status)
    if fault.kind is Kind.MISSING:
        return web.Response(status=404, text="<html>Not found</html>", content_type="text/html")
    return _close_connection(request)


def recorded(fault: Fault) -> str:
    """Return what the record says of a call that met `fault`."""
    return RECORDED.get(fault.kind, fault.error)


def _close_connection(request: web.Request) -> web.Response:
    """Close the connection that a request came on; the response never leaves."""
    if request.transport is not None:
        request.transport.close()
    return web.Response()


def limited(retry_after: int) -> web.Response:
    """Return Slack's answer to too many calls."""
    headers = {"Retry-After": str(retry_after)}
    answer = {"ok": False, "error": LIMITED}
    return web.json_response(answer, status=HTTPStatus.TOO_MANY_REQUESTS, headers=headers)
