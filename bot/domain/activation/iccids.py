"""ICCIDs as people write them: in groups, with a padding `F`, with or without the check digit."""

import re
from typing import Final

_SEPARATORS: Final = str.maketrans("", "", " -\u00a0\u2009\u202f.·")
_WRITTEN: Final = re.compile(r"(?P<digits>[0-9]{18,22})[Ff]?", re.ASCII)


def plain_iccid(text: str) -> str | None:
    """The digits of an ICCID (18 to 22); None for anything else. No check digit is asked for."""
    found = _WRITTEN.fullmatch(text.strip().translate(_SEPARATORS))
    return found["digits"] if found else None


def spellings(iccid: str) -> tuple[str, ...]:
    """The same ICCID as others may write it: without its last digit, or with one more."""
    shorter = (iccid[:-1],) if len(iccid) > 18 else ()  # noqa: PLR2004 - the shortest one
    longer = tuple(f"{iccid}{digit}" for digit in range(10)) if len(iccid) < 22 else ()  # noqa: PLR2004 - the longest one
    return (iccid, *shorter, *longer)
