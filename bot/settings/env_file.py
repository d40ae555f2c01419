"""Reads a file of settings; each failure is explained in a sentence."""

from io import StringIO
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from bot.errors import SettingsError

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_BOM = "\ufeff"
_SAVE = "save it as plain text in UTF-8"


def read_env_file(path: Path) -> dict[str, str]:
    """Name, in capitals, to what was written, without the empty ones.

    Raises SettingsError, with what to do, for a file that can't be read as a whole.
    """
    text = _decoded(path, _bytes(path))
    broken = [str(line.original.line) for line in parse_stream(StringIO(text)) if line.error]
    if broken:
        raise SettingsError(
            f"{path} can't be read at line {', '.join(broken)}: write NAME=value, one a line, and "
            "a value with spaces or quotation marks in quotation marks."
        )
    values = dotenv_values(stream=StringIO(text))
    return {name.upper(): value for name, value in values.items() if value}


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise SettingsError(
            f"{path} is not there: name the file that holds the settings, or leave --env-file out."
        ) from None
    except IsADirectoryError:
        raise SettingsError(
            f"{path} is a folder: the settings come from a file, for example {path / '.env'}."
        ) from None
    except (OSError, ValueError) as failure:
        why = getattr(failure, "strerror", None) or "it is no path"
        raise SettingsError(
            f"{path} can't be read ({why}): let the user that the bot runs as read it."
        ) from None


def _decoded(path: Path, content: bytes) -> str:
    if content.startswith(_UTF_16) or b"\x00" in content:
        raise SettingsError(f"{path} is written in UTF-16, or is no text: {_SAVE}.")
    try:
        return content.decode().removeprefix(_BOM)
    except UnicodeDecodeError as failure:
        line = content.count(b"\n", 0, failure.start) + 1
        raise SettingsError(f"{path} is not written in UTF-8 (see line {line}): {_SAVE}.") from None
