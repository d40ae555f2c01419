"""What a person does in the channels: type, write, click."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.page.manifest import INVITE
from sandbox.page.routes.answers import CantError, done, failed
from sandbox.page.routes.invite import invite
from sandbox.page.routes.pages import looked
from sandbox.page.seen.clicked import clicked
from sandbox.slack import NoSuchButtonError
from sandbox.slack.dispatch.typed import escaped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.page.scene import Scene
    from sandbox.page.seen.look import Look


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
            invite(look, text)
        elif text.startswith("/"):
            self._check_command(text, thread)
            await actor.types(text, look.channel.id)
        else:
            actor.says(escaped(text, look.workspace), look.channel.id, thread or None)

    def _check_command(self, text: str, thread: str) -> None:
        """Refuse what Slack's own composer refuses."""
        known = [command.name for command in (*self.scene.manifest.commands, INVITE)]
        name = text.split(maxsplit=1)[0]
        if name not in known:
            raise CantError(f"{name} is not a command here; there is {', '.join(known)}.")
        if thread:
            raise CantError(f"{name} is not supported in threads. Sorry!")

    async def _click(self, look: Look, form: Mapping[str, Any]) -> None:
        found = clicked(look, form)
        if found is None:
            raise CantError("That button is no longer there.")
        await self.scene.slack.person(look.person.id).clicks(*found)
