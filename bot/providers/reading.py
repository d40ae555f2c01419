"""Reads what every provider's answers have in common: JSON, ICCIDs, SIM cards told twice.

And of a SIM card the named properties, each by its kind: what is not named is never kept.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from pydantic import JsonValue

from bot.domain.purchase.sim import Sim, merge_sims
from bot.providers.text import clean

ICCID: Final = re.compile(r"[0-9]{18,22}")
CONFIRMATION: Final = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)
"""A confirmation code: usually a few digits."""
ID_LIMIT: Final = 64
"""Characters of an id, or of a word such as a status, that are kept."""
_TEXT_LIMIT: Final = 255
"""Characters of a text in a property that are kept."""
_MOST_DIGITS: Final = 10**22
"""A whole number from here on is longer than an ICCID: nothing that is named here."""

Reader = Callable[[JsonValue], JsonValue]
"""Reads a property of one kind; None where its value is of another kind, and is left out."""


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


def confirmation_in(value: JsonValue) -> str:
    """The confirmation code that stands beside an activation code; "" for none."""
    text = str(value).strip() if isinstance(value, str | int) else ""
    return text if CONFIRMATION.fullmatch(text) and not isinstance(value, bool) else ""


def named_fields(
    entry: Mapping[str, JsonValue], readers: Mapping[str, Reader]
) -> dict[str, JsonValue]:
    """The properties that `readers` name, in the order of the entry; nothing else of it.

    What is null stays null: it is no secret, and its column is told.
    """
    kept: dict[str, JsonValue] = {}
    for name, value in entry.items():
        if (read := readers.get(name)) is None:
            continue
        if value is None or (value := read(value)) is not None:
            kept[name] = value
    return kept


def text_in(value: JsonValue) -> JsonValue:
    """A text, cleaned, or a number in its place; what is nothing but a secret is left out."""
    if isinstance(value, str):
        return clean(value, _TEXT_LIMIT) or (None if value else "")
    return _number(value)


def _number(value: JsonValue) -> JsonValue:
    """A number that can be written down."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if math.isfinite(value) and abs(value) < _MOST_DIGITS else None


def flag_in(value: JsonValue) -> JsonValue:
    """True or false."""
    return value if isinstance(value, bool) else None


def texts_in(value: JsonValue) -> JsonValue:
    """A list of texts or numbers, without the entries that are neither."""
    if not isinstance(value, list):
        return None
    read = (text_in(each) for each in value)
    return [each for each in read if each is not None]


def object_of(readers: Mapping[str, Reader]) -> Reader:
    """Reads an object, of which only these properties are kept."""
    return lambda value: named_fields(value, readers) if isinstance(value, dict) else None
