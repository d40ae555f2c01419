"""Reads all settings, and reports all mistakes in them at once."""

import os
import re
from collections.abc import Iterator, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.errors import SettingsError
from bot.network.certificates import certificate_problems
from bot.network.proxies import proxy_problems
from bot.settings.env_file import read_env_file
from bot.settings.hints import HOW_TO_GET, NEITHER, NO_PROVIDER
from bot.settings.model import NOT_SHOWN, Settings
from bot.settings.names import misspelt, misspelt_in_file, unknown_in_file

USUAL_FILE = Path(".env")
"""The file that is read, if it exists, when no other one is named."""
_KEPT_EMPTY = "ESIM_ADMIN_ADDR"
"""The only setting that has a meaning when it is empty."""
_CELITECH = ("celitech_client_id", "celitech_client_secret")
GROUP = "esim_bot.providers"
"""Where packages name the providers that they bring: a group of entry points."""
_LONGEST_SHOWN = 60
_LOOKS_SECRET = re.compile(r"xox|xapp-|\bKEY[0-9A-Z]{8}|\b[0-9a-f]{24,}\b|://[^/]*@", re.IGNORECASE)
_SAYS = {
    "greater_than": "is not more than {gt:g}",
    "greater_than_equal": "is less than {ge}",
    "less_than": "is not less than {lt}",
    "less_than_equal": "is more than {le}",
    "literal_error": "is not one of {expected}",
    "enum": "is not one of {expected}",
    "too_short": "names none",
}


class Written(NamedTuple):
    """The settings as the operator has written them."""

    values: Mapping[str, str]
    """Setting, in capitals, to its text; the environment counts more than the file."""
    names: tuple[str, ...]
    """Every name of the environment."""
    file: str
    """The file that was read; empty for none."""
    file_names: tuple[str, ...]
    """Every name that has a value in the file."""


def written(env_file: Path | None, environment: Mapping[str, str] | None = None) -> Written:
    """Read the file and the environment. Raises SettingsError for a file that can't be read.

    Without a file named, the usual one is read if there is one.
    """
    variables = os.environ if environment is None else environment
    file = env_file or (USUAL_FILE if USUAL_FILE.exists() else None)
    in_file = read_env_file(file) if file else {}
    values = dict(in_file)
    values.update({name.upper(): text for name, text in variables.items() if _counts(name, text)})
    return Written(values, tuple(variables), str(file or ""), tuple(in_file))


def _counts(name: str, text: str) -> bool:
    return bool(text.strip()) or name.upper() == _KEPT_EMPTY


def load_settings(env_file: Path | None = None) -> Settings:
    """Read the environment, and the file for what it does not set.

    Raises SettingsError that names everything missing or wrong, with how to get it.
    """
    return settings_of(written(env_file))


def settings_of(found: Written) -> Settings:
    """The checked settings. Raises SettingsError that names every mistake at once."""
    known = {name: found.values.get(name.upper()) for name in Settings.model_fields}
    given = {name: text for name, text in known.items() if text is not None}
    problems = [*_without_provider(given), *([] if _hears(given) else [NEITHER])]
    problems += [*proxy_problems(os.environ), *certificate_problems(os.environ)]
    try:
        settings = Settings.model_validate(given)
    except ValidationError as failure:
        problems = [*_problems(failure), *problems, *_unknown_names(found)]
        raise SettingsError(_message(problems)) from None
    if problems:
        raise SettingsError(_message([*problems, *_unknown_names(found)]))
    return settings


def warnings_of(settings: Settings, found: Written) -> list[str]:
    """Warnings: settings with which the bot can start, but that look like mistakes; sentences."""
    return [*_unknown_names(found), *_odd_values(settings)]


def _unknown_names(found: Written) -> Iterator[str]:
    near = {**misspelt(found.names), **misspelt_in_file(found.file_names)}
    for name, meant in near.items():
        yield f"{name} is no setting and is ignored; did you mean {meant}?"
    for name in unknown_in_file(found.file_names):
        yield f"{name} in {found.file} is no setting and is ignored; the README lists them all."


def _odd_values(settings: Settings) -> Iterator[str]:
    secret = settings.slack_signing_secret
    if secret is not None and not re.fullmatch(r"[0-9a-f]{32}", secret.get_secret_value()):
        yield (
            "SLACK_SIGNING_SECRET does not look like one of Slack's, which are 32 digits and "
            f"letters from a to f; if Slack's requests are refused, copy it anew: "
            f"{HOW_TO_GET['slack_signing_secret']}."
        )


def _hears(given: Mapping[str, str]) -> bool:
    return "slack_signing_secret" in given or "slack_app_token" in given


def _without_provider(given: Mapping[str, str]) -> Iterator[str]:
    """What is missing to buy anywhere; packages that bring a provider of their own look later."""
    named = {name: name in given for name in _CELITECH}
    for name, there in named.items():
        if not there and any(named.values()):
            yield f"{name.upper()} is missing: the other half of it is set{_remedy(name)}"
    if "telnyx_api_key" not in given and not any(named.values()) and not entry_points(group=GROUP):
        yield NO_PROVIDER


def _problems(failure: ValidationError) -> Iterator[str]:
    """One for each setting that is missing or wrong."""
    seen: set[str] = set()
    for error in failure.errors():
        name = str(error["loc"][0])
        if name not in seen:
            seen.add(name)
            yield f"{name.upper()} {_problem(name, error)}{_remedy(name)}"


def _problem(name: str, error: ErrorDetails) -> str:
    if error["type"] == "missing":
        return "is missing"
    wrong = f"is wrong{_list_position(error['loc'])}"
    said = _shown(name, error["input"]) + _fault(error)
    return f"{wrong}: {said.strip()}" if said.strip() else wrong


def _fault(error: ErrorDetails) -> str:
    """The fault in our words; how to get a right value helps more than a pattern."""
    if error["type"] == "value_error":
        return f" {error['msg'].removeprefix('Value error, ')}"
    says = _SAYS.get(error["type"], "")
    return f" {says.format(**error.get('ctx', {}))}" if says else ""


def _shown(name: str, value: object) -> str:
    """The wrong value, unless it is secret or may be one."""
    if name in NOT_SHOWN or not isinstance(value, str | int | float):
        return ""
    text = f"{value:g}" if isinstance(value, float) else str(value)
    if not text.strip() or not text.isprintable() or _LOOKS_SECRET.search(text):
        return ""
    return f'"{_without_secrets(name, text)[:_LONGEST_SHOWN]}"'


def _without_secrets(name: str, text: str) -> str:
    """The text; of an address, without user, password and what follows a `?`."""
    shown = re.sub(r"^\S*:\S*@", "…@", text)
    behind = r"[?#]" if name.endswith("_url") or "://" in text else r"\?"
    return re.sub(rf"({behind}).+", r"\1…", shown)


def _list_position(place: tuple[int | str, ...]) -> str:
    """The position in a list, for the message."""
    numbers = [part for part in place if isinstance(part, int)]
    return f" (number {numbers[0] + 1} in the list)" if numbers else ""


def _remedy(name: str) -> str:
    return f"\n      {HOW_TO_GET[name]}" if name in HOW_TO_GET else ""


def _message(problems: list[str]) -> str:
    lines = "\n".join(f"  • {problem}" for problem in problems)
    return f"These settings need a look:\n{lines}\nThe README lists them all."
