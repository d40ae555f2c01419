"""The column at the left: who one is, the channels, the direct messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.page.seen.look import can_see, label_of

if TYPE_CHECKING:
    from sandbox.page.seen.look import Look
    from sandbox.slack import Channel, Person


@dataclass(frozen=True)
class Entry:
    """A line that leads somewhere; `unread` counts what this person has not seen there."""

    label: str
    path: str
    unread: int
    here: bool
    note: str = ""


def people(look: Look) -> list[Entry]:
    """Return everybody whom the visitor can be, each in the same place if it is theirs too."""
    everybody = look.workspace.people.values()
    staff = [person for person in everybody if not (person.is_bot or person.deleted)]
    return [_person(look, person) for person in staff]


def channels(look: Look) -> list[Entry]:
    """Return the channels that are there for this person."""
    return [
        _channel(look, channel)
        for channel in look.workspace.channels.values()
        if channel.direct_to is None and can_see(look.person, channel)
    ]


def direct(look: Look) -> Entry:
    """Return the direct messages with the bot."""
    return _channel(look, look.workspace.direct(look.person))


def others_direct(look: Look) -> list[Entry]:
    """Return what the bot wrote to the others: the visitor becomes who they look at."""
    workspace = look.workspace
    others = [each for each in workspace.people.values() if each != look.person]
    return [_to(look, person) for person in others if _has_messages(look, person)]


def _has_messages(look: Look, person: Person) -> bool:
    if person.is_bot or person.deleted:
        return False
    return bool(look.workspace.top_level(look.workspace.direct(person).id))


def _to(look: Look, person: Person) -> Entry:
    channel = look.workspace.direct(person)
    unread = look.workspace.unread_in(channel, person.id)
    return Entry(f"esim-bot to {person.name}", f"/as/{person.name}/{channel.id}", unread, False)


def _person(look: Look, person: Person) -> Entry:
    unread = sum(look.workspace.unread(person).values())
    role = person.real_name.partition(" ")[2].lower()
    here = person == look.person
    return Entry(person.name, _same_place(look, person), 0 if here else unread, here, role)


def _same_place(look: Look, person: Person) -> str:
    """Return the address at which a person sees what is looked at now, or the first channel."""
    place = look.channel
    if place is not None and place.direct_to is not None:
        place = look.workspace.direct(person)
    if place is None or not can_see(person, place):
        place = next(iter(look.workspace.channels.values()))
    return f"/as/{person.name}/{place.id}"


def _channel(look: Look, channel: Channel) -> Entry:
    unread = look.workspace.unread(look.person).get(channel.id, 0)
    here = look.channel is channel
    path = f"{look.folder}/{channel.id}"
    note = "private" if channel.private and channel.direct_to is None else ""
    return Entry(label_of(channel), path, 0 if here else unread, here, note)
