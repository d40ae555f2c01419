"""Reads what every provider's answers have in common: JSON, ICCIDs, SIM cards told twice."""

import json
import re
from collections.abc import Iterable
from typing import Final

from pydantic import JsonValue

from bot.domain.purchase.sim import Sim, merge_sims
from bot.providers.text import clean

ICCID: Final = re.compile(r"[0-9]{18,22}")
ID_LIMIT: Final = 64
"""Characters of an id, or of a word such as a status, that are kept."""


def read_json(content: bytes) -> JsonValue:
    """The JSON value in these bytes; None when there is none that can be read."""
    try:
        value: JsonValue = json.loads(content, parse_constant=lambda _name: None)
    except (ValueError, RecursionError):
        return None
    return value


def iccid_of(value: JsonValue) -> str:
    """An ICCID without separators and filler; other text as it is."""
    text = clean(value, ID_LIMIT)
    if ICCID.fullmatch(text):
        return text
    digits = re.sub(r"[\s-]", "", text)
    # SIM cards store two digits in a byte: an odd number of digits is filled up with an F.
    padded = re.fullmatch(rf"({ICCID.pattern})[Ff]?", digits)
    return padded[1] if padded else text


def distinct_sims(sims: Iterable[Sim]) -> tuple[Sim, ...]:
    """Each SIM card once, by its ICCID; an id that several ICCIDs share is ignored."""
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
    if len(iccids - {None}) == len(renamed):  # the usual case; merging is slow
        return renamed
    return merge_sims((), renamed)
