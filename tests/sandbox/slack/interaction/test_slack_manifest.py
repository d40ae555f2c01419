"""Installing the bot: from a manifest, with chosen scopes, or as usual."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.slack.workspace.installation import USUAL_SCOPES, install

SCOPES = {"oauth_config": {"scopes": {"bot": ["chat:write", "commands"]}}}
FULL: dict[str, Any] = SCOPES | {
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [{"command": "/esim"}, {"command": "/sim"}],
        "shortcuts": [{"type": "message", "callback_id": "quote"}],
    },
    "settings": {"event_subscriptions": {"bot_events": ["app_home_opened"]}},
}


def test_a_manifest_says_what_there_is() -> None:
    """Scopes, commands, shortcuts, events and the Home tab are those of the manifest."""
    app = install(FULL)
    assert app.scopes == {"chat:write", "commands"}
    assert app.features.commands == frozenset({"/esim", "/sim"})
    assert app.features.shortcuts == frozenset({"quote"})
    assert app.features.events == frozenset({"app_home_opened"})
    assert app.features.home_tab is True


def test_what_a_manifest_leaves_out_is_not_there() -> None:
    """A manifest with scopes alone sets up nothing else."""
    features = install(SCOPES).features
    assert features.commands == features.shortcuts == features.events == frozenset()
    assert features.home_tab is False


def test_a_manifest_without_scopes() -> None:
    """A manifest has to name the bot's scopes."""
    with pytest.raises(KeyError):
        install({"features": {}})


@pytest.mark.parametrize("scopes", [None, ["chat:write"]])
def test_without_a_manifest_anything_goes(scopes: list[str] | None) -> None:
    """With scopes alone every command, shortcut and event is there, and the Home tab."""
    app = install(scopes)
    assert app.scopes == (USUAL_SCOPES if scopes is None else {"chat:write"})
    assert (app.features.commands, app.features.shortcuts, app.features.events) == (None,) * 3
    assert app.features.home_tab is True


def test_secrets_are_fresh_and_not_shown() -> None:
    """Each installation has secrets of its own, and its text shows none of them."""
    one, other = install(None), install(None)
    for name in ("bot_token", "app_token", "signing_secret", "verification_token"):
        assert getattr(one, name) != getattr(other, name)
        assert getattr(one, name) not in repr(one)
