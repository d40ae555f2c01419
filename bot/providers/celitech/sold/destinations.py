"""Destinations by what people call them: names in many languages, codes, common spellings.

Names and codes of territories are those of the Unicode CLDR, by way of Babel. It is loaded, and the
index of all languages made (half a second), when the first name that is not English is looked up.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Self

from pydantic import JsonValue

from bot.clock import Clock, Stopwatch
from bot.domain.catalogue.offer import Alternative, NotOffered, Unavailable
from bot.domain.grammar.values import did_you_mean
from bot.providers.celitech.access import Account, Page
from bot.providers.looks import Look
from bot.providers.text import clean

_LANGUAGES: Final = (
    "en de fr es it pt nl pl cs sk hu ro bg el tr sv da nb fi et lv lt uk ru sr hr sl ar he fa hi "
    "th vi id ms ja ko zh"
)
_NO_TERRITORIES: Final = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
"""Codes of the CLDR for groups of countries, for tests and for what is not known."""
_USUAL: Final = {
    "CD": "DR Congo",
    "CG": "Congo",
    "CI": "Ivory Coast",
    "HK": "Hong Kong",
    "MM": "Myanmar",
    "MO": "Macao",
    "PS": "Palestine",
}
"""Names that people use, where the CLDR's is another."""
_SPELLINGS: Final = {
    "AE": "UAE, Emirates, Dubai, Abu Dhabi",
    "BA": "Bosnia",
    "CD": "Congo-Kinshasa, Democratic Republic of the Congo, Zaire",
    "CG": "Congo-Brazzaville, Republic of the Congo",
    "CI": "Elfenbeinküste",
    "CV": "Cabo Verde",
    "CZ": "Czech Republic",
    "FK": "Falklands",
    "GB": "UK, U.K., Britain, Great Britain, England, Scotland, Wales, Northern Ireland",
    "KN": "Saint Kitts, St Kitts",
    "KP": "DPRK",
    "KR": "Korea, Republic of Korea, 한국",
    "LA": "Lao",
    "LC": "Saint Lucia",
    "MK": "Macedonia",
    "MM": "Burma",
    "MO": "Macau",
    "NL": "Holland",
    "RU": "Russian Federation",
    "SA": "KSA",
    "SY": "Syrian Arab Republic",
    "SZ": "Swaziland",
    "TL": "East Timor",
    "TR": "Turkey, Turkiye",
    "TT": "Trinidad",
    "TZ": "United Republic of Tanzania",
    "US": "USA, U.S.A., U.S., The States, United States of America",
    "VA": "Vatican, Holy See",
    "VC": "Saint Vincent",
    "VN": "Viet Nam",
}
_ALPHA_2: Final = 2
_ALPHA_3: Final = 3
_SURELY: Final = 0.8
"""Similarity from which a word is taken for a misspelt name."""
_SURELY_IN_ANY_LANGUAGE: Final = 0.88
_CODE_LIMIT: Final = 32
_NAME_LIMIT: Final = 100
_COUNTRIES: Final = 300
"""Countries of one destination that are kept: more than there are."""
_KEPT: Final = 3600.0
"""Seconds for which the destinations are not asked again: prices are not among them."""
_NEAREST: Final = 5


def folded(name: str) -> str:
    """The name as it compares: letters alone, without accents, case, `the` and `and`."""
    plain = unicodedata.normalize("NFKD", name.casefold()).replace("&", " and ")
    words = "".join(sign if sign.isalnum() else " " for sign in plain if not _is_mark(sign)).split()
    words = ["saint" if word == "st" else word for word in words if word not in {"the", "and"}]
    return "".join(words)


def _is_mark(sign: str) -> bool:
    """Whether it only changes the letter before it; apostrophes and dots part no words."""
    return unicodedata.combining(sign) > 0 or sign in "'’`."


