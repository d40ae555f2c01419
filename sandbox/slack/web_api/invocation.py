"""One call of a method, with what it may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.slack.dispatch.socket_mode import SocketMode
    from sandbox.slack.web_api.arguments import Arguments
    from sandbox.slack.web_api.pace import Pace
    from sandbox.slack.workspace.workspace import Workspace


@dataclass(frozen=True)
class Invocation:
    """A call that was let in. `origin` is the sandbox's own address, like http://127.0.0.1:80."""

    workspace: Workspace
    arguments: Arguments
    origin: str
    sockets: SocketMode
    pace: Pace


@dataclass(frozen=True)
class Call:
    """A call of the Web API that came in, for the record.

    `arguments` leave the token out; `at` is a Unix time in seconds; `ok` is what the caller was
    told, and `error` Slack's name for what was wrong: ratelimited for a 429, connection_closed
    for a call that came to nothing, answer_dropped for one that was carried out unanswered.
    """

    method: str
    arguments: dict[str, Any]
    at: float
    ok: bool
    error: str | None
