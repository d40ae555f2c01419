"""Slack's text format as HTML: every mark, and no markup of a person's own."""

from __future__ import annotations

import pytest

from sandbox.page.rendering.mrkdwn import mrkdwn, plain_text
from sandbox.page.rendering.references import Reader

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
