"""Which names of emoji there are: Slack's own, the workspace's, and the families among them."""

from __future__ import annotations

import re
import unicodedata

from rich.emoji import Emoji, NoEmoji

CUSTOM = ("bowtie", "glitch_crab", "piggy", "pride", "shipit", "simple_smile", "slack", "squirrel")
"""The custom emoji that every new workspace has."""
OTHERS = frozenset(
    {
        "the_horns",
        "hash",
        "raised_eyebrow",
        "sim",
        "spock-hand",
        "technologist",
        "upside_down_face",
        "us",
        "zipper_mouth_face",
    }
)
"""Slack's names that neither the table of shortcodes nor Unicode has."""
FAMILIES = re.compile(
    r"flag-[a-z]{2,7}|(wo)?man-[a-z_-]+|(fe)?male-[a-z_-]+|large_[a-z]+_(circle|square)|clock\d{1,4}"
)
NAME = re.compile(r"[a-z0-9_'+-]+")
TONE = re.compile(r"::skin-tone-[2-6]$")


def emoji_exists(name: str) -> bool:
    """Whether Slack has an emoji of this name (without colons), perhaps with a skin tone.

    Slack publishes no list. This one rather knows a name too many than one too few.
    """
    bare = TONE.sub("", name)
    if not NAME.fullmatch(bare):
        return False
    return bare in OTHERS or bool(FAMILIES.fullmatch(bare)) or _is_shortcode(bare) or _is_sign(bare)


def _is_shortcode(name: str) -> bool:
    """Whether it is among the shortcodes that are used widely."""
    try:
        Emoji(name)
    except NoEmoji:
        return False
    return True


def _is_sign(name: str) -> bool:
    """Whether Unicode has a symbol of this name."""
    try:
        found = unicodedata.lookup(re.sub(r"[_-]", " ", name))
    except KeyError:
        return False
    return unicodedata.category(found) in {"So", "Sm", "Po"}
