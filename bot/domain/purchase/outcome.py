"""The possible outcomes of one purchase call."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.purchase.sim import ProviderError, Sim, Text, marked_sims


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
    why: Text
    retry_after: float | None = None
    """Seconds that the provider asked to wait."""
    turned_away: bool = False
    """The provider itself said no: its reference is looked up before the call is made again."""
    too_late: bool = False
    """Our own queue or a freeze was the cause: this does not count as a try."""


class Unknown(_Outcome):
    """It can't be known what was bought: look it up, never send it again."""

    kind: Literal["unknown"] = "unknown"
    why: Text
    errors: tuple[ProviderError, ...] = ()
    sims: tuple[Sim, ...] = ()
    """What was bought for certain; there may be more."""


Outcome = Annotated[Bought | Refused | NotSent | Unknown, Field(discriminator="kind")]


def marked(outcome: Outcome, owners: Mapping[str, str]) -> Outcome:
    """The outcome, with the SIM cards marked that others got first: `owners` by ICCID."""
    if not isinstance(outcome, Bought | Unknown):
        return outcome
    return outcome.model_copy(update={"sims": marked_sims(outcome.sims, owners)})
