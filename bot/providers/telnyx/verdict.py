"""What an answer tells of a purchase, or its failure to come. In doubt: `Unknown`."""

from datetime import datetime
from typing import Final

import httpx
from pydantic import JsonValue

from bot.domain.outcome import Bought, NotSent, Outcome, Refused, Unknown
from bot.domain.sim import ProviderError
from bot.providers.base import PurchaseCall
from bot.providers.sending import Sending, TooLate
from bot.providers.telnyx.answers import errors_in, read_json, sold_in
from bot.providers.telnyx.codes import is_refusal, leaves_doubt, remedy_of
from bot.providers.telnyx.waiting import retry_after
from bot.reasons import reason_of

TOO_LATE: Final = NotSent(
    why="it took too long until the call could be sent, so it was not sent", too_late=True
)
"""For a call that was stopped at the fence."""
_NO_CONNECTION: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    # The proxy turned the tunnel down, before the call itself.
    httpx.ProxyError,
)
"""Raised before the first byte of the call, for certain, whatever was or wasn't watched."""
_NO_VERDICT: Final = frozenset(
    {
        408,  # gave up on the call, read in part or in full
        425,  # only for early data, which is never sent: unexplained
        499,  # a gateway lost patience with whoever was behind it
    }
)
_CONFLICT: Final = 409  # something of the same kind is under way, perhaps this very call
_TOO_MANY: Final = 429
_UNEXPLAINED: Final = {
    401: ("Unauthorised", "Telnyx did not accept the API key."),
    402: ("Payment required", "Telnyx asks for money before it sells."),
    403: ("Forbidden", "Telnyx does not let this API key buy eSIMs."),
}


def outcome_of_failure(failure: Exception, sending: Sending) -> NotSent | Unknown:
    """Whether the call was never sent, or may have been; `failure` came in place of an answer."""
    if isinstance(failure, TooLate):
        return TOO_LATE
    if not sending.has_left and (sending.cannot_have_left or isinstance(failure, _NO_CONNECTION)):
        return _not_sent(failure, sending)
    if isinstance(failure, TimeoutError | httpx.ReadTimeout):
        return Unknown(why="the provider did not answer in time")
    return Unknown(why=f"the answer was lost: {reason_of(failure)}")


def _not_sent(failure: Exception, sending: Sending) -> NotSent:
    """Not sent because nobody took it, or because we were frozen ourselves."""
    why = f"the provider could not be reached: {reason_of(failure)}"
    return NotSent(why=why, too_late=sending.was_frozen)


def outcome_of(response: httpx.Response, now: datetime, call: PurchaseCall) -> Outcome:
    """What came of a purchase that was answered; `now` is for waits until a point in time.

    SIM cards in the answer are bought, whatever its status: nothing returned is lost.
    """
    body, status = read_json(response.content), response.status_code
    sims, errors = sold_in(body, call), errors_in(body, status)
    doubts = [error.code for error in errors if leaves_doubt(error.code)]
    if doubts:
        why = f"the provider does not say what became of the purchase (error {doubts[0]})"
        return Unknown(why=why, errors=errors, sims=sims)
    if sims:
        return Bought(sims=sims, errors=errors)
    if status == _TOO_MANY:
        why = "too many calls at once"
        wait = retry_after(response.headers, now)
        return NotSent(why=why, retry_after=wait, turned_away=True)
    if _refuses(status, errors):
        return Refused(errors=errors or (_unexplained(status),))
    return Unknown(why=_why(status, body), errors=errors)


def _refuses(status: int, errors: tuple[ProviderError, ...]) -> bool:
    """Whether nothing was bought, for certain: the status says so, or else every error does."""
    if status == _CONFLICT or httpx.codes.is_success(status):
        return bool(errors) and all(is_refusal(error.code) for error in errors)
    return httpx.codes.is_client_error(status) and status not in _NO_VERDICT


def _unexplained(status: int) -> ProviderError:
    """An error for a refusal that came without any."""
    title, detail = _UNEXPLAINED.get(status, ("Refused", "Telnyx refused, and gave no reason."))
    return ProviderError(
        title=title, detail=f"{detail} (HTTP {status})", remedy=remedy_of("", status)
    )


def _why(status: int, body: JsonValue) -> str:
    if not httpx.codes.is_success(status):
        return f"the provider answered with HTTP {status}, which leaves open what was bought"
    if not isinstance(body, dict):
        return f"the provider's answer (HTTP {status}) could not be read"
    return f"the provider's answer (HTTP {status}) names no eSIM, and no reason for that"
