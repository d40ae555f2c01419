"""What can be set: read from the environment and a file, checked, and explained when wrong."""

from bot.settings.addresses import AdminAddress
from bot.settings.hints import HOW_TO_GET
from bot.settings.loading import load_settings, settings_of, warnings_of, written
from bot.settings.model import SLACK_API, TELNYX_API, Settings

__all__ = [
    "HOW_TO_GET",
    "SLACK_API",
    "TELNYX_API",
    "AdminAddress",
    "Settings",
    "load_settings",
    "settings_of",
    "warnings_of",
    "written",
]
