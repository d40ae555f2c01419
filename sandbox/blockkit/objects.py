"""How a kind of object is declared, and the small ones: texts, options, dialogs, images.

The files beside this one are a table of Block Kit. `part("user", {"user_id": Words}, style=Style)`
is the model of a kind of object: what it needs, then what it may have, each with its limit.
Source of the limits: docs.slack.dev, Block Kit reference.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from pydantic import AfterValidator, Field, StringConstraints, create_model

from sandbox.blockkit.problems import MISSING, Part, wrong

if TYPE_CHECKING:
    from collections.abc import Callable

    Rule = Callable[[Any], None]
    """Sees an object whose properties are all right, and raises what is wrong between them."""


def part(kind: str, needs: dict[str, Any] | None = None, /, *rules: Rule, **may: Any) -> Any:
    """Return the model of a kind of object; "" for objects without a type."""
    fields: dict[str, Any] = {"type": (Literal[kind], ...)} if kind else {}
    fields |= {name: (value, ...) for name, value in (needs or {}).items()}
    fields |= {name: (value | None, None) for name, value in may.items()}
    model = create_model(kind or "object", __base__=Part, **fields)
    checks = (AfterValidator(_passing_on(rule)) for rule in rules)
    return Annotated[(model, *checks)] if rules else model


def _passing_on(rule: Rule) -> Callable[[Any], Any]:
    """Return the rule as pydantic wants it: giving back what it was given."""

    def validator(value: Any) -> Any:
        rule(value)
        return value

    return validator


def one_of(*kinds: Any) -> Any:
    """Return the union of kinds of objects, told apart by their `type`."""
    return Annotated[Union[kinds], Field(discriminator="type")]  # noqa: UP007 - made at run time


def many(kind: Any, most: int | None = None, least: int = 1) -> Any:
    """Return a list of `least` to `most` items."""
    return Annotated[list[kind], Field(min_length=least, max_length=most)]


def up_to(most: int | None, least: int = 1) -> Any:
    """Return a string of `least` to `most` characters."""
    return Annotated[str, StringConstraints(min_length=least, max_length=most)]


def between(least: int, most: int | None = None) -> Any:
    """Return a whole number."""
    return Annotated[int, Field(ge=least, le=most)]


def any_of(*names: str) -> Rule:
    """Return the rule that one of these properties has to be there."""

    def rule(value: Any) -> None:
        if all(getattr(value, name) is None for name in names):
            raise wrong(f"{MISSING}{' or '.join(names)}")

    return rule


def not_both(one: str, other: str) -> Rule:
    """Return the rule that two properties exclude each other."""

    def rule(value: Any) -> None:
        if getattr(value, one) is not None and getattr(value, other) is not None:
            raise wrong(f"only one of {one} and {other} is allowed", f"/{other}")

    return rule


def exactly_one(one: str, other: str) -> tuple[Rule, Rule]:
    """Return the rules that one of two properties has to be there, and not both."""
    return any_of(one, other), not_both(one, other)


def requires(one: str, other: str) -> Rule:
    """Return the rule that a property makes sense with another one only."""

    def rule(value: Any) -> None:
        if getattr(value, one) and not getattr(value, other):
            raise wrong(f"{MISSING}{other}")

    return rule


def different(name: str, key: str) -> Rule:
    """Return the rule that no two items of the list `name` have the same `key`."""

    def rule(value: Any) -> None:
        seen: set[str] = set()
        for place, item in enumerate(getattr(value, name) or []):
            mine = getattr(item, key)
            if mine in seen:
                raise wrong(f"`{key}` {mine} already exists", f"/{name}/{place}/{key}")
            seen |= {mine} - {None, ""}

    return rule


@cache
def plain(most: int) -> Any:
    """Return a text without marks of up to `most` characters."""
    return part("plain_text", {"text": up_to(most)}, emoji=bool)


@cache
def texts(most: int) -> tuple[Any, Any]:
    """Return both kinds of text, without and with marks, of up to `most` characters."""
    return plain(most), part("mrkdwn", {"text": up_to(most)}, verbatim=bool)


def text(most: int) -> Any:
    """Return a text of either kind of up to `most` characters."""
    return one_of(*texts(most))


Id = up_to(255, least=0)  # Slack makes one up in place of an empty one
Words = up_to(None)
Url = up_to(3_000)
Number = Annotated[float, Field(allow_inf_nan=False)]
Colour = Literal["primary", "danger"]
Confirm = part(
    "", {"title": plain(100), "text": text(300)}, confirm=plain(30), deny=plain(30), style=Colour
)
Option = part("", {"text": plain(75), "value": up_to(150)}, description=plain(75))
MarkedOption = part("", {"text": text(75), "value": up_to(150)}, description=text(75))
OptionGroup = part("", {"label": plain(75), "options": many(Option, 100)})
OverflowOption = part(
    "",
    {"text": plain(75)},
    any_of("value", "url"),
    value=up_to(150),
    description=plain(75),
    url=Url,
)
SlackFile = part("", {}, *exactly_one("id", "url"), id=Words, url=Url)


def image(**may: Any) -> Any:
    """Return an image with a text in its place, and with what it may have in a block."""
    rules = exactly_one("image_url", "slack_file")
    may |= {"image_url": Url, "slack_file": SlackFile}
    return part("image", {"alt_text": up_to(2_000)}, *rules, **may)


Image = image()
