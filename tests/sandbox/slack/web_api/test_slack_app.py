"""The app and its workspace: team.info, emoji.list, OAuth; and blocks.validate, for anyone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.sandbox.slack.calling import card, modal, plain, refusal

if TYPE_CHECKING:
    from sandbox.slack import SlackSandbox

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
