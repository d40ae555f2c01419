"""Who has which eSIM: ours, not the provider's; it is removed on request."""

from datetime import datetime
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, StringConstraints

LONGEST_NAME: Final = 80
"""Characters of a name, an e-mail address, or what a line is called."""
_Name = Annotated[str, StringConstraints(max_length=LONGEST_NAME)]


class Holder(BaseModel):
    """Who has an eSIM, as far as somebody has told; at least one part is there."""

    model_config = ConfigDict(frozen=True)

    person: str = ""
    """Slack user id."""
    email: _Name = ""
    """For somebody who is not on Slack."""
    name: _Name = ""
    """What the line is called, or who has it: `Truck 12`."""


class Assignment(BaseModel):
    """That somebody has an eSIM."""

    model_config = ConfigDict(frozen=True)

    iccid: str
    """As its order or provider writes it."""
    holder: Holder
    by: str
    """Slack user id of whoever has said so."""
    at: datetime
    order_id: str = ""
    """The order that bought it; "" for none."""
