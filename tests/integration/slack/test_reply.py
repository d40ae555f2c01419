"""Answers to one person: where they look, by the way that is nearest; none is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.slack.answers.help import usage
from bot.slack.ephemeral import plain
from bot.slack.web.client import SlackClient, web_client
from handlers.reply import Reply
from tests.integration.slack.desk import FINANCE, OPS, answering, served, silent
from tests.support.hearing.interactions import a_command, a_form, in_home
from tests.support.typed import RULES

if TYPE_CHECKING:
    import aiohttp

    from bot.slack.answer_delivery import AnswerDelivery
    from handlers.interaction import Interaction
    from sandbox.slack import SlackSandbox

ANSWER = plain("Nothing changed.")
PAGES = [
    (404, "application/json", '{"ok": false, "error": "expired_url"}'),
    (500, "text/html", "<html>Oops</html>"),
    (302, "text/html", ""),
    (429, "text/plain", "slow down"),
]


@pytest.fixture
def reply(client: SlackClient, kept: AnswerDelivery) -> Reply:
    """Answer as the bot does."""
    return Reply(client, kept)


def asked(slack: SlackSandbox, channel: str = OPS) -> Interaction:
    """A command of ana's, with a response address of the workspace's own."""
    ana, place = slack.workspace.person("ana"), slack.workspace.channel(channel)
    address = slack.serving.url + slack.response_urls.issue(ana, place, None)
    return a_command(channel=channel, address=address)


def seen(slack: SlackSandbox) -> list[str]:
    """What ana alone saw."""
    return [message.plain() for message in slack.ephemerals("ana")]


async def test_by_the_response_address(slack: SlackSandbox, reply: Reply) -> None:
    """The answer reaches the person once, and the bot's token is not needed for it."""
    await reply.send(asked(slack), usage(RULES))
    (answer,) = seen(slack)
    assert "/esim buy 3" in answer
    assert slack.calls == []
    assert slack.messages("ops") == []


async def test_where_the_bot_is_no_member(slack: SlackSandbox, reply: Reply) -> None:
    """The address works in every channel."""
    await reply.send(asked(slack, FINANCE), ANSWER)
    assert seen(slack) == ["Nothing changed."]


async def test_a_click_does_not_replace_its_message(slack: SlackSandbox, reply: Reply) -> None:
    """An answer to a click leaves the card as it is, for everybody."""
    card = slack.person("ben").says("Card")
    ana, place = slack.workspace.person("ana"), slack.workspace.channel(OPS)
    address = slack.serving.url + slack.response_urls.issue(ana, place, card)
    await reply.send(a_command(channel=OPS, address=address), ANSWER)
    assert (card.plain(), seen(slack)) == ("Card", ["Nothing changed."])


async def test_an_address_that_is_used_up(slack: SlackSandbox, reply: Reply) -> None:
    """After its five answers the sixth comes as an ephemeral message."""
    one = asked(slack)
    for _ in range(6):
        await reply.send(one, ANSWER)
    assert len(seen(slack)) == 6
    assert [call.method for call in slack.calls] == ["chat.postEphemeral"]


@pytest.mark.parametrize("address", ["", "no address", "http://127.0.0.1:1/respond"])
async def test_an_address_that_leads_nowhere(
    slack: SlackSandbox, reply: Reply, address: str
) -> None:
    """An address that can't be used costs the person nothing."""
    await reply.send(a_command(channel=OPS, address=address), ANSWER)
    assert seen(slack) == ["Nothing changed."]


@pytest.mark.parametrize(("status", "kind", "body"), PAGES)
async def test_an_address_that_refuses(
    slack: SlackSandbox, reply: Reply, status: int, kind: str, body: str
) -> None:
    """Only a 200 means that the person has seen it."""
    async with served(answering(status, kind, body)) as address:
        await reply.send(a_command(channel=OPS, address=address), ANSWER)
    assert seen(slack) == ["Nothing changed."]


async def test_an_address_that_never_answers(
    slack: SlackSandbox, session: aiohttp.ClientSession, kept: AnswerDelivery
) -> None:
    """The person waits no longer than the bot is patient."""
    web = web_client(slack.bot_token, session, slack.api_url)
    async with served(silent()) as address:
        await Reply(SlackClient(web, 0.2), kept).send(a_command(address=address), ANSWER)
    assert seen(slack) == ["Nothing changed."]


def direct(slack: SlackSandbox) -> list[str]:
    """What the bot wrote to ana directly."""
    return [message.plain() for message in slack.direct_messages("ana")]


@pytest.mark.parametrize("one", [in_home(), a_form()], ids=["home", "late answer to a form"])
async def test_outside_of_any_channel(slack: SlackSandbox, reply: Reply, one: Interaction) -> None:
    """What stands in no channel is answered directly, at once."""
    await reply.send(one, ANSWER)
    assert (direct(slack), seen(slack)) == (["Nothing changed."], [])


async def test_a_direct_answer_that_slack_does_not_take_now(
    slack: SlackSandbox, reply: Reply, kept: AnswerDelivery
) -> None:
    """It is kept like any other."""
    slack.faults.error("chat.postMessage", "accesslimited")
    await reply.send(in_home(), ANSWER)
    assert (direct(slack), await kept.waiting()) == ([], 1)


async def test_a_stranger_is_not_written_to(
    slack: SlackSandbox, reply: Reply, kept: AnswerDelivery
) -> None:
    """Somebody of another workspace hears where they are, or not at all."""
    await reply.send(in_home(member=False), ANSWER)
    assert (direct(slack), await kept.waiting(), slack.calls) == ([], 0, [])


async def test_a_window_that_slack_does_not_open(slack: SlackSandbox, reply: Reply) -> None:
    """The form is closed by then, or the three seconds are over: the answer comes directly."""
    await reply.send(in_home(in_modal=True), ANSWER)
    assert next(call.method for call in slack.calls) == "views.push"
    assert direct(slack) == ["Nothing changed."]
