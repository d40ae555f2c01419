"""Idempotency keys: what was answered under each, as Celitech's models describe it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sandbox.celitech.errors import BAD_REQUEST, CONFLICT, UNPROCESSABLE, Refusal
from sandbox.provider.answer import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

LIFE_SECONDS: Final = 3 * 86_400.0
LONGEST: Final = 255
REPLAYED: Final = "Idempotent-Replayed"


@dataclass
class _Use:
    """How a key was used first; without an answer that request is still running."""

    at: float
    path: str
    raw: bytes
    answer: Answer | None = None


class KeyStore:
    """Gives the first answer again; only answers of 2xx are kept, for three days."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.is_honoured = True
        """False: keys mean nothing, as on servers before them."""
        self._now = now
        self._uses: dict[str, _Use] = {}

    def begin(self, key: str | None, path: str, raw: bytes) -> Answer | None:
        """Return the first answer under the key, or None to run; the key is then in use.

        Raises Refusal: 400 for what is no key, 409 while the first request runs, 422 for a key
        that was used for another request.
        """
        if key is None or not self.is_honoured:
            return None
        _check(key)
        known = self._uses.get(key)
        if known is None or self._now() - known.at > LIFE_SECONDS:
            self._uses[key] = _Use(self._now(), path, raw)
            return None
        if (known.path, known.raw) != (path, raw):
            raise Refusal(UNPROCESSABLE, "Idempotency-Key was already used with another request.")
        if known.answer is None:
            raise Refusal(CONFLICT, "A request with this Idempotency-Key is still running.")
        return Answer(
            known.answer.status, known.answer.body, {**known.answer.headers, REPLAYED: "true"}
        )

    def finish(self, key: str | None, answer: Answer | None) -> None:
        """End the request that `begin()` let run; None or a failure frees the key."""
        use = self._uses.get(key or "")
        if use is None:
            return
        if answer is not None and answer.is_success:
            use.answer = answer
        else:
            del self._uses[key or ""]


def _check(key: str) -> None:
    """Raise Refusal for what is no key: 1 to 255 signs of printable ASCII without spaces."""
    if not 1 <= len(key) <= LONGEST or not all("!" <= sign <= "~" for sign in key):
        raise Refusal(BAD_REQUEST, "Idempotency-Key must be 1-255 printable ASCII characters.")
