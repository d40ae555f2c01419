"""What the kiosk's answers mean. In doubt: `Unknown`."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import httpx
from pydantic import JsonValue

from bot.domain.purchase.outcome import Bought, NotSent, Outcome, Refused, Unknown
from bot.domain.purchase.sim import ProviderError, Remedy, Sim
from bot.providers.limits import retry_after
from bot.providers.reading import iccid_of, read_json
from bot.providers.text import clean

_TOO_MANY: Final = 429
_REFUSALS: Final = {
    401: Remedy.OPERATOR,
    402: Remedy.TOP_UP,
    404: Remedy.CHANGE_REQUEST,
    410: Remedy.LATER_OR_FEWER,
    422: Remedy.CHANGE_REQUEST,
}
"""Statuses with which it says that it sold nothing, and what helps then."""


def outcome_of(answer: httpx.Response, now: datetime) -> Outcome:
    """The outcome of an order that was answered. What it sold counts, whatever the status."""
    body, status = read_json(answer.content), answer.status_code
    sims, errors = tuple(sims_in(body)), tuple(_errors_in(body, status))
    if sims:
        return Bought(sims=sims, errors=errors)
    if status == _TOO_MANY:
        wait = retry_after(answer.headers, now)
        return NotSent(why="too many calls at once", retry_after=wait, turned_away=True)
    if status in _REFUSALS:
        return Refused(errors=errors)
    return Unknown(why=f"the kiosk answered with HTTP {status}, and named no eSIM", errors=errors)


def sims_in(body: JsonValue) -> Iterator[Sim]:
    """The SIM cards that an answer names. Of each only what is listed here is kept."""
    entries = body.get("sims") if isinstance(body, dict) else None
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and (iccid := iccid_of(entry.get("iccid"))):
            yield Sim(iccid=iccid, fields={"iccid": iccid, "plan": clean(entry.get("plan"), 40)})


def _errors_in(body: JsonValue, status: int) -> Iterator[ProviderError]:
    """What the kiosk says, or else its status, as an error; none where all went well."""
    said = clean(body.get("error"), 200) if isinstance(body, dict) else ""
    if said or httpx.codes.is_error(status):
        remedy = _REFUSALS.get(status, Remedy.UNKNOWN)
        yield ProviderError(title=said or f"HTTP {status}", remedy=remedy)
