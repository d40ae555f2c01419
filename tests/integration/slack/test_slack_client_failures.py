"""Every way for a call to fail is one of three: the message's, its place's, or it passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from bot.errors import MessageFault, PlaceFault, SlackRefused, SlackUnavailable
from bot.slack.web.client import Place, SlackClient, web_client
from tests.integration.slack.desk import (
    ANA,
    METADATA,
    OPS,
    PAYLOAD,
    answering,
    behind,
    saying,
    silent,
)
from tests.support.clock import NEW_YEAR
from tests.support.files import text_file

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sandbox.slack import SlackSandbox

HELLO, PLACE = saying("Hello"), Place(OPS, "1767268800.000000")
FILE = saying("CSV", files=(text_file("sims.csv", "SIMs", "8931"),))
CALLS: dict[str, Callable[[SlackClient], Awaitable[Any]]] = {
    "chat.postMessage": lambda client: client.post(HELLO, None, METADATA),
    "chat.update": lambda client: client.update(PLACE, HELLO, METADATA),
    "chat.delete": lambda client: client.delete(PLACE),
    "chat.postEphemeral": lambda client: client.ephemeral(OPS, ANA, "Hello", HELLO.blocks),
    "conversations.open": lambda client: client.direct(ANA),
    "files.delete": lambda client: client.delete_file("F0"),
    "conversations.history": lambda client: client.find(HELLO, None, PAYLOAD, NEW_YEAR),
    "conversations.replies": lambda client: client.find(HELLO, PLACE.ts, PAYLOAD, NEW_YEAR),
    "files.getUploadURLExternal": lambda client: client.upload(FILE, None),
    "files.completeUploadExternal": lambda client: client.upload(FILE, None),
}
QUESTIONS = {
    *("conversations.history", "conversations.replies"),
}
"""Calls that change nothing: over a broken connection they are asked a second time."""
FOR_GOOD = {
    MessageFault: [
        *("invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long"),
        *("no_text", "too_many_attachments", "invalid_arguments", "metadata_too_large"),
    ],
    PlaceFault: [
        *("channel_not_found", "not_in_channel", "is_archived", "cant_update_message"),
        *("message_not_found", "thread_not_found", "user_not_found", "restricted_action"),
        *("restricted_action_read_only_channel", "cannot_dm_bot", "user_disabled", "is_inactive"),
    ],
}
FOR_NOW = [
    *("ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable"),
    *("request_timeout", "team_added_to_org", "invalid_auth", "not_authed", "account_inactive"),
    *("token_expired", "token_revoked", "missing_scope", "message_limit_exceeded"),
    *("org_login_required", "accesslimited", "update_failed", "an_error_of_tomorrow"),
]
NOT_SLACK = {
    "a page of a gateway": (502, "text/html", "<html>Bad gateway</html>"),
    "a page of a hotel": (200, "text/html", "<html>Please log in</html>"),
    "a page that is gone": (404, "text/html", "<html>Not found</html>"),
    "a word": (200, "text/plain", "upstream"),
    "a word and an error": (503, "text/plain", "upstream connect error"),
    "a list": (200, "application/json", "[]"),
    "a number": (200, "application/json", "7"),
    "null": (200, "application/json", "null"),
    "half an answer": (200, "application/json", '{"ok": tr'),
    "an answer without a reason": (200, "application/json", '{"ok": false}'),
    "nothing": (200, "application/json", ""),
    "bytes": (200, "application/gzip", "\x00\x01"),
    "bytes and an error": (500, "application/gzip", "\x00\x01"),
    "a limit in other words": (429, "application/json", '{"ok": false, "error": "slow_down"}'),
    "an error of Slack's own": (500, "application/json", '{"ok": false, "error": "oops"}'),
}


@pytest.mark.parametrize("method", CALLS)
async def test_slack_is_away(slack: SlackSandbox, client: SlackClient, method: str) -> None:
    """A connection that breaks is no verdict: try again later; nothing is written twice."""
    slack.faults.down(method)
    with pytest.raises(SlackUnavailable):
        await CALLS[method](client)
    calls = [call.method for call in slack.calls].count(method)
    assert calls <= (2 if method in QUESTIONS else 1)


@pytest.mark.parametrize("method", CALLS)
async def test_slack_asks_to_wait(slack: SlackSandbox, client: SlackClient, method: str) -> None:
    """A 429 tells how long; the client does not wait by itself, and does not try again."""
    slack.faults.rate_limit(method, retry_after=7)
    with pytest.raises(SlackUnavailable) as caught:
        await CALLS[method](client)
    assert caught.value.retry_after == 7
    assert [call.method for call in slack.calls].count(method) == 1


@pytest.mark.parametrize("method", sorted(CALLS))
async def test_slack_says_no(slack: SlackSandbox, client: SlackClient, method: str) -> None:
    """A refusal comes with Slack's own word for why."""
    slack.faults.error(method, "restricted_action")
    with pytest.raises(SlackRefused) as caught:
        await CALLS[method](client)
    assert caught.value.error == "restricted_action"


