"""Access to Celitech's API: a token by client credentials, and what is read with it.

The token is kept, and renewed before it ends; nothing here ever tells it, or the secret.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

import httpx
import stamina
from pydantic import JsonValue, SecretStr

from bot.clock import Clock, Stopwatch
from bot.domain.catalogue.offer import NotOffered, Unavailable
from bot.errors import LookupFailed
from bot.providers.http import Connections
from bot.providers.limits import CallLimits
from bot.providers.looks import Look, Looks
from bot.providers.reading import read_json
from bot.reasons import reason_of

TITLE: Final = "Celitech"
"""Its name as people know it."""
_PATH: Final = "/oauth2/token"
_SUBJECTS: Final = {
    "destinations": "the list of destinations",
    "packages": "the list of packages",
    "purchases": "the list of purchases",
    "esim": "what is known of the eSIM",
}
"""What is asked for under the first part of a path."""
_EARLY: Final = 60.0
"""Seconds before a token's end from which it is renewed."""
_SHARE: Final = 0.25
"""The same as a part of its life, for a token that lives only for minutes."""
_TRIES: Final = 3
_TRYING: Final = 20.0
"""Seconds after which the token is not asked for again within one renewal."""
NOT_ACCEPTED: Final = "the client id or secret is not accepted"
_UNAUTHORISED: Final = 401
_MOST_PAGES: Final = 40
"""4,000 purchases under one filter: a longer list is endless, or ignores the filter."""
_REFUSALS: Final = frozenset({400, _UNAUTHORISED, 403})


@dataclass(frozen=True)
class _Token:
    text: SecretStr
    life: float | None
    """Seconds; None: no end was named, and it is kept until it is refused."""
    age: Stopwatch

    @property
    def is_good(self) -> bool:
        """Whether it may still be used."""
        return self.life is None or self.age.passed < self.life

    @property
    def ends_soon(self) -> bool:
        """Whether it should be renewed now."""
        if self.life is None:
            return False
        return self.age.passed >= self.life - min(_EARLY, _SHARE * self.life)


class Access:
    """Gets tokens: one renewal for all who wait for it."""

    def __init__(
        self,
        client_id: SecretStr,
        client_secret: SecretStr,
        connections: Connections,
        clock: Clock,
        limits: CallLimits,
    ) -> None:
        self._client_id = client_id
        self._client_secret = client_secret
        self._connections = connections
        self._clock = clock
        self._limits = limits
        self._token: _Token | None = None
        self._renewal: asyncio.Task[_Token] | None = None

    @property
    def at_hand(self) -> str | None:
        """A token that is good now, without asking for one."""
        return self._token.text.get_secret_value() if self._token and self._token.is_good else None

    async def token(self) -> str:
        """A token that is good for a while. Raises LookupFailed where none can be had."""
        if self._token is None or self._token.ends_soon:
            try:
                return (await self._renewed()).text.get_secret_value()
            except LookupFailed:
                if (known := self.at_hand) is None:
                    raise
                return known
        return self._token.text.get_secret_value()

    def refused(self, token: str) -> None:
        """Forget this token, which the API does not accept; a newer one is kept."""
        if self._token and self._token.text.get_secret_value() == token:
            self._token = None

    async def close(self) -> None:
        """End a renewal that is under way."""
        if self._renewal:
            self._renewal.cancel()
            await asyncio.wait([self._renewal])

    async def _renewed(self) -> _Token:
        """The token of the renewal that is under way, or of a new one."""
        if self._renewal is None or self._renewal.done():
            self._renewal = asyncio.create_task(self._asked())
        # One who waits for it may give up; the others go on waiting.
        await asyncio.wait([self._renewal])
        return self._renewal.result()

    async def _asked(self) -> _Token:
        """Ask for a token and keep it; its life is counted from before the call."""
        age = Stopwatch(self._clock)
        trying = stamina.AsyncRetryingCaller(attempts=_TRIES, timeout=_TRYING, wait_jitter=0.2)
        try:
            body = await trying(_is_worth_another_try, self._post)
        except httpx.HTTPStatusError as failure:
            status = failure.response.status_code
            why = NOT_ACCEPTED if status in _REFUSALS else "no token was given"
            raise LookupFailed(f"{why} (HTTP {status})") from None
        except Exception as failure:  # noqa: BLE001 - its text may hold the secret
            raise LookupFailed(f"no token can be had: {reason_of(failure)}") from None
        self._token = _token_in(body, age)
        return self._token  # hidden: the log shows what a task has returned

    async def _post(self) -> JsonValue:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._client_id.get_secret_value(),
            "client_secret": self._client_secret.get_secret_value(),
            "scope": "",
        }
        async with self._connections.client(self._limits.for_listing()) as http:
            response = await http.post(_PATH, data=form)
        return read_json(response.raise_for_status().content)


