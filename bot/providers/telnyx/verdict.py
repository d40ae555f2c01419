"""What an answer tells of a purchase, or its failure to come. In doubt: `Unknown`."""

from datetime import datetime
from typing import Final

import httpx
from pydantic import JsonValue

from bot.domain.outcome import Bought, NotSent, Outcome, ProviderError, Refused, Unknown
from bot.providers.telnyx.answers import errors_in, read_json, sims_in
from bot.providers.telnyx.codes import is_refusal, leaves_doubt, remedy_of
from bot.providers.telnyx.waiting import retry_after

_BEFORE_SENDING: Final[dict[type[Exception], str]] = {
    httpx.ConnectError: "the provider could not be reached",
    httpx.ConnectTimeout: "the provider did not take the connection in time",
    httpx.PoolTimeout: "too many calls to the provider were under way",
    # The proxy turned the tunnel down, before the call itself.
    httpx.ProxyError: "the proxy would not connect to the provider",
}
"""Raised before the first byte of the call, for certain.

LocalProtocolError and UnsupportedProtocol would be so too, but a checked key and address
leave no cause for them, and what can't be explained is in doubt.
"""
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


def outcome_of_failure(failure: Exception) -> NotSent | Unknown:
    """Whether the call was never sent, or may have been; `failure` came in place of an answer."""
    why = _BEFORE_SENDING.get(type(failure))
    if why is not None:
        return NotSent(why=why)
    if isinstance(failure, TimeoutError | httpx.ReadTimeout):
        return Unknown(why="the provider did not answer in time")
    # The name only: the text of a failure may repeat a header, and so the key.
    name = type(failure).__name__
    return Unknown(why=f"the connection failed before the answer was complete ({name})")


def outcome_of(response: httpx.Response, now: datetime) -> Outcome:
    """What came of a purchase that was answered; `now` is for waits until a point in time.

    SIM cards in the answer are bought, whatever its status: nothing returned is lost.
    """
    body, status = read_json(response.content), response.status_code
    sims, errors = sims_in(body), errors_in(body, status)
    doubts = [error.code for error in errors if leaves_doubt(error.code)]
    if doubts:
        why = f"the provider does not say what became of the purchase (error {doubts[0]})"
        return Unknown(why=why, errors=errors, sims=sims)
    if sims:
        return Bought(sims=sims, errors=errors)
    if status == _TOO_MANY:
        why = "the provider turned the call away: too many at once"
        return NotSent(why=why, retry_after=retry_after(response.headers, now))
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
