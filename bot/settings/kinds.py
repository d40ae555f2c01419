"""The kinds of values of settings, read as people write them."""

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from bot.settings.addresses import AdminAddress, checked_host, checked_redis, checked_web
from bot.settings.durations import durations_in, seconds_in

_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060\u00ad"
"""Invisible characters that are copied along with a value."""
LONGEST_SECONDS = 86_400 * 30


def _text(read: Callable[[str], Any]) -> BeforeValidator:
    """A validator that reads text; other values were read before."""
    return BeforeValidator(lambda value: read(value) if isinstance(value, str) else value)


def trimmed(text: str) -> str:
    """The text without spaces, invisible characters and quotes around it."""
    text = text.strip().strip(_INVISIBLE).strip()
    quoted = re.fullmatch(r"""(["'])(.*)\1""", text, re.DOTALL)
    return quoted[2].strip() if quoted else text


def parts_of(value: str) -> list[str]:
    """A list as people write it in one variable: with commas, spaces or both between."""
    return [part for part in re.split(r"[,;\s]+", trimmed(value)) if part]


def secret(*beginnings: str, least: int = 1) -> tuple[BeforeValidator, AfterValidator]:
    """A secret, trimmed; the message about a wrong one never repeats it.

    `beginnings`: how it may begin; `least`: characters that must follow.
    """

    def check(value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            _check_secret(value.get_secret_value(), beginnings, least)
        return value

    return _text(trimmed), AfterValidator(check)


def _check_secret(text: str, beginnings: tuple[str, ...], least: int) -> None:
    if not text:
        raise ValueError("is empty")
    if re.search(r"\s", text):
        raise ValueError("has a space or a line break in it: copy it anew, as one piece")
    if not re.fullmatch(r"[!-~]+", text):
        raise ValueError("has a sign in it that no secret of this kind has: copy it anew")
    if beginnings and not text.startswith(beginnings):
        raise ValueError(f"must begin with {' or '.join(beginnings)}")
    if beginnings and len(text) < len(min(beginnings, key=len)) + least:
        raise ValueError("is not complete")


def _no_token(value: SecretStr | None) -> SecretStr | None:
    if value is not None and re.match(r"xox|xapp-|KEY", value.get_secret_value()):
        raise ValueError("is a token or a key, and no signing secret")
    return value


def _number(text: str) -> int | str:
    """A whole number, also in wide digits or with `_` between groups of them."""
    digits = unicodedata.normalize("NFKC", trimmed(text)).replace("−", "-")
    if not re.fullmatch(r"[+-]?[0-9]{1,18}(_[0-9]{3})*", digits):
        raise ValueError("is no whole number")
    return int(digits.replace("_", ""))


def _duration(text: str) -> float:
    seconds = seconds_in(trimmed(text))
    if seconds <= 0:
        raise ValueError("is no time at all")
    if seconds > LONGEST_SECONDS:
        raise ValueError("is more than 30 days")
    return seconds


def _durations(text: str) -> list[str]:
    return durations_in(trimmed(text))


def _folder(text: str) -> Path:
    if "\x00" in text:
        raise ValueError("is no path")
    return Path(trimmed(text)).expanduser()


def _usable(path: Path) -> Path:
    """A folder that exists or can be made."""
    nearest = next((each for each in (path, *path.parents) if each.exists()), path)
    if nearest.exists() and not nearest.is_dir():
        raise ValueError(f"is no folder: {nearest} is a file")
    return path


def _addresses(text: str) -> list[str]:
    return [part.lower().removeprefix("@") for part in parts_of(text)]


Secret = Annotated[SecretStr, *secret()]
BotToken = Annotated[SecretStr, *secret("xoxb-")]
AppToken = Annotated[SecretStr, *secret("xapp-")]
SigningSecret = Annotated[SecretStr, *secret(), AfterValidator(_no_token)]
UserId = Annotated[str, Field(pattern=r"^[UW][A-Z0-9]{2,}$")]
ChannelId = Annotated[str, Field(pattern=r"^[CG][A-Z0-9]{2,}$")]
UserIds = Annotated[tuple[UserId, ...], NoDecode, _text(parts_of)]
Email = Annotated[str, Field(pattern=r"^([a-z0-9._%+-]+@)?[a-z0-9-]+(\.[a-z0-9-]+)+$")]
Emails = Annotated[tuple[Email, ...], NoDecode, _text(_addresses)]
ChannelIds = Annotated[tuple[ChannelId, ...], NoDecode, _text(parts_of)]
Whole = Annotated[int, _text(_number), Field(ge=0)]
Positive = Annotated[int, _text(_number), Field(ge=1)]
BatchSize = Annotated[int, _text(_number), Field(ge=1, le=1000)]
Amount = Annotated[int, _text(_number), Field(ge=1, le=10_000)]
Port = Annotated[int, _text(_number), Field(ge=0, le=65_535)]
Seconds = Annotated[float, _text(_duration), Field(gt=0, le=LONGEST_SECONDS)]
Delays = Annotated[tuple[Seconds, ...], Field(min_length=1), NoDecode, _text(_durations)]
RedisUrl = Annotated[str, _text(trimmed), AfterValidator(checked_redis)]
WebUrl = Annotated[str, _text(trimmed), AfterValidator(checked_web)]
Host = Annotated[str, _text(trimmed), AfterValidator(checked_host)]
Admin = Annotated[AdminAddress | None, _text(AdminAddress.read)]
Folder = Annotated[Path, _text(_folder), AfterValidator(_usable)]
Currency = Annotated[str, _text(lambda text: trimmed(text).upper()), Field(pattern=r"^[A-Z]{3}$")]
Provider = Annotated[
    str, _text(lambda text: trimmed(text).lower()), Field(pattern=r"^[a-z0-9]+([_-][a-z0-9]+)*$")
]
small = _text(lambda text: trimmed(text).lower())
level = _text(lambda text: {"WARN": "WARNING"}.get(trimmed(text).upper(), trimmed(text).upper()))
