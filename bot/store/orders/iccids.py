"""Which order bought a SIM card: by its ICCID, or by the last digits that somebody knows of it."""

from collections.abc import Sequence

from redis.asyncio import Redis

from bot.store.connection import reaching_redis
from bot.store.keys import BUCKET_DIGITS, Keys

LEAST_DIGITS = 4
"""Last digits that somebody must know of an ICCID."""
MOST_DIGITS = 22
"""Digits of the longest ICCID."""

_AT_ONCE = 1000
"""SIM cards that the server looks through in one go."""


class Iccids:
    """Small hashes, one for each two last digits. The first order that had an ICCID keeps it."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    async def owners(self, iccids: Sequence[str]) -> dict[str, str]:
        """ICCID to the order that bought it, as far as known. Raises StoreUnavailable."""
        if not iccids:
            return {}
        async with reaching_redis(), self._redis.pipeline(transaction=False) as pipe:
            pipe.hmget(self._keys.former_sims, list(iccids))
            for iccid in iccids:
                pipe.hget(self._keys.iccids(bucket_of(iccid)), iccid)
            former, *owners = await pipe.execute()
        found = zip(iccids, former, owners, strict=True)
        return {iccid: str(one or other) for iccid, one, other in found if one or other}

    async def ending_in(self, digits: str) -> dict[str, str]:
        """ICCID to order of those that end in these 4 to 22 digits.

        What an earlier version wrote is found from its order's next step on. Raises ValueError
        for anything else than so many digits, StoreUnavailable.
        """
        known = digits.isascii() and digits.isdigit()
        if not known or not LEAST_DIGITS <= len(digits) <= MOST_DIGITS:
            raise ValueError(f"{LEAST_DIGITS} to {MOST_DIGITS} digits are needed")
        bucket, like = self._keys.iccids(digits), f"*{'*'.join(digits)}*"
        async with reaching_redis():
            found = self._redis.hscan_iter(bucket, match=like, count=_AT_ONCE)
            owners = {str(iccid): str(owner) async for iccid, owner in found}
        return {iccid: by for iccid, by in owners.items() if _digits(iccid).endswith(digits)}


def bucket_of(iccid: str) -> str:
    """The digits of its bucket: the last two, fewer where the ICCID has fewer."""
    return _digits(iccid)[-BUCKET_DIGITS:]


def _digits(iccid: str) -> str:
    if iccid.isascii() and iccid.isdigit():
        return iccid
    return "".join(one for one in iccid if one.isascii() and one.isdigit())
