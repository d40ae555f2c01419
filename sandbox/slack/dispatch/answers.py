"""What the bot answers, at once or by a response_url, and what the person sees of it."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.blockkit import message_problems, options_of
from sandbox.slack.block_kit import check_view
from sandbox.slack.faults import RESPONSE_URL, spoiled
from sandbox.slack.refusal import Refusal
from sandbox.slack.web_api.arguments import Arguments, read_arguments
from sandbox.slack.web_api.content import read_content
from sandbox.slack.workspace.installation import SLACKBOT

if TYPE_CHECKING:
    from sandbox.slack.dispatch.delivery import Answer, Parcel
    from sandbox.slack.faults import Faults
    from sandbox.slack.views.view import View
    from sandbox.slack.web_api.content import Content
    from sandbox.slack.workspace.message import Message
    from sandbox.slack.workspace.model import Channel, Person
    from sandbox.slack.workspace.workspace import Workspace

TROUBLE = "We had some trouble connecting. Try again?"


def show_answer(workspace: Workspace, parcel: Parcel, answer: Answer) -> None:
    """Show the person what the bot answered, or that it failed. Nobody waits for an event."""
    if parcel.is_event or parcel.is_suggestion:
        return
    error = answer.error or _apply(workspace, parcel, answer.body)
    view = workspace.views.find(parcel.view) if parcel.view else None
    if view is not None:
        view.trouble = TROUBLE if error else ""
    elif error is not None:
        _show_failure(workspace, parcel, error)


def _apply(workspace: Workspace, parcel: Parcel, body: str) -> str | None:
    """Do what an answer says; Slack's name for what is wrong with it comes back, if anything."""
    try:
        if parcel.is_submission:
            _conclude_submission(workspace, parcel, body)
        elif parcel.is_command and body.strip():
            person = workspace.people[parcel.person]
            show(workspace, person, workspace.channels[parcel.channel], _answered(body))
    except Refusal as refusal:
        return refusal.error
    return None


def _conclude_submission(workspace: Workspace, parcel: Parcel, body: str) -> None:
    """Conclude the submission of a view that is still there."""
    view: View | None = workspace.views.find(parcel.view or "")
    if view is not None:
        view.errors = {}
        conclude(workspace, view, body)


def _answered(body: str) -> Arguments:
    """Return the answer in an acknowledgement: a JSON object, or plain text."""
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    return Arguments(value if isinstance(value, dict) else {"text": body})


def suggested(body: str) -> list[dict[str, Any]] | None:
    """Return the options in the answer to a block_suggestion; None when it has none to show.

    They stand under `options`, or in groups under `option_groups`.
    """
    try:
        answer = json.loads(body)
    except ValueError:
        return None
    if not isinstance(answer, dict) or not {"options", "option_groups"} & answer.keys():
        return None
    if answer.get("options") == [] or answer.get("option_groups") == []:
        return []
    given = {name: answer[name] for name in ("options", "option_groups") if name in answer}
    menu = {"type": "static_select", "action_id": "menu"} | given
    if message_problems([{"type": "actions", "elements": [menu]}]):
        return None
    return options_of(given)


def _show_failure(workspace: Workspace, parcel: Parcel, error: str) -> None:
    """Tell the person, where they are, that the bot did not take what they did."""
    workspace.post(
        workspace.compose(
            workspace.channels[parcel.channel],
            workspace.people[SLACKBOT],
            f'{parcel.name} failed with the error "{error}"',
            thread_ts=parcel.thread_ts,
            only_for=parcel.person,
        )
    )


def conclude(workspace: Workspace, view: View, body: str) -> None:
    """Close a submitted modal, or do what the answer's response_action says.

    Raises Refusal for an answer that Slack doesn't take; then the modal stays as it is.
    """
    answer = _response(body)
    match answer.get("response_action"):
        case None:
            workspace.views.close(view)
        case "clear":
            workspace.views.close(view, everything=True)
        case "errors":
            _show_errors(workspace, view, answer.get("errors"))
        case "update":
            workspace.views.update(view, _checked(answer))
        case "push":
            workspace.views.push(view.person, _checked(answer))
        case _:
            raise Refusal("invalid_response_action")


def _response(body: str) -> dict[str, Any]:
    """Return the answer: nothing, or a JSON object."""
    try:
        answer = json.loads(body) if body.strip() else {}
    except ValueError:
        raise Refusal("invalid_json") from None
    if not isinstance(answer, dict):
        raise Refusal("json_not_object")
    return answer


def _checked(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the view in an answer."""
    view = answer.get("view")
    check_view(view, "modal")
    content: dict[str, Any] = view or {}
    return content


def _show_errors(workspace: Workspace, view: View, errors: Any) -> None:
    """Show errors below the inputs whose block_ids they name."""
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    right = isinstance(errors, dict) and errors and set(errors) <= inputs
    if not right or not all(isinstance(text, str) and text for text in errors.values()):
        raise Refusal("invalid_errors")
    view.errors = dict(errors)
    workspace.changes.announce()


URL_USES = 5
URL_SECONDS = 30 * 60


@dataclass
class Grant:
    """What a response_url stands for: a person in a channel, and the message that was clicked."""

    person: Person
    channel: Channel
    message: Message | None
    until: float
    left: int = URL_USES


@dataclass(frozen=True)
class ResponseUrls:
    """Issues response_urls and takes what is posted to them."""

    workspace: Workspace
    faults: Faults
    grants: dict[str, Grant] = field(default_factory=dict)

    def issue(self, person: Person, channel: Channel, message: Message | None) -> str:
        """Return the path of a new response_url."""
        key = secrets.token_urlsafe(18)
        until = self.workspace.clock.now() + URL_SECONDS
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
        original.attachments = content.attachments or []
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
            **content.parts,
            thread_ts=arguments.text("thread_ts"),
            only_for=None if in_channel else person.id,
        )
    )
