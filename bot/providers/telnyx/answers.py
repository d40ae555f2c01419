"""Reads Telnyx's answers, and is lenient: one bad part never costs another one."""

import json
import re
from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from pydantic import JsonValue

from bot.domain.sim import Oddity, ProviderError, Sim, merge_sims
from bot.providers.base import PurchaseCall
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


def sold_in(body: JsonValue, call: PurchaseCall) -> tuple[Sim, ...]:
    """Every SIM card in the `data` of an answer to this call, each once, with what is odd of it.

    An entry without ICCID and id is nobody's SIM card: left out, it is missed, and looked up.
    """
    sims = told_apart(_sims_in(body))
    return tuple(_marked(sim, call) for sim in sims if sim.iccid or sim.provider_id)


def told_apart(sims: Iterable[Sim]) -> tuple[Sim, ...]:
    """Each SIM card once, by its ICCID; an id that stands by several ICCIDs names none of them."""
    known = tuple(sims)
    owners: dict[str, set[str]] = {}
    for sim in known:
        owners.setdefault(sim.provider_id or "", set()).add(sim.iccid or "")
    shared = {name for name, iccids in owners.items() if len(iccids - {""}) > 1}
    renamed = tuple(
        sim.model_copy(update={"provider_id": None}) if sim.provider_id in shared else sim
        for sim in known
    )
    iccids = {sim.iccid for sim in renamed}
    if len(iccids - {None}) == len(renamed):  # as nearly always; merging takes its time
        return renamed
    return merge_sims((), renamed)


def _sims_in(body: JsonValue) -> tuple[Sim, ...]:
    data = body.get("data") if isinstance(body, dict) else body
    if isinstance(data, list):
        return _all_of(data, sim_of)
    # One object in place of a list: with an id alone it may be anything.
    single = sim_of(data) if isinstance(body, dict) else None
    return (single,) if single and single.iccid else ()


def sim_of(entry: JsonValue) -> Sim | None:
    """One entry as a SIM card: an object, or a bare ICCID; None when it is neither."""
    if not isinstance(entry, dict):
        iccid = _iccid(entry)
        return Sim(iccid=iccid) if _ICCID.fullmatch(iccid) else None
    iccid, provider_id = _iccid(entry.get("iccid")), clean(entry.get("id"), _ID_LIMIT)
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


def tags_of(entry: JsonValue) -> frozenset[str] | None:
    """The tags of an entry, as they compare: without regard to case; None: it has no list."""
    tags = entry.get("tags") if isinstance(entry, dict) else None
    if not isinstance(tags, list):
        return None
    return frozenset(tag.strip().casefold() for tag in tags if isinstance(tag, str))


def _iccid(value: JsonValue) -> str:
    """An ICCID without what some put between and behind its digits; other text as it is."""
    text = clean(value, _ID_LIMIT)
    digits = re.sub(r"[\s-]", "", text)
    # SIM cards keep two digits a byte: an odd number of them is filled up with an F.
    padded = re.fullmatch(rf"({_ICCID.pattern})[Ff]?", digits)
    return padded[1] if padded else text


def _marked(sim: Sim, call: PurchaseCall) -> Sim:
    kind = clean(sim.fields.get("type"), _ID_LIMIT)
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


def _all_of(
    entries: list[JsonValue], read: Callable[[JsonValue], _Part | None]
) -> tuple[_Part, ...]:
    parts = (read(entry) for entry in entries)
    return tuple(part for part in parts if part is not None)
