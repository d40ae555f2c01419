"""The options of `buy`: their names, and how each value is read or refused."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Any
from uuid import UUID

from bot.domain.grammar.scanner import Words
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
    "amount": "amount=10",
    "tags": "tags=fleet,emea",
    "whitelabel_name": 'whitelabel="Acme Mobile"',
    "sim_card_group_id": f"group={GROUP_EXAMPLE}",
    "status": "status=standby",
    "note": 'note="for the Berlin office"',
}
"""How each part is written."""
TEXTS = frozenset({"whitelabel_name", "note"})
"""Parts whose value may have spaces without quotes."""
STATUSES = [status.value for status in SimStatus]
_CHECKS: dict[str, Callable[[str], str]] = {
    "tags": check_tag,
    "whitelabel_name": check_whitelabel_name,
    "note": check_note,
}
_LONGEST_WORD = 30
"""Characters of a word that may be a misspelling of ours."""
_SURELY = 0.8
"""Likeness of a stray word to a status that it is taken for."""


@dataclass(frozen=True)
class Reading:
    """What was made of a value: `value` is what was meant, as far as one can tell."""

    value: Any
    used: int = 1
    """Words that it takes."""
    problem: str = ""


@lru_cache(maxsize=1024)
def meant(name: str) -> str:
    """The known name nearest to a typed one, or the typed one."""
    return name if name in FIELDS else did_you_mean(name, FIELDS) or name


def did_you_mean(word: str, known: Iterable[str], likeness: float = 0.6) -> str | None:
    """The known word nearest to a misspelt one."""
    if len(word) > _LONGEST_WORD:
        return None
    return next(iter(get_close_matches(word.lower(), list(known), n=1, cutoff=likeness)), None)


def status_near(word: str) -> str | None:
    """The status that a word surely is, perhaps misspelt."""
    return did_you_mean(word, STATUSES, _SURELY)


def check(part: str, text: str) -> str:
    """The text as that part keeps it. Raises ValueError with what is wrong."""
    return _CHECKS[part](text)


def possible(part: str, text: str) -> list[str]:
    """The text as that part keeps it; nothing where the part can't be that."""
    try:
        return [check(part, text)]
    except ValueError:
        return []


def read_status(words: Words) -> Reading:
    """Read a status, and how many of the words it takes: `stand by` are two."""
    whole = "".join(word.plain for word in words[:3]).lower().replace("-", "").replace(" ", "")
    if whole in STATUSES and len(words) <= len(STATUSES):
        return Reading(SimStatus(whole), len(words))
    word = words[0].plain.strip().lower()
    if word in STATUSES:
        return Reading(SimStatus(word))
    near = did_you_mean(word, STATUSES)
    hint = f"did you mean {near}?" if near else f"it is one of {', '.join(STATUSES)}"
    return Reading(SimStatus(near) if near else None, 1, f"there is no such status: {hint}")


def read_group(words: Words) -> Reading:
    """Read the id of a SIM card group."""
    try:
        return Reading(UUID(words[0].plain.strip()))
    except ValueError:
        return Reading(None, 1, f"a SIM card group is named by its UUID, like {GROUP_EXAMPLE}")
