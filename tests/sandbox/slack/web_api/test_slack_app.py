"""The app and its workspace: team.info, emoji.list, OAuth; and blocks.validate, for anyone."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from sandbox.slack import EVERY_SCOPE, SlackSandbox
from tests.sandbox.slack.calling import card, modal, plain, refusal

if TYPE_CHECKING:
    from tests.sandbox.slack.calling import Watch

WRONG: list[dict[str, Any]] = [{"type": "section", "text": plain("x" * 3_001)}]


@pytest.fixture
def anyone(slack: SlackSandbox) -> AsyncWebClient:
    """Build the official client without a token."""
    return AsyncWebClient(base_url=slack.api_url, retry_handlers=[])


async def errors(call: Any) -> list[dict[str, str]]:
    """Return the errors of a refused call."""
    with pytest.raises(SlackApiError) as caught:
        await call
    found: list[dict[str, str]] = caught.value.response["errors"]
    return found


async def test_what_is_right(anyone: AsyncWebClient) -> None:
    """Blocks, a message and a view that Slack takes are ok, without a token."""
    assert (await anyone.blocks_validate(blocks=card("x")))["ok"]
    assert (await anyone.blocks_validate(message={"text": "x", "blocks": card("x")}))["ok"]
    assert (await anyone.blocks_validate(message={"text": "x"}))["ok"]
    assert (await anyone.blocks_validate(view=modal()))["ok"]


async def test_each_place_is_told(anyone: AsyncWebClient) -> None:
    """An error has a code, a message, a field, and a pointer from what was given."""
    (error,) = await errors(anyone.blocks_validate(blocks=WRONG))
    assert error == {
        "code": "failed_constraint",
        "message": "must be less than 3001 characters",
        "field": "text",
        "pointer": "/0/text/text",
    }
    (error,) = await errors(anyone.blocks_validate(message={"blocks": WRONG}))
    assert error["pointer"] == "/blocks/0/text/text"
    (error,) = await errors(anyone.blocks_validate(view=modal(*WRONG)))
    assert error["pointer"] == "/blocks/0/text/text"
    (error,) = await errors(anyone.blocks_validate(blocks=[{"type": "header"}]))
    assert (error["code"], error["field"]) == ("missing_required_field", "text")
    (error,) = await errors(anyone.blocks_validate(blocks=[{"type": "banner"}]))
    assert (error["code"], error["pointer"]) == ("unsupported_type", "/0/type")


async def test_the_error_names_what_was_given(anyone: AsyncWebClient) -> None:
    """The error is invalid_blocks, invalid_message or invalid_view."""
    assert await refusal(anyone.blocks_validate(blocks=WRONG)) == "invalid_blocks"
    assert await refusal(anyone.blocks_validate(message={"blocks": WRONG})) == "invalid_message"
    assert await refusal(anyone.blocks_validate(view=modal(title=None))) == "invalid_view"


async def test_exactly_one(slack: SlackSandbox, anyone: AsyncWebClient) -> None:
    """One of the three has to be given, and no more; as JSON in the body or as text."""
    assert await refusal(anyone.blocks_validate()) == "invalid_arguments"
    both = anyone.blocks_validate(blocks=card("x"), view=modal())
    assert await refusal(both) == "invalid_arguments"
    assert await refusal(anyone.blocks_validate(blocks="{")) == "invalid_arguments"
    async with aiohttp.ClientSession() as session:
        answer = await session.post(f"{slack.api_url}blocks.validate", json={"blocks": WRONG})
        assert (await answer.json())["error"] == "invalid_blocks"


@pytest.mark.parametrize("given", ['"x"', "{}", "[1]"])
async def test_what_is_no_list_of_blocks(anyone: AsyncWebClient, given: str) -> None:
    """What has the wrong shape is refused by the same names."""
    assert await refusal(anyone.blocks_validate(blocks=given)) == "invalid_blocks"


async def test_what_is_no_view(anyone: AsyncWebClient) -> None:
    """A view or a message that is no object is wrong, too."""
    assert await refusal(anyone.blocks_validate(view="[1]")) == "invalid_view"
    assert await refusal(anyone.blocks_validate(message="[1]")) == "invalid_message"


@pytest.fixture
def scopes() -> Any:
    """Let the bot do everything."""
    return EVERY_SCOPE


async def test_the_workspace_and_its_emoji(client: AsyncWebClient) -> None:
    """team.info names it, emoji.list has the custom ones that every workspace has."""
    team = (await client.team_info())["team"]
    assert (team["id"], team["domain"]) == ("T0SANDBOX00", "sandbox")
    assert await refusal(client.team_info(team="T0X")) == "team_not_found"
    assert "slack" in (await client.emoji_list())["emoji"]


async def consent(slack: SlackSandbox, **query: str) -> tuple[int, URL]:
    """Let a person install the app; the status and where they are sent come back."""
    given = {
        "client_id": slack.workspace.installation.client_id,
        "redirect_uri": "http://127.0.0.1:1/oauth",
        "state": "s",
    } | query
    async with (
        aiohttp.ClientSession() as session,
        session.get(
            slack.api_url.replace("/api/", "/oauth/v2/authorize"),
            params=given,
            allow_redirects=False,
        ) as answer,
    ):
        return answer.status, URL(answer.headers.get("Location", ""))


async def test_an_installation(slack: SlackSandbox, anyone: AsyncWebClient) -> None:
    """The code that a person comes back with is exchanged for the bot's token, once."""
    status, target = await consent(slack)
    assert (status, target.path, target.query["state"]) == (302, "/oauth", "s")
    app = slack.workspace.installation
    client = base64.b64encode(f"{app.client_id}:{app.client_secret}".encode()).decode()
    given: dict[str, Any] = {
        "params": {"code": target.query["code"]},
        "headers": {"Authorization": f"Basic {client}"},
    }
    answer = await anyone.api_call("oauth.v2.access", **given)
    assert answer["access_token"] == slack.bot_token
    assert answer["authed_user"]["id"] == slack.person("ana").id
    assert "commands" in answer["scope"].split(",")
    assert await refusal(anyone.api_call("oauth.v2.access", **given)) == "invalid_code"
    assert not any("client_secret" in call.arguments for call in slack.calls)


