"""Reads Telnyx's answers, and is lenient: one bad part never costs another one."""

import json
import re
from collections.abc import Callable
from typing import Final, TypeVar

from pydantic import JsonValue

from bot.domain.outcome import ProviderError, Sim
from bot.providers.telnyx.codes import remedy_of
from bot.providers.telnyx.text import clean, without_secrets

_ICCID: Final = re.compile(r"[0-9]{18,22}")
_ID_LIMIT: Final = 64
_TITLE_LIMIT: Final = 200
_DETAIL_LIMIT: Final = 1000

_Part = TypeVar("_Part", Sim, ProviderError)


def read_json(content: bytes) -> JsonValue:
    """The JSON value in these bytes; None when there is none that can be read."""
    try:
        value: JsonValue = json.loads(content, parse_constant=lambda _name: None)
    except (ValueError, RecursionError):
        return None
    return value


def sims_in(body: JsonValue) -> tuple[Sim, ...]:
    """Every SIM card in the `data` of an answer, with the ICCID as text.

    An entry without ICCID and id is nobody's SIM card: left out, it is missed, and looked up.
    """
    data = body.get("data") if isinstance(body, dict) else body
    if isinstance(data, list):
        return _all_of(data, sim_of)
    # One object in place of a list: with an id alone it may be anything.
    single = sim_of(data) if isinstance(body, dict) else None
    return (single,) if single and single.iccid else ()


def sim_of(entry: JsonValue) -> Sim | None:
    """One entry as a SIM card: an object, or a bare ICCID; None when it is neither."""
    if not isinstance(entry, dict):
        return Sim(iccid=clean(entry, _ID_LIMIT)) if _is_iccid(entry) else None
    iccid, provider_id = clean(entry.get("iccid"), _ID_LIMIT), clean(entry.get("id"), _ID_LIMIT)
    if not iccid and not provider_id:
        return None
    status = entry.get("status")
    word = status.get("value") if isinstance(status, dict) else status
    return Sim(
        iccid=iccid or None,
        provider_id=provider_id or None,
        status=clean(word, _ID_LIMIT) or None,
        fields=without_secrets(entry),
    )


def errors_in(body: JsonValue, status: int) -> tuple[ProviderError, ...]:
    """Every error that an answer with this HTTP status tells."""
    found = body.get("errors") if isinstance(body, dict) else None
    return _all_of(found if isinstance(found, list) else [found], lambda e: _error_of(e, status))


def _error_of(entry: JsonValue, status: int) -> ProviderError | None:
    """One entry as an error: an object, or bare text; None when it says nothing."""
    fields = entry if isinstance(entry, dict) else {"detail": entry}
    error = ProviderError(
        code=clean(fields.get("code"), _ID_LIMIT),
        title=clean(fields.get("title"), _TITLE_LIMIT),
        detail=clean(fields.get("detail"), _DETAIL_LIMIT),
        pointer=_pointer(fields.get("source")),
        remedy=remedy_of(clean(fields.get("code"), _ID_LIMIT), status),
    )
    return error if error.code or error.title or error.detail else None


def _pointer(source: JsonValue) -> str:
    if not isinstance(source, dict):
        return clean(source, _TITLE_LIMIT)
    pointer = clean(source.get("pointer"), _TITLE_LIMIT)
    return pointer or clean(source.get("parameter"), _TITLE_LIMIT)


def _is_iccid(entry: JsonValue) -> bool:
    return _ICCID.fullmatch(clean(entry, _ID_LIMIT)) is not None


def _all_of(
    entries: list[JsonValue], read: Callable[[JsonValue], _Part | None]
) -> tuple[_Part, ...]:
    parts = (read(entry) for entry in entries)
    return tuple(part for part in parts if part is not None)
