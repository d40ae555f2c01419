"""Query parameters of the listings: filters and pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sandbox.telnyx.validation import is_uuid

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from multidict import MultiMapping

    from sandbox.provider.answer import Json
    from sandbox.telnyx.state.sims import SimCard

DEFAULT_PAGE_SIZE: Final = 20
MAX_PAGE_SIZE: Final = 250
# Telnyx's OpenAPI page: the transitional statuses cannot be asked for.
FILTER_STATUSES: Final = {
    "enabled",
    "disabled",
    "standby",
    "data_limit_exceeded",
    "unauthorized_imei",
}


class BadQueryError(Exception):
    """A query parameter has a value that the listing does not take."""

    def __init__(self, parameter: str, detail: str) -> None:
        super().__init__(detail)
        self.parameter = parameter
        self.detail = detail


@dataclass(frozen=True)
class SimFilter:
    """What a listing of SIM cards asks for."""

    tags: frozenset[str]
    """A SIM must carry every one of them."""
    statuses: frozenset[str]
    """A SIM must have one of them; empty: any."""
    iccid: str
    """A part of the ICCID."""
    group_id: str | None

    @classmethod
    def of(cls, query: MultiMapping[str]) -> SimFilter:
        """Read the filters. Raises BadQueryError for an unknown status and a group without UUID."""
        statuses = _list(query, "filter[status]")
        for status in statuses - FILTER_STATUSES:
            raise BadQueryError("filter[status]", f"Unknown status {status}.")
        group_id = query.get("filter[sim_card_group_id]")
        if group_id is not None and not is_uuid(group_id):
            raise BadQueryError("filter[sim_card_group_id]", "A group's id is a UUID.")
        tags = _list(query, "filter[tags]")
        return cls(tags, statuses, query.get("filter[iccid]", ""), group_id)

    def fits(self, sim: SimCard) -> bool:
        """Tell whether the SIM passes every filter but that of its status."""
        fields = sim.fields
        return (
            self.tags <= set(fields["tags"])
            and self.iccid in fields["iccid"]
            and self.group_id in {None, fields["sim_card_group_id"]}
        )

    def has_status(self, sim: SimCard) -> bool:
        """Tell whether the SIM has a status that was asked for."""
        return not self.statuses or sim.fields["status"]["value"] in self.statuses


# The names that a listing of SIM cards takes; lists also in the form with brackets at the end.
SIM_FILTERS: Final = frozenset(
    {
        "filter[tags]",
        "filter[tags][]",
        "filter[status]",
        "filter[status][]",
        "filter[iccid]",
        "filter[sim_card_group_id]",
    }
)


def page_of(
    items: Sequence[Json], query: MultiMapping[str], filters: Collection[str] = SIM_FILTERS
) -> Json:
    """Return the page asked for, with its `meta`.

    Raises BadQueryError for a wrong page, and for a parameter that is neither page nor filter:
    a misspelt filter must not pass for a listing of everything.
    """
    for name in query:
        if name not in {"page[number]", "page[size]", *filters}:
            raise BadQueryError(name, "Unknown parameter.")
    number = _number(query, "page[number]", default=1, largest=None)
    size = _number(query, "page[size]", default=DEFAULT_PAGE_SIZE, largest=MAX_PAGE_SIZE)
    meta = {
        "page_number": number,
        "page_size": size,
        "total_pages": -(-len(items) // size),
        "total_results": len(items),
    }
    return {"data": list(items[(number - 1) * size : number * size]), "meta": meta}


def _list(query: MultiMapping[str], name: str) -> frozenset[str]:
    """Read a list given as repeated parameters, with commas, or both."""
    given = query.getall(name, []) + query.getall(f"{name}[]", [])
    return frozenset(part for text in given for part in text.split(",") if part)


def _number(query: MultiMapping[str], name: str, default: int, largest: int | None) -> int:
    text = query.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit()) or int(text) < 1:
        raise BadQueryError(name, "Must be a whole number from 1.")
    if largest is not None and int(text) > largest:
        raise BadQueryError(name, f"Must not be above {largest}.")
    return int(text)
