"""ICCIDs that no other SIM card of this machine has."""

from __future__ import annotations

import secrets


def luhn_digit(digits: str) -> str:
    """Return the check digit that ITU-T E.118 puts at the end of an ICCID."""
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits))]
    total = sum(number // 10 + number % 10 for number in doubled)
    return str(-total % 10)


class IccidBlock:
    """Hands out ICCIDs; `issuer` are the seven digits that they begin with."""

    def __init__(self, issuer: str) -> None:
        # A random block, so that the ICCIDs of two sandboxes differ too.
        self._begin = f"{issuer}{secrets.randbelow(10**6):06d}"
        self.used = 0

    def next(self) -> str:
        """Return one more ICCID of 20 digits."""
        self.used += 1
        body = f"{self._begin}{self.used:06d}"
        return body + luhn_digit(body)