async def test_an_installation_that_fails(
    slack: SlackSandbox, anyone: AsyncWebClient, watch: Watch
) -> None:
    """A wrong client, secret, kind of grant or address, and a code that is too old."""
    app = slack.workspace.installation
    right = {"client_id": app.client_id, "client_secret": app.client_secret}
    wrong: dict[str, dict[str, str]] = {
        "invalid_client_id": {"client_id": "1.2"},
        "bad_client_secret": {"client_secret": "x"},
        "invalid_grant_type": {"grant_type": "password"},
        "bad_redirect_uri": {"redirect_uri": "http://127.0.0.1:1/other"},
    }
    for error, part in wrong.items():
        _, target = await consent(slack)
        given = right | {"code": target.query["code"]} | part
        assert await refusal(anyone.api_call("oauth.v2.access", params=given)) == error
    _, target = await consent(slack)
    watch.now += 601
    late = anyone.api_call("oauth.v2.access", params=right | {"code": target.query["code"]})
    assert await refusal(late) == "invalid_code"
    assert (await consent(slack, client_id="1.2"))[0] == 400
    assert (await consent(slack, redirect_uri="javascript:alert(1)"))[0] == 400


@pytest.mark.parametrize(("host", "named"), [("localhost", "localhost"), ("0.0.0.0", "127.0.0.1")])  # noqa: S104
async def test_another_address_of_this_machine(host: str, named: str) -> None:
    """The API listens where it is told to, and names an address at which it can be reached."""
    slack = await SlackSandbox.start(host=host)
    assert slack.api_url.startswith(f"http://{named}:")
    client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    assert (await client.auth_test())["ok"]
    await slack.refuse_connections()
    await slack.take_connections()
    assert (await client.auth_test())["ok"]
    await slack.stop()
