"""Emoji by name: pictures for those that the bot uses, the name for all others."""

from __future__ import annotations

import re

from markupsafe import Markup

DRAWN = frozenset(
    {
        "alarm_clock",
        "hourglass_flowing_sand",
        "information_source",
        "mag",
        "no_entry_sign",
        "point_right",
        "rotating_light",
        "warning",
        "white_check_mark",
        "x",
    }
)
"""Names that have a drawing in static/emoji.svg: it looks the same with and without fonts."""

NAMED = re.compile(r":([a-z0-9][a-z0-9_+-]*):")
PICTURE = Markup(
    '<svg class="emoji" role="img" aria-label="{label}">'
    '<use href="/static/emoji.svg#{name}"/></svg>'
)


def emoji(name: str) -> Markup:
    """Return the picture of an emoji, or its name between colons where there is none."""
    if name not in DRAWN:
        return Markup.escape(f":{name}:")
    return PICTURE.format(label=name.replace("_", " "), name=name)


def with_emoji(escaped: str) -> str:
    """Put pictures in place of the names in text that is HTML already."""
    return NAMED.sub(lambda found: str(emoji(found[1])), escaped)
