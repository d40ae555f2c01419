"""Finds the account's SIM card group that an order names, by its name or its id."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final
from uuid import UUID

from pydantic import JsonValue

from bot.clock import Clock
from bot.domain.catalogue.offer import Alternative, NotOffered, Unavailable
from bot.domain.typography import fold
from bot.errors import LookupFailed
from bot.providers.looks import Look, Looks
from bot.providers.telnyx.pages import Page, read_pages
from bot.providers.text import clean

FIELD: Final = "sim_card_group_id"
"""The option that names a group."""
_SUBJECT: Final = "the list of SIM card groups"
_BELIEVED: Final = 300.0
"""Seconds for which the list is believed; a group that is not in it is looked for at once."""
_NEAREST: Final = 5
_ALIKE: Final = 0.6
"""How much a name must be like the one that was typed, from 0 to 1, to be meant perhaps."""
_NAME_LIMIT: Final = 200


@dataclass(frozen=True)
class Group:
    """A SIM card group of the account."""

    id: str
    name: str

    @classmethod
    def of(cls, body: JsonValue) -> "Group":
        """Read an entry of the list. Raises LookupFailed for one without an id."""
        fields = body if isinstance(body, dict) else {}
        try:
            id_ = str(UUID(str(fields.get("id"))))
        except ValueError:
            raise LookupFailed(f"an entry in {_SUBJECT} could not be read") from None
        return cls(id_, clean(fields.get("name"), _NAME_LIMIT) or id_)


class Groups:
    """The account's groups, read in full and believed for some minutes."""

    def __init__(self, looks: Looks, clock: Clock) -> None:
        self._looks = looks
        self._clock = clock
        self._groups: tuple[Group, ...] = ()
        self._read_at: float | None = None
        self._one_at_a_time = asyncio.Lock()

    async def find(self, named: str) -> Group:
        """The group of this name or id; capitals count only between names that are else the same.

        Raises NotOffered where there is none, or more than one; LookupFailed, LookupPostponed.
        """
        seen = self._read_at
        if seen is not None and self._clock.monotonic() - seen < _BELIEVED:
            found = _fitting(self._groups, named)
            if len(found) == 1:
                return found[0]
        groups = await self._read_after(seen)
        found = _fitting(groups, named)
        if len(found) != 1:
            raise NotOffered(_several(found, named) if found else _unknown(groups, named))
        return found[0]

    async def _read_after(self, seen: float | None) -> tuple[Group, ...]:
        """The list as it was read later than `seen`: who waits meanwhile gets the same one."""
        async with self._one_at_a_time:
            if self._read_at == seen:
                look = Look(_SUBJECT, urgent=False)
                self._groups = await self._looks.carried_out(look, self._read)
                self._read_at = self._clock.monotonic()
            return self._groups

    async def _read(self, look: Look) -> tuple[Group, ...]:
        groups = dict[str, Group]()

        def add(page: Page, number: int) -> bool:
            before = len(groups)
            groups.update((group.id, group) for group in map(Group.of, page.entries))
            if page.pages is not None:
                return number >= page.pages
            return len(groups) >= (page.results or 0) or len(groups) == before

        await read_pages(self._looks, look, "/sim_card_groups", {}, add)
        return tuple(groups.values())


def _fitting(groups: Iterable[Group], named: str) -> tuple[Group, ...]:
    """Those of this id, else of exactly this name, else of this name in whatever case."""
    name = fold(named)
    alike = tuple(group for group in groups if group.name.casefold() == name.casefold())
    exact = tuple(group for group in alike if group.name == name)
    by_id = tuple(group for group in groups if group.id == name.lower())
    return by_id or exact or alike


def _several(found: Sequence[Group], named: str) -> Unavailable:
    """More than one group has this name: only their ids tell them apart."""
    nearest = tuple(Alternative(options={FIELD: group.id}) for group in found[:_NEAREST])
    why = f"the account has {len(found)} SIM card groups named {named}: name the one by its id"
    return Unavailable(field=FIELD, why=why, nearest=nearest)


def _unknown(groups: Sequence[Group], named: str) -> Unavailable:
    """No group has this name: those that are perhaps meant, else some of those that there are."""
    names = list(dict.fromkeys(group.name for group in groups))
    spelled = {name.casefold(): name for name in names}
    close = get_close_matches(named.casefold(), spelled, n=_NEAREST, cutoff=_ALIKE)
    meant = [spelled[each] for each in close]
    why = f"the account has no SIM card group {named}"
    if meant:
        why += f"; did you mean {meant[0]}"
    nearest = tuple(Alternative(options={FIELD: name}) for name in (meant or names)[:_NEAREST])
    return Unavailable(field=FIELD, why=why, nearest=nearest)
