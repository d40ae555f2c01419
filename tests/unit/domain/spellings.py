"""Hypothesis strategies for the many ways to type one request."""

import re
from collections.abc import Callable, Iterator

from hypothesis import strategies as st

from bot.domain.request import PurchaseRequest
from bot.domain.typography import plainly
from tests.support.requests import FORM

_QUOTE_PAIRS = ['""', "''", "“”", "„“", "«»", "»«", "‘’", "‚‘", "「」", "＂＂", "‹›"]
_NAMES = {
    "amount": ["amount", "quantity", "Amount"],
    "tags": ["tags", "tag", "TAGS"],
    "whitelabel": ["whitelabel", "whitelabel_name", "Whitelabel-Name", "spn", "SPN"],
    "group": ["group", "sim_card_group", "sim-card-group-id", "Sim_Card_Group"],
    "status": ["status", "Status"],
    "note": ["note", "NOTE"],
}
_SIGNS = ["=", ":", " = ", ": ", " :", "＝", "："]
_DASHES = ["--", "—", "–", "-", "―", "ーー", "−"]

Draw = Callable[[st.SearchStrategy[str]], str]


@st.composite
def spellings(draw: Draw, request: PurchaseRequest) -> str:
    """A line that asks for this request: any order, any names, signs, quotes and spaces.

    A text without quotes goes on to the next option, so a bare amount must not come after one.
    """
    named = draw(st.sampled_from(["", _named(draw, "amount")]))
    parts = [draw(st.sampled_from(["", "0"])).join([named, str(request.amount)])]
    parts += [_option(draw, *part, bare=bool(named)) for part in _parts(request)]
    shuffled = draw(st.permutations(parts).map("\n".join)).split("\n")
    command = draw(st.sampled_from(["buy", "Buy", "BUY", " buy", "ｂｕｙ"]))
    return draw(_spaces()).join([command, *shuffled])


def _parts(request: PurchaseRequest) -> Iterator[tuple[str, list[str]]]:
    for field, value in FORM.values(request):
        if field.name in request.chosen and value is not None:
            yield field.word, list(value) if isinstance(value, tuple) else [str(value)]
    if request.note:
        yield "note", [request.note]


def _option(draw: Draw, name: str, values: list[str], *, bare: bool) -> str:
    comma = draw(st.sampled_from([",", ", ", " , ", " ,", "，", "、", " ؛ "]))
    bare = bare or name not in {"whitelabel", "group", "note"}
    return _named(draw, name) + comma.join(_value(draw, value, bare=bare) for value in values)


def _named(draw: Draw, name: str) -> str:
    spelt = draw(st.sampled_from(_NAMES[name]))
    dashes = draw(st.sampled_from(["", *_DASHES]))
    signs = [*_SIGNS, " ", "  "] if dashes else _SIGNS
    return dashes + spelt + draw(st.sampled_from(signs))


def _value(draw: Draw, value: str, *, bare: bool) -> str:
    left, right = tuple(draw(st.sampled_from(_QUOTE_PAIRS)))
    meaning = {plainly(left), "\\"}
    signs = zip(value, plainly(value), strict=True)
    inside = "".join(f"\\{sign}" if plain in meaning else sign for sign, plain in signs)
    plain_word = bare and re.fullmatch(r"\w[\w-]*", plainly(value))
    quoted = left + inside + right
    return draw(st.sampled_from([quoted, value])) if plain_word else quoted


def _spaces() -> st.SearchStrategy[str]:
    return st.sampled_from([" ", "  ", "\u00a0", "\t", " \u200b ", "\n"])
