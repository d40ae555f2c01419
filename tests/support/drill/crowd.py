"""Channels and people enough that Slack's pace, a post a second and channel, is not in the way."""

from dataclasses import dataclass

from sandbox.slack import Channel, Person, Workspace
from sandbox.slack.workspace.installation import direct_channel


@dataclass(frozen=True)
class Desk:
    """A person, and the channel in which they order; both are ids."""

    person: str
    channel: str


def seat(workspace: Workspace, desks: int) -> list[Desk]:
    """Add so many people, each with a channel that the bot and everybody else is in."""
    everybody = set(workspace.people)
    return [_seated(workspace, number, everybody) for number in range(desks)]


def _seated(workspace: Workspace, number: int, everybody: set[str]) -> Desk:
    person = Person(f"U1PERSON{number:03d}", f"person-{number}", f"Person {number}")
    channel = Channel(f"C1DESK{number:05d}", f"desk-{number}", everybody | {person.id})
    direct = direct_channel(person, workspace.bot.id)
    workspace.people[person.id] = person
    workspace.channels |= {channel.id: channel, direct.id: direct}
    return Desk(person.id, channel.id)
