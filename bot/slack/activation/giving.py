"""Gives activation codes on Slack: direct messages and files, posted once and deleted later.

What is given is drawn, sent and forgotten: nothing of it is kept, logged, or sent again.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from math import inf
from typing import Any, Final, TypeVar

from bot.clock import Clock
from bot.domain.activation.hand_out import Columns, FoundCode, HandOut, HandOutForm, Piece
from bot.errors import SlackError, SlackRefused, SlackUnavailable
from bot.slack.activation.archive import archive
from bot.slack.activation.message import (
    code_message,
    file_message,
    interrupted_message,
    last_digits,
    metadata_of,
)
from bot.slack.activation.picture import png
from bot.slack.activation.progress import progress
from bot.slack.activation.sheet import sheet
from bot.slack.message import File, Message
from bot.slack.web.client import Place, SlackClient
from bot.slack.web.faults import is_limit
from bot.slack.web.tiers import POST, UPLOAD

_T = TypeVar("_T")
_A_POST: Final = 1.0
"""Seconds for a message and its file: "1 message per second" in a conversation."""
_LONGEST: Final = 300.0
"""Seconds for which one call waits in all when Slack asks to go slower."""
_AHEAD: Final = timedelta(minutes=5)
"""How far our clock may be ahead of Slack's when messages are looked for."""
_GONE: Final = frozenset({"message_not_found", "file_not_found", "file_deleted"})
"""Slack's words for what somebody deleted already."""


@dataclass(frozen=True)
class _Given:
    """A message with its file, drawn when it is its turn."""

    message: Message
    file: File


