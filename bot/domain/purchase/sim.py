"""A SIM card as a provider returns or lists it, its errors, and how lists of them are merged."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from heapq import heappop, heappush
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    PlainSerializer,
    PlainValidator,
)

from bot.domain.purchase.raw import RawFields


def _storable(text: str) -> str:
    """The text, with `?` for halves of characters: JSON may hold them, UTF-8 can't."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


Text = Annotated[str, AfterValidator(_storable)]
"""Text from a provider: whatever it holds, it can be written down."""


class Oddity(StrEnum):
    """What is odd about a SIM card: it is kept and told, and the call is looked up."""

    PHYSICAL = "physical"
    """The answer calls it a physical SIM card, though eSIMs were ordered."""
    UNTAGGED = "untagged"
    """The answer shows it without the tag by which we would find it again."""
    ELSEWHERE = "elsewhere"
    """Another order, or another call, got it before: it does not count here."""


def _raw(fields: object) -> RawFields:
    """The fields, which are JSON whoever returned them. Raises ValueError for what is no object."""
    if not isinstance(fields, Mapping):
        raise ValueError("the fields are no object")  # noqa: TRY004 - a type error is no refusal
    return RawFields(fields)


_NO_FIELDS = RawFields({})


class Sim(BaseModel):
    """One SIM card that the provider returned or lists; every part may be missing."""

    model_config = ConfigDict(frozen=True)

    iccid: Text | None = None
    """The number that identifies the SIM card, as text (18 to 22 digits)."""
    provider_id: Text | None = None
    """The provider's own id of the SIM card."""
    status: Text | None = None
    """The provider's own word; unknown words are kept as they are."""
    fields: Annotated[
        Mapping[str, JsonValue],
        PlainValidator(_raw, json_schema_input_type=dict[str, JsonValue]),
        PlainSerializer(lambda fields: RawFields(fields).read()),
    ] = Field(default_factory=lambda: _NO_FIELDS)
    """What its provider's allow-list names, as returned, for the files; never a secret."""
    odd: tuple[Oddity, ...] = ()
    """What is odd about it, if anything."""
    elsewhere: str | None = None
    """The id of the order that got it first; None when it is this one's."""

    @property
    def name(self) -> tuple[str | None, str | None]:
        """What tells it from others: ICCID and the provider's id."""
        return self.iccid, self.provider_id

    @property
    def counts(self) -> bool:
        """Whether it is one of those that its order bought."""
        return self.elsewhere is None

    @property
    def is_clear(self) -> bool:
        """Whether nothing about it has to be looked up: its ICCID is known, and nothing is odd."""
        return bool(self.iccid) and not self.odd

    def belonging_to(self, order_id: str) -> "Sim":
        """The same SIM card, marked as one that this other order got first."""
        odd = (*(each for each in self.odd if each is not Oddity.ELSEWHERE), Oddity.ELSEWHERE)
        return self.model_copy(update={"odd": odd, "elsewhere": order_id})


def merge_sims(known: Iterable[Sim], more: Iterable[Sim]) -> tuple[Sim, ...]:
    """Both lists without repeats; the later word on a SIM card counts.

    The ICCID tells SIM cards apart; the provider's id only where an ICCID is missing. Those
    without either can't be told apart: the longer list has all of them.
    """
    merged = _Merged()
    for sim in known:
        merged.add(sim)
    nameless = sum(map(is_nameless, merged.sims))
    for sim in more:
        if nameless and is_nameless(sim):
            nameless -= 1
        else:
            merged.add(sim)
    return merged.sims


class _Merged:
    """SIM cards in the order in which they were first told, found by their names at once."""

    def __init__(self) -> None:
        self._places: list[Sim | None] = []
        """None: it turned out to be the same as an earlier one."""
        self._by_iccid: dict[str, int] = {}
        self._by_id: dict[str, list[int]] = {}
        """Heaps of places by provider id; a place may stay in a heap after its id has changed."""
        self._without_iccid: dict[str, int] = {}
        """By the provider's id: there is never more than one."""

    @property
    def sims(self) -> tuple[Sim, ...]:
        """All of them."""
        return tuple(sim for sim in self._places if sim is not None)

    def add(self, sim: Sim) -> None:
        """Add or update one SIM card; it may show that two known ones are the same."""
        first, *others = self._same(sim) or [len(self._places)]
        if first == len(self._places):
            self._places.append(sim)
        else:
            self._update(first, sim, others)
        self._note(first)

    def _same(self, sim: Sim) -> list[int]:
        """Where it is now: more than one place only when it joins an id with an ICCID."""
        if not sim.iccid:
            return self._first_with(sim.provider_id)
        found = {self._by_iccid.get(sim.iccid), self._without_iccid.get(sim.provider_id or "")}
        return sorted(place for place in found if place is not None)

    def _first_with(self, provider_id: str | None) -> list[int]:
        heap = self._by_id.get(provider_id or "", [])
        while heap and not self._has(heap[0], provider_id):
            heappop(heap)
        return heap[:1]

    def _has(self, place: int, provider_id: str | None) -> bool:
        sim = self._places[place]
        return sim is not None and sim.provider_id == provider_id

    def _update(self, first: int, sim: Sim, others: Iterable[int]) -> None:
        for place in (first, *others):
            old = self._places[place]
            if old is not None:  # pragma: no branch - what is found by a name is there
                sim = _updated(old, sim)
                self._forget_lack(old)
            self._places[place] = None
        self._places[first] = sim

    def _forget_lack(self, old: Sim) -> None:
        if not old.iccid and old.provider_id:
            del self._without_iccid[old.provider_id]

    def _note(self, place: int) -> None:
        sim = self._places[place]
        if sim is None:  # pragma: no cover - it was just put there
            return
        if sim.provider_id:
            heappush(self._by_id.setdefault(sim.provider_id, []), place)
        if sim.iccid:
            self._by_iccid[sim.iccid] = place
        elif sim.provider_id:
            self._without_iccid[sim.provider_id] = place


def _updated(old: Sim, new: Sim) -> Sim:
    """The new account, with the old one's names where it lacks them, and its lasting oddities.

    A SIM card that is found by its tag after all is not untagged any more.
    """
    lasting = (each for each in old.odd if each is not Oddity.UNTAGGED)
    known = {
        "iccid": new.iccid or old.iccid,
        "provider_id": new.provider_id or old.provider_id,
        "odd": tuple(dict.fromkeys((*lasting, *new.odd))),
        "elsewhere": new.elsewhere or old.elsewhere,
    }
    return new.model_copy(update=known)


def is_nameless(sim: Sim) -> bool:
    """Whether nothing tells it from others."""
    return not (sim.iccid or sim.provider_id)


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
    """Wait: too many calls, or still in progress."""
    UNKNOWN = "unknown"
    """A code that the bot does not know."""


class ProviderError(BaseModel):
    """One error as the provider tells it, with what helps against it."""

    model_config = ConfigDict(frozen=True)

    code: Text = ""
    title: Text = ""
    detail: Text = ""
    pointer: Text = ""
    """The part of the request that it is about (a JSON pointer or a parameter's name)."""
    remedy: Remedy = Remedy.UNKNOWN


def marked_sims(sims: Iterable[Sim], owners: Mapping[str, str]) -> tuple[Sim, ...]:
    """The SIM cards, marked where others got them first: `owners` by ICCID."""
    return tuple(
        sim.belonging_to(owners[sim.iccid]) if sim.iccid and sim.iccid in owners else sim
        for sim in sims
    )
