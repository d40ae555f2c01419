"""What the kiosk's answers mean. In doubt: `Unknown`."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import httpx
from pydantic import JsonValue

from bot.domain.activation.code import ActivationCode, CodeNotGiven, UnreadableCode, WhyNoCode
from bot.domain.purchase.outcome import Bought, NotSent, Outcome, Refused, Unknown
from bot.domain.purchase.sim import ProviderError, Remedy, Sim
from bot.providers.limits import retry_after
from bot.providers.reading import confirmation_in, iccid_of, read_json
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

_NO_CODE: Final = {
    404: WhyNoCode.NOT_KNOWN,
    409: WhyNoCode.INSTALLED,
    410: WhyNoCode.GONE,
    425: WhyNoCode.NOT_READY,
}
"""Statuses with which it says that an eSIM has no code for anybody."""


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


def code_in(body: JsonValue) -> ActivationCode | CodeNotGiven:
    """The activation code of an answer, or why it has none.

    It is returned: an error that is raised here would have the answer in its traceback.
    """
    fields = body if isinstance(body, dict) else {}
    try:
        return ActivationCode(str(fields.get("lpa")), confirmation_in(fields.get("pin")))
    except UnreadableCode:
        return CodeNotGiven(WhyNoCode.UNREADABLE)


def why_no_code(answer: httpx.Response) -> WhyNoCode | None:
    """Why an eSIM has no code; None where the status is about something else."""
    return _NO_CODE.get(answer.status_code)
