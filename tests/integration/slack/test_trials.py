"""Each method that the work needs is tried, and the trial harms nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.slack.client import web_client
from bot.slack.trials import NEEDED_METHODS, trials
from sandbox.slack import SlackSandbox

if TYPE_CHECKING:
    import aiohttp

    from tests.support.clock import ManualClock


async def test_all_of_them_work(slack: SlackSandbox, session: aiohttp.ClientSession) -> None:
    """Each is called once, none says anything against it, and nothing is to be seen of it."""
    found = await trials(web_client(slack.bot_token, session, slack.api_url))
    assert {trial.method: trial.error for trial in found} == dict.fromkeys(NEEDED_METHODS, "")
    assert [call.method for call in slack.calls] == list(NEEDED_METHODS)
    assert (slack.transcript(None), slack.files) == ("", [])


@pytest.mark.parametrize("method", NEEDED_METHODS)
async def test_a_far_side_that_lacks_one(
    slack: SlackSandbox, session: aiohttp.ClientSession, method: str
) -> None:
    """A page that says 404, a method that is not known, a broken line: named, with its purpose."""
    web = web_client(slack.bot_token, session, slack.api_url)
    for fault, said in [("miss", "can't be reached"), ("refuse", "unknown_method")]:
        if fault == "miss":
            slack.faults.miss(method)
        else:
            slack.faults.refuse(method, "unknown_method")
        wrong = [trial for trial in await trials(web) if trial.error]
        assert [trial.method for trial in wrong] == [method]
        assert said in wrong[0].error
        slack.faults.up()


async def test_a_scope_that_is_missing(clock: ManualClock, session: aiohttp.ClientSession) -> None:
    """The methods that the token may not use are named by Slack's own word."""
    slack = await SlackSandbox.start(now=clock.time, scopes=["chat:write"])
    found = await trials(web_client(slack.bot_token, session, slack.api_url))
    errors = {trial.method: trial.error for trial in found if trial.error}
    assert errors["files.delete"] == errors["conversations.open"] == "missing_scope"
    assert "chat.postMessage" not in errors
    await slack.stop()
