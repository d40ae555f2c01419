"""What gives codes, on a workspace on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.slack.activation.giving import CodeMessages

if TYPE_CHECKING:
    from bot.slack.web.client import SlackClient
    from tests.support.clock import ManualClock


@pytest.fixture
def giver(client: SlackClient, clock: ManualClock) -> CodeMessages:
    """Give codes as the wiring does."""
    return CodeMessages(client, clock)