def named(text: str) -> tuple[str, ...]:
    """The codes (ISO 3166, two letters) of the territories that are called so; often one or none.

    A text of two or three letters is a code before it is a name.
    """
    plain = folded(text)
    if code := code_of(text) or _in_english().get(plain, ""):
        return (code,)
    return () if plain in _regions("en") else _index().get(plain, ())


def code_of(code: str) -> str:
    """The code of two letters for one of two or three; "" when it is none."""
    plain = code.strip().upper()
    if len(plain) == _ALPHA_2 and plain in _english():
        return plain
    return _by_three_letters().get(plain, "")


def usual_name(code: str) -> str:
    """The English name of a territory, given its code of two letters."""
    return _english()[code]


def learn_names() -> None:
    """Make the index of all languages now; another thread may, so that nobody waits for it."""
    _index()


def region_named(text: str) -> str:
    """The English name of a part of the world that is called so in some language; "" for none."""
    plain = folded(text)
    return _regions("en").get(plain) or _regions(_LANGUAGES).get(plain, "")


def nearest_to(text: str) -> str:
    """The name, as it is usual in English, of the territory that a misspelt one means; or "".

    The first letter is mostly right; without it, Iberia would be Liberia. In all the languages
    there are more names that are alike: in Vietnamese, Poland is Ba Lan, and no mark of Balkans.
    """
    plain = folded(text)
    for index, likeness in ((_in_english(), _SURELY), (_index(), _SURELY_IN_ANY_LANGUAGE)):
        alike = (name for name in index if name[:1] == plain[:1])
        codes = _index().get(did_you_mean(plain, alike, likeness) or "", ())
        if len(codes) == 1:
            return usual_name(codes[0])
    return ""


@cache
def _english() -> Mapping[str, str]:
    """The usual name of each territory by its code."""
    names = {code: name for code, name in _names_in("en") if _is_territory(code)}
    return names | _USUAL


@cache
def _by_three_letters() -> Mapping[str, str]:
    from babel.core import get_global  # noqa: PLC0415 - loaded when it is needed

    aliases = get_global("territory_aliases").items()
    return {
        code: meant[0]
        for code, meant in aliases
        if len(code) == _ALPHA_3 and code.isalpha() and len(meant) == 1 and meant[0] in _english()
    } | {"XKX": "XK"}


@cache
def _in_english() -> Mapping[str, str]:
    """Codes by the folded names of the CLDR's English, the usual ones and the other spellings."""
    names = {folded(name): code for code, name in _names_in("en") if _is_territory(code)}
    usual = {folded(name): code for code, name in _USUAL.items()}
    spelt = {folded(name): code for code, some in _SPELLINGS.items() for name in some.split(", ")}
    return names | usual | spelt


@cache
def _index() -> Mapping[str, tuple[str, ...]]:
    """Codes by every folded name; a name that several have in any language is not certain."""
    found: dict[str, dict[str, None]] = {}
    for language in _LANGUAGES.split():
        for code, name in _names_in(language):
            if _is_territory(code):
                found.setdefault(folded(name), {})[code] = None
    ours = {name: (code,) for name, code in _in_english().items()}
    return {name: tuple(codes) for name, codes in found.items()} | ours


@cache
def _regions(languages: str) -> Mapping[str, str]:
    """English names of parts of the world by their folded names in these languages."""
    english = dict(_names_in("en"))
    return {
        folded(name): english[code]
        for language in reversed(languages.split())
        for code, name in _names_in(language)
        if code.isdecimal() and code in english
    }


def _names_in(language: str) -> Iterator[tuple[str, str]]:
    from babel import Locale  # noqa: PLC0415 - loaded when it is needed

    yield from Locale.parse(language).territories.items()


def _is_territory(code: str) -> bool:
    return len(code) == _ALPHA_2 and code not in _NO_TERRITORIES


# What Celitech calls so


