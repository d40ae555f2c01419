"""How far a call that spends money has come, and the fence before its first bytes."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from bot.providers.base import Fence

_HEAD: Final = ".send_request_headers.started"
_BODY: Final = ".send_request_body.started"
_PUNCTUAL: Final = 1.0
"""Seconds by which a wait may end late; later, the process was frozen meanwhile."""


class TooLate(Exception):
    """The fence had closed before the call was sent as a whole."""


class Sending:
    """Watches one call by httpx's trace events, and stops it at the fence.

    The fence is looked at before the first byte of the head and of the body: a process that is
    frozen before or between them sends nothing more when it wakes. A head without its body is a
    request that no server can carry out: the JSON with what is to be bought is missing.
    """

    def __init__(self, fence: Fence, limit: asyncio.Timeout, patience: float) -> None:
        """`limit` ends the whole call; `patience` is how long it may take once it is sent."""
        self._fence = fence
        self._limit = limit
        self._patience = patience
        self._watched = False
        self._left = False

    @property
    def cannot_have_left(self) -> bool:
        """Whether the events show that the body was not begun; without any event: False."""
        return self._watched and not self._left

    @property
    def has_left(self) -> bool:
        """Whether the body was begun, so that the call may be carried out."""
        return self._left

    @property
    def was_frozen(self) -> bool:
        """Whether the fence closed so long ago that no wait of ours can be the cause."""
        return self._fence.remaining < -_PUNCTUAL

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Hear of one event of the connection. Raises TooLate in place of sending late.

        A proxy's tunnel is opened by a request of its own (CONNECT), with the same events.
        """
        self._watched = True
        if not event.endswith((_HEAD, _BODY)):
            return
        if self._fence.remaining <= 0:
            raise TooLate
        if info["request"].method == b"CONNECT":
            return
        if event.endswith(_BODY):
            self._left = True
        else:
            self._limit.reschedule(asyncio.get_running_loop().time() + self._patience)
