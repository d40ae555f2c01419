"""A provider for esim-bot in a package of its own: the kiosk, which does not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.clock import Clock
    from esim_kiosk.provider import Kiosk

URL: Final = "https://kiosk.example/api"


def kiosk(environment: Mapping[str, str], clock: Clock) -> Kiosk | None:
    """The kiosk, by the settings KIOSK_KEY and KIOSK_URL; None without a key: it is off then.

    Raises SettingsError for a key or an address of no use.
    """
    key = environment.get("KIOSK_KEY", "")
    if not key:
        return None
    from esim_kiosk.provider import Kiosk  # noqa: PLC0415 - read only where it is set up

    return Kiosk(key, clock, url=environment.get("KIOSK_URL") or URL)
