"""The provider Telnyx."""

from bot.providers.limits import CallLimits
from bot.providers.telnyx.form import Prices, form
from bot.providers.telnyx.provider import Telnyx

__all__ = ["CallLimits", "Prices", "Telnyx", "form"]
