"""Activation codes as a provider gives them: each eSIM has its own, and they can behave badly."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
import string
import struct
import zlib
from collections import deque
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import quote

from sandbox.provider.gate import Gate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sandbox.provider.answer import Json
    from sandbox.provider.changes import Changes

Behaviour = Literal[
    "as_they_are",
    "installed",
    "not_ready",
    "gone",
    "confirmation",
    "told_confirmation",
    "down",
    "slow",
]
"""What becomes of a code that is asked for.

`confirmation`: the phone asks for a confirmation code besides, which the provider does not tell;
`told_confirmation`: it tells it. `down`: no answer; `slow`: one that takes its time.
"""
SLOW_SECONDS: Final = 6.0
"""How long a slow code takes: longer than a person waits without a word."""
_OID: Final = "1.3.6.1.4.1.99999.7"
_OID_EVERY: Final = 3
_LETTERS: Final = string.ascii_uppercase + string.digits
_PICTURE_SIDE: Final = 41
"""Modules of a side: a QR code of version 6 has so many."""


def _matching_id() -> str:
    """Five groups of letters and digits, with hyphens."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(5))


def _digits() -> str:
    """Eight digits; the first one is a 9, so that no day and no year looks like them."""
    return f"9{secrets.randbelow(10**7):07d}"


@dataclass(frozen=True)
class Code:
    """What installs one eSIM (SGP.22, 4.1), and what its SIM asks for later."""

    host: str
    oid: str = ""
    matching_id: str = field(default_factory=_matching_id)
    confirmation: str = field(default_factory=_digits)
    """What a phone asks for besides, where the text says so; it is never in the text."""
    pins: tuple[str, str, str, str] = field(
        default_factory=lambda: (_digits(), _digits(), _digits(), _digits())
    )
    """PIN 1 and 2, PUK 1 and 2."""

    @property
    def text(self) -> str:
        """The whole, as a QR code has it: `LPA:1$host$matching id`, some with an OID."""
        return f"LPA:1${self.host}${self.matching_id}{f'${self.oid}' if self.oid else ''}"

    @property
    def asking(self) -> str:
        """The same, for a phone that shall ask for the confirmation code."""
        return f"LPA:1${self.host}${self.matching_id}${self.oid}$1"

    @property
    def bare(self) -> str:
        """The text without `LPA:`."""
        return self.text.removeprefix("LPA:")

    @property
    def iphone_link(self) -> str:
        """The link that an iPhone installs it by."""
        return _link("apple", self.text)

    @property
    def android_link(self) -> str:
        """The link that some Android phones install it by."""
        return _link("android", self.text)

    @cached_property
    def picture(self) -> str:
        """A picture in place of the QR code: a PNG in base64, over 1,000 characters."""
        seed = hashlib.sha256(self.text.encode()).digest()
        width = _PICTURE_SIDE * 3
        noise = hashlib.shake_256(seed).digest(width * _PICTURE_SIDE)
        rows = (noise[at : at + width] for at in range(0, len(noise), width))
        header = struct.pack(">IIBBBBB", _PICTURE_SIDE, _PICTURE_SIDE, 8, 2, 0, 0, 0)
        pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
        chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")
        return base64.b64encode(b"\x89PNG\r\n\x1a\n" + chunks).decode()

    @property
    def pin_puk(self) -> dict[str, str]:
        """The numbers of the SIM, by their names at Telnyx."""
        return dict(zip(("pin1", "pin2", "puk1", "puk2"), self.pins, strict=True))

    @property
    def spilt(self) -> Json:
        """Its secrets as no page documents them, in every form that they can have."""
        return {
            "activation_code": self.text,
            "lpa": self.bare,
            "matching_id": self.matching_id,
            "confirmation_code": self.confirmation,
            "qr_code": self.picture,
            "qr_code_url": f"data:image/png;base64,{self.picture}",
            "esim": {"install_url": self.iphone_link, "codes": [self.android_link, self.asking]},
            "notes": f"Scan {self.bare} on the phone, PIN {self.pins[0]}.",
            "pin_puk_codes": self.pin_puk,
        }

    @property
    def secrets(self) -> frozenset[str]:
        """Every value that nobody but its owner may see."""
        return frozenset(
            {self.text, self.asking, self.matching_id, self.picture, self.confirmation, *self.pins}
        )


class Codes:
    """The codes of one account: those it made, those that were asked for, how they behave."""

    def __init__(
        self,
        host: str,
        changes: Changes,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.slow_seconds = SLOW_SECONDS
        self.asked: list[str] = []
        """The ICCIDs of the codes that were asked for, in order; refused ones too."""
        self.most_at_once = 0
        """How many codes were asked for at the same time, at most."""
        self._host, self._changes, self._sleep = host, changes, sleep
        self._made: list[Code] = []
        self._all: Behaviour = "as_they_are"
        self._some: dict[str, Behaviour] = {}
        self._gates: deque[Gate] = deque()
        self._under_way = 0

    def new(self) -> Code:
        """Make the code of one more eSIM; each third has an OID."""
        oid = "" if (len(self._made) + 1) % _OID_EVERY else _OID
        self._made.append(Code(self._host, oid))
        return self._made[-1]

    def become(self, behaviour: Behaviour, *iccids: str) -> None:
        """Let codes behave so from now on: those of these eSIMs, or every one.

        `become("as_they_are")` ends all of it.
        """
        if iccids:
            self._some |= dict.fromkeys(iccids, behaviour)
        else:
            self._all = behaviour
            self._some = {} if behaviour == "as_they_are" else self._some
        self._changes.announce()

    def of(self, iccid: str) -> Behaviour:
        """How the code of an eSIM behaves now."""
        return self._some.get(iccid, self._all)

    def hold(self) -> Gate:
        """Return a gate that the next code that is asked for waits at."""
        self._gates.append(Gate())
        return self._gates[-1]

    async def ask(self, iccid: str) -> Behaviour:
        """Note that a code is asked for; wait while it is held or slow; how it behaves."""
        self.asked.append(iccid)
        self._under_way += 1
        self.most_at_once = max(self.most_at_once, self._under_way)
        self._changes.announce()
        try:
            if self._gates:
                await self._gates.popleft().wait()
            if self.of(iccid) == "slow":
                await self._sleep(self.slow_seconds)
            return self.of(iccid)
        finally:
            self._under_way -= 1

    def issued(self) -> frozenset[str]:
        """Every secret of every eSIM that there ever was, whether anybody asked for it or not."""
        return frozenset(secret for code in self._made for secret in code.secrets)


def _link(system: str, text: str) -> str:
    """Return the link that a phone of this system opens."""
    return (
        f"https://esimsetup.{system}.com/esim_qrcode_provisioning?carddata={quote(text, safe='')}"
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    """Return a chunk of a PNG file."""
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))
