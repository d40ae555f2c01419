"""Slack's texts as HTML: every mark, every emoji, and no markup of a person's own."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.mrkdwn import escape
from sandbox.page.emoji import emoji
from sandbox.page.markup import Reader, mrkdwn, plain_text, rich_text

ROOT = Path(__file__).parents[3]
NAMED = re.compile(r"(?<![\w}])(?::([a-z][a-z_]*):)(?![\w{])")
SYMBOLS = ROOT / "sandbox/page/static/emoji.svg"
NAMES = {"U1": "ana", "C1": "ops", "S1": "approvers"}


class Names:
    """Knows three names."""

    def name_of(self, key: str) -> str | None:
        """Return the name behind an id."""
        return NAMES.get(key)


READER = Reader(Names(), "U1", "/as/ana")


def html(text: str, *, verbatim: bool = True) -> str:
    """Render for ana."""
    return str(mrkdwn(text, READER, verbatim=verbatim))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*bold* _italic_ ~gone~", "<p><strong>bold</strong> <em>italic</em> <s>gone</s></p>"),
        ("*bold _and italic_*", "<p><strong>bold <em>and italic</em></strong></p>"),
        ("*Order `A1`*: 3", "<p><strong>Order <code>A1</code></strong>: 3</p>"),
        ("2*3*4 snake_case_name", "<p>2*3*4 snake_case_name</p>"),
        ("* not bold *", "<p>* not bold *</p>"),
        ("`*code* :x:`", "<p><code>*code* :x:</code></p>"),
        ("one\ntwo", "<p>one<br>two</p>"),
        (">said\n>again\nanswer", "<blockquote>said<br>again</blockquote><p>answer</p>"),
        ("&gt; said", "<blockquote>said</blockquote>"),
        ("• one\n• *two*", "<ul><li>one</li><li><strong>two</strong></li></ul>"),
        ("try:\n```a *b*\n  ^```", "<p>try:</p><pre><code>a *b*\n  ^</code></pre>"),
        ("a &lt;b&gt; &amp;amp; c", "<p>a &lt;b&gt; &amp;amp; c</p>"),
        ("at 12:30:15", "<p>at 12:30:15</p>"),
        (":unheard_of:", "<p>:unheard_of:</p>"),
        ("", ""),
    ],
)
def test_marks(text: str, expected: str) -> None:
    """Each mark becomes its element; what only looks like a mark stays text."""
    assert html(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<@U1>", '<p><span class="mention mention-me">@ana</span></p>'),
        ("<#C1|old>", '<p><span class="mention">#ops</span></p>'),
        ("<!subteam^S9|@team>", '<p><span class="mention">@team</span></p>'),
        ("<!here>", '<p><span class="mention mention-all">@here</span></p>'),
        ("<@U9|eve>", '<p><span class="mention">@eve</span></p>'),
        ("<mailto:a@b.c|a@b.c>", "a@b.c</a></p>"),
        ("<https://a.b/?x=1&amp;y=2|here>", 'href="https://a.b/?x=1&amp;y=2"'),
        (
            "<https://sandbox.slack.com/archives/C1/p1700000000123456|order>",
            '<p><a href="/as/ana/C1#m-1700000000.123456">order</a></p>',
        ),
        (
            "<!date^1700000000^{date_short_pretty} at {time}|Nov 14>",
            'datetime="2023-11-14T22:13:20+00:00" data-format="{date_short_pretty} at {time}">Nov',
        ),
        ("<!date^soon^{time}|soon>", "<p>soon</p>"),
        (":white_check_mark:", 'aria-label="white check mark"'),
    ],
)
def test_references(text: str, expected: str) -> None:
    """Ids come by name, links lead where they say, times are for the browser to place."""
    assert expected in html(text)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<javascript:alert(1)|click>",
        "<data:text/html,x|click>",
        "<https://a.b/\"onmouseover='alert(1)|click>",
        "<@U9|<img src=x>>",
        '<!date^1^"><img src=x>|<img src=x>>',
        "`<img src=x onerror=alert(1)>`",
        "```<img src=x onerror=alert(1)>```",
        "*<b>*",
        "\ue0000\ue001 <https://a.b|x>",
        "• <img src=x>",
        "> <img src=x>",
    ],
)
def test_no_markup_of_a_persons_own(text: str) -> None:
    """Only elements and attributes of the renderer's own come out, and only safe addresses."""
    shown = html(text)
    for wrong in ("<script", "<img", "<b>", 'javascript:alert(1)"', 'href="data:', "onmouseover='"):
        assert wrong not in shown, shown


def test_addresses_become_links_unless_verbatim() -> None:
    """As in Slack; the full stop behind an address is not part of it."""
    assert "<a " not in html("see https://a.b/c_d_e.")
    assert '<a href="https://a.b/c_d_e"' in html("see https://a.b/c_d_e.", verbatim=False)


def test_plain_text_has_no_marks() -> None:
    """A plain_text object knows emoji by name, and nothing else."""
    shown = str(plain_text("*Buy* <@U1> :x:\nnow"))
    assert shown.startswith("*Buy* &lt;@U1&gt; <svg")
    assert shown.endswith("<br>now")


class Elements(HTMLParser):
    """Collects what a browser makes of HTML: elements with their attributes, and words."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: set[str] = set()
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember an element."""
        self.found |= {tag, *(f"{tag} {name}" for name, _ in attrs)}

    def handle_data(self, data: str) -> None:
        """Remember words."""
        self.words += data


OURS = {
    *("p", "br", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li"),
    *("span", "span class", "a", "a href", "a target", "a rel"),
    *("time", "time datetime", "time data-format"),
    *("svg", "svg class", "svg role", "svg aria-label", "use", "use href"),
}
MARKS = ("*", "_", "~", "`", "```", "\n", "> ", "• ", "<", ">", "|", "&", ":x:", '"', "'")
MARKED = (
    "<@U1>",
    "<https://a.b|x>",
    "<!date^1^{time}|x>",
    "<b>",
    "&lt;b&gt;",
    "&#60;",
    "javascript:",
)
TEXTS = st.lists(st.sampled_from(MARKS + MARKED) | st.text(max_size=5), max_size=12).map("".join)
LETTERS = st.text(st.characters(codec="utf-8", exclude_characters=":\r\n\0"), min_size=1)


@given(TEXTS, st.booleans())
def test_only_elements_of_our_own(text: str, verbatim: bool) -> None:
    """Whatever people write, a browser finds the renderer's own elements and attributes alone."""
    pieces = [{"type": "text", "text": text}, {"type": "link", "url": text, "text": text}]
    paragraphs: list[dict[str, Any]] = [{"type": "rich_text_section", "elements": pieces}]
    for shown in (
        mrkdwn(text, READER, verbatim=verbatim),
        plain_text(text),
        rich_text(paragraphs, READER),
    ):
        assert Elements(str(shown)).found <= OURS
        without_elements = re.sub(r"</?[a-z]+(?: [a-z-]+=\"[^\"<>]*\")*/?>", "", str(shown))
        assert "<" not in without_elements
        assert not re.search(r"&(?!(?:amp|lt|gt|#34|#39);)", without_elements)


@given(LETTERS)
def test_words_stay_words(text: str) -> None:
    """A browser shows escaped words as they were written."""
    assert Elements(str(plain_text(text))).words == text
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    assert Elements(str(rich_text([section], READER))).words == text
    code = text.replace("`", "'")
    assert Elements(html(f"`{escape(code)}`")).words == code


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
