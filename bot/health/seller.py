"""What is asked of the provider."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from bot.check import Answer, Check, Mark, Occasion, well
from bot.errors import LookupFailed, LookupPostponed
from bot.network.proxies import through
from bot.reasons import reason_of

_NOBODYS = "esim-doctor0"
"""A reference that no SIM card carries."""
_NOT_ACCEPTED = ("HTTP 401", "HTTP 403")


def provider_check(find: Callable[[str], Awaitable[Any]], address: str) -> Check:
    """Whether the provider answers a look, and takes the key; nothing is bought."""

    async def ask() -> Sequence[Answer]:
        try:
            await find(_NOBODYS)
        except LookupPostponed:
            return well("is asked often enough just now; it was not asked again.")
        except LookupFailed as failure:
            return [_failed(failure, address)]
        return well("the key works.")

    return Check(
        name="provider",
        title="Telnyx",
        asks="Does the provider answer a look for what nobody bought, with this key?",
        means="Nothing can be bought; orders are tried again, and in doubt wait for a look.",
        do="Mend what stands in brackets, or TELNYX_API_URL.",
        ask=ask,
        on=Occasion.START | Occasion.DOCTOR,
    )


def _failed(failure: LookupFailed, address: str) -> Answer:
    why = reason_of(failure)
    if why in _NOT_ACCEPTED:
        do = "Set TELNYX_API_KEY anew: Telnyx portal → Account → API Keys."
        return Answer(Mark.WRONG, f"the key is not accepted ({why}).", do)
    return Answer(Mark.WRONG, f"can't be reached or asked{through(address)} ({why}).")
