"""What an operator writes into the settings, and what they are told of it."""

from __future__ import annotations

import textwrap

import pytest

from bot.errors import SettingsError
from bot.settings import load_settings

NEEDED = {
    "SLACK_BOT_TOKEN": "xoxb-bot-secret",
    "SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef",
    "TELNYX_API_KEY": "KEY-telnyx-secret",
}
"""As little as the bot starts with."""


def what_is_wrong() -> str:
    """What the operator reads when the bot does not start."""
    with pytest.raises(SettingsError) as caught:
        load_settings()
    return str(caught.value)


def folded(told: str) -> str:
    """The message with its lines folded to fit into a test."""
    lines = (textwrap.wrap(line, 92, drop_whitespace=False) for line in told.splitlines())
    return "".join(f"{part.rstrip()}\n" for parts in lines for part in parts)
