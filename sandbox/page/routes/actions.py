"""What a person does in the channels: type, write, click."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.page.manifest import INVITE
from sandbox.page.routes.answers import CantError, done, failed
from sandbox.page.routes.pages import looked
from sandbox.page.seen.content import clicked
from sandbox.page.seen.look import label_of
from sandbox.slack import NoSuchButtonError
from sandbox.slack.dispatch.payloads import escaped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.page.scene import Scene
    from sandbox.page.seen.look import Look
    from sandbox.slack import Channel, Person


@dataclass(frozen=True)
class Actions:
    """Takes what is typed and clicked; each answer comes when the bot has taken it."""

    scene: Scene

    def routes(self) -> list[web.RouteDef]:
        """Return where they are sent."""
        return [
            web.post("/as/{person}/{place}/send", self.send),
            web.post("/as/{person}/{place}/click", self.click),
        ]

    async def send(self, request: web.Request) -> web.Response:
        """Send a slash command or a message, in the channel or in its open thread."""
        look, form = looked(self.scene, request), await request.post()
        text, thread = str(form.get("text", "")).strip(), str(form.get("thread", ""))
        try:
            await self._send(look, text.replace("\r\n", "\n"), thread)
        except CantError as reason:
            return failed(request, str(reason))
        return done(request)

    async def click(self, request: web.Request) -> web.Response:
        """Click a button, of a message as it was when the page showed it, or of a view."""
        look, form = looked(self.scene, request), await request.post()
        try:
            await self._click(look, {name: str(value) for name, value in form.items()})
        except (CantError, NoSuchButtonError) as reason:
            return failed(request, str(reason))
        return done(request)

    async def _send(self, look: Look, text: str, thread: str) -> None:
        if not text:
            return
        if look.channel is None or not look.may_write:
            raise CantError(f"{look.person.name} can't write here.")
        actor = self.scene.slack.person(look.person.id)
        if text.split(maxsplit=1)[0] == INVITE.name and not thread:
            _invite(look, text)
        elif text.startswith("/"):
            self._check_command(text, thread)
            await actor.types(text, look.channel.id)
        else:
            actor.says(escaped(text, look.workspace), look.channel.id, thread or None)

    def _check_command(self, text: str, thread: str) -> None:
        """Refuse what Slack's own composer refuses."""
        known = [command.name for command in (*self.scene.manifest.commands, INVITE)]
        name = text.split(maxsplit=1)[0]
        if name not in known and not self.scene.manifest.takes_any_command:
            raise CantError(f"{name} is not a command here; there is {', '.join(known)}.")
        if thread:
            raise CantError(f"{name} is not supported in threads. Sorry!")

    async def _click(self, look: Look, form: Mapping[str, Any]) -> None:
        found = clicked(look, form)
        if found is None:
            raise CantError("That button is no longer there.")
        await self.scene.slack.person(look.person.id).clicks(*found)


def _invite(look: Look, text: str) -> None:
    """Do what /invite does, which is Slack's own command: no app hears it.

    Makes those who are named members of the channel. Raises CantError; then nobody is one.
    """
    channel, names = look.channel, text.split()[1:]
    if channel is None or channel.direct_to is not None:
        raise CantError("Nobody can be invited to direct messages.")
    if not names:
        raise CantError("Whom? /invite @esim-bot brings the bot in.")
    for person in [_invited(look, name) for name in names]:
        _bring_in(look, channel, person)


def _invited(look: Look, name: str) -> Person:
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
