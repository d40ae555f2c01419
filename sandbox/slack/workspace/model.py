"""Who and what a workspace consists of, apart from its messages."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Person:
    """A member of the workspace: `name` is the handle that is typed after the @.

    `team` is the id of another workspace that the person belongs to: a channel is shared with it.
    """

    id: str
    name: str
    real_name: str
    is_bot: bool = False
    team: str | None = None


@dataclass(frozen=True)
class Usergroup:
    """A group of people that is mentioned as one: `name` is the handle, `users` are ids."""

    id: str
    name: str
    title: str
    users: tuple[str, ...]


@dataclass(eq=False)
class Channel:
    """A public or private channel, or the direct messages between the bot and one person."""

    id: str
    name: str
    members: set[str]
    private: bool = False
    direct_to: str | None = None
    archived: bool = False

    @property
    def label(self) -> str:
        """The name that Slack puts into a slash command or a click from here."""
        if self.direct_to is not None:
            return "directmessage"
        return "privategroup" if self.private else self.name


@dataclass(eq=False)
class File:
    """A file: reserved, then sent (it has a `content`), then completed (it is `shared`).

    `created` is a Unix time; `channel` is None for a file that nobody else may see.
    """

    id: str
    name: str
    title: str
    length: int
    created: int
    content: bytes = b""
    shared: bool = False
    channel: str | None = None
    thread_ts: str | None = None
    comment: str = ""

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return self.length

    @property
    def mimetype(self) -> str:
        """The media type, by the ending of the name."""
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"


@dataclass(frozen=True)
class Features:
    """What an app's manifest sets up; None where anything goes, as without a manifest.

    `commands` are slash commands, `shortcuts` callback_ids, `events` the subscribed ones.
    """

    commands: frozenset[str] | None = None
    shortcuts: frozenset[str] | None = None
    events: frozenset[str] | None = None
    home_tab: bool = True


@dataclass(frozen=True)
class Installation:
    """The bot's app as it is installed in the workspace: its ids, its secrets, its scopes.

    `features` is what the app was set up with.
    """

    bot_token: str = field(repr=False)
    app_token: str = field(repr=False)
    signing_secret: str = field(repr=False)
    verification_token: str = field(repr=False)
    scopes: frozenset[str]
    features: Features = Features()
    team_id: str = "T0SANDBOX00"
    team_name: str = "Sandbox"
    team_domain: str = "sandbox"
    app_id: str = "A0ESIMBOT00"
    bot_id: str = "B0ESIMBOT00"
    bot_user_id: str = "U0ESIMBOT00"
