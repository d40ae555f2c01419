"""The Slack app asks for exactly what the bot uses: no more, so that an administrator agrees."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.web.checkup import NEEDED_METHODS

ROOT = Path(__file__).parents[2]
SCOPES = {
    "apps_connections_open": set[str](),  # takes the app-level token
    "auth_test": set[str](),
    "chat_delete": {"chat:write"},
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write", "chat:write.public"},  # notified channels are not joined
    "chat_update": {"chat:write"},
    "conversations_history": {"channels:history", "groups:history", "im:history"},
    "conversations_info": {"channels:read", "groups:read"},
    "conversations_open": {"im:write"},
    "conversations_replies": {"channels:history", "groups:history", "im:history"},
    "files_completeUploadExternal": {"files:write"},
    "files_delete": {"files:write"},
    "files_getUploadURLExternal": {"files:write"},
    "files_upload_v2": {"files:write"},
    "users_conversations": {"channels:read"},
    "users_info": {"users:read"},
    "views_open": set(),
    "views_push": set(),
}
"""What each method of the client needs, in the conversations in which the bot uses it."""


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    """Read the manifest as Slack would."""
    document: dict[str, Any] = YAML(typ="safe").load(ROOT / "slack-manifest.yaml")
    return document


def _called() -> set[str]:
    """Names of the client's methods that stand anywhere in the code of the bot."""
    methods = {
        name
        for name, _ in inspect.getmembers(AsyncWebClient, inspect.iscoroutinefunction)
        if "_" in name.strip("_")
    }
    files = [file for part in ("bot", "handlers") for file in (ROOT / part).rglob("*.py")]
    trees = [ast.parse(file.read_text()) for file in files]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    return {node.attr for node in nodes if isinstance(node, ast.Attribute)} & methods


def test_every_method_that_the_bot_calls_is_known_here() -> None:
    """A new call of Slack's Web API can't be added without saying which scopes it needs."""
    assert _called() == set(SCOPES)


def test_every_method_that_the_work_needs_is_tried() -> None:
    """The doctor finds a far side that lacks a method before an order does."""
    tried = {method.replace(".", "_") for method in NEEDED_METHODS} | {"files_upload_v2"}
    assert tried | {"apps_connections_open", "auth_test"} == set(SCOPES)


def test_the_scopes_are_exactly_those_of_the_calls(manifest: dict[str, Any]) -> None:
    """A missing scope would fail at a customer's; a needless one asks for trust in vain."""
    needed = set().union(*SCOPES.values()) | {"commands"}
    assert manifest["oauth_config"] == {"scopes": {"bot": sorted(needed)}}


def test_the_command_is_the_one_of_the_grammar(manifest: dict[str, Any]) -> None:
    """`/esim` arrives with its entities escaped, as the grammar reads it."""
    (command,) = manifest["features"]["slash_commands"]
    assert command["command"] == "/esim"
    assert command["should_escape"] is True
    assert command["usage_hint"].startswith("buy ")


def test_commands_and_clicks_arrive_where_the_bot_listens(manifest: dict[str, Any]) -> None:
    """Over HTTP, Slack calls the one path that the bot has for it."""
    (command,) = manifest["features"]["slash_commands"]
    interactivity = manifest["settings"]["interactivity"]
    assert interactivity["is_enabled"] is True
    assert interactivity["request_url"] == command["url"]
    assert command["url"].endswith("/slack/events")
