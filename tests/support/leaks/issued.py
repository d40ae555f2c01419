"""The secrets that providers issued, by eSIM, and who was to be given which of them."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from redis.asyncio import Redis

from sandbox.celitech import CelitechSandbox
from sandbox.telnyx import TelnyxSandbox
from tests.support.leaks.on_slack import NOBODY
from tests.support.orders import KEYS

Seller = TelnyxSandbox | CelitechSandbox


def issued(*sellers: Seller) -> frozenset[str]:
    """Every secret that these ever put into an answer, or could."""
    return frozenset(secret for each in sellers for secret in each.account.issued_codes())


def secrets_of(*sellers: Seller) -> dict[str, frozenset[str]]:
    """The secrets of each eSIM, by its ICCID."""
    found: dict[str, frozenset[str]] = {}
    for seller in sellers:
        if isinstance(seller, CelitechSandbox):
            found |= {esim.iccid: esim.code.secrets for esim in seller.account.esims.values()}
        else:
            sims = seller.account.sims
            found |= {str(sim.fields["iccid"]): sim.code.secrets for sim in sims}
    return found


async def audit_of(redis: Redis) -> list[dict[str, Any]]:
    """Every entry of the audit as it lies in Redis, oldest first."""
    lines: Any = await redis.xrange(KEYS.audit)
    return [json.loads(fields["entry"]) for _, fields in lines]


async def revealed(redis: Redis) -> dict[str, set[str]]:
    """The ICCIDs of which each person was to be given the codes, by Slack user id."""
    found: dict[str, set[str]] = defaultdict(set)
    for entry in await audit_of(redis):
        if entry["event"] == "codes_revealed":
            found[entry["to"]].update(entry["iccids"])
    return found


def may_have(
    revealed_to: Mapping[str, Iterable[str]], secrets: Mapping[str, frozenset[str]]
) -> dict[str, set[str]]:
    """The secrets that each person may have, in a direct message.

    All of them may lie in files that nobody sees: that is where an upload begins.
    """
    nothing = frozenset[str]()
    own = {
        person: {secret for iccid in iccids for secret in secrets.get(iccid, nothing)}
        for person, iccids in revealed_to.items()
    }
    return {**own, NOBODY: set().union(*own.values())}
