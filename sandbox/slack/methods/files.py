"""files.*: the upload in three steps (reserve, send the bytes, share)."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.slack.faults import UPLOAD, spoiled
from sandbox.slack.refusal import Refusal, bad_argument
from sandbox.slack.web_api.access import (
    USER_ID_STARTS,
    addressed_channel,
    known_channel,
    require_membership,
    require_open,
    require_reader,
)
from sandbox.slack.workspace.wire import file_json

if TYPE_CHECKING:
    from sandbox.slack.faults import Faults
    from sandbox.slack.web_api.invocation import Invocation
    from sandbox.slack.workspace.model import Channel, File
    from sandbox.slack.workspace.workspace import Workspace


def get_upload_url(call: Invocation) -> dict[str, Any]:
    """Reserve a file and say where its bytes go."""
    name, length = call.arguments.required("filename"), call.arguments.number("length")
    if length is None:
        raise bad_argument("missing required field: length")
    if length < 1:
        raise bad_argument("must be greater than 0", "length")
    alt_text = call.arguments.text("alt_txt") or ""
    file = call.workspace.add_file(name, length, alt_text)
    return {"upload_url": f"{call.origin}/upload/v1/{file.id}", "file_id": file.id}


def complete_upload(call: Invocation) -> dict[str, Any]:
    """Share uploaded files in a channel or thread; without a channel they stay private.

    The bot has to be a member, also of a public channel: chat:write.public doesn't count here.
    """
    arguments = call.arguments
    files = [_uploaded(call, entry) for entry in _entries(call)]
    channels = _channels(call)
    for channel in channels:
        require_open(channel)
        require_membership(call.workspace, channel)
        require_reader(call.workspace, channel)
    comment, thread_ts = arguments.text("initial_comment") or "", arguments.stamp("thread_ts")
    for file in files:
        file.comment, file.shared = comment, True
    for channel in channels:
        _share(call, channel, files, thread_ts)
    call.workspace.changes.announce()
    return {"files": [file_json(call.workspace, file) for file in files]}


def info(call: Invocation) -> dict[str, Any]:
    """Return one file."""
    file = call.workspace.files.get(call.arguments.required("file"))
    if file is None or not file.shared:
        raise Refusal("file_not_found")
    return {"file": file_json(call.workspace, file), "comments": []}


def delete(call: Invocation) -> dict[str, Any]:
    """Delete a file of the bot's own; a message that was nothing but this file goes with it."""
    workspace = call.workspace
    file = workspace.files.pop(call.arguments.required("file"), None)
    if file is None:
        raise Refusal("file_not_found")
    file.deleted = True
    for message in [each for each in workspace.timeline if file in each.files]:
        message.files.remove(file)
        if not (message.files or message.text or message.blocks):
            workspace.delete(message)
    workspace.changes.announce()
    return {}


def _entries(call: Invocation) -> list[dict[str, Any]]:
    """Return the ids and titles of the files to share."""
    entries = call.arguments.structure("files", "invalid_arguments")
    if not isinstance(entries, list) or not entries:
        raise bad_argument("missing required field: files")
    if not all(isinstance(entry, dict) and isinstance(entry.get("id"), str) for entry in entries):
        raise bad_argument("must be an array of objects with an id", "files")
    return entries


def _uploaded(call: Invocation, entry: dict[str, Any]) -> File:
    """Return a reserved file whose bytes have arrived, under its title."""
    file = call.workspace.files.get(entry["id"])
    if file is None or not file.content:
        raise Refusal("file_not_found")
    file.title = str(entry.get("title") or file.name)
    return file


def _channels(call: Invocation) -> list[Channel]:
    """Return where to share: the id in channel_id, or the ids of channels and people in channels.

    Unlike chat.postMessage this takes no names.
    """
    keys = call.arguments.text("channel_id") or call.arguments.text("channels") or ""
    return [_channel(call, key.strip()) for key in keys.split(",") if key.strip()]


def _channel(call: Invocation, key: str) -> Channel:
    """Return one channel to share in."""
    if key.startswith(USER_ID_STARTS) and not call.arguments.text("channel_id"):
        return addressed_channel(call.workspace, key)
    return known_channel(call.workspace, key)


def _share(call: Invocation, channel: Channel, files: list[File], thread_ts: str | None) -> None:
    """Post the message that carries the files."""
    workspace = call.workspace
    comment = files[0].comment
    workspace.post(
        workspace.compose(channel, workspace.bot, comment, files=list(files), thread_ts=thread_ts)
    )


@dataclass(frozen=True)
class Uploads:
    """Takes POST /upload/v1/<file id>: the bytes as they are, or the one part of a form.

    And gives them to the bot at the file's url_private, with its token.
    """

    workspace: Workspace
    faults: Faults

    async def handle(self, request: web.Request) -> web.Response:
        """Keep the bytes; the answer is plain text, as Slack's is."""
        content = await _content(request)
        fault = self.faults.take(UPLOAD)
        if fault is not None and not fault.stores:
            return spoiled(request, fault, HTTPStatus.INTERNAL_SERVER_ERROR)
        response = self._store(request.match_info["file_id"], content)
        return spoiled(request, fault) if fault else response

    async def fetch(self, request: web.Request) -> web.Response:
        """Answer with a file's bytes; without the bot's token with a page to sign in, as Slack."""
        file = self.workspace.files.get(request.match_info["key"].rpartition("-")[2])
        if file is None or not file.shared:
            return web.Response(status=404, text="not found")
        token = f"Bearer {self.workspace.installation.bot_token}"
        if request.headers.get("Authorization") != token:
            return web.Response(text="<html>Sign in to Slack</html>", content_type="text/html")
        return web.Response(body=file.content, content_type=file.mimetype)

    def _store(self, file_id: str, content: bytes) -> web.Response:
        """Keep the bytes of a reserved file, once and in full."""
        file = self.workspace.files.get(file_id)
        if file is None or file.content:
            return web.Response(status=404, text="not found")
        if len(content) != file.length:
            return web.Response(status=400, text="the length is not the one that was announced")
        file.content = content
        self.workspace.changes.announce()
        return web.Response(text=f"OK - {len(content)}")


async def _content(request: web.Request) -> bytes:
    """Return the bytes that were sent."""
    if request.content_type != "multipart/form-data":
        return await request.read()
    for part in (await request.post()).values():
        if isinstance(part, web.FileField):
            return part.file.read()
    return b""
