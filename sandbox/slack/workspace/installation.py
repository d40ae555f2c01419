"""Installing the bot's app: fresh secrets, and the scopes of a manifest or the usual ones."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sandbox.slack.workspace.model import Features, Installation

if TYPE_CHECKING:
    from collections.abc import Iterable

USUAL_SCOPES = frozenset(
    {
        "channels:history",
        "channels:read",
        "chat:write",
        "chat:write.public",
        "commands",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:write",
        "users:read",
    }
)


def install(scopes: Iterable[str] | Mapping[str, Any] | None) -> Installation:
    """Install the app with `scopes`: names, an app manifest, or None for USUAL_SCOPES.

    Raises KeyError when a manifest names no bot scopes.
    """
    return Installation(
        bot_token=f"xoxb-{secrets.token_hex(16)}",
        app_token=f"xapp-1-A0ESIMBOT00-{secrets.token_hex(16)}",
        signing_secret=secrets.token_hex(16),
        verification_token=secrets.token_hex(12),
        scopes=_granted(scopes),
        features=_features(scopes) if isinstance(scopes, Mapping) else Features(),
    )


def _granted(scopes: Iterable[str] | Mapping[str, Any] | None) -> frozenset[str]:
    """Return the bot's scopes; in a manifest they are under oauth_config.scopes.bot."""
    if scopes is None:
        return USUAL_SCOPES
    if isinstance(scopes, Mapping):
        return frozenset(scopes["oauth_config"]["scopes"]["bot"])
    return frozenset(scopes)


def _features(manifest: Mapping[str, Any]) -> Features:
    """Return what a manifest sets up, apart from scopes."""
    features = manifest.get("features", {})
    events = manifest.get("settings", {}).get("event_subscriptions", {})
    return Features(
        commands=frozenset(each["command"] for each in features.get("slash_commands", [])),
        shortcuts=frozenset(each["callback_id"] for each in features.get("shortcuts", [])),
        events=frozenset(events.get("bot_events", [])),
        home_tab=bool(features.get("app_home", {}).get("home_tab_enabled")),
    )
