"""The calls that buy or change something: where they go, their bytes, and what came of them.

Celitech names no error codes. What a status means is said in its documentation of the
Idempotency-Key: 401 and 503 were not processed, 409 may be the same call under way.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final

import httpx
from pydantic import JsonValue

from bot.domain.events import Reason
from bot.domain.purchase.outcome import Bought, NotSent, Outcome, Refused, Unknown
from bot.domain.purchase.sim import ProviderError, Remedy, Sim
from bot.domain.request import OrderKind, Value
from bot.providers.base import PurchaseCall
from bot.providers.celitech.purchases import moment_in
from bot.providers.celitech.values import UNLIMITED, date_of
from bot.providers.http import NO_VERDICT
from bot.providers.limits import retry_after
from bot.providers.reading import ID_LIMIT, distinct_sims, iccid_of, read_json
from bot.providers.text import clean

_PATHS: Final = {
    OrderKind.PURCHASE: "/purchases/v2",
    OrderKind.TOP_UP: "/purchases/topup",
    OrderKind.EDIT: "/purchases/edit",
    OrderKind.SUSPENSION: "/esim/{iccid}/suspend",
}
_TEXTS: Final = {
    "network_brand": "networkBrand",
    "email_brand": "emailBrand",
    "language": "language",
    "email": "email",
}
"""Names of options, and of the properties that they are sent as."""
_DETAIL_LIMIT: Final = 1000
_CONFLICT: Final = 409
_UNAUTHORISED: Final = 401
_TURNED_AWAY: Final = {
    _UNAUTHORISED: "the token was not accepted any more",
    429: "too many calls at once",
    503: "Celitech takes no orders at the moment",
}
"""Statuses of calls that were not processed, in words."""
_REMEDIES: Final = {
    400: Remedy.CHANGE_REQUEST,
    402: Remedy.TOP_UP,
    403: Remedy.OPERATOR,
    404: Remedy.OPERATOR,
    422: Remedy.CHANGE_REQUEST,
}
_MONEY: Final = ("balance", "funds", "credit", "payment")
"""Words of a refusal for want of money: which status it has, no source says."""


# What is sent


def path_of(call: PurchaseCall) -> str:
    """Where the call goes."""
    return _PATHS[call.request.kind].format(iccid=call.request.options.get("iccid"))


def body_of(call: PurchaseCall, at: datetime) -> str:
    """The bytes of the call, as JSON; "" for a suspension, which has none.

    `at` is the day that `today` means. The same bytes under the same key are the same purchase.
    """
    options, today = call.request.options, at.date()
    match call.request.kind:
        case OrderKind.SUSPENSION:
            return ""
        case OrderKind.EDIT:
            return _written({"purchaseId": options["purchase"], **_dates(options, today)})
        case OrderKind.TOP_UP:
            what: dict[str, object] = {"iccid": options["iccid"]}
        case _:
            what = {"destination": options["destination"], "quantity": call.quantity}
    texts = {sent: options[name] for name, sent in _TEXTS.items() if name in options}
    size = _gigabytes(str(options["data"]))
    how_long = _dates(options, today)
    if "days" in options:
        how_long = {"duration": int(str(options["days"]))}
    reference = {"referenceId": call.reference}
    return _written({**what, "dataLimitInGB": size, **how_long, **texts, **reference})


def _dates(options: Mapping[str, Value], today: date) -> dict[str, object]:
    return {
        f"{name}Date": date_of(options[name], today).isoformat()
        for name in ("start", "end")
        if name in options
    }


def _gigabytes(data: str) -> float | int:
    """The size as Celitech takes it: -1 for unlimited."""
    if data == UNLIMITED:
        return -1
    size = float(data.removesuffix("GB"))
    return int(size) if size.is_integer() else size


def _written(fields: Mapping[str, object]) -> str:
    return json.dumps(fields, separators=(",", ":"))


# What came of it


def outcome_of(response: httpx.Response, now: datetime, call: PurchaseCall) -> Outcome:
    """The outcome of a call that was answered; `now`: for waits until a point in time.

    SIM cards in the answer count as bought, whatever its status, so that none is lost. Celitech
    gives no reason for fewer than were asked for, so that is in doubt.
    """
    body, status = read_json(response.content), response.status_code
    if sims := _changed_in(body, status, call):
        is_short = len(sims) < call.quantity
        return Unknown(why=Reason.UNEXPLAINED, sims=sims) if is_short else Bought(sims=sims)
    if status in _TURNED_AWAY:
        wait = retry_after(response.headers, now)
        return NotSent(why=_TURNED_AWAY[status], retry_after=wait, turned_away=True)
    if httpx.codes.is_client_error(status) and status not in {*NO_VERDICT, _CONFLICT}:
        return Refused(errors=(_error_in(body, status),))
    return Unknown(why=_why(status, body))


def is_unauthorised(response: httpx.Response) -> bool:
    """Whether the token was not accepted."""
    return response.status_code == _UNAUTHORISED


def _changed_in(body: JsonValue, status: int, call: PurchaseCall) -> tuple[Sim, ...]:
    """The SIM cards that an answer shows as bought or changed by this call, each once."""
    kind, options = call.request.kind, call.request.options
    if kind not in {OrderKind.EDIT, OrderKind.SUSPENSION}:
        return distinct_sims(_sold_in(body))
    if not isinstance(body, dict) or not httpx.codes.is_success(status):
        return ()
    if kind is OrderKind.EDIT and body.get("purchaseId") != options.get("purchase"):
        return ()
    iccid, purchase = (str(options.get(name, "")) or None for name in ("iccid", "purchase"))
    return (Sim(iccid=iccid, provider_id=purchase),)


def _sold_in(body: JsonValue) -> Iterable[Sim]:
    """Each entry with its purchase and its profile; also of a single object in place of a list.

    Nothing but what is named here is kept: a profile holds activation codes and links.
    """
    for entry in body if isinstance(body, list) else [body]:
        purchase, profile = _part(entry, "purchase"), _part(entry, "profile")
        iccid, known = iccid_of(profile.get("iccid")), clean(purchase.get("id"), ID_LIMIT)
        if iccid or known:
            fields = {
                "id": known,
                "packageId": clean(purchase.get("packageId"), ID_LIMIT),
                "createdDate": moment_in(purchase.get("createdDate")),
                "iccid": iccid,
            }
            told = {name: value for name, value in fields.items() if value}
            yield Sim(iccid=iccid or None, provider_id=known or None, fields=told)


def _part(entry: JsonValue, name: str) -> Mapping[str, JsonValue]:
    part = entry.get(name) if isinstance(entry, dict) else None
    return part if isinstance(part, dict) else {}


def _error_in(body: JsonValue, status: int) -> ProviderError:
    """What Celitech says of a refusal: a message and nothing else."""
    message = body.get("message") if isinstance(body, dict) else None
    detail = clean(message, _DETAIL_LIMIT)
    lacks_money = any(word in detail.casefold() for word in _MONEY)
    return ProviderError(
        title="Not enough money" if lacks_money else "Refused",
        detail=detail or f"Celitech gave no reason (HTTP {status}).",
        remedy=Remedy.TOP_UP if lacks_money else _REMEDIES.get(status, Remedy.UNKNOWN),
    )


def _why(status: int, body: JsonValue) -> str:
    if status == _CONFLICT:
        return "Celitech says that this call is still under way (HTTP 409)"
    if not httpx.codes.is_success(status):
        return f"the provider answered with HTTP {status}, which leaves open what was bought"
    if body is None:
        return f"the provider's answer (HTTP {status}) could not be read"
    return f"the provider's answer (HTTP {status}) names no eSIM, and no reason for that"