@dataclass(frozen=True)
class Destination:
    """Where packages work: a country, or a region of several."""

    name: str
    code: str
    """As it is written in calls: mostly three letters."""
    short: str
    """The code of two letters, "" where there is none."""
    countries: tuple[str, ...]
    """The codes, of three letters, of the countries that it covers."""

    @classmethod
    def of(cls, entry: JsonValue) -> Self | None:
        """Read an entry; None without a code to order by."""
        fields = entry if isinstance(entry, dict) else {}
        code = clean(fields.get("destination"), _CODE_LIMIT)
        short = clean(fields.get("destinationISO2"), _CODE_LIMIT)
        covered = fields.get("supportedCountries")
        listed = covered[:_COUNTRIES] if isinstance(covered, list) else []
        if not code and not short:
            return None
        name = clean(fields.get("name"), _NAME_LIMIT)
        countries = tuple(filter(None, (clean(each, _CODE_LIMIT) for each in listed)))
        return cls(name or code or short, code or short, short, countries)

    def is_called(self, text: str) -> bool:
        """Whether its code or its name is this text."""
        codes = {self.code.upper(), folded(self.name)}
        return bool(codes & {text.upper(), folded(text)})

    def is_named(self, territory: str) -> bool:
        """Whether its name is one of this territory in English."""
        return _in_english().get(folded(self.name), "") == territory

    def is_coded(self, territory: str) -> bool:
        """Whether its code is that of this territory, and it covers nothing else.

        Regions have codes, too: NAM may be North America, and is Namibia.
        """
        covered = {code_of(country) for country in self.countries} or {territory}
        codes = {code_of(self.code), code_of(self.short)}
        return territory in codes and covered == {territory}


class Destinations:
    """The destinations of the account, asked for once an hour."""

    def __init__(self, account: Account, clock: Clock) -> None:
        self._account = account
        self._known: tuple[Destination, ...] = ()
        self._clock = clock
        self._age: Stopwatch | None = None

    async def named(self, look: Look, text: str) -> Destination:
        """The one that is called so. Raises NotOffered, with what else covers it or is near."""
        known = await self._all(look)
        if found := next((each for each in known if each.is_called(text)), None):
            return found
        territories = named(text)
        territory = territories[0] if len(territories) == 1 else ""
        for each in known if territory else ():
            if each.is_named(territory) or each.is_coded(territory):
                return each
        short = (each for each in known if not territory and each.short == text.upper())
        if found := next(short, None):
            return found
        raise NotOffered(_not_a_destination(text, territory, known))

    def country(self, code: str) -> str:
        """The name of a country by its code of three letters; the code where there is none."""
        own = next((each.name for each in self._known if each.code == code), "")
        short = "" if own else code_of(code)
        return own or (usual_name(short) if short else code)

    async def _all(self, look: Look) -> tuple[Destination, ...]:
        if self._age is None or self._age.passed >= _KEPT:
            age = Stopwatch(self._clock)
            body = await self._account.get(look, "/destinations")
            page = Page.of(body, "destinations", "the list of destinations")
            self._known = tuple(filter(None, map(Destination.of, page.entries)))
            self._age = age
        return self._known


def _not_a_destination(text: str, territory: str, known: Sequence[Destination]) -> Unavailable:
    covering = [
        each
        for each in known
        if territory and territory in {code_of(country) for country in each.countries}
    ]
    if covering:
        nearest = tuple(Alternative(options={"destination": each.name}) for each in covering)
        why = f"Celitech sells nothing for {text} alone; {_either(covering)} covers it"
        return Unavailable(field="destination", why=why, nearest=nearest[:_NEAREST])
    names = {folded(each.name): each.name for each in known}
    near = None if territory else did_you_mean(folded(text), names, _SURELY)
    if near is None:
        return Unavailable(field="destination", why=f"Celitech sells nothing for {text}")
    return Unavailable(
        field="destination",
        why=f"Celitech sells nothing for {text}; perhaps {names[near]} is meant",
        nearest=(Alternative(options={"destination": names[near]}),),
    )


def _either(covering: Sequence[Destination]) -> str:
    return " or ".join(each.name for each in covering[:_NEAREST])
