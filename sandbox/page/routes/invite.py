"""/invite, which is Slack's own command: no app hears it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.page.routes.answers import CantError
from sandbox.page.seen.look import label_of

if TYPE_CHECKING:
    from sandbox.page.seen.look import Look
    from sandbox.slack import Channel, Person


def invite(look: Look, text: str) -> None:
    """Make those who are named members of the channel. Raises CantError; then nobody is one."""
    channel, names = look.channel, text.split()[1:]
    if channel is None or channel.direct_to is not None:
        raise CantError("Nobody can be invited to direct messages.")
    if not names:
        raise CantError("Whom? /invite @esim-bot brings the bot in.")
    for person in [_person(look, name) for name in names]:
        _bring_in(look, channel, person)


def _person(look: Look, name: str) -> Person:
    try:
        return look.workspace.person(name.removeprefix("@"))
    except LookupError:
        raise CantError(f"There is nobody called {name} here.") from None


def _bring_in(look: Look, channel: Channel, person: Person) -> None:
    """Tell it in the channel, as Slack does; who is there already is not told."""
    if person.id in channel.members:
        return
    channel.members.add(person.id)
    told = f"was added to {label_of(channel)} by <@{look.person.id}>."
    look.workspace.post(look.workspace.compose(channel, person, told))
