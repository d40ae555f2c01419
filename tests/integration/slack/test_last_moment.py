"""A request is looked at right before its bytes leave: what is too late never reaches Slack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.errors import SlackUnavailable, TooSoon
from bot.slack.web.last_moment import only_while
from tests.integration.slack.desk import METADATA, saying
from tests.support.files import text_file

if TYPE_CHECKING:
    from bot.slack.web.client import SlackClient
    from sandbox.slack import SlackSandbox


async def test_a_request_that_may_leave(slack: SlackSandbox, client: SlackClient) -> None:
    """It is asked before head and body, and the answer comes as usual."""
    asked: list[int] = []

    def in_time() -> bool:
        asked.append(len(slack.calls))
        return True

    with only_while(in_time):
        await client.post(saying("Card"), None, METADATA)
    assert asked == [0, 0]
    assert len(slack.messages("ops")) == 1


async def test_a_request_that_is_too_late(slack: SlackSandbox, client: SlackClient) -> None:
    """Not a byte of it leaves, on a new connection and on an open one; then all is as usual."""
    for calls in range(2):
        with pytest.raises(TooSoon), only_while(lambda: False):
            await client.post(saying("Late"), None, METADATA)
        assert len(slack.calls) == calls
        await client.post(saying("In time"), None, METADATA)
    assert [message.plain() for message in slack.messages("ops")] == ["In time"] * 2


async def test_a_process_that_is_frozen_between_head_and_body(
    slack: SlackSandbox, client: SlackClient
) -> None:
    """The head waits for the body: neither leaves."""
    looks = iter([True, False])
    with pytest.raises(TooSoon), only_while(lambda: next(looks)):
        await client.post(saying("Late"), None, METADATA)
    assert slack.calls == []


async def test_an_upload_that_becomes_too_late(slack: SlackSandbox, client: SlackClient) -> None:
    """Each of its three calls is looked at: the files do not appear after their time."""
    looks = iter([True, True, True, False])
    with pytest.raises(TooSoon), only_while(lambda: next(looks)):
        await client.upload(saying("CSV", files=(text_file("a.csv", "A", "a"),)), None)
    assert slack.files == []
    assert [call.method for call in slack.calls] == ["files.getUploadURLExternal"]


async def test_a_failure_of_slack_stays_one(slack: SlackSandbox, client: SlackClient) -> None:
    """What was not stopped is no matter of time."""
    slack.faults.down("chat.postMessage")
    with pytest.raises(SlackUnavailable), only_while(lambda: True):
        await client.post(saying("Card"), None, METADATA)