@pytest.mark.parametrize(
    ("kind", "error"), [(kind, error) for kind in FOR_GOOD for error in FOR_GOOD[kind]]
)
async def test_errors_for_good(
    slack: SlackSandbox, client: SlackClient, kind: type[SlackRefused], error: str
) -> None:
    """What is about the message, and what is about its place: two closed lists."""
    slack.faults.error("chat.postMessage", error)
    with pytest.raises(kind, match=error):
        await client.post(HELLO, None, METADATA)


@pytest.mark.parametrize("error", FOR_NOW)
async def test_errors_for_now(slack: SlackSandbox, client: SlackClient, error: str) -> None:
    """What is about Slack, or the operator can mend, is waited for: no message is given up."""
    slack.faults.error("chat.postMessage", error)
    with pytest.raises(SlackUnavailable) as caught:
        await client.post(HELLO, None, METADATA)
    assert caught.value.retry_after == 0
    assert error in str(caught.value.__cause__)


async def test_a_dropped_answer(slack: SlackSandbox, client: SlackClient) -> None:
    """A message that was stored and not confirmed is unknown, and is not posted again."""
    slack.faults.drop_after_storing("chat.postMessage")
    with pytest.raises(SlackUnavailable):
        await client.post(HELLO, None, METADATA)
    assert len(slack.messages("ops")) == 1


@pytest.mark.parametrize("fault", ["error", "drop", "down"])
async def test_bytes_that_do_not_arrive(
    slack: SlackSandbox, client: SlackClient, fault: str
) -> None:
    """The address for a file's bytes fails on its own: nothing is shared, try again later."""
    match fault:
        case "error":
            slack.faults.error("upload", "internal_error")
        case "drop":
            slack.faults.drop_after_storing("upload")
        case _:
            slack.faults.down("upload")
    with pytest.raises(SlackUnavailable):
        await client.upload(FILE, None)
    assert slack.files == []


async def test_a_wrong_token(slack: SlackSandbox, session: aiohttp.ClientSession) -> None:
    """Messages wait until the operator has mended the token."""
    client = SlackClient(web_client("xoxb-wrong", session, slack.api_url))
    with pytest.raises(SlackUnavailable):
        await client.post(HELLO, None, METADATA)


async def test_nobody_listens(session: aiohttp.ClientSession) -> None:
    """No server at all is an outage like any other."""
    client = SlackClient(web_client("xoxb-1", session, "http://127.0.0.1:1/api"))
    with pytest.raises(SlackUnavailable):
        await client.delete(PLACE)


async def test_a_session_that_is_closed(slack: SlackSandbox) -> None:
    """A call during the bot's own end still is answered, or fails as an outage."""
    async with aiohttp.ClientSession() as session:
        client = SlackClient(web_client(slack.bot_token, session, slack.api_url))
    assert await client.direct(ANA)


@pytest.mark.parametrize("what", NOT_SLACK)
async def test_an_answer_that_is_not_slacks(what: str) -> None:
    """A proxy's page is no refusal: no message is given up for it, and none is sent twice."""
    status, kind, body = NOT_SLACK[what]
    gateway = answering(status, kind, body)
    async with behind(gateway) as client:
        with pytest.raises(SlackUnavailable):
            await client.post(HELLO, None, METADATA)
    assert gateway.requests == 1


async def test_a_wrong_answer_to_a_question(slack: SlackSandbox) -> None:
    """An answer that lacks what was asked for is no answer."""
    async with behind(answering(200, "application/json", '{"ok": true}')) as client:
        with pytest.raises(SlackUnavailable):
            await client.direct(ANA)
    assert slack.calls == []


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("12", 12), ("0.5", 0.5), ("-3", 0), ("soon", 0), ("", 0), ("nan", 0), ("1e9", 3600)],
)
async def test_how_long_to_wait(header: str, seconds: float) -> None:
    """Any number is taken up to an hour; what is no number leaves the choice to the bot."""
    gateway = answering(503, "text/plain", "busy", Retry_After=header)
    async with behind(gateway) as client:
        with pytest.raises(SlackUnavailable) as caught:
            await client.post(HELLO, None, METADATA)
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize("method", ["chat.postMessage", "conversations.history"])
async def test_nobody_answers(method: str) -> None:
    """A server that never answers costs no more than the bot's patience."""
    async with behind(silent(), patience=0.05) as client:
        with pytest.raises(SlackUnavailable) as caught:
            await CALLS[method](client)
    assert isinstance(caught.value.__cause__, TimeoutError)
