"""What can be set: read from the environment and a file, checked, and explained when wrong."""

from bot.settings.addresses import AdminAddress
from bot.settings.hints import HOW_TO_GET
from bot.settings.loading import GROUP, load_settings, settings_of, warnings_of, written
from bot.settings.model import CELITECH_API, CELITECH_AUTH, SLACK_API, TELNYX_API, Settings

__all__ = [
    "CELITECH_API",
    "CELITECH_AUTH",
    "GROUP",
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
