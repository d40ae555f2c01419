"""The people and channels that every workspace starts with; their ids never change."""

from __future__ import annotations

from sandbox.slack.workspace.model import Channel, Person, Usergroup

SLACKBOT = "USLACKBOT"


def people(bot_user_id: str) -> list[Person]:
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


def channels(everybody: list[Person]) -> list[Channel]:
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


def usergroups() -> list[Usergroup]:
    """Return the two groups: the approvers, and everybody who works with the fleet."""
    return [
        Usergroup("S0APPROVERS", "approvers", "Approvers", ("U0BEN000000", "U0CARLA0000")),
        Usergroup("S0FLEETTEAM", "fleet-team", "Fleet team", ("U0ANA000000", "U0OLGA00000")),
    ]
