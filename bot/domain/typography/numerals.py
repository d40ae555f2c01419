"""Numbers that are not written in digits: in words of eight languages, or as one sign."""

import re
from collections.abc import Sequence
from unicodedata import decomposition, numeric

_LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "nl", "da")
_LONGEST = 80
"""Characters of a number in words; what is longer is above every limit."""
_DOZENS = dict.fromkeys(
    ["dozen", "dozens", "douzaine", "dutzend", "docena", "dúzia", "dozzina", "dozijn", "dusin"], 12
)
_ONE = frozenset(
    ["a", "an", "one", "un", "une", "ein", "eine", "een", "una", "uno", "um", "uma", "et", "en"]
)
_LETTERS = "[a-zß-öø-ÿœ]+"
_SPELT = re.compile(f"{_LETTERS}(?:[ '’-]+{_LETTERS})*+")
"""Words of letters alone that one of the languages has; small ones."""
_STEMS = frozenset(["second", "terz", "quart", "quint", "sest", "settim", "ottav", "non", "decim"])
"""Ordinals without their ending, and a word for no: read as numbers by mistake."""
_DOUBTFUL = (
    "once elf seize due cent cents dos mil mils sept sei et en o to um uns tens hundreds "
    "thousands millions fire ti ni otto sete neuf tyve"
)
_OTHER_WORDS = frozenset(_DOUBTFUL.split())
"""Numbers that are also a common word of another language, or no certain number."""


def numbers_in_words(words: Sequence[str]) -> tuple[list[int], bool]:
    """Every number that the words mean in some language, and whether one can be sure of it."""
    phrase = " ".join(words).lower().strip()
    if len(phrase) > _LONGEST or not _SPELT.fullmatch(phrase):
        return [], False
    if words[-1].lower() in _DOZENS or words[0].lower() in {"a", "an"}:
        return _about(words), False
    if phrase in _STEMS:
        return [], False
    found = _read(phrase)
    sure = len(found) == 1 and phrase not in _OTHER_WORDS
    return found, sure


def number_of(sign: str) -> int | None:
    """The whole number that one sign stands for, like `Ⅻ`, `②` or `五`; not `²` or `½`."""
    if len(sign) != 1 or decomposition(sign).startswith(("<super>", "<sub>", "<fraction>")):
        return None
    value = numeric(sign, 0.5)
    return int(value) if value == int(value) else None


def _about(words: Sequence[str]) -> list[int]:
    """`a dozen`, `two dozen`, `a hundred`."""
    lowered = [word.lower() for word in words]
    times = _DOZENS.get(lowered[-1], 1)
    counted = lowered[:-1] if times > 1 else lowered[1:]
    if times > 1 and (not counted or (len(counted) == 1 and counted[0] in _ONE)):
        return [times]
    return [value * times for value in _read(" ".join(counted))] if counted else []


def _read(phrase: str) -> list[int]:
    values = [_number(phrase, language) for language in _LANGUAGES]
    found = dict.fromkeys(value for value in values if value is not None)
    begins_with_zero = " " in phrase and _read(phrase.partition(" ")[0]) == [0]
    return [] if begins_with_zero else list(found)


def _number(phrase: str, language: str) -> int | None:
    """The number in one language; None also where the reader itself breaks.

    It is compiled: a panic in it is no Exception, and must not end more than this one look.
    """
    from text_to_num import text2num  # noqa: PLC0415 - only where there are words to be read

    try:
        return int(text2num(phrase, language))
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException:  # noqa: BLE001 - a panic derives from nothing narrower
        return None
