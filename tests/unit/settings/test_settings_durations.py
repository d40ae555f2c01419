"""Durations, alone and in lists, as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import load_settings
from bot.settings.durations import durations_in, seconds_in

READ = {
    "14400": 14_400,
    "4h": 14_400,
    "4H": 14_400,
    " 4 hours ": 14_400,
    "90s": 90,
    "90 sec": 90,
    "1h30m": 5400,
    "1h 30min": 5400,
    "2 days": 172_800,
    "1 day 12 hours": 129_600,
    "0.5h": 1800,
    ".5h": 1800,
    "1w": 604_800,
    "500ms": 0.5,
    "1_000": 1000,
    "\uff14h": 14_400,
    "0": 0,
}
REFUSED = ["", "h", "4x", "1h30", "30m1h", "1h1h", "-4h", "+4h", "4,5h", "inf", "nan", "1e3", "P1D"]


@pytest.mark.parametrize("text", READ)
def test_a_duration(text: str) -> None:
    """A number with a unit, several from the greater to the smaller, or bare seconds."""
    assert seconds_in(text) == READ[text]


@pytest.mark.parametrize("text", REFUSED)
def test_no_duration(text: str) -> None:
    """What can't be read, or may mean another thing, is refused in a few words."""
    with pytest.raises(ValueError, match=r"^(is|has|must) "):
        seconds_in(text)


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing else is ever raised, and what is read is no negative time."""
    try:
        assert seconds_in(text) >= 0
    except ValueError:
        return


@given(st.integers(0, 99), st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))
def test_what_is_written_is_what_is_read(days: int, hours: int, minutes: int, seconds: int) -> None:
    """Every part counts, with spaces and without."""
    total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    assert seconds_in(f"{days}d{hours}h{minutes}m{seconds}s") == total
    assert seconds_in(f"{days} days {hours} hours {minutes} min {seconds} s") == total


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("5s,15s,2m", ["5s", "15s", "2m"]),
        ("5s 15s 2m", ["5s", "15s", "2m"]),
        ("5;15", ["5", "15"]),
        ("0.5, 1 2", ["0.5", "1", "2"]),
        ("1h 30m, 2h", ["1h 30m", "2h"]),
        ("2 days, 3 hours", ["2 days", "3 hours"]),
        (",", []),
    ],
)
def test_a_list(text: str, parts: list[str]) -> None:
    """Commas, or spaces where they can't belong to one duration."""
    assert durations_in(text) == parts


def test_a_list_that_can_mean_two_things(environment: pytest.MonkeyPatch) -> None:
    """Ninety minutes, or one hour and then thirty minutes: nobody guesses."""
    with pytest.raises(ValueError, match="write 1h30m or 1h,30m"):
        durations_in("1h 30m")
    environment.setenv("ESIM_SEND_DELAYS", "1h30m,2h")
    assert load_settings().esim_send_delays == (5400, 7200)
