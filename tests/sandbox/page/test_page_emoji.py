"""Emoji: those of the bot are pictures, others the characters that fonts have for them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sandbox.page.rendering.emoji import emoji

ROOT = Path(__file__).parents[3]
NAMED = re.compile(r"(?<![\w}])(?::([a-z][a-z_]*):)(?![\w{])")
SYMBOLS = ROOT / "sandbox/page/static/emoji.svg"


def names() -> list[str]:
    """The name of every emoji in what the bot says."""
    files = [file for folder in ("bot", "handlers") for file in (ROOT / folder).rglob("*.py")]
    return sorted({name for file in files for name in NAMED.findall(file.read_text("utf-8"))})


@pytest.mark.parametrize("name", names())
def test_emoji_of_the_bot(name: str) -> None:
    """Each has a picture of the page's own, or a character: none stands there as a word."""
    shown = emoji(name)
    assert f":{name}:" not in shown
    if "<use" in shown:
        assert f'<symbol id="{name}"' in SYMBOLS.read_text("utf-8")


def test_the_search_finds_them() -> None:
    """The emoji that everybody knows of are among them."""
    assert {"bell", "mag", "white_check_mark", "x"} <= set(names())


@pytest.mark.parametrize(("name", "shown"), [("eyes", "👀"), ("tada_x", ":tada_x:"), ("a", ":a:")])
def test_emoji_that_are_not_the_bots(name: str, shown: str) -> None:
    """What a person types is shown as far as Unicode knows it by that name."""
    assert emoji(name) == shown
