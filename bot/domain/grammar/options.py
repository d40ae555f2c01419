"""The options of `buy`: their names, and how each value is read or refused."""

from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any
from uuid import UUID

from bot.domain.grammar.problems import Problem
from bot.domain.grammar.scanner import Option, Piece
from bot.domain.request import SimStatus, check_note, check_tag, check_whitelabel_name

GROUP_EXAMPLE = "6a09cdc3-8948-47f0-aa62-74ac943d6c58"
FIELDS = {
    "amount": "amount",
    "quantity": "amount",
    "tags": "tags",
    "tag": "tags",
    "whitelabel": "whitelabel_name",
    "whitelabel_name": "whitelabel_name",
    "spn": "whitelabel_name",
    "group": "sim_card_group_id",
    "sim_card_group": "sim_card_group_id",
    "sim_card_group_id": "sim_card_group_id",
    "status": "status",
    "note": "note",
}
"""Names that may be typed, and the part of the request that each sets."""
EXAMPLES = {
    "amount": "10",
    "tags": "tags=fleet,emea",
    "whitelabel_name": 'whitelabel="Acme Mobile"',
    "sim_card_group_id": f"group={GROUP_EXAMPLE}",
    "status": "status=standby",
    "note": 'note="for the Berlin office"',
}
"""How each part is written."""


@dataclass
class Reading:
    """What was made of one value: `value` is what was meant, as far as one can tell."""

    value: Any = None
    problems: list[Problem] = field(default_factory=list)


def read_value(part: str, option: Option) -> Reading:
    """Read an option's value; its problems point at the value."""
    if not option.pieces:
        return Reading(None, [_at(option, f"`{option.name}` needs a value: {EXAMPLES[part]}")])
    reading = _READERS[part](option.pieces)
    unclosed = [
        Problem(piece.start, piece.start + 1, "this quote is never closed: add one at its end")
        for piece in option.pieces
        if not piece.closed
    ]
    return Reading(reading.value, unclosed or reading.problems)


def did_you_mean(word: str, known: list[str]) -> str | None:
    """The known word nearest to a misspelt one."""
    return next(iter(get_close_matches(word.lower(), known, n=1, cutoff=0.6)), None)


def _read_tags(pieces: tuple[Piece, ...]) -> Reading:
    reading = Reading([])
    texts = [(piece, text) for piece in pieces for text in piece.text.split(",")]
    if not any(text.strip() for _, text in texts):
        span = Problem(
            pieces[0].start, pieces[-1].end, "no tag between the commas: tags=fleet,emea"
        )
        return Reading([], [span])
    for piece, text in texts:
        _add_tag(reading, piece, text)
    return reading


def _add_tag(reading: Reading, piece: Piece, text: str) -> None:
    try:
        tag = check_tag(text)
    except ValueError as wrong:
        reading.problems.append(_at(piece, str(wrong)))
        return
    if tag in reading.value:
        reading.problems.append(_at(piece, "this tag is there twice: leave one out"))
    else:
        reading.value.append(tag)


def _read_status(pieces: tuple[Piece, ...]) -> Reading:
    (piece,) = pieces
    known = [status.value for status in SimStatus]
    word = piece.text.strip().lower()
    if word in known:
        return Reading(SimStatus(word))
    meant = did_you_mean(word, known)
    hint = f"did you mean {meant}?" if meant else f"it is one of {', '.join(known)}"
    value = SimStatus(meant) if meant else None
    return Reading(value, [_at(piece, f"there is no such status: {hint}")])


def _read_group(pieces: tuple[Piece, ...]) -> Reading:
    (piece,) = pieces
    try:
        return Reading(UUID(piece.text.strip()))
    except ValueError:
        message = f"a SIM card group is named by its UUID, like {GROUP_EXAMPLE}"
        return Reading(None, [_at(piece, message)])


def _read_whitelabel(pieces: tuple[Piece, ...]) -> Reading:
    kept = "".join(c for c in pieces[0].text if c.isalpha() or c.isdecimal() or c == " ")
    return _checked(pieces[0], check_whitelabel_name, kept)


def _read_note(pieces: tuple[Piece, ...]) -> Reading:
    return _checked(pieces[0], check_note, None)


def _checked(piece: Piece, check: Callable[[str], str], instead: str | None) -> Reading:
    try:
        return Reading(check(piece.text))
    except ValueError as wrong:
        return Reading((instead or "").strip() or None, [_at(piece, str(wrong))])


def _at(place: Piece | Option, message: str) -> Problem:
    return Problem(place.start, place.end, message)


_READERS: dict[str, Callable[[tuple[Piece, ...]], Reading]] = {
    "tags": _read_tags,
    "status": _read_status,
    "sim_card_group_id": _read_group,
    "whitelabel_name": _read_whitelabel,
    "note": _read_note,
}
