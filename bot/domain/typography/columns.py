"""Characters as people count them, and the columns that a fixed-width font gives to them."""

from itertools import pairwise
from unicodedata import category, east_asian_width

_JOINER = "\u200d"
_AS_EMOJI = "\ufe0f"


def clusters(text: str) -> list[str]:
    """What people count as one character each: a letter with its marks, a whole emoji."""
    if text.isascii():
        return list(text)
    found: list[str] = []
    flag = False  # whether the last cluster is one half of a flag
    starts: list[int] = [0] if text else []
    for place, (before, character) in enumerate(pairwise(text), start=1):
        flag = _is_flag_half(before) and not flag
        if not (_continues(character) or before == _JOINER or (flag and _is_flag_half(character))):
            starts.append(place)
    for start, end in pairwise([*starts, len(text)]):
        found.append(text[start:end])
    return found


def length(text: str) -> int:
    """Characters as people count them."""
    return len(clusters(text))


def width(cluster: str) -> int:
    """Columns of one of those characters."""
    if cluster.isascii():
        return len(cluster)
    wide = east_asian_width(cluster[0]) in "WF" or _AS_EMOJI in cluster
    if wide or _is_flag_half(cluster[0]):
        return 2
    return sum(category(character) not in {"Mn", "Me", "Cf"} for character in cluster)


def clipped(text: str, columns: int) -> str:
    """As much of the text as fits into so many columns, with `…` where some is left out."""
    shown, used = [], 0
    for cluster in clusters(text[: columns * 40]):
        used += width(cluster)
        shown.append((cluster, used))
    if used <= columns:
        return text
    return "".join(cluster for cluster, end in shown if end < columns) + "…"


def _continues(character: str) -> bool:
    """Whether it belongs to the character before it."""
    return (
        category(character)[0] == "M"
        or character in {_JOINER, "\u200c"}
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or "\U000e0020" <= character <= "\U000e007f"
    )


def _is_flag_half(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
