"""What every workspace starts with: the installed app, the people and the channels."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.slack.workspace.model import Channel, Person, Usergroup

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
    client_id: str = "1000000000000.2000000000000"
    client_secret: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)


@dataclass(frozen=True)
class Consent:
    """What a code stands for: a person (an id) wants the app, until a Unix time.

    `redirect_uri` is where the person was sent with the code, "" for the usual place.
    """

    person: str
    redirect_uri: str
    until: float


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


SLACKBOT = "USLACKBOT"


def first_people(bot_user_id: str) -> list[Person]:
    """Return a requester, two approvers, a stranger, an operator, the bot, and Slackbot."""
    return [
        Person("U0ANA000000", "ana", "Ana Requester"),
        Person("U0BEN000000", "ben", "Ben Approver"),
        Person("U0CARLA0000", "carla", "Carla Approver"),
        Person("U0DAN000000", "dan", "Dan Stranger"),
        Person("U0OLGA00000", "olga", "Olga Operator"),
        Person(bot_user_id, "esim-bot", "eSIM bot", is_bot=True),
        Person(SLACKBOT, "slackbot", "Slackbot", is_bot=True),
    ]


def other_people() -> list[Person]:
    """Return a guest, one from another company, and one who has left: they get no secrets."""
    return [
        Person("U0GUS000000", "gus", "Gus Guest", is_restricted=True),
        Person("U0EVA000000", "eva", "Eva External", team="T0PARTNER00"),
        Person("U0MAX000000", "max", "Max Deactivated", deleted=True),
    ]


def first_channels(everybody: list[Person]) -> list[Channel]:
    """Return the four channels: the bot is in ops and fleet, only ana and ben are in secret."""
    staff = {person.id for person in everybody if not person.is_bot}
    bot = next(person.id for person in everybody if person.is_bot)
    insiders = {person.id for person in everybody if person.name in {"ana", "ben"}}
    return [
        Channel("C0OPS000000", "ops", staff | {bot}),
        Channel("C0FLEET0000", "fleet", staff | {bot}),
        Channel("C0FINANCE00", "finance", set(staff)),
        Channel("C0SECRET000", "secret", insiders, private=True),
    ]


def direct_channel(person: Person, bot_user_id: str) -> Channel:
    """Return the direct messages between the bot and `person`: U0ANA… talks in D0ANA…."""
    return Channel(
        f"D{person.id[1:]}",
        person.name,
        {person.id, bot_user_id},
        private=True,
        direct_to=person.id,
    )


def first_usergroups() -> list[Usergroup]:
    """Return the two groups: the approvers, and everybody who works with the fleet."""
    return [
        Usergroup("S0APPROVERS", "approvers", "Approvers", ("U0BEN000000", "U0CARLA0000")),
        Usergroup("S0FLEETTEAM", "fleet-team", "Fleet team", ("U0ANA000000", "U0OLGA00000")),
    ]
