"""Celitech: eSIMs with data for countries and regions."""

from bot.clock import Clock
from bot.providers.celitech.form import NAME, form
from bot.providers.celitech.provider import Celitech
from bot.providers.limits import CallLimits
from bot.settings import Settings

__all__ = ["NAME", "Celitech", "form", "made"]


def made(settings: Settings, clock: Clock) -> Celitech:
    """As it is set. Raises SettingsError for an id, a secret, an address or a proxy of no use."""
    return Celitech(
        settings.celitech_client_id or "",
        settings.celitech_client_secret or "",
        clock,
        api_url=settings.celitech_api_url,
        auth_url=settings.celitech_auth_url,
        limits=CallLimits(looks_per_minute=settings.esim_lookups_per_minute),
        emails=settings.celitech_emails,
    )
