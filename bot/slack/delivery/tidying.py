"""Deletes what should not stand any more: old uploads, and messages outside their thread."""

from collections.abc import Mapping

from bot.errors import SlackRefused, SlackUnavailable
from bot.slack.delivery.retries import NextRound
from bot.slack.delivery.writer import Writer
from bot.slack.message import CARD, Message
from bot.slack.web.client import Place

_DELETE_AGAIN = 60.0
"""Seconds until a failed deletion is tried again."""


async def tidy(writer: Writer, wanted: Mapping[str, Message], next_round: NextRound) -> None:
    """Delete them; `wanted` is what should stand, by message key."""
    await _delete_strays(writer, next_round)
    uploads = [key for key, message in wanted.items() if message.files]
    if uploads and all(writer.is_up(key, wanted[key]) for key in uploads):
        for key in writer.record:
            await _delete_old_files(writer, key, next_round, is_wanted=key in wanted)


async def _delete_strays(writer: Writer, next_round: NextRound) -> None:
    left = writer.record[CARD].strays
    for channel, ts in left:
        try:
            await writer.services.client.delete(Place(channel, ts))
        except SlackUnavailable:
            next_round.wait(_DELETE_AGAIN)
            return
        except SlackRefused:
            pass  # it is gone, or can't be deleted
        left = left[1:]
        writer.record.change(CARD, strays=left)


async def _delete_old_files(
    writer: Writer, key: str, next_round: NextRound, *, is_wanted: bool
) -> None:
    known = writer.record[key]
    stale = known.former if is_wanted or ":direct" in key else (*known.former, *known.files)
    for file in stale:
        try:
            await writer.services.client.delete_file(file)
        except SlackUnavailable:
            next_round.wait(_DELETE_AGAIN)
            return
        except SlackRefused:
            pass
    if stale:
        kept = known.files if is_wanted or ":direct" in key else ()
        writer.record.change(key, former=(), files=kept)