class CodeMessages:
    """Puts codes before one person, and takes them away again; see `bot.engine.activation`."""

    def __init__(self, slack: SlackClient, clock: Clock) -> None:
        self._slack = slack
        self._clock = clock

    async def open(self, to: str) -> str:
        """Slack's id of the conversation with this person. Raises SlackError."""
        return await self._patiently(partial(self._slack.direct, to))

    async def give(
        self, hand_out: HandOut, found: Sequence[FoundCode], columns: Columns, title: str
    ) -> AsyncIterator[Piece]:
        """Post it to `hand_out.channel`, piece by piece; each is told as soon as it stands.

        A piece comes again, with the same ts, once it has a file. A post that may have gone
        through is not repeated: `find` finds it. Raises SlackError.
        """
        began = -_A_POST
        for each in self._all(hand_out, found, columns, title):
            content = await asyncio.to_thread(_harmless, each.file.content)
            await self._clock.sleep(began + _A_POST - self._clock.monotonic())
            began = self._clock.monotonic()
            place = await self._post(each.message, metadata_of(hand_out))
            yield Piece(ts=place.ts)
            if content:
                yield Piece(ts=place.ts, file=await self._upload(hand_out, each.file, content))

    async def remove(self, channel: str, piece: Piece) -> None:
        """Delete a message and its file; what is gone already is no failure. Raises SlackError.

        A file that can't be deleted keeps no message.
        """
        try:
            if piece.file:
                await self._delete(partial(self._slack.delete_file, piece.file))
        finally:
            if piece.ts:
                await self._delete(partial(self._slack.delete, Place(channel, piece.ts)))

    async def find(self, hand_out: HandOut) -> tuple[Piece, ...]:
        """What stands of this hand-out, recorded or not. Raises SlackError.

        Messages are known by their metadata. A file comes after its message, which may be gone:
        it is one of this name that the bot posted since the first of them.
        """
        since = hand_out.at - _AHEAD
        there = [each async for each in self._slack.messages(hand_out.channel, since)]
        messages = [each for each in there if each.get("metadata") == metadata_of(hand_out)]
        known = (*(str(each["ts"]) for each in messages), *(each.ts for each in hand_out.pieces))
        first, names = min(map(float, filter(None, known)), default=inf), _file_names(hand_out)
        files = [
            Piece(file=str(file["id"]))
            for each in there
            if _ts(each) >= first and each.get("user") != hand_out.to
            for file in each.get("files") or ()
            if file.get("name") in names and file.get("id")
        ]
        return (*(Piece(ts=str(each["ts"])) for each in messages), *files)

    async def tell_interrupted(self, hand_out: HandOut) -> None:
        """Tell whoever had it given that it was interrupted. Raises SlackError."""
        message = interrupted_message(hand_out)
        await self._patiently(partial(self._slack.tell, hand_out.by, message.text, message.blocks))

    def progress(self, by: str, total: int) -> AbstractAsyncContextManager[Callable[[int], None]]:
        """Show this person how many codes are fetched, where that takes long."""
        return progress(self._slack, self._clock, by, total)

    def _all(
        self, hand_out: HandOut, found: Sequence[FoundCode], columns: Columns, title: str
    ) -> Iterator[_Given]:
        if hand_out.form is HandOutForm.MESSAGES:
            for each in found:
                message = _harmless(partial(code_message, each, hand_out, title))
                yield _Given(message, _picture_of(each))
            return
        as_archive = hand_out.form is HandOutForm.ARCHIVE
        make = (
            partial(archive, found, hand_out, columns)
            if as_archive
            else partial(sheet, found, hand_out, title)
        )
        message = file_message(hand_out, len(found), columns, title)
        yield _Given(message, File(_file_name(hand_out), message.text, "", make))

    async def _post(self, message: Message, metadata: Mapping[str, Any]) -> Place:
        async def post() -> Place:
            self._slack.count(POST)
            return await self._slack.post(message, None, metadata)

        return await self._patiently(post)

    async def _upload(self, hand_out: HandOut, file: File, content: bytes) -> str:
        """Returns the file's id. Without one it failed: nobody could delete it."""
        made = File(file.name, file.title, "", lambda: content, alt=file.alt)
        carrier = Message(hand_out.channel, file.title, files=(made,))

        async def upload() -> tuple[str, ...]:
            self._slack.count(UPLOAD)
            return await self._slack.upload(carrier, None)

        files = await self._patiently(upload)
        if not files:
            raise SlackUnavailable(error="no_file_id")
        return files[0]

    async def _delete(self, call: Callable[[], Awaitable[None]]) -> None:
        try:
            await self._patiently(call)
        except (SlackRefused, SlackUnavailable) as failure:
            if failure.error not in _GONE:
                raise

    async def _patiently(self, call: Callable[[], Awaitable[_T]]) -> _T:
        """Make a call, and again where Slack asks to go slower: it did nothing then.

        A failure goes on without what led to it, since Slack may have repeated what was sent.
        """
        waited = 0.0
        while True:
            try:
                return await call()
            except SlackUnavailable as failure:
                waited += failure.retry_after
                if not (failure.undone and is_limit(failure)) or waited > _LONGEST:
                    raise failure from None
                await self._clock.sleep(failure.retry_after)
            except SlackError as failure:
                raise failure from None


def _picture_of(found: FoundCode) -> File:
    """The QR code; neither its name nor what it is called holds a part of the code."""
    last = last_digits(found.iccid)
    title = f"QR code of the eSIM that ends in {last}"
    return File(f"esim-{last}.png", title, "", partial(png, found.code), alt=title)


def _file_name(hand_out: HandOut) -> str:
    """Of the one file of a hand-out: the order, else the eSIM."""
    subject = hand_out.order_id or last_digits(next(iter(hand_out.iccids), ""))
    ending = "zip" if hand_out.form is HandOutForm.ARCHIVE else "html"
    return f"esims-{subject}.{ending}"


def _file_names(hand_out: HandOut) -> frozenset[str]:
    """The names that files of this hand-out have."""
    if hand_out.form is HandOutForm.MESSAGES:
        return frozenset(f"esim-{last_digits(iccid)}.png" for iccid in hand_out.iccids)
    return frozenset({_file_name(hand_out)})


def _harmless(make: Callable[[], _T]) -> _T:
    """What is made of a code. A fault tells its kind alone: its words may hold the code."""
    try:
        return make()
    except Exception as fault:  # noqa: BLE001 - whatever a library finds wrong with a code
        kind = type(fault).__name__
    raise RuntimeError(f"a code could not be drawn ({kind})")


def _ts(message: Mapping[str, Any]) -> float:
    return float(message.get("ts") or 0)
