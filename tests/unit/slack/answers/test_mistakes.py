"""What a person reads whose line for another verb can't be taken."""

import pytest

from bot.domain.grammar import Rules
from bot.slack.ephemeral import mistaken
from tests.support.harness.traveller import FORM, ICCID
from tests.support.requests import FORM as TELNYX
from tests.support.typed import refused
from tests.unit.slack.reading import read

RULES = Rules({form.provider: form for form in (TELNYX, FORM)})
WORKS, SHOWS = "This would work:", "This shows more, and orders nothing:"


@pytest.mark.parametrize(
    ("line", "title"),
    [
        (f"topup {ICCID} 5GB 7 days", WORKS),
        ("packages United Kingdom 5GB", WORKS),
        ("buy 3 to=France data=5GB days=7", WORKS),
        ("topup", SHOWS),
        ("buy 3 to=France", SHOWS),
        (f"assign {ICCID} to=@dana @ben", SHOWS),
    ],
)
def test_what_a_suggested_line_does(line: str, title: str) -> None:
    """A line that would make an order is never called one that orders nothing."""
    shown = read(mistaken(refused(line, RULES)))
    assert [each for each in (WORKS, SHOWS) if each in shown] == [title]
