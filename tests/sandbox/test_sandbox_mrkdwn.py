"""The tokens of Slack's text format: nothing is lost, and every mark that opens closes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.mrkdwn import Kind, Token, emoji_tokens, escape, rich_text_tokens, tokens, unescape

PARTS = (
    *("*", "_", "~", "`", "```", "\n", ">", "&gt;", "• ", " ", "&", "<", "|", ":x:", "\ue000"),
    *("<@U1>", "<#C1|ops>", "<!date^1^{time}|then>", "<https://a.b|x>", "https://a.b/c_d", "a b"),
)
TEXTS = st.lists(st.sampled_from(PARTS) | st.text(max_size=5), max_size=12).map("".join)


def kinds(text: str, *, addresses: bool = False) -> list[tuple[Kind, str]]:
    """Return what the tokens of a text are."""
    return [(token.kind, token.source) for token in tokens(text, addresses=addresses)]


@given(TEXTS, st.booleans())
def test_no_character_is_lost(text: str, addresses: bool) -> None:
    """The tokens put together are the text, whatever it is."""
    assert "".join(token.source for token in tokens(text, addresses=addresses)) == text
    assert "".join(token.source for token in emoji_tokens(text)) == text


@given(TEXTS)
def test_marks_are_nested(text: str) -> None:
    """Every mark is closed, the last opened first, and none reaches over the end of its line."""
    opened: list[str] = []
    for token in tokens(text):
        if token.kind is Kind.OPEN:
            opened.append(token.sign)
        elif token.kind is Kind.CLOSE:
            assert opened.pop() == token.sign
        elif token.kind is Kind.NEWLINE:
            assert opened == []
    assert opened == []


@given(st.text())
def test_entities_stand_for_characters(text: str) -> None:
    """What is escaped is read as it was."""
    assert unescape(escape(text)) == text
    assert not {"<", ">"} & set(escape(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*a*", [(Kind.OPEN, "*"), (Kind.TEXT, "a"), (Kind.CLOSE, "*")]),
        ("a*b*", [(Kind.TEXT, "a*b*")]),
        ("`*a*`", [(Kind.OPEN, "`"), (Kind.TEXT, "*a*"), (Kind.CLOSE, "`")]),
        ("```\na\n```", [(Kind.TEXT, "a")]),
        ("> a\n• b", [(Kind.QUOTE, "> "), (Kind.TEXT, "a"), (Kind.BULLET, "• "), (Kind.TEXT, "b")]),
        ("a > b • c", [(Kind.TEXT, "a > b • c")]),
        (":x:<@U1>", [(Kind.EMOJI, ":x:"), (Kind.REFERENCE, "<@U1>")]),
        ("```", [(Kind.TEXT, "```")]),
    ],
)
def test_what_tokens_are(text: str, expected: list[tuple[Kind, str]]) -> None:
    """Each mark is one where Slack takes it for one; else it is text."""
    left_out = {"\n", "```\n", "\n```"}
    assert [token for token in kinds(text) if token[1] not in left_out] == expected


def test_addresses_on_request() -> None:
    """A bare web address is a token of its own for those who want it, without the full stop."""
    assert (Kind.ADDRESS, "https://a.b/c") in kinds("see https://a.b/c.", addresses=True)
    assert kinds("see https://a.b/c.") == [(Kind.TEXT, "see https://a.b/c.")]


def test_references() -> None:
    """A reference has its sign, its target and its label, without entities."""
    (token,) = tokens("<https://a.b/?x=1&amp;y|a &lt; b>")
    assert (token.sign, token.target, token.label) == ("", "https://a.b/?x=1&y", "a < b")
    (token,) = tokens("<!here>")
    assert (token.sign, token.target, token.label) == ("!", "here", None)


@pytest.mark.parametrize(
    ("piece", "expected"),
    [
        ({"type": "user", "user_id": "U1"}, [Token(Kind.REFERENCE, "", "@", "U1")]),
        ({"type": "team", "team_id": "T1"}, [Token(Kind.REFERENCE, "", "@", "T1")]),
        ({"type": "broadcast", "range": "here"}, [Token(Kind.REFERENCE, "", "!", "here")]),
        ({"type": "emoji", "name": "x"}, [Token(Kind.EMOJI, ":x:", target="x")]),
        ({"type": "color", "value": "#fff"}, [Token(Kind.TEXT, "#fff")]),
        ({"type": "text", "text": "<*a*>"}, [Token(Kind.TEXT, "&lt;*a*&gt;")]),
        (
            {"type": "text", "text": "a\nb"},
            [Token(Kind.TEXT, "a"), Token(Kind.NEWLINE, "\n"), Token(Kind.TEXT, "b")],
        ),
        (
            {"type": "text", "text": "a", "style": {"bold": True, "code": True}},
            [
                Token(Kind.OPEN, "`", "`"),
                Token(Kind.OPEN, "*", "*"),
                Token(Kind.TEXT, "a"),
                Token(Kind.CLOSE, "*", "*"),
                Token(Kind.CLOSE, "`", "`"),
            ],
        ),
    ],
)
def test_rich_text_is_of_the_same_tokens(piece: dict[str, Any], expected: list[Token]) -> None:
    """A rich text's pieces become what the same words with marks would be."""
    assert list(rich_text_tokens([piece])) == expected
