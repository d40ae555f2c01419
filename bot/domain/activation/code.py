"""An activation code: the text by which a phone downloads an eSIM. Whoever holds it can take it.

It never shows itself: its `repr` is hidden, and no error about it holds a part of it.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from urllib.parse import quote

from bot.errors import EsimBotError

_PREFIX: Final = "LPA:"
"""What a QR code has before the code itself (SGP.22, 4.1)."""
_VERSION: Final = "1"
"""The one format of activation codes that there is."""
_HOST: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d{1,5})?", re.ASCII)
_IPHONE: Final = "https://esimsetup.apple.com/esim_qrcode_provisioning?carddata="
"""Takes the whole text; iOS 17.4 and later (Airalo's documentation)."""
_ANDROID: Final = "https://esimsetup.android.com/esim_qrcode_provisioning?carddata="
"""Works on some phones only: used by eSIM Go and Celitech; Google has no page about it."""


class WhyNoCode(StrEnum):
    """Why there is no activation code of an eSIM."""

    INSTALLED = "installed"
    """It is on a phone already: a code works once."""
    NOT_READY = "not_ready"
    """The provider still registers it."""
    GONE = "gone"
    """The provider has ended it, or has it no more."""
    NOT_KNOWN = "not_known"
    """The provider knows no eSIM with this ICCID."""
    NONE = "none"
    """The provider can give no code of this one: a physical SIM card, say."""
    UNREADABLE = "unreadable"
    """The provider's answer holds no activation code that could be read."""
    PROVIDER_DOWN = "provider_down"
    """The provider could not be asked."""


class CodeNotGiven(EsimBotError):
    """The provider gives no activation code of this eSIM."""

    def __init__(self, why: WhyNoCode, detail: str = "") -> None:
        """`detail`: the provider's own words, cleaned; never a part of a code."""
        super().__init__(why)
        self.why = why
        self.detail = detail


class UnreadableCode(ValueError):
    """A text that is no activation code; it does not say what the text was."""


@dataclass(frozen=True, repr=False)
class ActivationCode:
    """What a phone needs. The text goes on as it came, but for its prefix."""

    text: str
    """The whole, as a QR code has it: `LPA:1$host$matching id`."""
    confirmation: str = ""
    """What the phone asks for besides, where the provider tells it; it is never in the text."""
    host: str = field(init=False)
    """Address of the server that has the eSIM (SM-DP+)."""
    matching_id: str = field(init=False)
    """Which eSIM it is there; "" where the server knows that from the phone."""
    needs_confirmation: bool = field(init=False)
    """Whether the phone asks for a confirmation code."""

    def __post_init__(self) -> None:
        """Raises UnreadableCode for a text that is no activation code."""
        text = "".join(self.text.split())
        bare = text[len(_PREFIX) :] if text[: len(_PREFIX)].upper() == _PREFIX else text
        parts = bare.split("$")
        if len(parts) < 3 or parts[0] != _VERSION or not _HOST.fullmatch(parts[1]):  # noqa: PLR2004
            raise UnreadableCode
        if not bare.isascii() or not bare.isprintable():
            raise UnreadableCode
        flag = parts[4] if len(parts) > 4 else ""  # noqa: PLR2004 - version, host, id, OID, flag
        for name, value in {
            "text": _PREFIX + bare,
            "confirmation": self.confirmation.strip(),
            "host": parts[1],
            "matching_id": parts[2],
            "needs_confirmation": flag == _VERSION or bool(self.confirmation.strip()),
        }.items():
            object.__setattr__(self, name, value)

    @classmethod
    def of(cls, host: str, matching_id: str, confirmation: str = "") -> "ActivationCode":
        """From its parts. Raises UnreadableCode where one of them can't be one."""
        if "$" in host or "$" in matching_id or not host:
            raise UnreadableCode
        return cls(f"{_PREFIX}{_VERSION}${host}${matching_id}", confirmation)

    @property
    def iphone_link(self) -> str:
        """Opened on the iPhone that shall take the eSIM; iOS 17.4 and later."""
        return _IPHONE + quote(self.text, safe="")

    @property
    def android_link(self) -> str:
        """The same for Android; it works on some phones only."""
        return _ANDROID + quote(self.text, safe="")

    def __repr__(self) -> str:
        """Hidden, also in logs and tracebacks."""
        return "ActivationCode(hidden)"
