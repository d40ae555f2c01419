"""Finds where a quoted text ends, in the quotes of every script."""

from bot.domain.typography.signs import closers, is_apostrophe, opens

_ENDS = frozenset(" ,;|")
_ESCAPED = frozenset("\\\"'")
_DEEPEST = 8
"""Quotes within quotes that are told apart."""


def end_of_quoted(text: str, plain: str, start: int) -> tuple[int, bool]:
    """The place after the quoted text that begins at `start`, and whether it is closed.

    A quote within a quote is a part of the text, and so is an apostrophe. One that is never
    closed goes on to the end of the line.
    """
    open_quotes = [text[start]]
    place = start + 1
    while place < len(text):
        if plain[place] == "\\" and plain[place + 1 : place + 2] in _ESCAPED:
            place += 1
        elif plain[place] == plain[start]:
            _update_open_quotes(text, plain, place, open_quotes)
            if not open_quotes:
                return place + 1, True
        place += 1
    return len(text), False


def unescaped(text: str, plain: str) -> str:
    """The text without the backslashes that stand before quotes and before each other."""
    if "\\" not in text:
        return text
    kept, place = [], 0
    while place < len(text):
        escapes = plain[place] == "\\" and plain[place + 1 : place + 2] in _ESCAPED
        place += escapes
        kept.append(text[place])
        place += 1
    return "".join(kept)


def _update_open_quotes(text: str, plain: str, place: int, open_quotes: list[str]) -> None:
    """Open or close what the quote at this place opens or closes."""
    quote, ends = text[place], plain[place + 1 : place + 2] in _ENDS or place + 1 == len(text)
    if is_apostrophe(quote) and _within_word(text, place):
        return
    closed = [depth for depth, opened in enumerate(open_quotes) if quote in closers(opened)]
    if closed:
        del open_quotes[closed[-1] :]
    elif opens(quote) and not ends and len(open_quotes) < _DEEPEST:
        open_quotes.append(quote)
    elif ends and len(open_quotes) == 1 and not opens(quote):
        open_quotes.clear()


def _within_word(text: str, place: int) -> bool:
    return text[place - 1].isalnum() and text[place + 1 : place + 2].isalnum()
