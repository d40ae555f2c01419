"""eSIMs: their profile, what became of it, and the device that it is in."""

from __future__ import annotations

import base64
import hashlib
import secrets
import struct
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sandbox.celitech.state.destinations import Destination

SMDP: Final = "rsp.celitech.example"
"""The address of the server that hands the profile out."""
PICTURE_SIDE: Final = 41
"""Modules of a side: a QR code of version 6 has so many."""


@dataclass
class Esim:
    """One eSIM; `destination` is where its packages are for."""

    iccid: str
    destination: Destination
    made_at: float
    matching_id: str = field(default_factory=lambda: secrets.token_hex(16).upper())
    status: str = "RELEASED"
    """RELEASED, DOWNLOADED, INSTALLED, ENABLED, DELETED or ERROR."""
    is_connected: bool = True
    """False once it is suspended, for ever."""
    allows_top_up: bool = True
    device: dict[str, str] = field(default_factory=dict)
    history: list[tuple[str, float]] = field(default_factory=list)
    """Each status that it had, and since when (seconds since 1970)."""

    def __post_init__(self) -> None:
        self.history.append((self.status, self.made_at))

    @property
    def lpa(self) -> str:
        """The activation code of SGP.22, as a QR code would hold it."""
        return f"LPA:1${SMDP}${self.matching_id}"

    def become(self, status: str, at: float) -> None:
        """Change the status, and note it in the history."""
        self.status = status
        self.history.append((status, at))

    def picture(self) -> str:
        """Return a picture in place of the QR code: a PNG in base64, over 1,000 characters."""
        seed = hashlib.sha256(self.lpa.encode()).digest()
        width = PICTURE_SIDE * 3
        noise = hashlib.shake_256(seed).digest(width * PICTURE_SIDE)
        rows = b"".join(
            b"\0" + noise[at : at + width] for at in range(0, width * PICTURE_SIDE, width)
        )
        header = struct.pack(">IIBBBBB", PICTURE_SIDE, PICTURE_SIDE, 8, 2, 0, 0, 0)
        chunks = (
            _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")
        )
        return base64.b64encode(b"\x89PNG\r\n\x1a\n" + chunks).decode()


def _chunk(kind: bytes, content: bytes) -> bytes:
    """Return a chunk of a PNG file."""
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))
