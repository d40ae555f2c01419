"""Orders as earlier versions wrote them down, in today's shape."""

from collections.abc import Mapping
from typing import Any, Final

_CHOSEN: Final = "_chosen"
"""Suffix of the old fields that said whether the person had written an option."""
_HEAD: Final = frozenset({"amount", "note"})


def upgraded(order: Any) -> Any:
    """The stored parts of an order in today's shape; anything else is returned unchanged.

    Until schema 3 a request had the options among its own parts, and the terms had the price.
    """
    if not isinstance(order, dict) or "quote" in order:
        return order
    match order.get("request"), order.get("terms"):
        case dict(request), {"estimate": dict(estimate)}:
            upgraded_request = _request(request, order.get("provider"))
            return {**order, "request": upgraded_request, "quote": _quote(estimate)}
        case _:
            return order


def _request(parts: Mapping[str, Any], provider: Any) -> dict[str, Any]:
    """A request whose provider-specific parts have become options."""
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
        "once": {"cents": estimate.get("once_cents"), "currency": currency},
        "monthly": {"cents": estimate.get("monthly_cents"), "currency": currency},
    }
