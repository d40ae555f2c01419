"""The limit of each method in a workspace: what the client sees, and what is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import RateLimit, SlackSandbox, Usage
from sandbox.slack.methods import METHODS
from sandbox.slack.web_api.tiers import TIERS
from tests.sandbox.slack.calling import OPS, refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.sandbox.slack.calling import Watch


@pytest.fixture
async def slack(watch: Watch) -> AsyncIterator[SlackSandbox]:
    """Start a workspace with all its limits, as a user's."""
    sandbox = await SlackSandbox.start(now=lambda: watch.now)
    yield sandbox
    await sandbox.stop()


async def look(client: AsyncWebClient, count: int) -> None:
    """Ask for a channel so many times."""
    for _ in range(count):
        await client.conversations_info(channel=OPS)


async def test_a_minutes_calls(slack: SlackSandbox, client: AsyncWebClient, watch: Watch) -> None:
    """Fifty calls of tier 3 at once; then 429, with the whole seconds until the next one."""
    await look(client, 50)
    with pytest.raises(SlackApiError) as caught:
        await client.conversations_info(channel=OPS)
    answer = caught.value.response
    assert (answer.status_code, answer["error"]) == (429, "ratelimited")
    assert answer.headers["Retry-After"] == "2"
    watch.now += 1.2
    await look(client, 1)
    assert await refusal(client.conversations_info(channel=OPS)) == "ratelimited"
    watch.now += 60
    await look(client, 50)
    assert slack.calls[-1].ok


async def test_a_method_alone(client: AsyncWebClient) -> None:
    """What is refused is that method; others go on."""
    await look(client, 50)
    assert await refusal(client.conversations_info(channel=OPS)) == "ratelimited"
    await client.conversations_history(channel=OPS)
    await client.chat_postMessage(channel=OPS, text="x")


async def test_calls_that_are_refused_otherwise_count(client: AsyncWebClient) -> None:
    """A call for a channel that there is not is a call; one without a good token is none."""
    for _ in range(50):
        assert await refusal(client.conversations_info(channel="C0NONE")) == "channel_not_found"
    wrong = AsyncWebClient("xoxb-wrong", base_url=client.base_url)
    assert await refusal(wrong.conversations_info(channel=OPS)) == "invalid_auth"
    assert await refusal(client.conversations_info(channel=OPS)) == "ratelimited"


async def test_what_is_counted(slack: SlackSandbox, client: AsyncWebClient, watch: Watch) -> None:
    """Calls of the last minute, the limit, and refusals of all time, by method."""
    await look(client, 50)
    await refusal(client.conversations_info(channel=OPS))
    await client.auth_test()
    assert slack.pace.usage() == [
        Usage("auth.test", 1, 600, 0),
        Usage("conversations.info", 51, 50, 1),
    ]
    watch.now += 60
    assert slack.pace.usage() == [
        Usage("auth.test", 0, 600, 0),
        Usage("conversations.info", 0, 50, 1),
    ]


async def test_a_part_of_the_limits(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """A tenth is a tenth of each method's calls, also in the answer's seconds."""
    slack.pace.part = 0.1
    await look(client, 5)
    with pytest.raises(SlackApiError) as caught:
        await client.conversations_info(channel=OPS)
    assert caught.value.response.headers["Retry-After"] == "12"
    slack.pace.part = 1.0
    assert slack.pace.usage()[0].limit == 50


@pytest.mark.parametrize("limits", [None, RateLimit(tiers=False)])
async def test_without_tiers(watch: Watch, limits: RateLimit | None) -> None:
    """Who needs no limits says so; calls are counted all the same."""
    slack = await SlackSandbox.start(now=lambda: watch.now, rate_limits=limits)
    client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    await look(client, 101)
    assert slack.pace.usage() == [Usage("conversations.info", 101, None, 0)]
    await slack.stop()


def test_every_method_has_its_tier() -> None:
    """A new method is given one, but for the one whose limit Slack does not tell."""
    assert set(METHODS) - set(TIERS) == {"blocks.validate"}
    assert set(TIERS) <= set(METHODS)
