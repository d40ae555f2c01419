"""What the audit says of eSIMs beside the steps of orders: who got codes, who has them."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from bot.domain.activation.hand_out import HandOutForm


class EsimEvent(StrEnum):
    """What happened to eSIMs."""

    CODES_REVEALED = "codes_revealed"
    """Somebody has codes given to a person; written before any code is fetched."""
    CODES_GIVEN = "codes_given"
    """These codes stand before that person."""
    ASSIGNED = "assigned"
    """Somebody has said who has them; the audit does not keep who."""
    UNASSIGNED = "unassigned"
    """Who has them was removed."""


class EsimEntry(BaseModel):
    """One line of the audit about eSIMs. It holds no code, and no name of a holder."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    event: EsimEvent
    by: str
    """Slack user id."""
    iccids: tuple[str, ...]
    """Of which eSIMs; an eSIM without ICCID by the provider's id."""
    order_id: str = ""
    """The order that bought them; "" for none."""

    @property
    def detail(self) -> str:
        """The rest of the line."""
        return ", ".join(self.iccids)


class Reveal(EsimEntry):
    """That codes were to be given, or were given."""

    event: EsimEvent = EsimEvent.CODES_REVEALED
    to: str
    """Slack user id of whoever gets them."""
    form: HandOutForm

    @property
    def detail(self) -> str:
        """The rest of the line."""
        return f"to {self.to} as {self.form}: {super().detail}"


def read_entry(text: str) -> EsimEntry:
    """An entry from its JSON. Raises ValueError for what is none."""
    entry = EsimEntry.model_validate_json(text)
    is_reveal = entry.event in {EsimEvent.CODES_REVEALED, EsimEvent.CODES_GIVEN}
    return Reveal.model_validate_json(text) if is_reveal else entry
