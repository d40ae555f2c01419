"""Each fault and the limit of posts: what the client sees, and what the workspace kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import RateLimit, SlackSandbox
from tests.sandbox.slack.calling import NOON, OPS, refusal

if TYPE_CHECKING:
    from slack_sdk.http_retry.async_handler import AsyncRetryHandler

    from tests.sandbox.slack.calling import Watch


def errors(slack: SlackSandbox) -> list[str | None]:
    """Return what was told to each call."""
    return [call.error for call in slack.calls]


async def test_down_and_up(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """While Slack is down connections are closed and nothing is stored; then it works again."""
    slack.faults.down()
    for _ in range(2):
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await client.chat_postMessage(channel=OPS, text="Hello")
    assert (slack.messages("ops"), errors(slack)) == ([], ["connection_closed"] * 2)
    slack.faults.up()
    await client.chat_postMessage(channel=OPS, text="Hello")
    assert len(slack.messages("ops")) == 1


async def test_refused_for_a_while(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """A method is refused with the same word until up(); others work."""
    slack.faults.refuse("chat.update", "update_failed")
    card = await client.chat_postMessage(channel=OPS, text="Hello")
    for _ in range(3):
        edit = client.chat_update(channel=OPS, ts=card["ts"], text="Hi")
        assert await refusal(edit) == "update_failed"
    slack.faults.up()
    await client.chat_update(channel=OPS, ts=card["ts"], text="Hi")
    assert [message.text for message in slack.messages("ops")] == ["Hi"]


async def test_a_page_in_between(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """A method answers 404 with a web page until up(), and nothing is stored."""
    slack.faults.miss("chat.postMessage")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=OPS, text="Hello")
    assert caught.value.response.status_code == 404
    assert (slack.messages("ops"), errors(slack)) == ([], ["not_found"])
    slack.faults.clear()
    await client.chat_postMessage(channel=OPS, text="Hello")


async def test_one_method_down(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """A single method can be down, and up() leaves other faults on."""
    slack.faults.down("chat.postMessage")
    slack.faults.error("auth.test", "internal_error")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await client.chat_postMessage(channel=OPS, text="Hello")
    await client.users_info(user=slack.person("ana").id)
    slack.faults.up()
    await client.chat_postMessage(channel=OPS, text="Hello")
    assert await refusal(client.auth_test()) == "internal_error"


async def test_rate_limit(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """A limited call is a 429 with Retry-After, stores nothing, and counts down."""
    slack.faults.rate_limit(times=2, retry_after=7)
    for _ in range(2):
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel=OPS, text="Hello")
        answer = caught.value.response
        assert (answer.status_code, answer["error"]) == (429, "ratelimited")
        assert answer.headers["Retry-After"] == "7"
    assert slack.messages("ops") == []
    await client.chat_postMessage(channel=OPS, text="Hello")
    assert errors(slack) == ["ratelimited", "ratelimited", None]


async def test_rate_limit_of_one_method(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """A limit on one method leaves the others alone; the client's own handler gets over it."""
    slack.faults.rate_limit("chat.postMessage", retry_after=0)
    await client.auth_test()
    client.retry_handlers = [AsyncRateLimitErrorRetryHandler(max_retry_count=1)]
    await client.chat_postMessage(channel=OPS, text="Hello")
    assert errors(slack) == [None, "ratelimited", None]


async def test_drop_after_storing(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """A dropped call is carried out, and the caller can't know."""
    slack.faults.drop_after_storing()
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await client.chat_postMessage(channel=OPS, text="Hello")
    assert [message.text for message in slack.messages("ops")] == ["Hello"]
    assert errors(slack) == ["answer_dropped"]
    await client.chat_postMessage(channel=OPS, text="Hello")
    assert len(slack.messages("ops")) == 2


async def test_error(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """An error is answered by its name as often as was said, and clear() ends it sooner."""
    slack.faults.error("chat.postMessage", "fatal_error", times=2)
    assert await refusal(client.chat_postMessage(channel=OPS, text="Hello")) == "fatal_error"
    slack.faults.clear()
    await client.chat_postMessage(channel=OPS, text="Hello")
    assert len(slack.messages("ops")) == 1


async def test_clear_ends_everything(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """clear() ends what was down and what was not used yet."""
    slack.faults.down()
    slack.faults.rate_limit()
    slack.faults.drop_after_storing("auth.test")
    slack.faults.clear()
    assert (await client.auth_test())["ok"]


async def test_faults_are_used_in_order(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """Faults of the same method come one after the other, the first one first."""
    for name in ("internal_error", "fatal_error"):
        slack.faults.error("auth.test", name)
    assert [await refusal(client.auth_test()) for _ in range(2)] == [
        "internal_error",
        "fatal_error",
    ]


async def test_uploads_fail_too(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """The address for a file's bytes can fail by itself, before or after it kept them."""

    async def upload() -> None:
        await client.files_upload_v2(channel=OPS, filename="sims.csv", content="8901")

    slack.faults.error("upload", "internal_error")
    with pytest.raises(SlackRequestError, match="status: 500"):
        await upload()
    slack.faults.drop_after_storing("upload")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await upload()
    kept = [file.content for file in slack.workspace.files.values()]
    assert (kept, slack.files, slack.messages("ops")) == ([b"", b"8901"], [], [])
    await upload()
    assert len(slack.files) == 1


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
