"""What a provider would sell for a request, or why it sells nothing like it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer

from bot.domain.catalogue.money import Quote
from bot.domain.purchase.sim import Text
from bot.domain.request import Value
from bot.errors import EsimBotError

Options = Annotated[Mapping[str, Value], AfterValidator(MappingProxyType), PlainSerializer(dict)]
"""By the name of the provider's field."""
Names = Annotated[Mapping[str, Text], AfterValidator(MappingProxyType), PlainSerializer(dict)]
"""By the name of a field: what people call what its value refers to."""


def _none() -> Mapping[str, Value]:
    return MappingProxyType({})


class Fact(BaseModel):
    """Something that a provider says about what it sells; plain text: who shows it escapes it."""

    model_config = ConfigDict(frozen=True)

    label: Text
    value: Text


class Offer(BaseModel):
    """What a provider would sell for a request."""

    model_config = ConfigDict(frozen=True)

    quote: Quote
    """The price of the whole request."""
    options: Options = Field(default_factory=_none)
    """These replace options of the request, such as a name by the id that it stands for."""
    names: Names = Field(default_factory=lambda: MappingProxyType({}))
    """Shown in place of the options of these names."""
    facts: tuple[Fact, ...] = ()
    """In the order in which they are shown."""


class Alternative(BaseModel):
    """Something near to a request that is sold."""

    model_config = ConfigDict(frozen=True)

    options: Options = Field(default_factory=_none)
    """These replace options of the request."""
    quote: Quote | None = None
    """The price of the whole request then; None: not known."""


class Unavailable(BaseModel):
    """Why a provider does not sell what was asked for."""

    model_config = ConfigDict(frozen=True)

    field: str = ""
    """The name of the field at fault; "" when it is no single one."""
    why: Text
    """As a sentence without its full stop, in plain text."""
    nearest: tuple[Alternative, ...] = ()
    """The nearest that is sold, the best one first."""


class NotOffered(EsimBotError):
    """The provider has answered, and does not sell this."""

    def __init__(self, unavailable: Unavailable) -> None:
        super().__init__(unavailable.why)
        self.unavailable = unavailable
