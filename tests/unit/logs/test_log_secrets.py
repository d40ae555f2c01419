"""Secrets in every spelling that a request, a form or an exception brings them in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, urlencode

import pytest
import structlog

from bot.__main__ import _secrets as secrets_of
from bot.logs import Censor, without_secrets
from bot.settings import settings_of
from bot.settings import written as written_settings
from tests.support.log import Log, written
from tests.support.written import NEEDED

if TYPE_CHECKING:
    from collections.abc import Iterator

ADDRESS = "https://hooks.slack.com/commands/T012/345/s3cr3tAddress"
CODE = "1$smdp.example.com$MATCHING-ID-9"
SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
ADDRESSES = [
    ADDRESS,
    "https://hooks.slack.com/actions/T012/345/s3cr3tAddress",
    "https://hooks.slack.com/services/T012/B345/s3cr3tAddress",
    "https://hooks.slack-gov.com/app/T012/345/s3cr3tAddress",
    "hooks.slack.com/commands/T012/345/s3cr3tAddress",
]


@pytest.fixture
def log() -> Iterator[Log]:
    """Configure logs for one test; afterwards all is as before."""
    with written() as log:
        yield log


def cleaned(text: str) -> str:
    """A text as it goes into the log."""
    return without_secrets.clean(text)


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_for_answers(address: str) -> None:
    """As it is, in JSON, with JSON's slashes escaped, in a form, in JSON within a form."""
    in_json = json.dumps({"response_url": address, "user": "U1"})
    spellings = [
        f"sent to {address} twice",
        in_json,
        in_json.replace("/", r"\/"),
        urlencode({"response_url": address, "user": "U1"}),
        urlencode({"payload": in_json}),
        f"to {quote(address, safe='')} and {quote_plus(address)}",
        json.dumps({"nested": in_json}),
        quote(quote(address, safe=""), safe=""),
    ]
    for spelling in spellings:
        assert "s3cr3tAddress" not in cleaned(spelling), spelling


@pytest.mark.parametrize("name", ["response_url", "token", "trigger_id", "ticket", "api_key"])
def test_a_secret_by_its_name_within_a_text(name: str) -> None:
    """Also where its looks tell nothing: the address of a gateway, a token of the old kind."""
    for text in (
        f"{name}=hunter2&user=U1",
        f'{{"{name}": "hunter2"}}',
        f"{{'{name}': 'hunter2'}}",
        json.dumps(json.dumps({name: "hunter2"})),
        quote_plus(json.dumps({name: "hunter2", "user": "U1"})),
    ):
        assert "hunter2" not in cleaned(text), text


def test_what_stands_beside_a_secret_is_kept() -> None:
    """A line is still good for something: who, where, and that something was hidden."""
    line = f"user_id=U1&response_url={quote_plus(ADDRESS)}&channel_id=C1"
    assert cleaned(line) == "user_id=U1&response_url=(hidden)&channel_id=C1"


@pytest.mark.parametrize("code", [CODE, f"LPA:{CODE}"])
def test_an_activation_code(code: str) -> None:
    """With its prefix or bare, as it is or as an address spells it."""
    for text in (f"got {code} now", f"?code={quote(code, safe='')}&x=1", json.dumps({"a": code})):
        assert "MATCHING" not in cleaned(text), text


@pytest.mark.parametrize("spell", [str, quote_plus, lambda text: quote(text, safe=""), repr])
def test_a_value_that_the_settings_hold(spell: object) -> None:
    """Whatever it looks like: a signing secret is no more than letters and digits."""
    censor = Censor([f"{SIGNING_SECRET}\n", "pa ss/wd&", "abc"])
    assert callable(spell)
    text = censor.clean(f"with {spell(SIGNING_SECRET)} and {spell('pa ss/wd&')}, abc")
    assert SIGNING_SECRET not in text
    assert "wd" not in text
    assert "abc" in text  # too short: it would hide half of the log


def test_a_signature_is_none_to_look_at() -> None:
    """A signature that fits proves a request again for five minutes."""
    assert "deadbeef" not in cleaned("x-slack-signature v0=deadbeefdeadbeefdeadbeef")


def test_the_text_of_an_exception(log: Log) -> None:
    """A failure that names a whole request names no secret of it, nor does its cause."""
    try:
        try:
            dict[str, str]()[urlencode({"response_url": ADDRESS})]
        except KeyError as failure:
            raise ValueError(f"{ADDRESS} {CODE}") from failure
    except ValueError:
        structlog.get_logger().exception("fault")
    assert "s3cr3tAddress" not in log.text
    assert "MATCHING" not in log.text
    assert "ValueError" in log.text


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Basic aHVudGVyMjpodW50ZXIy",
        "sent Basic aHVudGVyMjpodW50ZXIy on",
        "Proxy-Authorization: Digest username=aHVudGVyMjpodW50ZXIy, x=y",
        "{'Proxy-Authorization': 'Basic aHVudGVyMjpodW50ZXIy'}",
        "('trigger_id', '1.2.aHVudGVyMjpodW50ZXIy')",
        '["token","aHVudGVyMjpodW50ZXIy"]',
        "token: aHVudGVyMjpodW50ZXIy next",
        "token='aHVudGVyMjpodW50ZXIy'",
        'token="x aHVudGVyMjpodW50ZXIy"',
        'password=x"aHVudGVyMjpodW50ZXIy',
        "password: x,aHVudGVyMjpodW50ZXIy",
        "token%3DaHVudGVyMjpodW50ZXIy%26user%3DU1",
        "?ticket%253DaHVudGVyMjpodW50ZXIy",
        "activation_code=aHVudGVyMjpodW50ZXIy",
        "redis://u:p/aHVudGVyMjpodW50ZXIy@h",
        "redis://aHVudGVyMjpodW50ZXIy@h",
        "redis://user:p@aHVudGVyMjpodW50ZXIy@h/0",
        "rediss://u:p'\"aHVudGVyMjpodW50ZXIy@h",
        "http://user:p@aHVudGVyMjpodW50ZXIy@proxy:3128",
    ],
)
def test_other_spellings(text: str) -> None:
    """Headers, pairs, quotes, encoded forms, and addresses with signs that should be encoded."""
    assert "aHVudGVyMjpodW50ZXIy" not in cleaned(text)
    assert "(hidden)" in cleaned(text)


@pytest.mark.parametrize("text", ["a basic settings file", "tokens were 5", "user=U1&text=buy 3"])
def test_what_only_looks_alike(text: str) -> None:
    """Usual words are no secrets."""
    assert cleaned(text) == text


@pytest.mark.parametrize(
    ("address", "password"),
    [
        ("redis://user:p%40ss%2Fword@host/0", "p@ss/word"),
        ("redis://lonepassword@host", "lonepassword"),
        ("rediss://host?password=hunter%232345", "hunter#2345"),
        ("user:proxypass@proxy:3128", "proxypass"),
    ],
)
def test_passwords_of_addresses(
    monkeypatch: pytest.MonkeyPatch, address: str, password: str
) -> None:
    """A library may repeat a password as it is, without its address: it is known as such."""
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-app-secret")
    monkeypatch.setenv("REDIS_URL" if "://" in address else "HTTPS_PROXY", address)
    known = Censor(secrets_of(settings_of(written_settings(None))))
    assert password not in known.clean(f"refused: {password} is wrong")
