"""An interaction: who did what on Slack, where, and how to answer it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.domain.policy import Member


class Kind(StrEnum):
    """What was done; the values are Slack's own types (a command has none)."""

    COMMAND = "command"
    """A slash command was typed."""
    CLICK = "block_actions"
    """Something was clicked or chosen in a message, in a form or in the Home tab."""
    SUBMISSION = "view_submission"
    """A form was sent."""
    CLOSING = "view_closed"
    """A form was closed without being sent."""
    SHORTCUT = "shortcut"
    """A shortcut was chosen outside of any message."""
    MESSAGE_SHORTCUT = "message_action"
    """A shortcut was chosen in the menu of a message."""
    OPTIONS = "block_suggestion"
    """Somebody types into a menu whose entries come from the bot."""
    EVENT = "event_callback"
    """An event to which the app has subscribed."""
    OTHER = "other"
    """Nothing of these."""


class Surface(StrEnum):
    """Where the person acted, and so where the answer belongs."""

    CHANNEL = "channel"
    """A conversation: the answer is shown there, to this person alone."""
    FORM = "form"
    """The form that was sent: the answer is part of the acknowledgement."""
    MODAL = "modal"
    """An open form: the answer is a window above it."""
    DIRECT = "direct"
    """The Home tab or a shortcut, which stand in no channel: the answer is a direct message."""
    NONE = "none"
    """No answer is expected."""


_WITHOUT_WORDS = frozenset({Kind.CLOSING, Kind.OPTIONS, Kind.EVENT, Kind.OTHER})


@dataclass(frozen=True)
class Interaction:
    """One command, click, form, shortcut or event; what Slack does not tell is ""."""

    kind: Kind
    user: str
    """Slack user id."""
    workspace: str = ""
    """Id of the team in which it was done."""
    channel: str = ""
    """Id of the conversation in which it was done; "" in a form or a tab."""
    message: str = ""
    """Slack's ts of the message in which it was done."""
    thread: str = ""
    """Slack's ts of the thread in which that message stands; "" for one that stands in none."""
    view: str = ""
    """Id of the view (form or tab) in which it was done."""
    in_modal: bool = False
    """Whether that view is a form."""
    trigger: str = ""
    """Slack's id of what was done; the same when it is delivered twice. Opens a form for 3 s."""
    response_url: str = ""
    """Address for up to five answers within thirty minutes, also where the bot is no member."""
    member: bool = True
    """Whether the person is of the bot's own workspace: others get no direct message."""

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "Interaction":
        """Read an interaction from a request's body; what is missing or no text is ""."""
        user, container, view = (_part(body, name) for name in ("user", "container", "view"))
        event = _part(body, "event")
        channel = body.get("channel_id") or _part(body, "channel").get("id")
        message = container.get("message_ts") or _part(body, "message").get("ts")
        thread = container.get("thread_ts")
        team = body.get("team_id") or _part(body, "team").get("id") or body.get("team")
        return cls(
            kind=_kind(body),
            user=_text(body.get("user_id") or user.get("id") or event.get("user")),
            workspace=_text(team),
            channel=_text(channel or container.get("channel_id") or event.get("channel")),
            message=_text(message),
            thread=_text(thread) if thread != message else "",
            view=_text(view.get("id") or container.get("view_id")),
            in_modal=view.get("type") == "modal",
            trigger=_text(body.get("trigger_id") or body.get("event_id")),
            response_url=_text(body.get("response_url")),
        )

    @property
    def person(self) -> Member:
        """Who did it, as the policy knows them."""
        return Member(self.user, self.channel)

    @property
    def surface(self) -> Surface:
        """Where the answer belongs."""
        if self.kind in _WITHOUT_WORDS or not self.user:
            return Surface.NONE
        if self.kind is Kind.SUBMISSION:
            return Surface.FORM
        if self.channel or self.response_url:
            return Surface.CHANNEL
        return Surface.MODAL if self.in_modal else Surface.DIRECT


def _kind(body: Mapping[str, Any]) -> Kind:
    """The kind, by Slack's type; only a command has none."""
    kind = body.get("type")
    if kind is None:
        return Kind.COMMAND
    return next((each for each in Kind if each == kind), Kind.OTHER)


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = body.get(name)
    return part if isinstance(part, Mapping) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
