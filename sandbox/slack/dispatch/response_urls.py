"""response_urls: five answers in thirty minutes, wherever the person was."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.slack.faults import RESPONSE_URL
from sandbox.slack.refusal import Refusal
from sandbox.slack.web_api.arguments import read_arguments
from sandbox.slack.web_api.content import read_content
from sandbox.slack.web_api.spoiling import spoiled

if TYPE_CHECKING:
    from sandbox.slack.faults import Faults
    from sandbox.slack.web_api.arguments import Arguments
    from sandbox.slack.web_api.content import Content
    from sandbox.slack.workspace.message import Message
    from sandbox.slack.workspace.model import Channel, Person
    from sandbox.slack.workspace.workspace import Workspace

USES = 5
SECONDS = 30 * 60


@dataclass
class Grant:
    """What a response_url stands for: a person in a channel, and the message that was clicked."""

    person: Person
    channel: Channel
    message: Message | None
    until: float
    left: int = USES


@dataclass(frozen=True)
class ResponseUrls:
    """Issues response_urls and takes what is posted to them."""

    workspace: Workspace
    faults: Faults
    grants: dict[str, Grant] = field(default_factory=dict)

    def issue(self, person: Person, channel: Channel, message: Message | None) -> str:
        """Return the path of a new response_url."""
        key = secrets.token_urlsafe(18)
        until = self.workspace.clock.now() + SECONDS
        self.grants[key] = Grant(person, channel, message, until)
        return f"/respond/{self.workspace.installation.team_id}/{key}"

    async def handle(self, request: web.Request) -> web.Response:
        """Answer a post: "ok", or what is wrong with it (404 when it is used up or too old)."""
        try:
            arguments = await read_arguments(request)
        except Refusal as refusal:
            return web.json_response(refusal.answer(), status=HTTPStatus.BAD_REQUEST)
        fault = self.faults.take(RESPONSE_URL)
        if fault is not None and not fault.stores:
            return spoiled(request, fault, HTTPStatus.NOT_FOUND)
        response = self._answer(request.match_info["key"], arguments)
        return spoiled(request, fault) if fault else response

    def _answer(self, key: str, arguments: Arguments) -> web.Response:
        """Use a response_url once for what `arguments` ask."""
        try:
            grant = self._grant(key)
        except Refusal as refusal:
            return web.json_response(refusal.answer(), status=HTTPStatus.NOT_FOUND)
        try:
            self._respond(grant, arguments)
        except Refusal as refusal:
            return web.json_response(refusal.answer(), status=HTTPStatus.BAD_REQUEST)
        return web.Response(text="ok")

    def _grant(self, key: str) -> Grant:
        """Return what a key stands for and use it once."""
        grant = self.grants.get(key)
        if grant is None:
            raise Refusal("invalid_url")
        if self.workspace.clock.now() > grant.until:
            raise Refusal("expired_url")
        if grant.left == 0:
            raise Refusal("used_url")
        grant.left -= 1
        return grant

    def _respond(self, grant: Grant, arguments: Arguments) -> None:
        """Delete or replace the message that was clicked, or show a new one."""
        original = grant.message
        if arguments.flag("delete_original"):
            if original is not None and not original.deleted:
                self.workspace.delete(original)
        elif arguments.flag("replace_original") and original is not None:
            self._replace(original, read_content(arguments))
        else:
            show(self.workspace, grant.person, grant.channel, arguments)

    def _replace(self, original: Message, content: Content) -> None:
        """Put new content into the message that was clicked, if it is still there."""
        if original.deleted:
            raise Refusal("message_not_found")
        self.workspace.revise(original, content.text or "", content.blocks or [])


def show(workspace: Workspace, person: Person, channel: Channel, arguments: Arguments) -> Message:
    """Show a bot's answer: to all for response_type in_channel, else to `person` alone.

    Needs no membership. Raises Refusal for an answer that Slack doesn't take.
    """
    content = read_content(arguments)
    in_channel = arguments.text("response_type") == "in_channel"
    return workspace.post(
        workspace.compose(
            channel,
            workspace.bot,
            content.text or "",
            blocks=content.blocks or [],
            thread_ts=arguments.text("thread_ts"),
            only_for=None if in_channel else person.id,
        )
    )
