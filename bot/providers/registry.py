"""Makes each provider from the settings."""

from bot.clock import Clock
from bot.providers.base import Providers
from bot.providers.telnyx import CallLimits, Prices, Telnyx, form
from bot.settings import Settings


def providers_of(settings: Settings, clock: Clock) -> Providers:
    """The configured providers. Raises SettingsError for a key, address or proxy of no use."""
    telnyx = Telnyx(
        settings.telnyx_api_key,
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
    return {telnyx.name: telnyx}
