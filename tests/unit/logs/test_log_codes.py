"""Activation codes in log lines: hidden in every form, whatever stands around them."""

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import Censor, without_secrets
from tests.support.leaks.forms import Needles

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
IDS = st.text(f"{_LETTERS}-", min_size=12, max_size=40).filter(lambda text: text.strip("-"))
HOSTS = st.sampled_from(["rsp.telnyx.example", "smdp.io:443", "1oT.rsp-0026.oberthur.net"])
TAILS = st.sampled_from(["", "$1.3.6.1.4.1.31746", "$$1", "$1.3.6.1$1", "$$1$x"])
PREFIXES = st.sampled_from(["LPA:", "lpa:", "Lpa:"])
CODES = st.builds(
    lambda prefix, host, matching_id, tail: (f"{prefix}1${host}${matching_id}{tail}", matching_id),
    PREFIXES | st.just(""),
    HOSTS,
    IDS,
    TAILS,
)
"""A code, and its matching id."""
AROUND = st.sampled_from(
    ["{}", "got {} now", "code={}", "?code={}&user=U1", "'{}'", '{{"a": "{}"}}', "({})", "a\n{}\nb"]
)


def twice(text: str) -> str:
    """Percent-encoded, and that again."""
    return quote(quote(text, safe=""), safe="")


def in_base64(text: str) -> str:
    """Base64 of the text."""
    return base64.b64encode(text.encode()).decode()


SPELT: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "percent-encoded": lambda text: quote(text, safe=""),
    "percent-encoded in small letters": lambda text: (
        quote(text, safe="").replace("%3A", "%3a").replace("%2D", "%2d")
    ),
    "percent-encoded twice": twice,
    "percent-encoded three times": lambda text: quote(twice(text), safe=""),
    "in a form": lambda text: urlencode({"payload_": json.dumps({"a": text})}),
    "JSON in JSON": lambda text: json.dumps(json.dumps({"a": text})),
    "escaped for JSON": lambda text: json.dumps(text).replace("$", "\\u0024"),
    "escaped for JSON twice": lambda text: json.dumps(json.dumps(text).replace("$", "\\u0024")),
    "escaped for HTML": lambda text: html.escape(text).replace("$", "&#36;"),
    "as bytes": lambda text: repr(text.encode()),
    "behind a line break as written": lambda text: repr(f"x\n{text}"),
    "in a link": lambda text: f"https://esimsetup.apple.com/x?carddata={quote(text, safe='')}",
    "in a link, not encoded": lambda text: f"https://esimsetup.android.com/x?carddata={text}",
    "in a link in a link": lambda text: quote_plus(f"https://h.example/?carddata={quote(text)}"),
}


@pytest.mark.parametrize("spell", SPELT.values(), ids=SPELT)
@given(CODES, AROUND)
def test_the_text_of_a_code(
    spell: Callable[[str], str], code: tuple[str, str], around: str
) -> None:
    """With its prefix or bare, with an OID, a flag, later parts: no id is left in any spelling."""
    text, matching_id = code
    assert matching_id not in without_secrets.clean(around.format(spell(text)))


@given(IDS, HOSTS, TAILS, PREFIXES.filter(lambda prefix: prefix != "Lpa:"), st.binary(max_size=4))
def test_a_code_in_base64(
    matching_id: str, host: str, tail: str, prefix: str, before: bytes
) -> None:
    """At each place within four characters, also in the alphabet of addresses."""
    code = f"{prefix}1${host}${matching_id}{tail}"
    needles = Needles([f"LPA:1${host}${matching_id}"])
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        text = encode(before + code.encode()).decode()
        cleaned = without_secrets.clean(f'{{"qr": "{text}"}} {text}').encode()
        assert not needles.found(cleaned)


@given(st.binary(min_size=400, max_size=1000))
def test_a_picture(content: bytes) -> None:
    """Of whatever kind: in base64, in an address of its own, or as Python writes bytes."""
    picture = b"\x89PNG\r\n\x1a\n" + content
    needles = Needles([base64.b64encode(picture).decode()])
    for text in (
        f'{{"activation": "{base64.b64encode(picture).decode()}"}}',
        f"got {base64.b64encode(content).decode()}",
        f"data:image/jpeg;base64,{base64.b64encode(content[:30]).decode()}",
        base64.urlsafe_b64encode(picture).decode(),
    ):
        cleaned = without_secrets.clean(text)
        assert not needles.found(cleaned.encode())
        assert "(hidden)" in cleaned


@pytest.mark.parametrize(
    "text",
    [
        "confirmation code: 91234567",
        "the confirmation code is 91234567.",
        "confirmation_code=91234567&user=U1",
        '{"confirmationCode": "91234567"}',
        "{'confirmation_code': '91234567'}",
        "confirmation%3A91234567".replace("confirmation", "confirmation_code"),
        "PIN 91234567",
        "PIN1: 91234567",
        '"pin1":"91234567"',
        "puk2=91234567",
        'PUK-1 "91234567"',
        json.dumps({"pin_puk_codes": {"puk1": "91234567"}}),
        json.dumps(json.dumps({"puk1": "91234567"})),
        "matching_id: AB91234567CD",
        '{"matchingId": "AB91234567CD"}',
        "activation_code=AB91234567CD",
        '{"manualActivationCode": "AB91234567CD"}',
        "iosActivationLink: https://x.example/91234567",
        "qr_code=91234567",
    ],
)
def test_what_is_hidden_by_its_name(text: str) -> None:
    """Numbers and ids look like anything: their names tell them."""
    assert "91234567" not in without_secrets.clean(text)


def test_values_under_their_names() -> None:
    """The keys of a line's own values hide them, at any depth, whatever they are."""
    line = {
        "sim": {
            "pin1": 9123,
            "puk": "9123",
            "confirmationCode": "9123",
            "matching_id": "AB-9123",
            "lpa": "9123",
            "qrCode": "9123",
            "carddata": ["9123"],
        }
    }
    assert "9123" not in str(Censor()(None, "info", line))


@pytest.mark.parametrize(
    "text",
    [
        "shipping 2026 eSIMs, mapping: 5, ping: 12",
        "pinned 5 messages; a spin of 1000",
        "costs $1.50 or 1$ and 2$, US$1$2",
        "order 7K2M9QXA: 5 eSIMs, 89310801807060000011",
        "codes_revealed to U0ANA000000 as messages: 89310801807060000011",
        "GET /v2/sim_cards/7e3b1a52-6c0f-4d4e-9a55-2f6f0d0a1b2c/activation_code",
        "https://esim.example.com/docs?page=24",
        "the confirmation expired after 1800 seconds",
    ],
)
def test_what_only_looks_alike(text: str) -> None:
    """What a log line is for stays readable."""
    assert without_secrets.clean(text) == text


def test_what_stands_beside_a_code_stays() -> None:
    """The line still says who, where, and that something was hidden."""
    text = "user=U1&carddata=LPA%3A1%24h.example%24ABC&channel=C1 told 1$h.example$ABC twice"
    assert without_secrets.clean(text) == (
        "user=U1&carddata=(hidden)&channel=C1 told (hidden) twice"
    )
