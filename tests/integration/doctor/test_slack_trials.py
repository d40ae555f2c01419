"""The doctor tries each method of Slack's that the work needs, and nothing comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.check import Mark, Occasion
from bot.health.slack import SlackProbe, slack_checks
from bot.network.outgoing import open_session
from bot.slack.web.checkup import NEEDED_METHODS, SCOPES, Checkup
from bot.slack.web.client import web_client
from sandbox.slack import SlackSandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

PASSED = ("Authorization", "Content-Type")
"""Headers that a gateway passes on."""


@pytest.fixture
async def slack() -> AsyncIterator[SlackSandbox]:
    """Start a workspace in which the bot has just the scopes that it needs."""
    slack = await SlackSandbox.start(scopes=SCOPES)
    yield slack
    await slack.stop()


async def told(token: str, url: str) -> dict[str, str]:
    """Method to reason, for each that does not work."""
    async with open_session() as session:
        checkup = Checkup(web_client(token, session, url))
        return {trouble.method: trouble.why async for trouble in checkup.troubles()}


async def test_everything_works(slack: SlackSandbox) -> None:
    """With the scopes of the manifest no method is in trouble, and nobody sees anything."""
    assert await told(slack.bot_token, slack.api_url) == {}
    assert [call.method for call in slack.calls] == list(NEEDED_METHODS)
    assert (slack.workspace.timeline, slack.files) == ([], [])


@pytest.mark.parametrize(
    ("scope", "methods"),
    [
        ("chat:write", {"chat.postMessage", "chat.postEphemeral", "chat.update", "chat.delete"}),
        ("im:write", {"conversations.open"}),
        (
            "files:write",
            {"files.getUploadURLExternal", "files.completeUploadExternal", "files.delete"},
        ),
    ],
)
async def test_a_missing_scope(scope: str, methods: set[str]) -> None:
    """The methods that need it are named, with Slack's own word."""
    slack = await SlackSandbox.start(scopes=SCOPES - {scope})
    try:
        found = await told(slack.bot_token, slack.api_url)
    finally:
        await slack.stop()
    assert found == dict.fromkeys(methods, "Slack says missing_scope")


async def gateway(slack: SlackSandbox, refused: str) -> TestServer:
    """A far side that passes everything on to Slack but one method, which it does not know."""

    async def passed_on(request: web.Request) -> web.Response:
        method = request.match_info["method"]
        if method == refused:
            return web.Response(status=404, text="not here")
        async with aiohttp.ClientSession() as session:
            answer = await session.request(
                request.method,
                f"{slack.api_url}{method}",
                params=request.query,
                data=await request.read(),
                headers={name: request.headers[name] for name in PASSED if name in request.headers},
            )
            return web.Response(body=await answer.read(), content_type="application/json")

    app = web.Application()
    app.router.add_route("*", "/api/{method}", passed_on)
    server = TestServer(app)
    await server.start_server()
    return server


@pytest.mark.parametrize("method", NEEDED_METHODS)
async def test_a_far_side_without_a_method(slack: SlackSandbox, method: str) -> None:
    """Each method that the work needs is tried: the one that is not served is named."""
    server = await gateway(slack, method)
    try:
        assert await told(slack.bot_token, str(server.make_url("/api/"))) == {method: "HTTP 404"}
    finally:
        await server.close()


@pytest.mark.parametrize("method", NEEDED_METHODS)
async def test_a_method_that_is_not_known(slack: SlackSandbox, method: str) -> None:
    """Slack's own word for it is told, also where it is the word for a call that must not be."""
    slack.faults.refuse(method, "unknown_method")
    assert await told(slack.bot_token, slack.api_url) == {method: "Slack says unknown_method"}


@pytest.mark.parametrize(("lacking", "mark"), [((), Mark.OK), (("users:read",), Mark.WARN)])
async def test_the_start_says_that_no_codes_are_given(lacking: Sequence[str], mark: Mark) -> None:
    """An app that was installed before there were codes goes on with orders; it is told."""
    slack = await SlackSandbox.start(scopes=SCOPES - set(lacking))
    async with open_session() as session:
        probe = SlackProbe(
            Checkup(web_client(slack.bot_token, session, slack.api_url)), slack.api_url
        )
        checks = {check.name: check for check in slack_checks(probe) if Occasion.START in check.on}
        answers = {name: await checks[name].answers() for name in ("slack", "slack_people")}
    await slack.stop()
    assert [answer.mark for answer in answers["slack"]] == [Mark.OK]
    assert [answer.mark for answer in answers["slack_people"]] == [mark]
    assert "No activation code is given to anybody" in checks["slack_people"].means
