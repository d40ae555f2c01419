"""Telnyx's lists: page after page, with a count of all that there is."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Self

from pydantic import JsonValue

from bot.errors import LookupFailed
from bot.providers.looks import Look, Looks
from bot.providers.reading import read_json

PAGE_SIZE: Final = 250
"""Entries on a page: the most that Telnyx allows."""
_MOST_PAGES: Final = 40
"""10,000 entries: a longer list is endless, or not ours."""


@dataclass(frozen=True)
class Page:
    """What one page holds, and what it tells of the others."""

    entries: tuple[JsonValue, ...]
    pages: int | None
    """How many pages there are, as far as the list says."""
    results: int | None
    """How many entries are on all pages together, as far as the list says."""

    @classmethod
    def of(cls, body: JsonValue, subject: str) -> Self:
        """Read a page of the list `subject`. Raises LookupFailed when a part can't be read."""
        data = body.get("data") if isinstance(body, dict) else None
        if not isinstance(body, dict) or not isinstance(data, list):
            raise LookupFailed(f"{subject} could not be read")
        meta = body.get("meta")
        counts = meta if isinstance(meta, dict) else {}
        pages, results = (
            _count(counts.get(name), subject) for name in ("total_pages", "total_results")
        )
        if pages is None and results is None:
            raise LookupFailed(f"{subject} does not say how many there are")
        return cls(tuple(data), pages, results)


def _count(value: JsonValue, subject: str) -> int | None:
    """A count in `meta`; None when there is none. Raises LookupFailed when it is no number."""
    if value is None:
        return None
    # Telnyx writes money and amounts of data as text; its counts may follow.
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,12}", str(value), re.ASCII):
        raise LookupFailed(f"{subject} counts in something that is no number")
    return int(str(value))


async def read_pages(
    looks: Looks,
    look: Look,
    path: str,
    filters: Mapping[str, str | int],
    add: Callable[[Page, int], bool],
) -> None:
    """Read page after page, from 1, until `add` says that this was the last one.

    Raises LookupFailed for a list that has no end.
    """
    for number in range(1, _MOST_PAGES + 1):
        query = {**filters, "page[number]": number, "page[size]": PAGE_SIZE}
        response = await looks.get(look, path, query)
        page = Page.of(read_json(response.content), look.subject)
        if add(page, number):
            return
        if (page.pages or 0) > _MOST_PAGES:
            break
    raise LookupFailed(f"{look.subject} has no end after {_MOST_PAGES} pages")