def _is_worth_another_try(failure: Exception) -> bool:
    if isinstance(failure, httpx.HTTPStatusError):
        return httpx.codes.is_server_error(failure.response.status_code)
    return isinstance(failure, httpx.TransportError)


def _token_in(body: JsonValue, age: Stopwatch) -> _Token:
    """The token of an answer. Raises LookupFailed for none, or one that no header can hold."""
    fields = body if isinstance(body, dict) else {}
    text = fields.get("access_token")
    if not isinstance(text, str) or not text or not all("!" <= sign <= "~" for sign in text):
        raise LookupFailed("the answer held no token that can be used")
    return _Token(SecretStr(text), _seconds(fields.get("expires_in")), age)


def _seconds(value: JsonValue) -> float | None:
    """The life of a token; None where none is named that can be read."""
    try:
        return None if isinstance(value, bool) else max(0.0, float(str(value)))
    except ValueError:
        return None


class Account:
    """Celitech's API as one account sees it; these calls change nothing."""

    def __init__(self, access: Access, looks: Looks) -> None:
        self._access = access
        self._looks = looks
        self.carried_out = looks.carried_out
        """Makes a look of some calls of `get`, as `Looks` does."""

    async def get(
        self, look: Look, path: str, query: Mapping[str, str | int] | None = None
    ) -> JsonValue:
        """The JSON of this path, None where it is none; asked once more after a 401.

        Raises LookupFailed for want of a token, and httpx's errors.
        """
        look.subject = _SUBJECTS[path.split("/")[1]]
        token = await self._access.token()
        try:
            return await self._get(look, path, query, token)
        except httpx.HTTPStatusError as failure:
            if failure.response.status_code != _UNAUTHORISED:
                raise
        self._access.refused(token)
        return await self._get(look, path, query, await self._access.token())

    async def _get(
        self, look: Look, path: str, query: Mapping[str, str | int] | None, token: str
    ) -> JsonValue:
        headers = {"Authorization": f"Bearer {token}"}
        response = await self._looks.get(look, path, query or {}, headers)
        return read_json(response.content)


@dataclass(frozen=True)
class Page:
    """Some entries of a list, and where the next ones begin."""

    entries: tuple[JsonValue, ...]
    cursor: str
    """"" on the last page."""

    @classmethod
    def of(cls, body: JsonValue, name: str, subject: str) -> Self:
        """Read the page whose entries lie under `name`. Raises LookupFailed when it is none."""
        entries = body.get(name) if isinstance(body, dict) else None
        if not isinstance(body, dict) or not isinstance(entries, list):
            raise LookupFailed(f"{subject} could not be read")
        cursor = body.get("afterCursor")
        if isinstance(cursor, bool) or not isinstance(cursor, str | int | None):
            raise LookupFailed(f"{subject} does not say where it goes on")
        return cls(tuple(entries), "" if cursor is None else str(cursor))


async def all_pages(
    account: Account, look: Look, path: str, query: Mapping[str, str | int], name: str
) -> list[JsonValue]:
    """The entries of all pages. Raises LookupFailed for a list that goes in a circle or on and on.

    A page without an entry that names itself as the next one is the last.
    """
    entries: list[JsonValue] = []
    cursors = [""]
    while len(cursors) <= _MOST_PAGES:
        here = {"afterCursor": cursors[-1]} if cursors[-1] else {}
        page = Page.of(await account.get(look, path, {**query, **here}), name, look.subject)
        entries += page.entries
        if not page.cursor or (not page.entries and page.cursor == cursors[-1]):
            return entries
        if page.cursor in cursors:
            raise LookupFailed(f"{look.subject} contradicts itself: a page names an earlier one")
        cursors.append(page.cursor)
    raise LookupFailed(f"{look.subject} has no end after {_MOST_PAGES} pages")


def not_taken(failure: httpx.HTTPStatusError, field: str = "", why: str = "") -> Exception:
    """NotOffered where Celitech itself says no to a question; else the failure as it is.

    It says so with a message; a gateway, or a wrong address, has none.
    """
    body = read_json(failure.response.content)
    says = isinstance(body, dict) and bool(body.get("message"))
    if not says or failure.response.status_code not in {400, 404, 422}:
        return failure
    return NotOffered(Unavailable(field=field, why=why or "Celitech does not take this question"))
