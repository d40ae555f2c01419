"""eSIMs: their profile, what became of it, and the device that it is in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.celitech.state.destinations import Destination
    from sandbox.provider.codes import Code


@dataclass
class Esim:
    """One eSIM; `destination` is where its packages are for."""

    iccid: str
    destination: Destination
    made_at: float
    code: Code
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
    def matching_id(self) -> str:
        """Which profile it is at the server that hands it out."""
        return self.code.matching_id

    def become(self, status: str, at: float) -> None:
        """Change the status, and note it in the history."""
        self.status = status
        self.history.append((status, at))

    def picture(self) -> str:
        """Return a picture in place of the QR code: a PNG in base64, over 1,000 characters."""
        return self.code.picture
