"""Reads Telnyx's answers, and the outcome of a purchase from them. In doubt: `Unknown`.

Parts that can't be read are left out; the others are still read.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, TypeVar

import httpx
from pydantic import JsonValue

from bot.domain.purchase.outcome import Bought, NotSent, Outcome, Refused, Unknown
from bot.domain.purchase.sim import Oddity, ProviderError, Remedy, Sim
from bot.providers.base import PurchaseCall
from bot.providers.http import NO_VERDICT
from bot.providers.limits import retry_after
from bot.providers.reading import ICCID, ID_LIMIT, distinct_sims, iccid_of, read_json
from bot.providers.telnyx.fields import fields_of
from bot.providers.text import clean

_INPUT: Final = (
    *("10004", "10015", "10023", "10026", "10027", "10032", "10033"),
    # Not found, or a bad id, as of a SIM card group.
    *("10005", "10006", "10013", "10017"),
)
_ACCOUNT: Final = (
    *("10009", "10010", "10038", "10039"),
    *(str(code) for code in range(20001, 20009)),
    *(str(code) for code in range(20012, 20018)),
)
_REFUSALS: Final = {
    **dict.fromkeys(_INPUT, Remedy.CHANGE_REQUEST),
    **dict.fromkeys(_ACCOUNT, Remedy.OPERATOR),
    "20100": Remedy.TOP_UP,
    "70001": Remedy.LATER_OR_FEWER,
}
_REMEDIES: Final = _REFUSALS | dict.fromkeys(("10011", "10036"), Remedy.WAIT)
_DOUBTS: Final = frozenset({"10007", "10008", "10036", "10037"})
"""Unexpected error, timeout, being processed, unavailable: the purchase may still happen."""
_REMEDY_OF_STATUS: Final = {401: Remedy.OPERATOR, 402: Remedy.TOP_UP, 403: Remedy.OPERATOR}


def remedy_of(code: str, status: int) -> Remedy:
    """What helps against this error: by its code, else by the HTTP status."""
    return _REMEDIES.get(code) or _REMEDY_OF_STATUS.get(status, Remedy.UNKNOWN)


def is_refusal(code: str) -> bool:
    """Whether this code says that nothing was bought, whatever the HTTP status."""
    return code in _REFUSALS


def leaves_doubt(code: str) -> bool:
    """Whether something may have been bought, or may still be, despite this error."""
    return code in _DOUBTS


_TITLE_LIMIT: Final = 200
_DETAIL_LIMIT: Final = 1000

_Part = TypeVar("_Part", Sim, ProviderError)


def sold_in(body: JsonValue, call: PurchaseCall) -> tuple[Sim, ...]:
    """Every SIM card in the `data` of an answer to this call, each once, with its oddity.

    An entry without ICCID and id is left out: as a SIM card is then missing, the call is looked up.
    """
    sims = distinct_sims(_sims_in(body))
    return tuple(_marked(sim, call) for sim in sims if sim.iccid or sim.provider_id)


def _sims_in(body: JsonValue) -> tuple[Sim, ...]:
    data = body.get("data") if isinstance(body, dict) else body
    if isinstance(data, list):
        return _all_of(data, sim_of)
    # One object in place of a list: with only an id it may be anything.
    single = sim_of(data) if isinstance(body, dict) else None
    return (single,) if single and single.iccid else ()


def sim_of(entry: JsonValue) -> Sim | None:
    """One entry as a SIM card: an object, or a bare ICCID; None when it is neither."""
    if not isinstance(entry, dict):
        iccid = iccid_of(entry)
        return Sim(iccid=iccid) if ICCID.fullmatch(iccid) else None
    iccid, provider_id = iccid_of(entry.get("iccid")), clean(entry.get("id"), ID_LIMIT)
    if not iccid and not provider_id:
        return None
    status = entry.get("status")
    word = status.get("value") if isinstance(status, dict) else status
    return Sim(
        iccid=iccid or None,
        provider_id=provider_id or None,
        status=clean(word, ID_LIMIT) or None,
        fields=fields_of(entry),
    )


def tags_of(entry: JsonValue | Mapping[str, JsonValue]) -> frozenset[str] | None:
    """The tags of an entry, as they compare: without regard to case; None: it has no list."""
    tags = entry.get("tags") if isinstance(entry, Mapping) else None
    if not isinstance(tags, list):
        return None
    return frozenset(tag.strip().casefold() for tag in tags if isinstance(tag, str))


def _marked(sim: Sim, call: PurchaseCall) -> Sim:
    kind = clean(sim.fields.get("type"), ID_LIMIT)
    tags = tags_of(sim.fields)
    ours = {call.reference.casefold(), call.order_reference.casefold()}
    odd = (
        *([Oddity.PHYSICAL] if kind.casefold() == "physical" else []),
        *([Oddity.UNTAGGED] if tags is not None and not tags & ours else []),
    )
    return sim.model_copy(update={"odd": odd}) if odd else sim


def errors_in(body: JsonValue, status: int) -> tuple[ProviderError, ...]:
    """Every error that an answer with this HTTP status tells."""
    found = body.get("errors") if isinstance(body, dict) else None
    return _all_of(found if isinstance(found, list) else [found], lambda e: _error_of(e, status))


def _error_of(entry: JsonValue, status: int) -> ProviderError | None:
    """One entry as an error: an object, or bare text; None when it says nothing."""
    fields = entry if isinstance(entry, dict) else {"detail": entry}
    error = ProviderError(
        code=clean(fields.get("code"), ID_LIMIT),
        title=clean(fields.get("title"), _TITLE_LIMIT),
        detail=clean(fields.get("detail"), _DETAIL_LIMIT),
        pointer=_pointer(fields.get("source")),
        remedy=remedy_of(clean(fields.get("code"), ID_LIMIT), status),
    )
    return error if error.code or error.title or error.detail else None


def _pointer(source: JsonValue) -> str:
    if not isinstance(source, dict):
        return clean(source, _TITLE_LIMIT)
    pointer = clean(source.get("pointer"), _TITLE_LIMIT)
    return pointer or clean(source.get("parameter"), _TITLE_LIMIT)


def _all_of(
    entries: list[JsonValue], read: Callable[[JsonValue], _Part | None]
) -> tuple[_Part, ...]:
    parts = (read(entry) for entry in entries)
    return tuple(part for part in parts if part is not None)


_CONFLICT: Final = 409  # a similar call is under way, perhaps this one
_TOO_MANY: Final = 429
_UNEXPLAINED: Final = {
    401: ("Unauthorised", "Telnyx did not accept the API key."),
    402: ("Payment required", "Telnyx asks for money before it sells."),
    403: ("Forbidden", "Telnyx does not let this API key buy eSIMs."),
}


def outcome_of(response: httpx.Response, now: datetime, call: PurchaseCall) -> Outcome:
    """The outcome of a purchase that was answered; `now`: for waits until a point in time.

    SIM cards in the answer count as bought, whatever its status, so that none is lost.
    """
    body, status = read_json(response.content), response.status_code
    sims, errors = sold_in(body, call), errors_in(body, status)
    doubts = [error.code for error in errors if leaves_doubt(error.code)]
    if doubts:
        why = f"the provider does not say what became of the purchase (error {doubts[0]})"
        return Unknown(why=why, errors=errors, sims=sims)
    if sims:
        return Bought(sims=sims, errors=errors)
    if status == _TOO_MANY:
        why = "too many calls at once"
        wait = retry_after(response.headers, now)
        return NotSent(why=why, retry_after=wait, turned_away=True)
    if _refuses(status, errors):
        return Refused(errors=errors or (_unexplained(status),))
    return Unknown(why=_why(status, body), errors=errors)


def _refuses(status: int, errors: tuple[ProviderError, ...]) -> bool:
    """Whether certainly nothing was bought: by the status, or else by every error."""
    if status == _CONFLICT or httpx.codes.is_success(status):
        return bool(errors) and all(is_refusal(error.code) for error in errors)
    return httpx.codes.is_client_error(status) and status not in NO_VERDICT


def _unexplained(status: int) -> ProviderError:
    """The error for a refusal that names none."""
    title, detail = _UNEXPLAINED.get(status, ("Refused", "Telnyx refused, and gave no reason."))
    return ProviderError(
        title=title, detail=f"{detail} (HTTP {status})", remedy=remedy_of("", status)
    )


def _why(status: int, body: JsonValue) -> str:
    if not httpx.codes.is_success(status):
        return f"the provider answered with HTTP {status}, which leaves open what was bought"
    if not isinstance(body, dict):
        return f"the provider's answer (HTTP {status}) could not be read"
    return f"the provider's answer (HTTP {status}) names no eSIM, and no reason for that"
