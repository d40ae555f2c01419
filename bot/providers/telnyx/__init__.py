"""Telnyx as the one who sells."""

from bot.providers.telnyx.client import Telnyx
from bot.providers.telnyx.form import Prices, form
from bot.providers.waiting import Patience

__all__ = ["Patience", "Prices", "Telnyx", "form"]
