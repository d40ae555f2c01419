"""What may stand in a line about codes or holders: a form for each verb.

The bot's own lines are read by forms, as those of providers are; each provider gets one, so that
`from=` names it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from bot.domain.activation.assignment import LONGEST_NAME
from bot.domain.activation.hand_out import Columns
from bot.domain.activation.holders import NO_NAME, has_code, is_address, is_mention
from bot.domain.activation.iccids import plain_iccid
from bot.domain.form import Field, FieldKind, Form
from bot.domain.grammar.values import negates
from bot.domain.request import Value
from bot.domain.thing import read_order_id

VERBS: Final = ("activate", "handout", "assign", "unassign", "assigned")
"""What such a line begins with."""
SUBJECT: Final = "esim"
"""The field whose value stands behind the verb: an order's id or an ICCID."""
AS_ZIP, AS_SHEET = "zip", "sheet"
ME: Final = frozenset(("me", "myself", "@me", "@myself"))
"""How people write themselves."""
_AN_ICCID, _AN_ORDER = "8931080019073497795", "7K2M9QXA"
_PEOPLE: Final = ("to", "person", "recipient", "user", "holder")
_TRIED: Final = (("for", "write to= and the person behind it, like to=@dana"),)
_APPLE: Final = ("apple", "mdm", "jamf", "kandji", "abm", "ios", "iphone", "ipad", "eid", "eids")
_INTUNE: Final = ("intune", "microsoft", "windows")
_NO_PERSON: Final = re.compile("[#<!]")
"""Begins a channel, a group, or a mention of everybody."""
NOBODY: Final = frozenset(("nobody", "noone", "no-one", "no one", "none"))
"""How people write that nobody shall have an eSIM any more."""
_TURNED: Final = "98"
"""What an ICCID begins with where the digits of each pair are swapped: it begins with 89."""
NO_APPLE: Final = (
    "Apple's device management takes no codes: it needs EIDs bound by the provider, which none of "
    "ours sells"
)
_NO_INTUNE: Final = (
    "Intune's layout is not made here: format=plain has the ICCID, address and matching id that "
    "it asks for on Windows. Apple devices need EIDs bound by the provider instead"
)


def forms_of(verb: str, titles: Mapping[str, str]) -> dict[str, Form]:
    """The form of this verb for each provider; `titles` by the provider's name."""
    fields, check = _FIELDS[verb], _CHECKS.get(verb, _fits)
    return {
        name: Form(
            provider=name,
            title=title,
            fields=fields,
            most_per_call=1,
            tried=_TRIED,
            verb=verb,
            kind=None,
            subject=SUBJECT,
            check=check,
        )
        for name, title in titles.items()
    }


def subject(text: str) -> str:
    """The order's id or the ICCID that somebody meant. Raises ValueError."""
    meant = plain_iccid(text) or read_order_id(text)
    if meant is not None:
        return meant
    if turned := _turned(text):
        raise ValueError(
            f"its digits are swapped in pairs, as SIMs keep them: did you mean {turned}?"
        )
    if mended := read_order_id(re.sub("[- ]", "", text)):
        raise ValueError(f"an order's id has no signs within: did you mean {mended}?")
    raise ValueError(
        f"an ICCID has 18 to 22 digits, like {_AN_ICCID}; an order's id has 8 letters and digits, "
        f"like {_AN_ORDER}"
    )


def _turned(text: str) -> str | None:
    """The ICCID that was meant, where it is written as a SIM keeps it: `98…F5`."""
    signs = "".join(filter(str.isalnum, text))
    if not signs.startswith(_TURNED) or len(signs) % 2:
        return None
    return plain_iccid("".join(map("".join, zip(signs[1::2], signs[::2], strict=True))))


def is_order(text: str) -> bool:
    """Whether a subject is an order's id."""
    return plain_iccid(text) is None


def _one_esim(text: str) -> str:
    if plain_iccid(text) is None and read_order_id(text):
        raise ValueError("this takes one eSIM at a time: write its ICCID, not an order's id")
    return subject(text)


