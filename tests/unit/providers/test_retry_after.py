"""How long Telnyx asks to wait, from an answer's headers."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.providers.limits import retry_after
from tests.support.clock import NEW_YEAR

NOW = NEW_YEAR.timestamp()


@pytest.mark.parametrize(
    ("asked", "reset", "seconds"),
    [
        ("5", None, 5),
        (" 2.5 ", None, 2.5),
        ("-5", None, 0),
        ("86400", None, 3600),
        ("Thu, 01 Jan 2026 12:01:00 GMT", None, 60),
        ("Thu, 01 Jan 2026 12:01:00 -0000", None, 60),
        ("Thu, 01 Jan 2026 11:00:00 GMT", None, 0),
        ("Fri, 02 Jan 2026 12:00:00 GMT", None, 3600),
        (None, "7", 7),
        (None, "0", 0),
        (None, "-7", 0),
        (None, "999999", 3600),
        (None, f"{NOW + 30:.0f}", 30),
        (None, f"{NOW - 30:.0f}", 0),
        (None, f"{NOW + 1e9:.0f}", 3600),
        ("5", "7", 5),
        ("0", "7", 0),
        ("soon", "7", 7),
        ("nan", "7", 7),
        ("", "7", 7),
        ("soon", "later", None),
        ("inf", "1e999", None),
        ("Thu, 01 Jan 99999 12:00:00 GMT", None, None),
        ("Thu, 01 Jan 2026 12:00:00 +99999999999999", None, None),
        (None, None, None),
    ],
)
def test_every_way_to_say_it(asked: str | None, reset: str | None, seconds: float | None) -> None:
    """Seconds from now, never negative, at most an hour; None when nothing sensible was said."""
    named = {"Retry-After": asked, "x-ratelimit-reset": reset}
    headers = httpx.Headers({name: text for name, text in named.items() if text is not None})
    assert retry_after(headers, NEW_YEAR) == seconds


WEIRD = st.text() | st.from_regex(
    r"[A-Z][a-z]{2}, \d{1,3} [A-Z][a-z]{2} \d{1,5} [\d:]{0,9} ?\S{0,9}"
)


@given(asked=WEIRD, reset=WEIRD)
def test_any_text(asked: str, reset: str) -> None:
    """Whatever stands in the headers, the wait is sane."""
    raw = {
        "Retry-After": asked.encode(errors="replace"),
        "x-ratelimit-reset": reset.encode(errors="replace"),
    }
    wait = retry_after(httpx.Headers({k.encode(): v for k, v in raw.items()}), NEW_YEAR)
    assert wait is None or 0 <= wait <= 3600
