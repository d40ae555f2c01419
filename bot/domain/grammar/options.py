"""The options of `buy`: their names, and how each value is read or refused."""

import re
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
"""Likeness of a word to a status that it is taken for."""
_DENYING = (
    "not no non none never without but except un dis anti nicht kein keine ohne pas ni sans sin "
    "nunca não nao nem sem senza né mai niet geen zonder nooit ikke ingen uden aldrig"
)
_DENIALS = frozenset(_DENYING.split())
_PREFIXES = sorted((*_DENIALS, "mis", "in", "de"), key=len, reverse=True)
_DENIED = re.compile(f"(?:{'|'.join(_PREFIXES)})(.+)")
_JOINING = "or and then to as oder und ou et o y e of en eller og"
_JOINERS = frozenset(_JOINING.split())
_APART = re.compile(r"[,;/|&+ ]+")
_END = ".,;!"
_STEM = re.compile("enabl|disabl|stand-?by")
"""What every word about a status has in it."""


@dataclass(frozen=True)
class Reading:
    """What was made of a value: `value` is what was meant, as far as one can tell."""

    value: Any
    used: int = 1
    """Words that it takes."""
    problem: str = ""
    others: tuple[Any, ...] = ()
    """What else was meant by it, where it names several."""


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
    """The status that a word surely is, perhaps misspelt; None where it may be the opposite."""
    plain = word.lower().rstrip(_END)
    if plain in STATUSES:
        return plain
    denied = _DENIED.fullmatch(plain)
    if not plain.isalpha() or (denied and did_you_mean(denied[1], STATUSES, _SURELY)):
        return None
    if any(status in plain and len(plain) > len(status) + 1 for status in STATUSES):
        return None  # one with a whole word before or after it
    return did_you_mean(plain, STATUSES, _SURELY)


def denies(word: str) -> bool:
    """Whether the word turns what follows it into its opposite, or into one of several."""
    plain = word.lower().strip(_END)
    return plain in _DENIALS or plain in _JOINERS or "n't" in plain


def statuses_in(words: Words) -> list[str]:
    """The statuses that the words name, where they name nothing else."""
    whole = "".join(word.plain for word in words[:3]).lower().replace("-", "").replace(" ", "")
    if whole in STATUSES and len(words) <= len(STATUSES):
        return [whole]
    if any(word.quoted for word in words):
        return []
    parts = [part for word in words for part in _APART.split(word.plain.lower()) if part]
    named = [status_near(part) for part in parts if part not in _JOINERS]
    return list(dict.fromkeys(status for status in named if status)) if all(named) else []


def clouds_status(words: Words) -> bool:
    """Whether the words are about a status, and nobody can say which, or how."""
    loose = [word.plain for word in words if not word.quoted]
    about = [word for word in loose if _STEM.search(word.lower()) or status_near(word)]
    unlike = any(word.lower().rstrip(_END) not in STATUSES for word in about)
    return bool(about) and (unlike or len(about) > 1 or any(map(denies, loose)))


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
    first, *others = [status_near(part) for part in _APART.split(word)]
    if first and others and all(others):
        return Reading(
            SimStatus(first), 1, "", tuple(SimStatus(other) for other in others if other)
        )
    near = status_near(word)
    hint = f"did you mean {near}?" if near else f"it is one of {', '.join(STATUSES)}"
    used = 2 if denies(word) and len(words) > 1 else 1
    return Reading(SimStatus(near) if near else None, used, f"there is no such status: {hint}")


def read_group(words: Words) -> Reading:
    """Read the id of a SIM card group."""
    try:
        return Reading(UUID(words[0].plain.strip()))
    except ValueError:
        return Reading(None, 1, f"a SIM card group is named by its UUID, like {GROUP_EXAMPLE}")
