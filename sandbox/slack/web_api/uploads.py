"""Where the bytes of a file are sent: the second step of an upload."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.slack.faults import UPLOAD
from sandbox.slack.web_api.spoiling import spoiled

if TYPE_CHECKING:
    from sandbox.slack.faults import Faults
    from sandbox.slack.workspace.workspace import Workspace


@dataclass(frozen=True)
class Uploads:
    """Takes POST /upload/v1/<file id>: the bytes as they are, or the one part of a form."""

    workspace: Workspace
    faults: Faults

    async def handle(self, request: web.Request) -> web.Response:
        """Keep the bytes; the answer is plain text, as Slack's is."""
        content = await _content(request)
        fault = self.faults.take(UPLOAD)
        if fault is not None and not fault.stores:
            return spoiled(request, fault, HTTPStatus.INTERNAL_SERVER_ERROR)
        response = self._keep(request.match_info["file_id"], content)
        return spoiled(request, fault) if fault else response

    def _keep(self, file_id: str, content: bytes) -> web.Response:
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
