"""The search finds a secret in every form that it could be written in."""

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest

from tests.support.leaks.forms import Needles

HOST, MATCHING_ID = "rsp.telnyx.example", "K7Q2M-9XAVB-44TTZ-1P0RS-QW8EN"
CODE = f"LPA:1${HOST}${MATCHING_ID}"
SHORT = "LPA:1$smdp.example.com$A1"
PICTURE = base64.b64encode(bytes(range(256)) * 4).decode()
CARD_DATA = f"https://esimsetup.apple.com/esim_qrcode_provisioning?carddata={quote(CODE, safe='')}"
WRITTEN = {
    "as it is": CODE,
    "without LPA:": CODE[4:],
    "with an OID and a flag": f"{CODE}$1.3.6.1$1",
    "the matching id alone": MATCHING_ID,
    "in small letters": CODE.lower(),
    "in capital letters": CODE.upper(),
    "percent-encoded": quote(CODE, safe=""),
    "percent-encoded in small letters": quote(CODE, safe="").replace("%3A", "%3a"),
    "percent-encoded twice": quote(quote(CODE, safe=""), safe=""),
    "as a form has it": quote_plus(CODE),
    "in a link": CARD_DATA,
    "in a link within a link": f"https://x.example/?to={quote(CARD_DATA, safe='')}",
    "in JSON": json.dumps({"activation_code": CODE}),
    "in JSON in JSON": json.dumps(json.dumps([CODE])),
    "escaped for JSON": json.dumps(CODE).replace("$", "\\u0024"),
    "escaped for HTML": html.escape(f"<b>{CODE}</b>"),
    "as a representation": repr(CODE.encode()),
    "over two lines": f"{CODE[:30]}\n{CODE[30:]}",
    "in groups": " ".join(MATCHING_ID[at : at + 4] for at in range(0, 29, 4)),
    "without hyphens": MATCHING_ID.replace("-", ""),
    "in base64": base64.b64encode(CODE.encode()).decode(),
    "its id in base64": base64.b64encode(MATCHING_ID.encode()).decode(),
    "in base64url": base64.urlsafe_b64encode(CODE.encode()).decode(),
    "in base64 behind one byte": base64.b64encode(b"?" + CODE.encode()).decode(),
    "in base64 behind two": base64.b64encode(b"??" + CODE.encode() + b"!").decode(),
    "in base64, percent-encoded": quote(base64.b64encode(CODE.encode() + b"??>").decode(), safe=""),
    "in base64 over lines": base64.encodebytes(CODE.encode() * 3).decode(),
    "in hexadecimal": CODE.encode().hex(),
}


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
def test_a_code_in_every_form(written: str) -> None:
    """It is found within other text, and only the code whose it is."""
    needles = Needles([CODE, SHORT, PICTURE])
    found = needles.found(f"something before {written} and after it".encode())
    assert {form.secret for form in found} == {CODE}


def test_a_code_as_other_bytes() -> None:
    """Also as the bytes of UTF-16 it is found."""
    assert Needles([CODE]).found(b"\0" + CODE.encode("utf-16-le"))


@pytest.mark.parametrize(
    "written",
    [SHORT, SHORT[4:], quote(SHORT, safe=""), quote(quote(SHORT, safe=""), safe="").lower()],
)
def test_a_code_whose_id_is_short_or_empty(written: str) -> None:
    """It is found by its whole text: the id alone may stand anywhere."""
    needles = Needles([SHORT])
    assert needles.found(written.encode())
    assert needles.found(base64.b64encode(b"x" + SHORT.encode()))
    assert not needles.found(b"A1 is no secret")
    assert Needles(["LPA:1$smdp.example.com$"]).found(b"to 1$smdp.example.com$ now")


@pytest.mark.parametrize(
    "content",
    [
        PICTURE.encode(),
        PICTURE.lower().encode(),
        base64.b64decode(PICTURE),
        b"cut off " + base64.b64decode(PICTURE)[200:900],
        base64.encodebytes(base64.b64decode(PICTURE)),
        json.dumps({"a": PICTURE}).encode(),
        base64.urlsafe_b64encode(base64.b64decode(PICTURE)),
    ],
)
def test_a_picture_in_every_form(content: bytes) -> None:
    """In base64 and as bytes, whole and in parts."""
    assert {form.secret for form in Needles([CODE, PICTURE]).found(content)} == {PICTURE}


@pytest.mark.parametrize(
    ("number", "text", "is_found"),
    [
        ("91234567", "PUK1: 91234567", True),
        ("91234567", '{"puk1":"91234567"}', True),
        ("91234567", "89310891234567000001", False),
        ("91234567", "x91234567", False),
        ("2026", "in the year 2026", False),
        ("2026", '"pin1": "2026"', True),
        ("2026", "confirmation code: *2026*", True),
        ("2026", "confirmation_code=2026&x", True),
        ("2026", "shipping 2026", False),
    ],
)
def test_a_number(number: str, text: str, *, is_found: bool) -> None:
    """As a word of its own; one that is short only where its name stands before it."""
    assert bool(Needles([number]).found(text.encode())) is is_found


def test_nothing_is_found_where_nothing_is() -> None:
    """Hosts, ICCIDs and the beginnings that all pictures share are no secrets."""
    needles = Needles([CODE, SHORT, PICTURE, "91234567"])
    harmless = f"{HOST} smdp.example.com LPA:1$ 89310801234567890123 {PICTURE[:60]}"
    assert not needles.found(harmless.encode())