def _person(text: str) -> str:
    """Somebody on Slack, as `@name`, or `me`. Raises ValueError."""
    name = " ".join(text.split())
    if name.lower() in ME:
        return "me"
    if is_mention(name):
        return name
    if is_address(name):
        raise ValueError("codes are given on Slack alone: type @ and pick the person there")
    words, is_other = name.split(), _NO_PERSON.match(name) or "@" in name
    if is_other or not 1 <= len(words) <= 3 or any(map(negates, words)):  # noqa: PLR2004
        raise ValueError("this is no one person: type @ and pick one name from Slack's list")
    raise ValueError(f"a person on Slack is written with @: did you mean @{name}?")


def _holder(text: str) -> str:
    """Somebody as `@name`, an e-mail address or a name. Raises ValueError."""
    name = _name(text)
    if name.lower() in ME:
        return "me"
    if name.startswith("@") and not is_mention(name):
        raise ValueError("this is no one person: type @ and pick one name from Slack's list")
    if name.lower() in NOBODY:
        raise ValueError("this is nobody: unassign with the ICCID forgets who has an eSIM")
    if not is_address(name) and any(map(is_address, name.split())):
        raise ValueError("an address stands alone: write name= before what the line is called")
    return name


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise ValueError("it is empty: write a name")
    if has_code(name):
        raise ValueError(NO_NAME)
    if len(name) > LONGEST_NAME:
        raise ValueError(f"this has {len(name)} characters; a name may have {LONGEST_NAME} at most")
    return name


def _form(text: str) -> str:
    plain = text.strip().lower().lstrip(".")
    known = {AS_ZIP: AS_ZIP, "archive": AS_ZIP, AS_SHEET: AS_SHEET, "print": AS_SHEET}
    if plain in (AS_ZIP, AS_SHEET):
        return plain
    hint = f"did you mean {known[plain]}?" if plain in known else f"it is {AS_ZIP} or {AS_SHEET}"
    raise ValueError(f"there is no such form: {hint}")


def _columns(text: str) -> str:
    plain = text.strip().lower()
    if plain in set(Columns):
        return plain
    if plain in _APPLE:
        raise ValueError(NO_APPLE)
    if plain in _INTUNE:
        raise ValueError(_NO_INTUNE)
    raise ValueError(f"there is no such format: it is one of {', '.join(Columns)}")


def _fits(_options: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    yield from ()


def _assign_fits(options: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    meant, to = str(options.get(SUBJECT, "")), str(options.get("to", ""))
    given = [name for name in ("to", "name") if name in options]
    if is_order(meant):
        for name in given:
            yield name, "the eSIMs of an order are assigned in a form, which opens: leave this out"
    elif not given:
        yield "to", "to= is missing: write who has it, like to=@dana"
    elif len(given) > 1 and not (is_mention(to) or is_address(to) or to == "me"):
        yield "name", "an eSIM has one name: write it in to= or in name="


def _subject_field(
    label: str, example: str, check: Callable[[str], Value] = subject, *, required: bool = True
) -> Field:
    return Field(
        name=SUBJECT,
        words=("iccid", "order"),
        label=label,
        kind=FieldKind.TEXT,
        example=example,
        check=check,
        required=required,
    )


def _text(name: str, words: tuple[str, ...], example: str, check: Callable[[str], Value]) -> Field:
    return Field(
        name=name,
        words=words,
        label=name.capitalize(),
        kind=FieldKind.TEXT,
        example=example,
        check=check,
    )


def _word(name: str, example: str, check: Callable[[str], Value]) -> Field:
    return Field(
        name=name,
        words=(name,),
        label=name.capitalize(),
        kind=FieldKind.WORD,
        example=example,
        check=check,
    )


_EITHER: Final = _subject_field("ICCID or order's id", _AN_ORDER)
_TO: Final = _text("to", _PEOPLE, "@dana", _person)
_FIELDS: Final[Mapping[str, tuple[Field, ...]]] = {
    "activate": (_EITHER, _TO),
    "handout": (
        _EITHER,
        _TO,
        _word("as", AS_ZIP, _form),
        _word("format", Columns.ANDROID, _columns),
    ),
    "assign": (
        _subject_field("ICCID or order's id", f"{_AN_ICCID} to=@dana"),
        _text("to", _PEOPLE, "@dana", _holder),
        _text("name", ("name", "label"), "Truck 12", _name),
    ),
    "unassign": (_subject_field("ICCID", _AN_ICCID, _one_esim),),
    "assigned": (_subject_field("ICCID or order's id", _AN_ORDER, required=False),),
}
_CHECKS: Final = {"assign": _assign_fits}
