"""The provider Telnyx."""

from bot.clock import Clock
from bot.providers.limits import CallLimits
from bot.providers.telnyx.form import Prices, form
from bot.providers.telnyx.provider import Telnyx
from bot.settings import Settings

__all__ = ["CallLimits", "Prices", "Telnyx", "form", "made"]


def made(settings: Settings, clock: Clock) -> Telnyx:
    """As it is set. Raises SettingsError for a key, address or proxy of no use."""
    return Telnyx(
        settings.telnyx_api_key or "",
        clock,
        base_url=settings.telnyx_api_url,
        limits=CallLimits(looks_per_minute=settings.esim_lookups_per_minute),
        sold=form(settings.esim_default_status),
        prices=Prices(
            esim_cents=settings.esim_price_cents,
            enabled_monthly_cents=settings.esim_enabled_monthly_cents,
            idle_monthly_cents=settings.esim_idle_monthly_cents,
            currency=settings.esim_currency,
        ),
    )
