"""Whether a request comes from Slack: its signature is checked before its body is parsed."""

import hmac
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from multidict import CIMultiDictProxy

from bot.slack.listening import Refused

LIFE: Final = 300
"""Seconds for which a signature is valid, as Slack says."""
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)


class NotProvenError(Exception):
    """The request is refused; `skew`: seconds by which its time differs from ours."""

    def __init__(self, reason: Refused, skew: float = 0) -> None:
        self.reason = reason
        self.skew = skew
        super().__init__(reason)


@dataclass(frozen=True)
class Claim:
    """What a request says of itself: when it was signed, and the signature."""

    timestamp: str
    signature: str


class Proof:
    """Checks signatures, by the machine's own clock: Slack signs by its own."""

    def __init__(self, secret: str, now: Callable[[], float] = time.time) -> None:
        self._secret = secret.encode()
        self._now = now

    @staticmethod
    def claim(headers: CIMultiDictProxy[str]) -> Claim:
        """The claim in the headers. Raises NotProvenError for headers that Slack never sends."""
        stamps = headers.getall("X-Slack-Request-Timestamp", [])
        signatures = headers.getall("X-Slack-Signature", [])
        if len(stamps) != 1 or len(signatures) != 1:
            raise NotProvenError(Refused.UNSIGNED)
        if not _TIMESTAMP.fullmatch(stamps[0]) or not _SIGNATURE.fullmatch(signatures[0]):
            raise NotProvenError(Refused.UNSIGNED)
        return Claim(stamps[0], signatures[0])

    def check(self, claim: Claim, body: bytes) -> None:
        """Check that Slack signed these bytes just now. Raises NotProvenError."""
        skew = self._now() - int(claim.timestamp)
        fits = hmac.compare_digest(self._signature(claim.timestamp, body), claim.signature)
        if abs(skew) > LIFE:
            raise NotProvenError(Refused.CLOCK if fits else Refused.OLD, skew)
        if not fits:
            raise NotProvenError(Refused.SIGNATURE)

    def _signature(self, timestamp: str, body: bytes) -> str:
        signed = b":".join((b"v0", timestamp.encode(), body))
        return f"v0={hmac.digest(self._secret, signed, 'sha256').hex()}"
