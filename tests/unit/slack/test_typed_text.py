"""The text of a command on its way to the parser: what people typed, not what Slack made of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.grammar import Buy, parse, render
from bot.domain.request import PurchaseRequest
from bot.slack.mrkdwn import escape, mentioned, name_key, unescape
from tests.support.requests import FORMS
from tests.support.strategies import AWKWARD, requests
from tests.support.typed import RULES
from tests.unit.slack.wild import UNHURRIED

ENTITIES = st.sampled_from(["&amp;", "&lt;", "&#60;", "&copy", "&amp", "&", ";", "<", ">"])
TYPED = {
    "buy 3 note=for <@U0BEN|ben>": "buy 3 note=for @ben",
    "buy 3 note=for <@U0BEN>": "buy 3 note=for @U0BEN",
    "buy 3 note=for <@U0BEN|@ben>": "buy 3 note=for @ben",
    "tags=<#C0OPS|ops>,<#C0FLEET|fleet>": "tags=#ops,#fleet",
    "tags=<#C0OPS|>": "tags=#C0OPS",
    "note=<!here>": "note=@here",
    "note=<!subteam^S1|@drivers>": "note=@drivers",
    "note=<https://example.com/a?b=1&amp;c=2>": "note=https://example.com/a?b=1&c=2",
    "note=<http://example.com|example.com>": "note=example.com",
    "note=<mailto:ana@example.com>": "note=ana@example.com",
    "note=<mailto:ana@example.com|ana@example.com>": "note=ana@example.com",
    "note=<@U0BEN|R&amp;D>": "note=@R&D",
    "a &lt; b &amp;&amp; c &gt; d": "a < b && c > d",
    "&amp;lt;": "&lt;",
    "&amp;amp;amp;": "&amp;amp;",
    "&lt;@U0BEN&gt;": "<@U0BEN>",
    "&lt;!channel&gt;": "<!channel>",
    "": "",
}


@pytest.mark.parametrize("sent", TYPED)
def test_what_slack_sends_is_read_as_it_was_typed(sent: str) -> None:
    """Mentions, channels and links are their names again, entities their signs."""
    assert unescape(sent) == TYPED[sent]


@given(st.text(AWKWARD) | st.text() | st.lists(ENTITIES).map("".join))
@UNHURRIED
def test_what_is_escaped_is_read_back(typed: str) -> None:
    """Entities that a person typed letter by letter stay what was typed, too."""
    assert unescape(escape(typed)) == typed


@given(requests())
@UNHURRIED
def test_a_line_that_went_through_slack_asks_for_the_same(request: PurchaseRequest) -> None:
    """What Slack escapes in a command changes no tag, no name and no note."""
    assert parse(unescape(escape(render(request, FORMS))), RULES) == Buy(request)


@pytest.mark.parametrize(
    ("sent", "people"),
    [
        ("activate 7K2M9QXA to=<@U0DANA|dana>", {"dana": ("U0DANA",)}),
        ("activate 7K2M9QXA to=<@U0DANA>", {"u0dana": ("U0DANA",)}),
        ("activate 7K2M9QXA to=<@U0DANA|>", {"u0dana": ("U0DANA",)}),
        ("to=<@U0DANA|@Dana  Smith>", {"dana smith": ("U0DANA",)}),
        ("<@U0DANA|dana> <@U0DANB|Dana> <@U0DANA|dana>", {"dana": ("U0DANA", "U0DANB")}),
        ("<@U0RND|R&amp;D>", {"r&d": ("U0RND",)}),
        ("<#C0OPS|ops> <!here> <mailto:a@b.c|a@b.c> @dana &lt;@U0BEN&gt;", {}),
    ],
)
def test_who_is_mentioned(sent: str, people: dict[str, tuple[str, ...]]) -> None:
    """The ids stay beside the line; what only looks like a mention names nobody."""
    assert mentioned(sent) == people


@given(st.text(AWKWARD, min_size=1, max_size=20).filter(lambda name: not set(name) & set("<>|&")))
@UNHURRIED
def test_a_mention_is_found_by_its_name_in_the_line(label: str) -> None:
    """What the line shows of a mention leads to the person."""
    sent = f"<@U0DANA|{label}>"
    assert mentioned(sent).get(name_key(unescape(sent))) == ("U0DANA",)
