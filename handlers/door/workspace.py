"""Refuses people of other workspaces than the bot's own."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse

from bot.slack.ephemeral import plain
from handlers.hearing import Hearing
from handlers.interaction import Interaction, Surface

_OUTSIDERS = plain(
    "I work for another workspace than yours, and only for its own people: nothing was ordered, "
    "decided or changed. Ask somebody of that workspace to do it."
)
_TOLD = frozenset({Surface.CHANNEL, Surface.FORM, Surface.MODAL})
"""Surfaces on which strangers are told why: where they acted, nowhere else."""
_PERSONS_TEAM_IS_TOLD = frozenset({"block_actions", "message_action", "shortcut"})
"""Kinds of interactions in which Slack always names the person's team."""


class Workspace:
    """Compares every team that a request names with the bot's own."""

    def __init__(self, team: str, enterprise: str | None) -> None:
        self._team = team
        self._enterprise = enterprise

    def is_own(self, body: Mapping[str, Any]) -> bool:
        """Whether place and person are of this workspace; False when the place is not named."""
        interaction, kind = Interaction.of(body), body.get("type")
        if not isinstance(kind, str | None):
            return False
        if interaction.workspace != self._team or not self._is_installed_here(body):
            return False
        persons = list(_persons(body))
        if kind != "event_callback" and not interaction.user:
            return False  # no person is named
        if not persons and kind in _PERSONS_TEAM_IS_TOLD:
            return False
        theirs = _enterprise(body)
        known = bool(theirs and self._enterprise)
        return set(persons) <= {self._team} and (not known or theirs == self._enterprise)

    def _is_installed_here(self, body: Mapping[str, Any]) -> bool:
        """Whether an event is for this installation, as it names those that it is for."""
        named = body.get("authorizations") or []
        if not isinstance(named, list) or not all(isinstance(each, Mapping) for each in named):
            return False
        return not named or self._team in [each.get("team_id") for each in named]


def guard(app: AsyncApp, workspace: Workspace, hearing: Hearing) -> None:
    """Pass only requests of this workspace to the listeners."""

    async def only_our_own(
        body: dict[str, Any],
        ack: AsyncAck,
        context: AsyncBoltContext,
        next: Callable[[], Awaitable[None]],  # noqa: A002 - Bolt passes it by this name
    ) -> BoltResponse | None:
        if workspace.is_own(body):
            await next()
            return None
        interaction = replace(Interaction.of(body), member=False)
        structlog.get_logger().warning(
            "foreign_request_refused", team=interaction.workspace, user=interaction.user
        )
        if interaction.surface in _TOLD:
            return hearing.response(interaction, _OUTSIDERS, context["arrival"])
        return await ack()

    app.use(only_our_own)


def _persons(body: Mapping[str, Any]) -> Iterator[str]:
    """Every team that the request names for the person."""
    user, event = _inner(body, "user"), _inner(body, "event")
    told = (
        user.get("team_id"),
        body.get("user_team"),
        event.get("user_team"),
        event.get("source_team"),
        _inner(body, "view").get("app_installed_team_id"),
    )
    yield from (str(team) for team in told if team)


def _enterprise(body: Mapping[str, Any]) -> str:
    found = body.get("enterprise_id") or _inner(body, "enterprise").get("id")
    return str(found or "")


def _inner(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    inner = body.get(name)
    return inner if isinstance(inner, Mapping) else {}
