"""Who somebody is, as Slack says at this moment: no answer is kept."""

from collections.abc import Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.activation.recipient import NoRecipient, Recipient
from bot.errors import SlackRefused, SlackUnavailable
from bot.slack.web.calling import TIMEOUT, reaching_slack_within

_SLACKBOT = "USLACKBOT"
"""Slack's own bot, which Slack does not call one."""
_NOBODY = frozenset({"user_not_found", "user_not_visible", "users_not_found"})
"""Slack's words for an id that it does not show us; other refusals say nothing of a person."""


class People:
    """Asks Slack about people; it needs the scope `users:read`."""

    def __init__(self, web: AsyncWebClient, workspace: str, enterprise: str = "") -> None:
        """`workspace` is the team's id; `enterprise` that of its organisation, "" without one."""
        self._web = web
        self._workspace = workspace
        self._enterprise = enterprise

    async def recipient(self, user: str) -> Recipient:
        """Whether somebody may be given activation codes. Raises SlackUnavailable."""
        try:
            async with reaching_slack_within(TIMEOUT):
                answer = await self._web.users_info(user=user)
                return Recipient(user, self._problem(answer["user"]))
        except SlackRefused as failure:
            if failure.error not in _NOBODY:
                raise SlackUnavailable(error=failure.error, undone=True) from None
            return Recipient(user, NoRecipient.NOT_FOUND)

    def _problem(self, user: Mapping[str, Any]) -> NoRecipient | None:
        """What speaks against them; what Slack does not say speaks against them, too."""
        if user.get("deleted"):
            return NoRecipient.DEACTIVATED
        if user.get("is_bot") or user.get("id") == _SLACKBOT:
            return NoRecipient.BOT
        if user.get("is_stranger") or not self._is_here(user):
            return NoRecipient.EXTERNAL
        if user.get("is_restricted") or user.get("is_ultra_restricted"):
            return NoRecipient.GUEST
        return None

    def _is_here(self, user: Mapping[str, Any]) -> bool:
        """Whether they are of this workspace; in an organisation they may be of several."""
        if user.get("team_id") == self._workspace:
            return True
        of_all = user.get("enterprise_user") or {}
        same = bool(self._enterprise) and of_all.get("enterprise_id") == self._enterprise
        return same and self._workspace in (of_all.get("teams") or ())
