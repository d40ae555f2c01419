"""Emoji by name: pictures for those that the bot uses, characters for others, else the name."""

from __future__ import annotations

import unicodedata

from markupsafe import Markup

DRAWN = frozenset(
    {
        "alarm_clock",
        "bell",
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
_OTHER_NAMES = {"interrobang": "\u2049", "pray": "\U0001f64f"}
"""Names that Slack has and Unicode has not, of those that people type to the bot."""
PICTURE = Markup(
    '<svg class="emoji" role="img" aria-label="{label}">'
    '<use href="/static/emoji.svg#{name}"/></svg>'
)


def emoji(name: str) -> Markup:
    """Return the picture of an emoji, or its character, or its name between colons."""
    if name not in DRAWN:
        return Markup.escape(_OTHER_NAMES.get(name) or _character(name) or f":{name}:")
    return PICTURE.format(label=name.replace("_", " "), name=name)


def _character(name: str) -> str:
    """Return the symbol that Unicode calls by this name, as it does for many emoji; else ""."""
    try:
        found = unicodedata.lookup(name.replace("_", " "))
    except KeyError:
        return ""
    return found if unicodedata.category(found) == "So" else ""
