"""What is wrong with blocks, worded and placed as Slack does."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pydantic_core import ErrorDetails

MISSING = "missing required field: "
UNSUPPORTED = "unsupported type: "
UNKNOWN = "invalid additional property: "
OF_A_FIELD: Mapping[str, str] = MappingProxyType({"missing": MISSING, "extra_forbidden": UNKNOWN})
TEXT_TYPES = frozenset({"plain_text", "mrkdwn"})
WORDING: Mapping[str, str] = MappingProxyType(
    {
        "bool_type": "must be a boolean",
        "dict_type": "must be an object",
        "finite_number": "must be a number",
        "float_type": "must be a number",
        "greater_than": "must be more than {gt}",
        "greater_than_equal": "must be at least {ge}",
        "int_type": "must be an integer",
        "less_than_equal": "must be at most {le}",
        "list_type": "must be an array",
        "literal_error": "must be a valid enum value: {expected}",
        "model_attributes_type": "must be an object",
        "model_type": "must be an object",
        "string_pattern_mismatch": "does not match the expected pattern",
        "string_too_long": "must be less than {over} characters",
        "string_too_short": "must be more than {under} characters",
        "string_type": "must be a string",
        "string_unicode": "must be a string",
        "too_long": "no more than {max_length} items allowed",
        "too_short": "no fewer than {min_length} items allowed",
    }
)
"""Slack's words for pydantic's kinds of error."""


@dataclass(frozen=True)
class Problem:
    """What is wrong and, as a JSON pointer, where."""

    what: str
    at: str

    def __str__(self) -> str:
        return f"[ERROR] {self.what} [json-pointer:{self.at}]"

    @property
    def code(self) -> str:
        """What kind of problem it is, for a program."""
        if self.what.startswith(MISSING):
            return "missing_required_field"
        return "unsupported_type" if self.what.startswith(UNSUPPORTED) else "failed_constraint"

    @property
    def field(self) -> str:
        """The name of the field that is wrong, or that is missing."""
        if self.what.startswith(MISSING):
            return self.what.removeprefix(MISSING)
        return next((part for part in reversed(self.at.split("/")) if not part.isdigit()), "")


class Part(BaseModel):
    """Any object of Block Kit: other properties than its own are refused, null is no value."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        return {name: value for name, value in given.items() if value is not None}


def wrong(what: str, at: str = "") -> PydanticCustomError:
    """Return the error for a rule of our own; `at` leads on from the place that is validated."""
    return PydanticCustomError("rule", "{what}", {"what": what, "at": at})


def problems_in(validate: Callable[[Any], object], value: Any, at: str) -> list[Problem]:
    """Return what `validate` finds wrong with `value`, which is at the pointer `at`."""
    try:
        validate(value)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        return [_problem(detail, value, at) for detail in _telling(details)]
    return []


def _telling(details: list[ErrorDetails]) -> Iterator[ErrorDetails]:
    """Leave out what else is wrong with objects of a type that may not be there."""
    types = [each["loc"] for each in details if each["loc"][-1:] == ("type",)]
    for detail in details:
        location = detail["loc"]
        if not any(location != at and location[: len(at) - 1] == at[:-1] for at in types):
            yield detail


def _problem(detail: ErrorDetails, value: Any, at: str) -> Problem:
    """Word one error; a field that is missing or unknown is told of at its object."""
    kind, context = detail["type"], detail.get("ctx", {})
    steps = [f"/{step}" for step in _path(detail["loc"], value)]
    here = at + "".join(steps)
    if kind in OF_A_FIELD:
        return Problem(OF_A_FIELD[kind] + steps[-1][1:], at + "".join(steps[:-1]))
    if kind.startswith("union_tag"):
        return Problem(_type_wording(context), f"{here}/type")
    if kind == "rule":
        return Problem(context["what"], here + context["at"])
    limits = {name: context.get(name, 0) for name in ("min_length", "max_length")}
    limits |= {"under": limits["min_length"] - 1, "over": limits["max_length"] + 1}
    what = WORDING[kind].format_map(context | limits) if kind in WORDING else detail["msg"]
    return Problem(what.replace("'", ""), here)


def _type_wording(context: Mapping[str, Any]) -> str:
    """Word a type that is not one of those that may be here."""
    expected = str(context.get("expected_tags", "")).replace("'", "").split(", ")
    if TEXT_TYPES.issuperset(expected):
        return f"must be a valid enum value: {' or '.join(expected)}"
    return f"{UNSUPPORTED}{context.get('tag')}"


def _path(location: tuple[int | str, ...], value: Any) -> Iterator[int | str]:
    """Yield the steps of a location that are in the value: pydantic names chosen types, too."""
    chosen = False
    for step in location:
        chosen = not chosen and isinstance(value, dict) and step == value.get("type")
        if chosen:
            continue
        yield step
        inside = isinstance(value, (dict, list)) and not isinstance(step, str)
        value = value[step] if inside else value.get(step) if isinstance(value, dict) else None
