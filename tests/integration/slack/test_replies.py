"""Answers to one person: by the response address, else as an ephemeral message, else in the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.slack.ephemeral import plain, usage
from bot.slack.replies import Interaction, Replies
from tests.integration.slack.desk import ANA, FINANCE, OPS, answering, served, silent
from tests.support.typed import RULES

if TYPE_CHECKING:
    import aiohttp

    from bot.slack.replies import KeptAnswers
    from bot.slack.web.client import SlackClient
    from sandbox.slack import SlackSandbox

ANSWER = plain("Nothing changed.")
PAGES = [
    (404, "application/json", '{"ok": false, "error": "expired_url"}'),
    (500, "text/html", "<html>Oops</html>"),
    (302, "text/html", ""),
    (429, "text/plain", "slow down"),
]


@pytest.fixture
def replies(session: aiohttp.ClientSession, client: SlackClient, kept: KeptAnswers) -> Replies:
    """Answer as the bot does."""
    return Replies(session, client, kept)


def asked(slack: SlackSandbox, channel: str = OPS) -> Interaction:
    """A command of ana's, with a response address of the workspace's own."""
    ana, place = slack.workspace.person("ana"), slack.workspace.channel(channel)
    address = slack.serving.url + slack.response_urls.issue(ana, place, None)
    return Interaction(ANA, channel, "trigger", address)


def seen(slack: SlackSandbox) -> list[str]:
    """What ana alone saw."""
    return [message.plain() for message in slack.ephemerals("ana")]


async def test_by_the_response_address(slack: SlackSandbox, replies: Replies) -> None:
    """The answer reaches the person once, and the bot's token is not needed for it."""
    await replies.send(asked(slack), usage(RULES))
    (answer,) = seen(slack)
    assert "/esim buy 3" in answer
    assert slack.calls == []
    assert slack.messages("ops") == []


async def test_where_the_bot_is_no_member(slack: SlackSandbox, replies: Replies) -> None:
    """The address works in every channel."""
    await replies.send(asked(slack, FINANCE), ANSWER)
    assert seen(slack) == ["Nothing changed."]


async def test_a_click_does_not_replace_its_message(slack: SlackSandbox, replies: Replies) -> None:
    """An answer to a click leaves the card as it is, for everybody."""
    card = slack.person("ben").says("Card")
    ana, place = slack.workspace.person("ana"), slack.workspace.channel(OPS)
    address = slack.serving.url + slack.response_urls.issue(ana, place, card)
    await replies.send(Interaction(ANA, OPS, "trigger", address), ANSWER)
    assert (card.plain(), seen(slack)) == ("Card", ["Nothing changed."])


async def test_an_address_that_is_used_up(slack: SlackSandbox, replies: Replies) -> None:
    """After its five answers the sixth comes as an ephemeral message."""
    one = asked(slack)
    for _ in range(6):
        await replies.send(one, ANSWER)
    assert len(seen(slack)) == 6
    assert [call.method for call in slack.calls] == ["chat.postEphemeral"]


@pytest.mark.parametrize("address", ["", "no address", "http://127.0.0.1:1/respond"])
async def test_an_address_that_leads_nowhere(
    slack: SlackSandbox, replies: Replies, address: str
) -> None:
    """An address that can't be used costs the person nothing."""
    await replies.send(Interaction(ANA, OPS, "trigger", address), ANSWER)
    assert seen(slack) == ["Nothing changed."]


@pytest.mark.parametrize(("status", "kind", "body"), PAGES)
async def test_an_address_that_refuses(
    slack: SlackSandbox, replies: Replies, status: int, kind: str, body: str
) -> None:
    """Only a 200 means that the person has seen it."""
    async with served(answering(status, kind, body)) as address:
        await replies.send(Interaction(ANA, OPS, "trigger", address), ANSWER)
    assert seen(slack) == ["Nothing changed."]


async def test_an_address_that_never_answers(
    slack: SlackSandbox, session: aiohttp.ClientSession, client: SlackClient, kept: KeptAnswers
) -> None:
    """The person waits no longer than the bot is patient."""
    async with served(silent()) as address:
        await Replies(session, client, kept, 0.05).send(Interaction(ANA, OPS, "t", address), ANSWER)
    assert seen(slack) == ["Nothing changed."]
