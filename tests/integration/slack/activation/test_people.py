"""Who may be given codes at all, as Slack describes people; it is asked each time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from bot.domain.activation.recipient import NoRecipient
from bot.errors import SlackUnavailable
from bot.slack.web.client import web_client
from bot.slack.web.people import People
from tests.integration.slack.desk import Gateway, answering, served

if TYPE_CHECKING:
    from sandbox.slack import SlackSandbox

HERE, ORGANISATION = "T0HERE", "E0ORG"
MEMBER = {"id": "U0DANA", "team_id": HERE, "deleted": False, "is_bot": False}
IN_ORGANISATION = {"enterprise_id": ORGANISATION, "teams": [HERE, "T0OTHER"]}


def saying(answer: dict[str, Any], **parts: Any) -> Gateway:
    """Slack with this one answer."""
    return answering(kind="application/json", body=json.dumps(answer), **parts)


async def problem(user: dict[str, Any], enterprise: str = "") -> NoRecipient | None:
    """What speaks against somebody whom Slack describes so."""
    gateway = saying({"ok": True, "user": user})
    async with served(gateway) as address, aiohttp.ClientSession() as session:
        people = People(web_client("xoxb-1", session, address), HERE, enterprise)
        recipient = await people.recipient("U0DANA")
    assert recipient.id == "U0DANA"
    return recipient.problem


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ({}, None),
        ({"deleted": True, "is_restricted": True}, NoRecipient.DEACTIVATED),
        ({"is_bot": True}, NoRecipient.BOT),
        ({"id": "USLACKBOT"}, NoRecipient.BOT),
        ({"is_restricted": True}, NoRecipient.GUEST),
        ({"is_restricted": True, "is_ultra_restricted": True}, NoRecipient.GUEST),
        ({"is_stranger": True}, NoRecipient.EXTERNAL),
        ({"team_id": "T0OTHER"}, NoRecipient.EXTERNAL),
        ({"team_id": ""}, NoRecipient.EXTERNAL),
        ({"team_id": "T0OTHER", "enterprise_user": IN_ORGANISATION}, NoRecipient.EXTERNAL),
    ],
)
async def test_who_is_what(flags: dict[str, Any], expected: NoRecipient | None) -> None:
    """Members of the workspace alone have nothing against them."""
    assert await problem(MEMBER | flags) is expected


@pytest.mark.parametrize(
    ("of_all", "expected"),
    [
        (IN_ORGANISATION, None),
        ({"enterprise_id": ORGANISATION, "teams": ["T0OTHER"]}, NoRecipient.EXTERNAL),
        ({"enterprise_id": "E0ELSE", "teams": [HERE]}, NoRecipient.EXTERNAL),
        (None, NoRecipient.EXTERNAL),
    ],
)
async def test_somebody_of_an_organisation(of_all: Any, expected: NoRecipient | None) -> None:
    """Whoever is of several workspaces is of this one, too; of the organisation is not enough."""
    user = MEMBER | {"team_id": ORGANISATION, "enterprise_user": of_all}
    assert await problem(user, ORGANISATION) is expected


async def test_somebody_whom_slack_does_not_know(
    slack: SlackSandbox, session: aiohttp.ClientSession
) -> None:
    """A mistyped id is nobody; the members of the sandbox are members."""
    web = web_client(slack.bot_token, session, slack.api_url)
    people = People(web, slack.workspace.installation.team_id)
    assert (await people.recipient("U0NOBODY")).problem is NoRecipient.NOT_FOUND
    assert (await people.recipient("U0ANA000000")).problem is None


@pytest.mark.parametrize(
    "gateway",
    [
        saying({"ok": False, "error": "missing_scope", "needed": "users:read"}),
        saying({"ok": True}),
        saying({"ok": True, "user": None}),
        saying({"ok": False, "error": "invalid_arguments"}),
        saying({"ok": False, "error": "is_inactive"}),
        saying({"ok": False, "error": "ratelimited"}, status=429, Retry_After="30"),
        answering(status=502),
    ],
)
async def test_nothing_is_concluded_from_a_failure(gateway: Gateway) -> None:
    """Without an answer nobody is taken for a member: nothing is given."""
    async with served(gateway) as address, aiohttp.ClientSession() as session:
        people = People(web_client("xoxb-1", session, address), HERE)
        with pytest.raises(SlackUnavailable):
            await people.recipient("U0DANA")
