"""Everything that a bot leaves anywhere, as bytes with the name of the place."""

import base64
import binascii
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from redis.asyncio import Redis
from redis.client import NEVER_DECODE

from bot.store.orders.packing import packed, unpacked

_PACKED: Final = packed(b"")[:6]
"""How every part of an order begins that the store has packed."""
_USUAL, _LONGEST = 1 << 15, 1 << 23
"""Bytes of a packed part: of nearly all of them, and of any."""
_INLINE: Final = re.compile(rb"data:image/png;base64,([A-Za-z0-9+/=]+)")
"""A picture within a page."""
_NOT_READ: Final = frozenset({"alt_text", "alt_txt", "fallback", "value", "action_id", "block_id"})
"""Parts of blocks that are read out, sent back or shown instead: no code belongs there."""
Json = Any
"""What Slack's API takes and gives."""


@dataclass(frozen=True)
class Place:
    """Something that can be read by whoever has access to it."""

    kind: str
    """What is counted together: `log line`, `Redis value`, `file` and so on."""
    name: str
    """Where it is, for whoever reads a failure."""
    content: bytes
    person: str = ""
    """Slack user id of the one person who reads it, as a direct message; "" for anybody else."""


def place(kind: str, name: str, content: object, person: str = "") -> Place:
    """A place with this content: bytes, text, or anything that is written as JSON."""
    if isinstance(content, str):
        content = content.encode("utf-8", "surrogatepass")
    if not isinstance(content, bytes):
        content = json.dumps(content, ensure_ascii=False, default=str).encode()
    return Place(kind, name, content, person)


# Files, and what lies packed in other things


def opened(content: bytes) -> Iterator[bytes]:
    """The content, and whatever is packed in it: archives, workbooks, what the store packs."""
    yield content
    if content.startswith(b"PK"):
        yield from _unzipped(content)
    yield from _unpacked(content)
    for found in _INLINE.finditer(content):
        with suppress(binascii.Error):
            yield base64.b64decode(found[1])


def _unzipped(content: bytes) -> Iterator[bytes]:
    with suppress(zipfile.BadZipFile), zipfile.ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            yield name.encode()
            yield from opened(archive.read(name))


def _unpacked(content: bytes) -> Iterator[bytes]:
    """What the store has packed in it, wherever that begins: also in the server's own log."""
    at = content.find(_PACKED)
    while at >= 0:
        for size in (_USUAL, _LONGEST):
            with suppress(zlib.error):
                yield unpacked(content[at : at + size])
                break
        at = content.find(_PACKED, at + 1)


def in_folder(folder: Path) -> Iterator[Place]:
    """Every file below it: its path and its bytes."""
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        yield place("file name", f"the folder, {name}", name)
        if path.is_file():
            yield place("file on disk", f"the file {name}", path.read_bytes())


def in_lines(kind: str, text: str) -> Iterator[Place]:
    """Each line of a text."""
    for number, line in enumerate(text.splitlines(), 1):
        yield place(kind, f"{kind} {number}", line)


# Redis


async def in_redis(redis: Redis) -> list[Place]:
    """Every key, and every field, member and value that is in it now."""
    found = []
    async for key in redis.scan_iter(count=1000):
        name = key if isinstance(key, str) else key.decode()
        found.append(place("Redis key", name, name))
        found += [place("Redis value", name, part) for part in await _parts(redis, name)]
    return found


async def _parts(redis: Redis, key: str) -> list[bytes]:
    """What lies under a key, field by field, as the bytes that they are."""
    kind = str(await redis.type(key))
    command: tuple[str, ...] = {
        "string": ("GET", key),
        "hash": ("HGETALL", key),
        "list": ("LRANGE", key, "0", "-1"),
        "set": ("SMEMBERS", key),
        "zset": ("ZRANGE", key, "0", "-1"),
        "stream": ("XRANGE", key, "-", "+"),
    }.get(kind, ("GET", key))
    answer: Any = redis.execute_command(*command, **{NEVER_DECODE: True})  # type: ignore[no-untyped-call]
    return list(_flat(await answer))


def _flat(answer: object) -> Iterator[bytes]:
    """The bytes in an answer, however nested it is."""
    if isinstance(answer, bytes):
        yield answer
    elif isinstance(answer, Mapping):
        yield from (part for pair in answer.items() for part in _flat(pair))
    elif isinstance(answer, Iterable) and not isinstance(answer, str):
        yield from (part for each in answer for part in _flat(each))


# What Slack shows


def in_blocks(kind: str, name: str, blocks: Json, person: str) -> Iterator[Place]:
    """What one person reads of blocks in a direct message, and the rest of them apart from it."""
    read, other = _parted(blocks)
    yield place(kind, name, read, person)
    yield place(f"{kind}, parts that are not read", name, other)


def _parted(blocks: Json) -> tuple[Json, list[Json]]:
    """The same without what no code belongs in, and that."""
    if isinstance(blocks, list):
        pairs = [_parted(each) for each in blocks]
        return [read for read, _ in pairs], [one for _, other in pairs for one in other]
    if not isinstance(blocks, dict):
        return blocks, []
    parted = {key: _parted(each) for key, each in blocks.items() if key not in _NOT_READ}
    other = [each for key, each in blocks.items() if key in _NOT_READ]
    other += [one for _, rest in parted.values() for one in rest]
    return {key: read for key, (read, _) in parted.items()}, other
