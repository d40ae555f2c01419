"""QR pictures: which code a PNG file shows, told by drawing each code and comparing."""

import zlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from struct import error as StructError  # noqa: N812 - struct's own name says nothing
from struct import iter_unpack, unpack
from typing import Final

import segno

_REMEMBERED: Final = 5000
"""Drawings that are remembered: each costs some milliseconds, and is compared with many."""
SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
Modules = tuple[tuple[bool, ...], ...]
"""Rows of a QR code without its margin; true where it is dark."""


class UnreadablePicture(AssertionError):
    """A picture that this small reader can't read: nobody knows what it shows."""


@lru_cache(_REMEMBERED)
def drawn(text: str) -> Modules:
    """The QR code of a text as the bot is to draw it: bytes, level M."""
    code = segno.make_qr(text, mode="byte", error="m", boost_error=False)
    return tuple(tuple(bool(module) for module in row) for row in code.matrix)


def shown(png: bytes) -> Modules:
    """The modules that a PNG file of black and white squares shows. Raises UnreadablePicture."""
    try:
        rows = _without_margin(_dark(png))
        side = _module_side(rows)
        return tuple(tuple(row[side // 2 :: side]) for row in rows[side // 2 :: side])
    except (KeyError, IndexError, ValueError, StructError, zlib.error) as problem:
        raise UnreadablePicture(repr(problem)) from problem


def margin(png: bytes) -> float:
    """How many modules wide its quiet zone is, at the left. Raises UnreadablePicture."""
    rows = _dark(png)
    left = min(row.index(True) for row in rows if True in row)
    return left / _module_side(_without_margin(rows))


def code_shown(png: bytes, codes: Iterable[str]) -> str | None:
    """Which of these texts a picture shows; None for none of them. Raises UnreadablePicture."""
    modules = shown(png)
    return next((code for code in codes if drawn(code) == modules), None)


def _dark(png: bytes) -> list[list[bool]]:
    """The pixels of a picture in grey or with a palette, not interlaced; true where it is dark."""
    if not png.startswith(SIGNATURE):
        raise UnreadablePicture("no PNG")
    chunks = dict(_chunks(png))
    width, _, depth, kind, _, _, interlaced = unpack(">IIBBBBB", chunks[b"IHDR"])
    if interlaced or kind not in {0, 3} or depth not in {1, 8}:
        raise UnreadablePicture(f"depth {depth}, kind {kind}")
    lights = [value >= 1 << (depth - 1) for value in range(1 << depth)]
    if kind == 3:
        lights = [sum(colour) > 382 for colour in iter_unpack("BBB", chunks[b"PLTE"])]
    lines = _lines(zlib.decompress(chunks[b"IDAT"]), -(-width * depth // 8))
    return [[not lights[value] for value in _values(line, depth)][:width] for line in lines]


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    content = b""
    while at < len(png):
        length, kind = unpack(">I4s", png[at : at + 8])
        part = png[at + 8 : at + 8 + length]
        content += part if kind == b"IDAT" else b""
        yield kind, content if kind == b"IDAT" else part
        at += length + 12


def _lines(filtered: bytes, stride: int) -> Iterator[bytes]:
    """The lines of bytes, with the filters None and Up, each after the byte that names it."""
    above = bytes(stride)
    for at in range(0, len(filtered), stride + 1):
        kind, line = filtered[at], filtered[at + 1 : at + 1 + stride]
        if kind not in {0, 2}:
            raise UnreadablePicture(f"its lines have the filter {kind}")
        above = bytes((a + b) & 255 for a, b in zip(line, above, strict=True)) if kind else line
        yield above


def _values(line: bytes, depth: int) -> Iterator[int]:
    if depth == 1:
        return ((byte >> bit) & 1 for byte in line for bit in range(7, -1, -1))
    return iter(line)


def _without_margin(rows: list[list[bool]]) -> list[list[bool]]:
    inked = [number for number, row in enumerate(rows) if True in row]
    columns = [number for number in range(len(rows[0])) if any(row[number] for row in rows)]
    if not inked:
        raise UnreadablePicture("it is empty")
    return [row[columns[0] : columns[-1] + 1] for row in rows[inked[0] : inked[-1] + 1]]


def _module_side(rows: list[list[bool]]) -> int:
    """Pixels of a module: the corner's pattern begins with seven dark ones."""
    top = rows[0]
    return (top.index(False) if False in top else len(top)) // 7
