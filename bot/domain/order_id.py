"""Order ids: eight characters of Crockford's base 32, made to be read aloud and typed."""

import re

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: without I, L, O and U."""
LENGTH = 8
_READ_AS = str.maketrans("OIL", "011")
_WRITTEN = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")


def order_id_of(number: int) -> str:
    """The id for a random number below 2**40."""
    digits = [(number >> shift) & 31 for shift in range(5 * (LENGTH - 1), -1, -5)]
    return "".join(ALPHABET[digit] for digit in digits)


def read_order_id(text: str) -> str | None:
    """The id that somebody meant by this text: any case, O for 0, I and L for 1."""
    meant = text.strip("`#").upper().translate(_READ_AS)
    return meant if _WRITTEN.fullmatch(meant) else None
