"""The account at Telnyx: its money, its groups and its SIM cards."""

from __future__ import annotations

import asyncio
import secrets
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sandbox.provider.codes import Codes
from sandbox.telnyx.state.sims import LOOKS, NumberBlock, SimCard, new_sim, timestamp

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from sandbox.provider.answer import Json
    from sandbox.provider.changes import Changes

PRICE_CENTS: Final = 70
"""What one eSIM costs when it is bought, in US cents (Telnyx's price list of April 2026)."""

SMDP: Final = "rsp.telnyx.example"
"""The address of the server that hands the profiles out."""
_PHYSICAL: Final = {"type": "physical", "esim_installation_status": None}


@dataclass(frozen=True)
class Group:
    """A SIM card group; `id` is a UUID, `default` is true for the one that cannot be removed."""

    id: str
    name: str
    default: bool = False
    data_limit_mb: int | None = None
    """How much data its SIM cards may use in a month; None: no limit."""

    @classmethod
    def named(cls, name: str, *, default: bool = False, data_limit_mb: int | None = None) -> Group:
        """Return the group of this name; the same name always has the same id."""
        group_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"sim_card_groups/{name}"))
        return cls(group_id, name, default, data_limit_mb)


class Account:
    """Money in cents, stock in eSIMs; both may be set at any time."""

    def __init__(
        self,
        changes: Changes,
        now: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.balance_cents = 1_000_000
        self.stock = 100_000
        self.groups = [Group.named("Default", default=True)]
        self.groups += [Group.named("Fleet", data_limit_mb=10_240), Group.named("Events")]
        self.sims: list[SimCard] = []
        self.hide_new_sims_for: float = 0
        """How many listings leave out a SIM sold from now on; infinity: all of them."""
        self.lowers_tags = False
        """Whether answers give tags in small letters."""
        self.next_is_physical = False
        """Whether the next SIM sold is a physical one."""
        self.codes = Codes(SMDP, changes, sleep)
        """The activation codes, and how they behave."""
        self.codes_wait = False
        """Whether a SIM that is registering has no code yet; the documents promise one at once."""
        self.spills = False
        """Whether answers about eSIMs hold their secrets, in fields that no page documents."""
        self.now = now
        self._created_at = timestamp(now())
        self._numbers = NumberBlock()
        self._changes = changes

    def sell(self, count: int, group_id: str | None, tags: list[str], status: str) -> list[SimCard]:
        """Take the money and the stock for `count` eSIMs and return them."""
        sims = [self._add(group_id, tags, status) for _ in range(count)]
        if self.next_is_physical:
            sims[0].fields |= _PHYSICAL
        for sim in sims:
            sim.hidden_listings = self.hide_new_sims_for
        self.balance_cents -= PRICE_CENTS * count
        self.stock = max(0, self.stock - count)
        return sims

    def add_sim(self, tags: Sequence[str] = (), *, physical: bool = False) -> Json:
        """Add a SIM card that nobody ordered here (enabled, free) and return it as the API does."""
        sim = self._add(None, list(tags), "enabled")
        sim.settle(self.now())
        if physical:
            sim.fields |= _PHYSICAL
        self._changes.announce()
        return sim.fields

    def as_given(self, fields: Json) -> Json:
        """Return a SIM's fields as answers give them now."""
        if not self.lowers_tags:
            return fields
        return {**fields, "tags": [tag.lower() for tag in fields["tags"]]}

    def described(self, sim: SimCard) -> Json:
        """Return a SIM as answers give it now, with what the switches of its code make of it."""
        given = self.as_given(sim.fields)
        if sim.fields["type"] != "esim":
            return given
        look = LOOKS.get(self.codes.of(sim.fields["iccid"]), {})
        spilling = sim.code.spilt if self.spills else {}
        return {**given, **look, **spilling} if look or spilling else given

    def issued_codes(self) -> frozenset[str]:
        """Return every secret of every eSIM that there ever was: codes, pictures, PIN and PUK.

        Those of digits alone are to be looked for as whole numbers.
        """
        return self.codes.issued()

    def install(self, iccid: str) -> None:
        """Let somebody install an eSIM, as a phone would. Raises LookupError for none."""
        self._named(iccid).fields |= {
            "esim_installation_status": "installed",
            "eid": f"8904{secrets.randbelow(10**28):028d}",
        }
        self._changes.announce()

    def remove(self, iccid: str) -> None:
        """Take a SIM out of the account, as its deletion would. Raises LookupError for none."""
        self.sims.remove(self._named(iccid))
        self._changes.announce()

    def find(self, sim_id: str) -> SimCard | None:
        """Return the SIM card with this id (a UUID), or None."""
        return next((sim for sim in self.sims if sim.fields["id"] == sim_id), None)

    def has_group(self, group_id: str) -> bool:
        """Tell whether one of the account's groups has this id (a UUID)."""
        return any(group.id == group_id.lower() for group in self.groups)

    def describe_group(self, group: Group) -> Json:
        """Return a group as the API gives it in a list, with its number of SIM cards."""
        limit = group.data_limit_mb
        members = [sim for sim in self.sims if sim.fields["sim_card_group_id"] == group.id]
        return {
            "id": group.id,
            "record_type": "sim_card_group",
            "name": group.name,
            "default": group.default,
            "sim_card_count": len(members),
            "data_limit": None if limit is None else {"amount": f"{limit}.0", "unit": "MB"},
            "consumed_data": {"amount": "0.0", "unit": "MB"},
            "private_wireless_gateway_id": None,
            "wireless_blocklist_id": None,
            "created_at": self._created_at,
            "updated_at": self._created_at,
        }

    def _add(self, group_id: str | None, tags: list[str], status: str) -> SimCard:
        group = group_id.lower() if group_id else self.groups[0].id
        own = {**self._numbers.next(), "sim_card_group_id": group, "tags": list(tags)}
        sim = new_sim(own, status, self.now(), self.codes.new())
        self.sims.append(sim)
        return sim

    def _named(self, iccid: str) -> SimCard:
        found = next((sim for sim in self.sims if sim.fields["iccid"] == iccid), None)
        if found is None:
            raise LookupError(f"no SIM card has the ICCID {iccid}")
        return found
