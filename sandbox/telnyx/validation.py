"""What Telnyx's OpenAPI page asks of the body of a purchase."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Final

from sandbox.telnyx.errors import error
from sandbox.telnyx.state.sims import PURCHASABLE_STATUSES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sandbox.provider.answer import Json

WHITELABEL: Final = "whitelabel"


def problems(body: object) -> list[Json]:
    """Return an error for every wrong part of a purchase's body; none when it is right."""
    if not isinstance(body, dict):
        return [_bad("/", "The body must be a JSON object.")]
    found = [_bad(_pointer(name), "Unknown field.") for name in body if name not in CHECKS]
    if "amount" not in body:
        found.append(error("10004", pointer="/amount"))
    for name, check in CHECKS.items():
        if name in body:
            found += check(body[name])
    if "whitelabel_name" in body and body.get("product") != WHITELABEL:
        found.append(_bad("/product", "whitelabel_name needs the product whitelabel."))
    return found


def _pointer(name: str) -> str:
    """Return the JSON pointer (RFC 6901) to a field of the body."""
    return "/" + name.replace("~", "~0").replace("/", "~1")


def _bad(pointer: str, detail: str) -> Json:
    return error("10015", detail=detail, pointer=pointer)


def _amount(value: object) -> Iterator[Json]:
    # In Python a bool is an int; in JSON it is not.
    if isinstance(value, bool) or not isinstance(value, int):
        yield _bad("/amount", "amount must be an integer.")
    elif value < 1:
        yield _bad("/amount", "amount must be at least 1.")


def _group(value: object) -> Iterator[Json]:
    if not is_uuid(value):
        yield _bad("/sim_card_group_id", "sim_card_group_id must be a UUID.")


def is_uuid(value: object) -> bool:
    """Tell whether `value` is a UUID in its usual form of 36 characters."""
    try:
        return isinstance(value, str) and str(uuid.UUID(value)) == value.lower()
    except ValueError:
        return False


def _tags(value: object) -> Iterator[Json]:
    if not isinstance(value, list):
        yield _bad("/tags", "tags must be a list of strings.")
        return
    for place, tag in enumerate(value):
        if not isinstance(tag, str):
            yield _bad(f"/tags/{place}", "A tag must be a string.")


def _product(value: object) -> Iterator[Json]:
    if value != WHITELABEL:
        yield _bad("/product", "The only product is whitelabel.")


def _whitelabel_name(value: object) -> Iterator[Json]:
    fits = isinstance(value, str) and value.strip()
    if not fits or not all(sign.isalnum() or sign.isspace() for sign in str(value)):
        detail = "whitelabel_name must only contain letters, numbers and whitespaces."
        yield _bad("/whitelabel_name", detail)


def _status(value: object) -> Iterator[Json]:
    if value not in PURCHASABLE_STATUSES:
        yield _bad("/status", f"status must be one of {', '.join(PURCHASABLE_STATUSES)}.")


CHECKS: Final[dict[str, Callable[[Any], Iterator[Json]]]] = {
    "amount": _amount,
    "sim_card_group_id": _group,
    "tags": _tags,
    "product": _product,
    "whitelabel_name": _whitelabel_name,
    "status": _status,
}
