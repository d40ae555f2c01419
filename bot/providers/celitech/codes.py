"""Asks Celitech for the activation code of an eSIM.

`GET /esim` has it as text, whole, without `LPA:` or as the matching id alone, beside the address of
the server that has the eSIM. The picture that comes with it is never used.
"""

import re
from collections.abc import Mapping
from typing import Final

import httpx
from pydantic import JsonValue

from bot.domain.activation.code import ActivationCode, CodeNotGiven, UnreadableCode, WhyNoCode
from bot.domain.activation.iccids import spellings
from bot.domain.purchase.sim import Sim
from bot.providers.celitech.access import Account
from bot.providers.celitech.purchases import records
from bot.providers.looks import Look
from bot.providers.reading import ID_LIMIT, confirmation_in, iccid_of, read_json
from bot.providers.text import clean, plain_words

_SUBJECT: Final = "the activation code"
_DETAIL_LIMIT: Final = 300
_NOT_FOUND: Final = frozenset({404, 410})
_REFUSED: Final = frozenset({400, 422})
_WHY: Final = {
    **dict.fromkeys(("downloaded", "installed", "enabled", "disabled"), WhyNoCode.INSTALLED),
    **dict.fromkeys(("deleted", "unavailable"), WhyNoCode.GONE),
    **dict.fromkeys(("available", "allocated", "linked", "confirmed"), WhyNoCode.NOT_READY),
}
"""By the eSIM's status: an eSIM that some phone has comes with its old code, which works no more.

Celitech's own words, and those of SGP.22 for eSIMs that are not released yet.
"""
_RELEASED: Final = "released"
_MATCHING_ID: Final = re.compile(r"[A-Za-z0-9-]{1,128}", re.ASCII)


async def activation_code(account: Account, sim: Sim) -> ActivationCode:
    """The code of this eSIM. Raises CodeNotGiven, LookupFailed, LookupPostponed."""

    async def read(look: Look) -> ActivationCode | CodeNotGiven:
        return await _asked(account, look, sim)

    look = Look(_SUBJECT, urgent=False, for_code=True)
    found = await account.carried_out(look, read)
    if isinstance(found, CodeNotGiven):
        raise found  # here, where no part of the answer is at hand for a traceback
    return found


async def _asked(account: Account, look: Look, sim: Sim) -> ActivationCode | CodeNotGiven:
    iccid = sim.iccid or await _iccid_of(account, look, sim.provider_id or "")
    if not iccid:
        return CodeNotGiven(WhyNoCode.NOT_KNOWN)
    try:
        body = await account.get(look, "/esim", {"iccid": iccid})
    except httpx.HTTPStatusError as failure:
        if (refusal := _refusal_in(failure.response, sim)) is None:
            raise
        return refusal
    esim = body.get("esim", body) if isinstance(body, dict) else None
    return _read(esim if isinstance(esim, dict) else {}, iccid)


async def _iccid_of(account: Account, look: Look, purchase: str) -> str:
    """The ICCID that Celitech lists for this purchase; "" for none."""
    listed = await records(account, look, purchaseId=purchase) if purchase else []
    return next((each.text("esim", "iccid") for each in listed if each.text("id") == purchase), "")


def _refusal_in(answer: httpx.Response, sim: Sim) -> CodeNotGiven | None:
    """What a failure says of the eSIM; None where it is about something else.

    Only an eSIM that Celitech has named a purchase of can be gone; another one was never there.
    """
    if answer.status_code in _NOT_FOUND:
        return CodeNotGiven(WhyNoCode.GONE if sim.provider_id else WhyNoCode.NOT_KNOWN)
    body = read_json(answer.content)
    message = body.get("message") if isinstance(body, dict) else None
    if answer.status_code not in _REFUSED or not message:
        return None
    return CodeNotGiven(WhyNoCode.NONE, plain_words(message, _DETAIL_LIMIT))


def _read(esim: Mapping[str, JsonValue], iccid: str) -> ActivationCode | CodeNotGiven:
    """What the answer gives, or why it gives nothing; the code of another eSIM is never given."""
    status, told = clean(esim.get("status"), ID_LIMIT).casefold(), iccid_of(esim.get("iccid"))
    if told and told not in spellings(iccid):
        return CodeNotGiven(WhyNoCode.UNREADABLE)
    if status in _WHY:
        return CodeNotGiven(_WHY[status])
    code = _code_in(esim)
    if code is None:
        given = esim.get("manualActivationCode")
        waits = esim and not given and status in {"", _RELEASED}
        return CodeNotGiven(WhyNoCode.NOT_READY if waits else WhyNoCode.UNREADABLE)
    return code


def _code_in(esim: Mapping[str, JsonValue]) -> ActivationCode | None:
    """The code as the properties give it; None for none that can be read. It raises nothing."""
    text, host = esim.get("manualActivationCode"), esim.get("smdpAddress")
    confirmation = confirmation_in(esim.get("confirmationCode"))
    if not isinstance(text, str):
        return None
    try:
        if "$" in text:
            return ActivationCode(text, confirmation)
        if isinstance(host, str) and _MATCHING_ID.fullmatch(text.strip()):
            return ActivationCode.of(host.strip(), text.strip(), confirmation)
    except UnreadableCode:
        pass
    return None
