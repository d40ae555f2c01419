"""Hides secrets in log lines."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus, unquote

from bot.logs.codes import HIDDEN, without_codes

_SHORT, _REMEMBERED = 40, 1000
"""Characters of texts that come again and again (events, states, people), and how many of them are
remembered with what they became: each costs three searches."""
_SHORTEST = 6
"""Characters that a known secret must have to be searched: shorter ones occur in any text."""

_COLON = r"(?i::|%(?:25)*3A)"
_SLASH = r"(?i:\\*/|%(?:25)*2F)"
_NAMES = (
    r"[\w-]*(?:token|secret|password|api_?key|client_id|response_url|trigger_id|ticket|signature"
    r"|activation_code|authorization|cookie)|payload"
)
_VALUE = r"(?:\(hidden\)|[^\s&\"';,)]|[\"';,)](?=\w))+"
"""A secret goes on behind a quote, a comma or a bracket within it."""
_LOOKS = (
    r"xox[a-z](?:\.xox[a-z])?-[\w-]+|xapp-[\w-]+",
    r"v0=[0-9a-f]{16,}",  # a request's signature
    r"(?i:bearer)(?:[\s+]|%20)+[\w.~+/=%-]+",
    r"\b(?i:basic)(?:[\s+]|%20)+(?=[\w+/%=-]*[A-Z\d=])[\w+/%=-]{6,}",
    r"\bKEY[0-9A-F]{8,}\w*",
    rf"(?:\w+{_COLON}{_SLASH}{{2}})?(?i:hooks(?:\.|%2E)slack(?:-gov)?(?:\.|%2E)com)[^\s\"'<>&]*",
    r"(?:(?<=redis://)|(?<=rediss://))\S+(?=@)",  # a password may hold any character
    r"(?<=://)[^\s\"'<>]+(?=@)",  # name and password in an address
)
_SECRET = re.compile("|".join(_LOOKS))
_PAIRS = re.compile(
    rf"(?i:(?P<header>\b[\w-]*(?:authorization|cookie)[ ]*:[ ]*+)(?!\(hidden\))[^\r\n\"']+"
    rf"|(?P<quoted>\b(?:{_NAMES})\s*[=:]\s*\\*(?P<mark>[\"']))(?:(?!(?P=mark))[^\\])+"
    rf"|(?P<form>\b(?:{_NAMES})[ ]*[=:][ ]*+)(?!\(hidden\)){_VALUE}"
    rf"|(?P<json>\\*[\"'](?:{_NAMES})\\*[\"']\s*[:,]\s*\\*[\"'])[^\"'\\]*"
    rf"|(?P<escaped>\b(?:{_NAMES})%(?:25)*3D)(?:[^%\s&]|%(?!(?:25)*2[26]))+"
    rf"|(?P<coded>%22(?:{_NAMES})%22%3A(?:\+|%20)*%22)(?:[^%\s&]|%(?!22))*)"
)
"""A secret by the name before it: in a form, in JSON, in JSON within a form."""
_SECRET_NAMES = re.compile(
    r"token|secret|password|api_?key|client_id|authorization|activation|response_url|cookie"
    r"|trigger_id|payload|ticket|signature|^body$|confirmation|matching_?id|card_?data|qr_?code"
    r"|(?<![a-z])pin[12]?$|puk|^lpa$|^ac$",
    re.IGNORECASE,
)


_USER_INFO = re.compile(r"(?:[\w+.-]+://)?(?P<name>[^:]*?)(?::(?P<password>.*))?@", re.DOTALL)
_OPTION = re.compile(r"[?&](?:ssl_)?password=([^&#]+)")


def passwords_of(address: str) -> Iterator[str]:
    """Every password in an address, encoded and decoded; a user name without one counts too."""
    found = _USER_INFO.match(address)
    spelt = [found["password"] or found["name"]] if found else []
    for password in filter(None, [*spelt, *_OPTION.findall(address)]):
        yield from {password, unquote(password)}


class Censor:
    """A processor: hides known secrets, and whatever looks like one."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        """`known`: secret values; they are hidden everywhere, also in encoded form."""
        spelt = sorted({form for value in known for form in _spelt(value)}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, spelt))) if spelt else None
        self._clean_short = lru_cache(_REMEMBERED)(self._clean)

    def __call__(
        self, _logger: Any, _method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """Hide tokens, keys, passwords, addresses for answers and codes, at any depth."""
        for name, value in event.items():
            event[name] = self._hidden(name, value)
        return event

    def clean(self, value: object) -> str:
        """The value as text, without secrets."""
        text = value if isinstance(value, str) else repr(value)
        return (self._clean_short if len(text) <= _SHORT else self._clean)(text)

    def _clean(self, text: str) -> str:
        if self._known is not None:
            text = self._known.sub(HIDDEN, text)
        return _PAIRS.sub(_named, _SECRET.sub(HIDDEN, without_codes(text)))

    def _hidden(self, name: str, value: Any) -> Any:
        if _is_secret(name):
            return HIDDEN
        if isinstance(value, Mapping):
            return {self.clean(key): self._hidden(str(key), each) for key, each in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._hidden("", each) for each in value]
        if value is None or isinstance(value, bool | int | float):
            return value
        return self.clean(value)


@lru_cache(_REMEMBERED)
def _is_secret(name: str) -> bool:
    return _SECRET_NAMES.search(name) is not None


def _named(found: re.Match[str]) -> str:
    return f"{found[found.lastgroup or 0]}{HIDDEN}"


def _spelt(secret: str) -> Iterable[str]:
    """A secret as it is, and as encoded in forms and JSON."""
    bare = secret.strip()
    if len(bare) < _SHORTEST:
        return ()
    return {bare, quote(bare, safe=""), quote_plus(bare), json.dumps(bare)[1:-1]}
