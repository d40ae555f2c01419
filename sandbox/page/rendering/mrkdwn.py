"""Slack's text format as HTML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from sandbox.page.rendering.emoji import with_emoji
from sandbox.page.rendering.paragraphs import paragraphs
from sandbox.page.rendering.references import REFERENCE, link, reference
from sandbox.slack.rendering.mrkdwn import unescape

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.page.rendering.references import Reader

FENCE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
ADDRESS = re.compile(r"https?://[^\s<>]+[^\s<>.,;:!?)]")
EMPHASIS = re.compile(r"(?<![\w*_~])([*_~])(?=\S)([^\n]*?\S)\1(?![\w*_~])")
TAGS = {"*": "strong", "_": "em", "~": "s"}
# Places in the text where finished HTML goes later: characters that no person can bring in,
# because they are taken out of what comes in.
OPEN, CLOSE = "\ue000", "\ue001"
PLACE = re.compile(f"{OPEN}([0-9]+){CLOSE}")
OURS = str.maketrans("", "", OPEN + CLOSE)


def mrkdwn(text: str, reader: Reader, *, verbatim: bool = True) -> Markup:
    """Return `text` as HTML; unless `verbatim`, bare web addresses become links too."""
    parts = FENCE.split(text.translate(OURS))
    html = [
        f"<pre><code>{_code(part, reader)}</code></pre>"
        if place % 2
        else paragraphs(part.strip("\n"), lambda line: inline(line, reader, verbatim=verbatim))
        for place, part in enumerate(parts)
    ]
    return Markup("".join(html))  # noqa: S704 - every part was escaped where it was made


def plain_text(text: str) -> Markup:
    """Return a plain_text object as HTML: emoji by name, and nothing else."""
    html = with_emoji(str(escape(text.translate(OURS)))).replace("\n", "<br>")
    return Markup(html)  # noqa: S704 - escaped just now


def inline(text: str, reader: Reader, *, verbatim: bool = True) -> str:
    """Return one line as HTML."""
    finished: list[str] = []

    def keep(html: str) -> str:
        finished.append(html)
        return f"{OPEN}{len(finished) - 1}{CLOSE}"

    text = CODE.sub(lambda code: keep(f"<code>{_code(code[1], reader)}</code>"), text)
    text = REFERENCE.sub(lambda found: keep(str(reference(found, reader))), text)
    if not verbatim:
        text = ADDRESS.sub(lambda found: keep(str(link(unescape(found[0]), None, reader))), text)
    html = with_emoji(_emphasised(str(escape(unescape(text)))))
    return PLACE.sub(_put_back(finished), html)


def _put_back(finished: list[str]) -> Callable[[re.Match[str]], str]:
    """Return what puts the finished pieces into their places."""
    return lambda place: finished[int(place[1])]


def _code(text: str, reader: Reader) -> str:
    """Return what stands between backticks: references by their names, no marks."""
    parts: list[str] = []
    end = 0
    for found in REFERENCE.finditer(text):
        parts += [str(escape(unescape(text[end : found.start()]))), str(reference(found, reader))]
        end = found.end()
    return "".join([*parts, str(escape(unescape(text[end:])))])


def _emphasised(html: str) -> str:
    """Make bold, italic and struck-out words of the marks, also of nested ones."""

    def emphasis(found: re.Match[str]) -> str:
        tag = TAGS[found[1]]
        return f"<{tag}>{_emphasised(found[2])}</{tag}>"

    return EMPHASIS.sub(emphasis, html)
