"""Orders as earlier versions wrote them down, in today's shape."""

from collections.abc import Mapping
from typing import Any, Final

_FIRST_WITH_OPTIONS: Final = 4
"""The schema that took the options out of the request's own parts, and the price out of the
terms."""
_CHOSEN: Final = "_chosen"
"""Ended the name of what told whether the person wrote the part of the name before it."""
_HEAD: Final = frozenset({"amount", "note"})


def upgraded(order: Any) -> Any:
    """The stored parts of an order as of now; what is no earlier order comes back as it is."""
    if not isinstance(order, dict) or order.get("schema_number", 4) >= _FIRST_WITH_OPTIONS:
        return order
    request, terms = order.get("request"), order.get("terms")
    if not isinstance(request, dict) or not isinstance(terms, dict) or "estimate" not in terms:
        return order
    return {
        **order,
        "request": _request(request, order.get("provider")),
        "quote": _quote(terms["estimate"]),
    }


def _request(parts: Mapping[str, Any], provider: Any) -> dict[str, Any]:
    """What belonged to one provider becomes an option of it."""
    options = {
        name: value
        for name, value in parts.items()
        if name not in _HEAD and not name.endswith(_CHOSEN) and value not in (None, [])
    }
    chosen = [name for name in options if parts.get(name + _CHOSEN, True)]
    head = {name: parts[name] for name in _HEAD & parts.keys()}
    return {**head, "provider": provider, "options": options, "chosen": chosen}


def _quote(estimate: Mapping[str, Any]) -> dict[str, Any]:
    currency = estimate.get("currency", "USD")
    return {
        "once": {"cents": estimate["once_cents"], "currency": currency},
        "monthly": {"cents": estimate["monthly_cents"], "currency": currency},
    }
