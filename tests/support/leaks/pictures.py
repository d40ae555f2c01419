"""QR pictures: what each says, read by a decoder that is not ours."""

from collections.abc import Iterable
from functools import lru_cache
from io import BytesIO
from typing import Final

import zxingcpp
from PIL import Image

_REMEMBERED: Final = 5000
"""Pictures that are remembered: each costs some milliseconds, and is looked at again."""
SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"


class UnreadablePicture(AssertionError):
    """A picture in which nothing can be read: nobody knows what it shows."""


@lru_cache(_REMEMBERED)
def texts(png: bytes) -> frozenset[str]:
    """What the codes in a picture say. Raises UnreadablePicture where there is none."""
    try:
        read = zxingcpp.read_barcodes(Image.open(BytesIO(png)).convert("L"))
    except (OSError, ValueError, SyntaxError) as problem:
        raise UnreadablePicture(repr(problem)) from problem
    if not read:
        raise UnreadablePicture("no code is seen in it")
    return frozenset(each.text for each in read)


def margin(png: bytes) -> float:
    """How many modules wide its quiet zone is, at the left. Raises UnreadablePicture."""
    texts(png)
    dark = Image.open(BytesIO(png)).convert("L").point(lambda light: 255 * (light < 128))
    left, top, right, _ = dark.getbbox() or (0, 0, 0, 0)
    corner = [dark.getpixel((x, top)) for x in range(left, right)]
    return left / ([*corner, 0].index(0) / 7)  # the corner's pattern begins with seven dark ones


def code_shown(png: bytes, codes: Iterable[str]) -> str | None:
    """Which of these texts a picture shows; None for none of them. Raises UnreadablePicture."""
    seen = texts(png)
    return next((code for code in codes if code in seen), None)
