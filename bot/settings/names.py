"""Misspelt names of settings."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from bot.settings.model import Settings

_PREFIXES = ("ESIM_", "SLACK_", "TELNYX_", "CELITECH_", "REDIS_")
_CLOSE = 0.85
_OURS = "ESIM_"


def misspelt(environment: Iterable[str]) -> dict[str, str]:
    """Variables that look like a misspelt setting, and the setting that they look like."""
    return {name: meant for name in environment if (meant := _meant(name, _PREFIXES))}


def misspelt_in_file(names: Iterable[str]) -> dict[str, str]:
    """The same for a file of settings, in which every name is for the bot."""
    return {name: meant for name in names if (meant := _meant(name, ("",)) or _without(name))}


def unknown_in_file(names: Iterable[str]) -> Iterator[str]:
    """Names that begin as the bot's own do, and resemble no setting."""
    known = _setting_names()
    for name in names:
        ours = name.upper().startswith(_OURS)
        if ours and name.upper() not in known and not _meant(name, ()):
            yield name


def _setting_names() -> list[str]:
    return [name.upper() for name in Settings.model_fields]


def _meant(name: str, prefixes: tuple[str, ...]) -> str:
    known, upper = _setting_names(), name.upper()
    if upper in known or (prefixes and not upper.startswith(prefixes)):
        return ""
    close = get_close_matches(upper, known, 1, cutoff=_CLOSE)
    return close[0] if close else ""


def _without(name: str) -> str:
    """The setting whose first word is missing in this name: `APPROVERS`."""
    upper, known = name.upper(), _setting_names()
    if upper in known:
        return ""
    return next((each for each in known if each.partition("_")[2] == upper), "")
