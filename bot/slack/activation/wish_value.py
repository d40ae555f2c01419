"""What the button of a confirmation carries: what is given to whom, and when that was asked."""

import json
from datetime import datetime
from typing import Annotated, Final, NamedTuple

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints, ValidationError

from bot.domain.activation.hand_out import Wish

LONGEST: Final = 2000
"""Characters that Slack takes in the value of a button."""
_Id = Annotated[str, StringConstraints(pattern="^[A-Za-z0-9_-]{1,100}$")]
_Person = Annotated[str, StringConstraints(pattern="^[UW][A-Z0-9]{1,30}$")]


class AskedHandOut(NamedTuple):
    """A hand-out that somebody may confirm."""

    id: str
    """That of the hand-out; it is given once."""
    at: datetime
    """When the confirmation was shown."""
    wish: Wish


class _WrittenWish(Wish):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    to: _Person


class _Written(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    id: _Id
    at: AwareDatetime
    wish: _WrittenWish


def wish_value(asked: AskedHandOut) -> str:
    """The value of a button. Raises ValueError where it is too long for one."""
    wish = asked.wish.model_dump(mode="json", exclude_defaults=True)
    parts = {"id": asked.id, "at": asked.at.isoformat(), "wish": wish}
    value = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    if len(value) > LONGEST:
        raise ValueError(f"{len(value)} characters are more than a button takes")
    return value


def read_wish_value(value: object) -> AskedHandOut | None:
    """What it says; None for what none of ours carries."""
    if not isinstance(value, str) or len(value) > LONGEST:
        return None
    try:
        written = _Written.model_validate_json(value)
    except ValidationError:
        return None
    wish = Wish(**{name: getattr(written.wish, name) for name in Wish.model_fields})
    return AskedHandOut(written.id, written.at, wish)
