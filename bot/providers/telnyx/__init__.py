"""Telnyx as the one who sells."""

from bot.providers.limits import CallLimits
from bot.providers.telnyx.client import Telnyx
from bot.providers.telnyx.form import Prices, form

__all__ = ["CallLimits", "Prices", "Telnyx", "form"]
