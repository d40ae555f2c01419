"""How somebody who has an eSIM is written."""

import pytest

from bot.domain.activation.holders import is_address, is_mention


@pytest.mark.parametrize("text", ["@dana", "@Dana Smith", "@dána-1"])
def test_a_mention(text: str) -> None:
    """A name as Slack shows it, with its sign before it."""
    assert is_mention(text)


@pytest.mark.parametrize("text", ["dana", "@", "@dana@acme", "dana@acme.example", "@ dana", ""])
def test_no_mention(text: str) -> None:
    """Plain names, addresses and signs are nobody on Slack."""
    assert not is_mention(text)


@pytest.mark.parametrize(
    ("text", "known"),
    [("dana@acme.example", True), ("dana@acme", False), ("@dana", False), ("dana", False)],
)
def test_an_address(text: str, known: bool) -> None:
    """An e-mail address has a host with a dot."""
    assert is_address(text) is known
