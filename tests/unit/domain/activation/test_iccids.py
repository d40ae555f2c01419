"""ICCIDs as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.activation.iccids import plain_iccid, spellings

DIGITS = st.from_regex(r"89[0-9]{16,20}", fullmatch=True)


@given(DIGITS, st.sampled_from(["", " ", "-", "\u00a0", "."]), st.sampled_from(["", "F", "f"]))
def test_groups_and_padding_are_read(digits: str, sign: str, padding: str) -> None:
    """Groups of four, hyphens, spaces and a trailing F mean the same ICCID."""
    groups = [digits[at : at + 4] for at in range(0, len(digits), 4)]
    assert plain_iccid(f" {sign.join(groups)}{padding} ") == digits


@pytest.mark.parametrize(
    "text",
    [
        "",
        "8988",
        "89" * 12,
        "8988280666000000000x",
        "+8988280666000000000",
        "٨٩٨٨٢٨٠٦٦٦٠٠٠٠٠٠٠٠٠",
        "8988280666000000000FF",
    ],
)
def test_what_is_no_iccid(text: str) -> None:
    """Too short, too long, other signs, other digits: none of them is taken for one."""
    assert plain_iccid(text) is None


def test_no_check_digit_is_asked_for() -> None:
    """Providers' own examples fail it: an ICCID is never refused for its check digit."""
    assert plain_iccid("89310410106543789301") == "89310410106543789301"


@given(DIGITS)
def test_the_check_digit_may_be_there_or_not(digits: str) -> None:
    """One with a further digit, or without its last one, is a spelling of the same."""
    told = spellings(digits)
    assert told[0] == digits
    assert all(18 <= len(each) <= 22 for each in told)
    assert len(set(told)) == len(told)
    if len(digits) > 18:
        assert digits in spellings(digits[:-1])
