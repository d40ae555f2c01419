"""The QR code of an activation code: drawn here, for one person, and kept nowhere."""

import io
import time
from typing import TYPE_CHECKING, Final

from bot.domain.activation.code import ActivationCode

if TYPE_CHECKING:
    from segno import QRCode

_QUIET: Final = 4
"""Modules of white around it, without which phones don't find it (ISO/IEC 18004)."""
_SCALE: Final = 10
"""Pixels of a module: some 490 in all for a usual code, so that a screen can be scanned."""

_PAUSE: Final = 0.0005
"""Seconds of sleep after a drawing, which takes some eight milliseconds."""


def png(code: ActivationCode) -> bytes:
    """A picture to scan from a screen; b"" for a code that is too long for any QR code."""
    drawn, content = _drawn(code), io.BytesIO()
    if drawn is not None:
        drawn.save(content, kind="png", scale=_SCALE, border=_QUIET)
    return content.getvalue()


def svg(code: ActivationCode) -> str:
    """A drawing to print, as large as its place on the page; "" for a code that is too long."""
    drawn = _drawn(code)
    if drawn is None:
        return ""
    text: str = drawn.svg_inline(border=_QUIET, omitsize=True, svgclass=None, lineclass=None)
    return text


def _drawn(code: ActivationCode) -> "QRCode | None":
    """In bytes, since the address of a server has small letters; level M of correction.

    To be called in a thread, which gives the interpreter away after each drawing: the loop goes on.
    """
    import segno  # noqa: PLC0415 - only a hand-out needs it

    try:
        drawn = segno.make_qr(code.text, mode="byte", error="m", boost_error=False)
    except segno.DataOverflowError:
        return None
    time.sleep(_PAUSE)
    return drawn
