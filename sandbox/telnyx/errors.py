"""Errors in Telnyx's form: {"errors": [{code, title, detail, source, meta}]}."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sandbox.provider.answer import Json

# Titles and details as Telnyx's pages "API error codes" and "Wireless API errors" give them.
KNOWN: Final = {
    "10004": ("Missing required parameter", "A required parameter was missing."),
    "10005": ("Resource not found", "The requested resource or URL could not be found."),
    "10006": ("Invalid ID", "The resource ID provided was invalid."),
    "10007": ("Unexpected error", "An unexpected error occured."),
    "10008": ("Request timeout", "The request timed out."),
    "10009": (
        "Authentication failed",
        "The required authentication headers were either invalid or not included in the request.",
    ),
    "10010": (
        "Authorization failed",
        "You do not have permission to perform the requested action on the specified resource.",
    ),
    "10011": (
        "Too many requests",
        "You have exceeded the maximum number of allowed requests.",
    ),
    "10013": ("Missing association", "One of the associated fields does not exist."),
    "10015": ("Bad Request", "The request failed because it was not well-formed."),
    "10017": (
        "Associated resource does not exist",
        "The requested parameter is invalid as the associated resource does not exist.",
    ),
    "10023": ("Invalid JSON", "The body of the request is not valid JSON."),
    "10039": (
        "Feature limited",
        "A limit for this feature has been reached at this account level.",
    ),
    "20100": ("Insufficient Funds", "You do not have enough funds to perform this action."),
    "70001": (
        "There aren't enough available SIM cards",
        "Insufficient inventory to satisfy order request.",
    ),
}

CODE_OF_STATUS: Final = {
    401: "10009",
    403: "10010",
    404: "10005",
    408: "10008",
    422: "10015",
    429: "10011",
}


def error(
    code: str,
    *,
    title: str | None = None,
    detail: str | None = None,
    pointer: str | None = None,
    parameter: str | None = None,
) -> Json:
    """Return one error; a known code brings Telnyx's own title and detail.

    `pointer` is a JSON pointer into the body, `parameter` names a query parameter.
    """
    usual = KNOWN.get(code, (f"Error {code}", f"The request failed with code {code}."))
    source = {"pointer": pointer, "parameter": parameter}
    source = {name: place for name, place in source.items() if place is not None}
    return {
        "code": code,
        "title": title or usual[0],
        "detail": detail or usual[1],
        **({"source": source} if source else {}),
        "meta": {"url": f"https://developers.telnyx.com/docs/overview/errors/{code}"},
    }


def errors(*entries: Json) -> Json:
    """Return the body of an answer that carries only errors."""
    return {"errors": list(entries)}


def status_error(status: int) -> Json:
    """Return the body that goes with an HTTP status: its usual code, else an unexpected error."""
    detail = None if status in CODE_OF_STATUS else HTTPStatus(status).phrase
    return errors(error(CODE_OF_STATUS.get(status, "10007"), detail=detail))
