"""One post a second and channel, with a burst; by the workspace's clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import RateLimit, SlackSandbox
from tests.sandbox.slack.calling import NOON, OPS, refusal

if TYPE_CHECKING:
    from slack_sdk.http_retry.async_handler import AsyncRetryHandler

    from tests.sandbox.slack.calling import Watch

FLEET = "C0FLEET0000"


async def fill(client: AsyncWebClient, channel: str = OPS, count: int = 5) -> None:
    """Post as many messages as a channel takes at once."""
    for number in range(count):
        await client.chat_postMessage(channel=channel, text=str(number))


async def test_a_burst_and_then_one_a_second(
    slack: SlackSandbox, client: AsyncWebClient, watch: Watch
) -> None:
    """Five go at once; the sixth is a 429 that says when to come again, and is not stored."""
    await fill(client)
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=OPS, text="six")
    response = caught.value.response
    assert (response.status_code, response["error"]) == (429, "ratelimited")
    assert response.headers["Retry-After"] == "1"
    assert len(slack.messages("ops")) == 5
    assert (slack.calls[-1].ok, slack.calls[-1].error) == (False, "ratelimited")
    watch.now += 1
    await client.chat_postMessage(channel=OPS, text="six")
    assert await refusal(client.chat_postMessage(channel=OPS, text="seven")) == "ratelimited"


async def test_each_channel_by_itself(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """A channel that is full stops no other; a name and an id are one channel."""
    await fill(client)
    await fill(client, FLEET)
    await fill(client, slack.person("ana").id)
    for channel in ("#ops", FLEET, "D0ANA000000"):
        assert await refusal(client.chat_postMessage(channel=channel, text="x")) == "ratelimited"


async def test_only_posts_count(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """Updates and what one person sees are not held back."""
    await fill(client)
    (first, *_) = slack.messages("ops")
    for number in range(10):
        await client.chat_update(channel=OPS, ts=first.ts, text=str(number))
    await client.chat_postEphemeral(channel=OPS, user=slack.person("ana").id, text="psst")
    assert len(first.revisions) == 10


async def test_it_fills_up_again_and_not_further(client: AsyncWebClient, watch: Watch) -> None:
    """After a pause a channel takes a burst again, however long the pause was."""
    await fill(client)
    watch.now += 3_600
    await fill(client)
    assert await refusal(client.chat_postMessage(channel=OPS, text="x")) == "ratelimited"


async def test_a_clock_that_goes_back(client: AsyncWebClient, watch: Watch) -> None:
    """A clock that is set back takes nothing away from what a channel still takes."""
    await fill(client, count=4)
    watch.now -= 60
    await client.chat_postMessage(channel=OPS, text="x")


async def test_another_limit() -> None:
    """Rate and burst can be chosen, and the answer says how long to wait."""
    slack = await SlackSandbox.start(
        now=lambda: NOON, rate_limits=RateLimit(per_second=0.1, burst=1)
    )
    client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    await fill(client, count=1)
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=OPS, text="x")
    assert caught.value.response.headers["Retry-After"] == "10"
    await slack.stop()


async def test_no_limit() -> None:
    """Without a limit the bot posts as often as it likes."""
    slack = await SlackSandbox.start(now=lambda: NOON, rate_limits=None)
    client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    await fill(client, count=20)
    assert len(slack.messages("ops")) == 20
    await slack.stop()


async def test_the_official_client_waits_it_out() -> None:
    """slack-sdk's own handler understands the answer, and its second try is stored."""
    slack = await SlackSandbox.start(rate_limits=RateLimit(per_second=20, burst=1))
    handlers: list[AsyncRetryHandler] = [AsyncRateLimitErrorRetryHandler(max_retry_count=1)]
    client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=handlers)
    await fill(client, count=2)
    assert [message.text for message in slack.messages("ops")] == ["0", "1"]
    assert [call.error for call in slack.calls] == [None, "ratelimited", None]
    await slack.stop()
