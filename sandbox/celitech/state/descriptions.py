"""What answers say of packages, purchases and eSIMs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.celitech.state.account import SMDP
from sandbox.celitech.state.catalogue import UNLIMITED

if TYPE_CHECKING:
    from sandbox.celitech.state.account import Purchase
    from sandbox.celitech.state.catalogue import Package
    from sandbox.celitech.state.destinations import Destination
    from sandbox.celitech.state.dialect import Dialect
    from sandbox.celitech.state.esims import Esim
    from sandbox.provider.answer import Json
    from sandbox.provider.codes import Behaviour

INSTALLED = frozenset({"DOWNLOADED", "INSTALLED", "ENABLED"})
"""Statuses of an eSIM that some phone has taken."""


def destination(place: Destination) -> Json:
    """Return an entry of `GET /destinations`."""
    return {
        "name": place.name,
        "destination": place.iso3,
        "destinationISO2": place.iso2,
        "supportedCountries": list(place.countries),
    }


def package(sold: Package) -> Json:
    """Return an entry of `GET /packages`."""
    return {
        "id": sold.id,
        "destination": sold.destination.iso3,
        "destinationISO2": sold.destination.iso2,
        "dataLimitInBytes": sold.size_in_bytes,
        "dataLimitInGB": sold.size,
        "minDays": sold.min_days,
        "maxDays": sold.max_days,
        "priceInCents": sold.cents,
    }


def bought(purchase: Purchase, dialect: Dialect) -> Json:
    """Return an element of the answer to `POST /purchases/v2`."""
    summary = {
        "id": purchase.id,
        "packageId": purchase.package.id,
        "createdDate": dialect.moment(purchase.created_at),
    }
    return {"purchase": summary, "profile": _profile(purchase.esim, dialect, links=dialect.links)}


def bought_v1(purchase: Purchase, dialect: Dialect) -> Json:
    """Return the answer to `POST /purchases`."""
    profile = _profile(purchase.esim, dialect, links=False)
    return {"purchase": _dated(purchase, dialect), "profile": profile}


def topped_up(purchase: Purchase, dialect: Dialect) -> Json:
    """Return the answer to `POST /purchases/topup`."""
    dated = _dated(purchase, dialect) | {"duration": purchase.duration}
    return {"purchase": dated, "profile": {"iccid": purchase.esim.iccid}}


def listed(purchase: Purchase, dialect: Dialect) -> Json:
    """Return an entry of `GET /purchases`."""
    sold = purchase.package
    spilt = purchase.esim.code.spilt if dialect.spills else {}
    row = {
        "id": purchase.id,
        "startDate": dialect.moment(purchase.start),
        "endDate": dialect.moment(purchase.end),
        "duration": purchase.duration,
        "createdDate": dialect.moment(purchase.created_at),
        "startTime": dialect.epoch(purchase.start),
        "endTime": dialect.epoch(purchase.end),
        "createdAt": dialect.epoch(purchase.created_at),
        "package": {
            "id": sold.id,
            "dataLimitInBytes": sold.size_in_bytes,
            "dataLimitInGB": sold.size,
            "destination": sold.destination.iso3,
            "destinationISO2": sold.destination.iso2,
            "destinationName": sold.destination.name,
            "priceInCents": sold.cents,
        },
        "esim": {**spilt, "iccid": purchase.esim.iccid},
        "source": dialect.word(purchase.source),
        "purchaseType": dialect.word(purchase.kind),
        "referenceId": purchase.reference,
    }
    return {**spilt, **dialect.listed(row)}


def edited(purchase: Purchase, dialect: Dialect) -> Json:
    """Return the answer to `POST /purchases/edit`."""
    return {
        "purchaseId": purchase.id,
        "newStartDate": dialect.moment(purchase.start),
        "newEndDate": dialect.moment(purchase.end),
        "newStartTime": dialect.epoch(purchase.start),
        "newEndTime": dialect.epoch(purchase.end),
    }


def consumption(purchase: Purchase, now: float) -> Json:
    """Return the answer to `GET /purchases/{id}/consumption`."""
    total = purchase.package.size_in_bytes
    left = UNLIMITED if total == UNLIMITED else max(0, total - purchase.used_bytes)
    return {
        "dataUsageRemainingInBytes": left,
        "dataUsageRemainingInGB": left if left == UNLIMITED else left / 10**9,
        "status": "ACTIVE" if purchase.is_active(now) else "NOT_ACTIVE",
    }


def esim(one: Esim, dialect: Dialect, behaviour: Behaviour = "as_they_are") -> Json:
    """Return the answer to `GET /esim`, with a code that behaves so."""
    status = {"installed": "INSTALLED", "gone": "DELETED"}.get(behaviour, one.status)
    described = {
        **_codes(one, dialect, behaviour),
        "smdpAddress": SMDP,
        "status": status,
        "connectivityStatus": "ACTIVE" if one.is_connected else "NOT_ACTIVE",
        "isTopUpAllowed": one.allows_top_up and one.is_connected,
    }
    ended = status == "DELETED" or (status in INSTALLED and not dialect.old_codes)
    if ended or behaviour == "not_ready":
        described |= dict.fromkeys(("activationCode", "manualActivationCode", "smdpAddress"))
    spilt = one.code.spilt if dialect.spills else {}
    return {"esim": {**spilt, **described}}


def history(one: Esim, dialect: Dialect) -> Json:
    """Return the answer to `GET /esim/{iccid}/history`."""
    entries = [
        {"status": status, "statusDate": dialect.moment(at), "date": dialect.epoch(at)}
        for status, at in one.history
    ]
    return {"esim": {"iccid": one.iccid, "history": entries}}


def _dated(purchase: Purchase, dialect: Dialect) -> Json:
    return {
        "id": purchase.id,
        "packageId": purchase.package.id,
        "startDate": dialect.moment(purchase.start),
        "endDate": dialect.moment(purchase.end),
        "createdDate": dialect.moment(purchase.created_at),
        "startTime": dialect.epoch(purchase.start),
        "endTime": dialect.epoch(purchase.end),
    }


def _profile(one: Esim, dialect: Dialect, *, links: bool) -> Json:
    profile = _codes(one, dialect)
    if links:
        profile |= {
            "iosActivationLink": one.code.iphone_link,
            "androidActivationLink": one.code.android_link,
        }
    return profile


def _codes(one: Esim, dialect: Dialect, behaviour: Behaviour = "as_they_are") -> Json:
    asks = behaviour in {"confirmation", "told_confirmation"}
    text = one.code.asking if asks else one.code.text
    forms = {"lpa": text, "bare": text.removeprefix("LPA:"), "matching_id": one.code.matching_id}
    told = {"confirmationCode": one.code.confirmation}
    return {
        "iccid": one.iccid,
        "activationCode": dialect.picture_prefix + one.code.picture,
        "manualActivationCode": forms[dialect.manual_code],
        **(told if behaviour == "told_confirmation" else {}),
    }
