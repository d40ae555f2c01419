"""The QR code says the whole text, and is large enough to be scanned from a screen."""

import struct

import pytest
import segno

from bot.domain.activation.code import ActivationCode
from bot.slack.activation.picture import png, svg

CODE = ActivationCode("1$rsp.truphone.com$QRF-BETTERROAMING-PMRDGIR2EARDEIT5")
TOO_LONG = ActivationCode.of("rsp.example.com", "A" * 2400)


def test_the_picture_is_that_of_the_whole_text() -> None:
    """Byte mode, level M, four modules of white: as phones and the standard expect it."""
    expected = segno.make_qr(CODE.text, mode="byte", error="m", boost_error=False)
    assert (expected.error, expected.mode) == ("M", "byte")
    assert CODE.text.startswith("LPA:1$rsp.truphone.com$")
    width, height = struct.unpack(">II", png(CODE)[16:24])
    assert (width, height) == expected.symbol_size(scale=10, border=4)
    assert width >= 300


def test_a_drawing_to_print() -> None:
    """It is a part of a page, takes the size of its place, and holds no letter of the code."""
    drawn = svg(CODE)
    assert drawn.startswith("<svg viewBox=")
    assert "rsp" not in drawn
    assert "QRF" not in drawn
    assert "width=" not in drawn


def test_the_same_code_gives_the_same_picture() -> None:
    """Another code another one."""
    assert png(CODE) == png(ActivationCode(CODE.text))
    assert png(CODE) != png(ActivationCode(f"{CODE.text}6"))


@pytest.mark.parametrize("draw", [png, svg])
def test_a_code_too_long_for_any_picture(draw: object) -> None:
    """No QR code holds it: there is none, and nobody's hand-out fails by it."""
    assert not (png(TOO_LONG) if draw is png else svg(TOO_LONG))
