"""Telnyx's error codes: what helps against each, and what each tells of a purchase."""

from typing import Final

from bot.domain.sim import Remedy

_INPUT: Final = (
    *("10004", "10015", "10023", "10026", "10027", "10032", "10033"),
    # Not found, or a bad id: a SIM card group, say.
    *("10005", "10006", "10013", "10017"),
)
_ACCOUNT: Final = (
    *("10009", "10010", "10038", "10039"),
    *(str(code) for code in range(20001, 20009)),
    *(str(code) for code in range(20012, 20018)),
)
_REFUSALS: Final = {
    **dict.fromkeys(_INPUT, Remedy.CHANGE_REQUEST),
    **dict.fromkeys(_ACCOUNT, Remedy.OPERATOR),
    "20100": Remedy.TOP_UP,
    "70001": Remedy.LATER_OR_FEWER,
}
_REMEDIES: Final = _REFUSALS | dict.fromkeys(("10011", "10036"), Remedy.WAIT)
_DOUBTS: Final = frozenset({"10007", "10008", "10036", "10037"})
"""Unexpected error, timeout, being processed, unavailable: the purchase may still happen."""
_REMEDY_OF_STATUS: Final = {401: Remedy.OPERATOR, 402: Remedy.TOP_UP, 403: Remedy.OPERATOR}


def remedy_of(code: str, status: int) -> Remedy:
    """What helps against this code; the HTTP status says so where the code does not."""
    return _REMEDIES.get(code) or _REMEDY_OF_STATUS.get(status, Remedy.UNKNOWN)


def is_refusal(code: str) -> bool:
    """Whether this code says that nothing was bought, whatever the HTTP status."""
    return code in _REFUSALS


def leaves_doubt(code: str) -> bool:
    """Whether something may have been bought, or may still be, in spite of this error."""
    return code in _DOUBTS
