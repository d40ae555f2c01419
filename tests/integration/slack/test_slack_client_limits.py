"""Each call is counted once, and what Slack's refusals ask for is heard, whoever made the call."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import aiohttp
import pytest

from bot.errors import SlackUnavailable
from bot.slack.web.client import Place, SlackClient, web_client
from tests.integration.slack.desk import ANA, METADATA, OPS, PAYLOAD, saying

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.slack import SlackSandbox


@dataclass
class Heard:
    """What a client tells of its calls."""

    counted: list[str] = field(default_factory=list)
    held: dict[str, float] = field(default_factory=dict)

    def count(self, method: str) -> None:
        """Note a call."""
        self.counted.append(method)

    def hold(self, method: str, seconds: float) -> None:
        """Note what Slack asked for."""
        self.held[method] = seconds


@pytest.fixture
def heard() -> Heard:
    """Listen to a client."""
    return Heard()


@pytest.fixture
async def told(slack: SlackSandbox, heard: Heard) -> AsyncIterator[SlackClient]:
    """A client that tells of its calls."""
    async with aiohttp.ClientSession() as session:
        yield SlackClient(web_client(slack.bot_token, session, slack.api_url), limits=heard)


async def test_calls_that_nobody_paces_are_counted(told: SlackClient, heard: Heard) -> None:
    """Answers, look-ups and deletions; a post, an edit or a search had its turn, and is not."""
    place = await told.post(saying("a card"), None, METADATA)
    await told.update(place, saying("edited"), METADATA)
    await told.find(saying("edited"), None, PAYLOAD, datetime(2026, 1, 1, tzinfo=UTC))
    assert heard.counted == []
    await told.ephemeral(OPS, ANA, "Noted", ())
    await told.tell(ANA, "Noted", ())
    await told.delete(place)
    assert heard.counted == ["chat.postEphemeral", "chat.postMessage", "chat.delete"]


async def test_what_slack_asks_for_is_heard(
    slack: SlackSandbox, told: SlackClient, heard: Heard
) -> None:
    """A 429 to an answer holds its method, as one to a card does."""
    slack.faults.rate_limit("chat.postEphemeral", retry_after=30)
    with pytest.raises(SlackUnavailable):
        await told.ephemeral(OPS, ANA, "Noted", ())
    slack.faults.rate_limit("chat.update", retry_after=7)
    with pytest.raises(SlackUnavailable):
        await told.update(Place(OPS, "1.0"), saying("edited"), METADATA)
    assert heard.held == {"chat.postEphemeral": 30, "chat.update": 7}


async def test_a_thread_is_searched_by_another_method(
    slack: SlackSandbox, told: SlackClient, heard: Heard
) -> None:
    """The method that is held is the one that was called."""
    place = await told.post(saying("a card"), None, METADATA)
    slack.faults.rate_limit("conversations.replies", retry_after=9)
    with pytest.raises(SlackUnavailable):
        await told.find(saying("x"), place.ts, PAYLOAD, datetime(2026, 1, 1, tzinfo=UTC))
    assert heard.held == {"conversations.replies": 9}
