"""What a provider can answer to one purchase call, and what it sold."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue


class Sim(BaseModel):
    """One SIM card that the provider returned or lists; every part may be missing."""

    model_config = ConfigDict(frozen=True)

    iccid: str | None = None
    """The number that identifies the SIM card, as text (18 to 22 digits)."""
    provider_id: str | None = None
    """The provider's own id of the SIM card."""
    status: str | None = None
    """Whatever word the provider uses; new ones are kept as they are."""
    fields: dict[str, JsonValue] = {}
    """Every field as returned, for the CSV file; never an activation code."""


def merge_sims(known: Iterable[Sim], more: Iterable[Sim]) -> tuple[Sim, ...]:
    """Both lists without repeats; the later word on a SIM card counts.

    The ICCID tells SIM cards apart; the provider's id only where an ICCID is missing.
    One without either is always kept.
    """
    merged: list[Sim] = []
    for sim in (*known, *more):
        place = next((i for i, old in enumerate(merged) if _same(old, sim)), None)
        if place is None:
            merged.append(sim)
        else:
            merged[place] = sim.model_copy(update={"iccid": sim.iccid or merged[place].iccid})
    return tuple(merged)


def _same(one: Sim, other: Sim) -> bool:
    if one.iccid and other.iccid:
        return one.iccid == other.iccid
    return one.provider_id is not None and one.provider_id == other.provider_id


class Remedy(StrEnum):
    """What helps against an error of the provider."""

    CHANGE_REQUEST = "change_request"
    """The request was wrong: order again with the part changed."""
    TOP_UP = "top_up"
    """The account has not enough money."""
    LATER_OR_FEWER = "later_or_fewer"
    """The provider has not enough SIM cards."""
    OPERATOR = "operator"
    """Key or account: only whoever runs the bot can mend it."""
    WAIT = "wait"
    """Nothing to do: too many calls, or still being worked on."""
    UNKNOWN = "unknown"
    """A code that nobody has described."""


class ProviderError(BaseModel):
    """One error as the provider tells it, with what helps against it."""

    model_config = ConfigDict(frozen=True)

    code: str = ""
    title: str = ""
    detail: str = ""
    pointer: str = ""
    """The part of the request that it is about (a JSON pointer or a parameter's name)."""
    remedy: Remedy = Remedy.UNKNOWN


class _Outcome(BaseModel):
    model_config = ConfigDict(frozen=True)


class Bought(_Outcome):
    """The provider sold SIM cards: as many as asked, fewer or more, perhaps with errors."""

    kind: Literal["bought"] = "bought"
    sims: tuple[Sim, ...]
    errors: tuple[ProviderError, ...] = ()


class Refused(_Outcome):
    """Nothing was bought, for certain."""

    kind: Literal["refused"] = "refused"
    errors: tuple[ProviderError, ...]


class NotSent(_Outcome):
    """The call never reached the provider, or was turned away unread: it may be sent again."""

    kind: Literal["not_sent"] = "not_sent"
    why: str
    retry_after: float | None = None
    """Seconds that the provider asked to wait."""


class Unknown(_Outcome):
    """It can't be known what was bought: look it up, never send it again."""

    kind: Literal["unknown"] = "unknown"
    why: str
    errors: tuple[ProviderError, ...] = ()


Outcome = Annotated[Bought | Refused | NotSent | Unknown, Field(discriminator="kind")]
