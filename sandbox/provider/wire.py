"""Broken answers: what a client sees when a connection dies at the wrong moment."""

from __future__ import annotations

import socket
import struct
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import web

    from sandbox.provider.answer import Answer


def close(request: web.Request, sent: bytes = b"") -> None:
    """Send these bytes, which need not be a whole answer, then close the connection.

    A connection that the client has left already has no transport.
    """
    transport = request.transport
    if transport is not None:
        transport.write(sent)
        transport.close()


def reset(request: web.Request, _answer: Answer) -> None:
    """End the connection with a TCP reset instead of an answer."""
    transport = request.transport
    if transport is not None:
        # A linger time of zero makes the kernel send RST instead of FIN.
        linger = struct.pack("ii", 1, 0)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        transport.abort()


def close_unanswered(request: web.Request, _answer: Answer) -> None:
    """Close the connection without a byte of an answer."""
    close(request)


def cut_body(request: web.Request, answer: Answer) -> None:
    """Send the whole head and half of the body that its Content-Length promises, then close."""
    body = answer.encoded()
    head = (
        f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}\r\n"
        "Content-Type: application/json; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    close(request, head.encode() + body[: len(body) // 2])


def half_status_line(request: web.Request, _answer: Answer) -> None:
    """Send half of the status line, then close."""
    close(request, b"HTTP/1.1 20")
