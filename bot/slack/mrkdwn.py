"""Text for Slack: escaped where a user wrote it, clipped where Slack would refuse it."""

import html
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from bot.domain.catalogue.money import Quote
from bot.domain.order import BOT
from bot.domain.policy import OPERATOR
from bot.domain.typography import straighten

_REFERENCE = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
LONGEST = 3500
"""Characters of one text without blocks: an edit takes 4,000."""
_CURRENCY_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}


def escape(text: str) -> str:
    """The text so that Slack shows it as it is: no mention rings, no link is made."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """A command's text as the person typed it: mentions, channels and links by their names."""
    return html.unescape(_REFERENCE.sub(_typed, text))


def mentioned(text: str) -> dict[str, tuple[str, ...]]:
    """Who is mentioned in a command's text: Slack user ids by the name that `unescape` leaves.

    Names are as `name_key` writes them; two people may have the same one.
    """
    found: dict[str, tuple[str, ...]] = {}
    for reference in _REFERENCE.finditer(text):
        kind, user, _ = reference.groups()
        if kind == "@" and user:
            key = name_key(html.unescape(_typed(reference)))
            found[key] = tuple(dict.fromkeys((*found.get(key, ()), user)))
    return found


def name_key(name: str) -> str:
    """A person's name, with or without its @, so that it is found however it was typed."""
    return " ".join(straighten(name).removeprefix("@").split()).casefold()


def _typed(reference: re.Match[str]) -> str:
    kind, target, label = reference.groups()
    if kind in {"@", "#"}:
        return kind + (label or target).removeprefix(kind)
    if kind == "!":
        return label or f"@{target}"
    return label or target.removeprefix("mailto:")


def clip(text: str, limit: int) -> str:
    """Escaped text of at most `limit` characters, never cut inside an entity."""
    escaped = escape(text)
    if len(escaped) <= limit:
        return escaped
    pieces = [escape(character) for character in text]
    ends = accumulate(map(len, pieces))
    return "".join(piece for piece, end in zip(pieces, ends, strict=True) if end < limit) + "…"


def code(text: str, limit: int = 300) -> str:
    """The text in a fixed-width font, inside a line; backticks, which would end it, become '."""
    return f"`{clip(text.replace('`', chr(39)), limit)}`"


def code_block(text: str, limit: int = 2900) -> str:
    """The text in a box of its own."""
    return f"```\n{clip(text.replace('```', chr(39) * 3), limit)}\n```"


def codes(texts: Iterable[str], limit: int = 1800) -> str:
    """Several texts in a fixed-width font; how many more there are when not all fit."""
    shown: list[str] = []
    waiting = [code(text) for text in texts]
    while waiting and sum(map(len, shown)) + 2 * len(shown) + len(waiting[0]) <= limit:
        shown.append(waiting.pop(0))
    more = [f"and {len(waiting)} more"] if waiting else []
    return ", ".join([*shown, *more])


def in_parts(head: str, lines: Iterable[str]) -> list[str]:
    """The head, then every line: as many texts as they need, cut between lines only."""
    texts = [head[:LONGEST]]
    for line in lines:
        if len(texts[-1]) + len(line) + 1 > LONGEST:
            texts.append(line[:LONGEST])
        else:
            texts[-1] += f"\n{line}"
    return texts


def person(user: str) -> str:
    """A person by id, as a mention; the bot itself and the operator in words."""
    if user.startswith(OPERATOR):
        return f"the operator ({escape(user.removeprefix(OPERATOR))})"
    return "the bot" if user == BOT else f"<@{user}>"


def esims(count: int) -> str:
    """`1 eSIM`, `3 eSIMs`."""
    return counted(count, "eSIM")


def counted(count: int, noun: str) -> str:
    """`1 look`, `3 looks`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def times(count: int) -> str:
    """`once`, `3 times`."""
    return "once" if count == 1 else f"{count:,} times"


def when(time: datetime) -> str:
    """A time that Slack shows in the reader's own time zone."""
    stamp = f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"<!date^{int(time.timestamp())}^{{date_short_pretty}} at {{time}}|{stamp}>"


def exactly(time: datetime) -> str:
    """The same with seconds."""
    stamp = f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    return f"<!date^{int(time.timestamp())}^{{date_short_pretty}} at {{time_secs}}|{stamp}>"


def duration_in_words(duration: timedelta) -> str:
    """A duration in words of two parts at most: `4 s`, `3 min 20 s`, `4 h`."""
    seconds = max(0, round(duration.total_seconds()))
    parts = [(seconds // 3600, "h"), (seconds % 3600 // 60, "min"), (seconds % 60, "s")]
    told = [f"{count} {unit}" for count, unit in parts if count][:2]
    return " ".join(told) or "less than a second"


def money(cents: int, currency: str) -> str:
    """`$7.00`; a currency without a sign of its own as `7.00 CHF`."""
    amount = f"{cents // 100:,}.{cents % 100:02}"
    sign = _CURRENCY_SIGNS.get(currency)
    return f"{sign}{amount}" if sign else f"{amount} {currency}"


def cost(quote: Quote) -> str:
    """What an order costs: at once, and each month as far as that is known."""
    once = money(quote.once.cents, quote.once.currency)
    if quote.monthly is None:
        return f"{once} once"
    return f"{once} once, then {money(quote.monthly.cents, quote.monthly.currency)} a month"
