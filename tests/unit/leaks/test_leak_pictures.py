"""A picture of a code is told from pictures of other codes."""

import base64
from io import BytesIO
from typing import Any

import pytest
import segno

from tests.support.leaks.pictures import UnreadablePicture, code_shown, margin
from tests.support.leaks.places import place
from tests.support.leaks.search import Search

CODES = [f"LPA:1$rsp.telnyx.example${letter * 5}-0123456789" for letter in "ABC"]


def picture(text: str, **how: Any) -> bytes:
    """A PNG of the QR code, as segno draws it."""
    made = BytesIO()
    code = segno.make_qr(text, mode="byte", error="m", boost_error=False)
    code.save(made, kind="png", **how)
    return made.getvalue()


@pytest.mark.parametrize("how", [{}, {"scale": 8}, {"border": 4, "dark": "#123", "light": "#eee"}])
def test_which_code_a_picture_shows(how: dict[str, Any]) -> None:
    """Whatever its size and colours; the quiet zone is measured besides."""
    assert code_shown(picture(CODES[1], **how), CODES) == CODES[1]
    assert code_shown(picture("https://example.com", **how), CODES) is None
    assert margin(picture(CODES[1], **how)) == 4


@pytest.mark.parametrize(
    "content",
    [b"no picture", picture(CODES[0])[:60], picture(CODES[0], light="black", scale=4)],
)
def test_what_can_t_be_read(content: bytes) -> None:
    """Is told, not passed over."""
    with pytest.raises(UnreadablePicture):
        code_shown(content, CODES)


def test_a_picture_that_somebody_may_not_see() -> None:
    """In a channel each is found; in a direct message those that this person was not to get."""
    png = picture(CODES[0], scale=3)
    search = Search.of(CODES, {"U1": {CODES[0]}})
    page = b"<img src='data:image/png;base64," + base64.b64encode(png) + b"'>"
    for content in (png, page):
        for person in ("", "U2"):
            found = search.through([place("file", "f", content, person)]).found
            assert found == ["a picture of …6789 in file: f"]
        assert search.through([place("file", "f", content, "U1")]).found == []
