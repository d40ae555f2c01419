"""Shortcuts: global ones and those on messages; and what a manifest allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import NotThereError, SlackSandbox
from tests.sandbox.slack.calling import OPS, modal, refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.sandbox.slack.calling import Receiver

MANIFEST: dict[str, Any] = {
    "features": {
        "app_home": {"home_tab_enabled": True},
        "slash_commands": [{"command": "/esim"}],
        "shortcuts": [{"type": "global", "callback_id": "buy", "name": "Buy eSIMs"}],
    },
    "oauth_config": {"scopes": {"bot": ["chat:write", "commands"]}},
    "settings": {"event_subscriptions": {"bot_events": ["app_home_opened"]}},
}


@pytest.fixture
async def strict() -> AsyncIterator[SlackSandbox]:
    """Start a workspace whose app was installed from a manifest."""
    sandbox = await SlackSandbox.start(scopes=MANIFEST)
    yield sandbox
    await sandbox.stop()


async def test_a_global_shortcut(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """A global shortcut knows who, but not where; its trigger_id opens a modal."""
    assert (await slack.person("ana").uses_shortcut("buy")).ok
    payload = receiver.payload()
    assert (payload["type"], payload["callback_id"]) == ("shortcut", "buy")
    assert payload["user"]["id"] == slack.person("ana").id
    assert not {"channel", "message", "response_url"} & set(payload)
    await client.views_open(trigger_id=payload["trigger_id"], view=modal())
    assert len(slack.workspace.views_of("ana")) == 1


async def test_a_shortcut_on_a_message(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """A shortcut on a message carries the message, the channel and a response_url."""
    await client.chat_postMessage(channel=OPS, text="Hello")
    (message,) = slack.messages("ops")
    await slack.person("ana").uses_shortcut("quote", message)
    payload = receiver.payload()
    assert (payload["type"], payload["callback_id"]) == ("message_action", "quote")
    assert (payload["message_ts"], payload["message"]["text"]) == (message.ts, "Hello")
    assert payload["channel"] == {"id": OPS, "name": "ops"}
    assert payload["response_url"].startswith(slack.api_url.removesuffix("api/"))


async def test_messages_without_shortcuts(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """Ephemeral messages have none, nor have those that a person can't see."""
    await client.chat_postEphemeral(channel=OPS, user=slack.person("ana").id, text="psst")
    await client.chat_postMessage(channel=slack.person("ben").id, text="Hello ben")
    for message in (slack.ephemerals("ana")[0], slack.direct_messages("ben")[0]):
        with pytest.raises(NotThereError, match="ana has no shortcuts"):
            await slack.person("ana").uses_shortcut("quote", message)
    assert receiver.requests == []


async def test_a_shortcut_that_fails(slack: SlackSandbox) -> None:
    """Where nobody answers, the person is told."""
    assert not (await slack.person("ana").uses_shortcut("buy")).ok
    assert slack.person("ana").sees('buy failed with the error "dispatch_failed"')


async def test_only_what_the_manifest_has(strict: SlackSandbox) -> None:
    """With a manifest there are no other commands and shortcuts than it names."""
    ana = strict.person("ana")
    with pytest.raises(LookupError, match="no shortcut 'sell'"):
        await ana.uses_shortcut("sell")
    with pytest.raises(ValueError, match="/other is not a valid command"):
        await ana.types("/other x")
    await ana.uses_shortcut("buy")
    await ana.types("/esim help")
    assert len(strict.ephemerals("ana")) == 2
    assert await ana.opens_home() is not None


async def test_only_the_scopes_of_the_manifest(strict: SlackSandbox) -> None:
    """What the manifest's scopes don't allow is refused, and the answer names the scope."""
    client = AsyncWebClient(strict.bot_token, base_url=strict.api_url, retry_handlers=[])
    await client.chat_postMessage(channel=OPS, text="Hello")
    message = strict.messages("ops")[0]
    calls = (
        client.users_list(),
        client.users_info(user="U0ANA000000"),
        client.usergroups_list(),
        client.usergroups_users_list(usergroup="S0APPROVERS"),
        client.conversations_members(channel=OPS),
        client.reactions_add(channel=OPS, timestamp=message.ts, name="eyes"),
        client.files_getUploadURLExternal(filename="x", length=1),
    )
    assert {await refusal(call) for call in calls} == {"missing_scope"}
    await client.views_publish(user_id="U0ANA000000", view={"type": "home", "blocks": []})
    assert strict.calls[1].error == "missing_scope"
