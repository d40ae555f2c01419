"""Deletes what of ours must not stand any more: files that newer ones replace, and strays."""

from collections.abc import Mapping

from bot.errors import SlackRefused, SlackUnavailable
from bot.slack.client import Place
from bot.slack.delivery.outlook import Outlook
from bot.slack.delivery.writing import Writer
from bot.slack.message import CARD, Message

_AGAIN = 60.0
"""Seconds until something is tried to be deleted again."""


async def tidy(writer: Writer, wanted: Mapping[str, Message], outlook: Outlook) -> None:
    """At most one upload stands in a thread, and nothing outside of it."""
    await _delete_strays(writer, outlook)
    uploads = [key for key, message in wanted.items() if message.files]
    if uploads and all(writer.is_up(key, wanted[key]) for key in uploads):
        for key in writer.record:
            await _delete_old_files(writer, key, outlook, is_wanted=key in wanted)


async def _delete_strays(writer: Writer, outlook: Outlook) -> None:
    left = writer.record[CARD].strays
    for channel, ts in left:
        try:
            await writer.tools.client.delete(Place(channel, ts))
        except SlackUnavailable:
            outlook.wait(_AGAIN)
            return
        except SlackRefused:
            pass  # it is gone, or nobody can do anything about it
        left = left[1:]
        await writer.record.change(CARD, strays=left)


async def _delete_old_files(writer: Writer, key: str, outlook: Outlook, *, is_wanted: bool) -> None:
    known = writer.record[key]
    stale = known.former if is_wanted or ":direct" in key else (*known.former, *known.files)
    for file in stale:
        try:
            await writer.tools.client.delete_file(file)
        except SlackUnavailable:
            outlook.wait(_AGAIN)
            return
        except SlackRefused:
            pass
    if stale:
        kept = known.files if is_wanted or ":direct" in key else ()
        await writer.record.change(key, former=(), files=kept)
