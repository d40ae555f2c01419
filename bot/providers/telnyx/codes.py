"""Asks Telnyx for the activation code of an eSIM; where it gives none, the SIM card says why."""

import re
from typing import Final

import httpx

from bot.domain.activation.code import ActivationCode, CodeNotGiven, UnreadableCode, WhyNoCode
from bot.domain.activation.iccids import spellings
from bot.domain.purchase.sim import Sim
from bot.providers.looks import Look, Looks
from bot.providers.reading import confirmation_in, read_json
from bot.providers.telnyx.answers import sim_of
from bot.providers.telnyx.pages import PAGE_SIZE, Page
from bot.providers.text import plain_words

_SUBJECT: Final = "the activation code"
_LIST: Final = "the list of SIM cards"
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_DETAIL_LIMIT: Final = 300
_NOT_FOUND: Final = 404
_NO_REFUSALS: Final = frozenset({401, 403, 408, 425, 429})
"""Statuses of key, time and pace: they say nothing about the eSIM."""
_NOT_TAKEN: Final = "released"
"""The one word for an eSIM that no phone has taken (Telnyx's OpenAPI description)."""
_GONE: Final = frozenset({"abolished", "deleted"})
_WAITING: Final = frozenset({"registering"})


class ActivationCodes:
    """Asks for codes, one call each, and for the SIM card where one is refused."""

    def __init__(self, looks: Looks) -> None:
        self._looks = looks

    async def of(self, sim: Sim) -> ActivationCode:
        """The code of this eSIM. Raises CodeNotGiven, LookupFailed, LookupPostponed."""

        async def read(look: Look) -> ActivationCode:
            return await self._asked(look, sim)

        look = Look(_SUBJECT, urgent=False, for_code=True)
        return await self._looks.carried_out(look, read)

    async def _asked(self, look: Look, sim: Sim) -> ActivationCode:
        known = sim.provider_id or ""
        if not _ID.fullmatch(known):
            known = await self._id_of(look, sim.iccid or "")
        why, detail = WhyNoCode.UNREADABLE, ""
        look.subject = _SUBJECT
        try:
            answer = await self._looks.get(look, f"/sim_cards/{known}/activation_code", {})
        except httpx.HTTPStatusError as failure:
            if not _is_refusal(failure):
                raise
            why, detail = WhyNoCode.NONE, _detail_in(failure.response)
        else:
            if (code := _code_in(answer)) is not None:
                return code
        raise CodeNotGiven(await self._why(look, known) or why, detail)

    async def _why(self, look: Look, known: str) -> WhyNoCode | None:
        """Why this SIM card has no code, by what Telnyx says of it; None where that shows nothing.

        Telnyx had its id: one that is not there any more is gone.
        """
        look.subject = "the SIM card"
        try:
            answer = await self._looks.get(look, f"/sim_cards/{known}", {})
        except httpx.HTTPStatusError as failure:
            if failure.response.status_code != _NOT_FOUND:
                raise
            return WhyNoCode.GONE
        body = read_json(answer.content)
        return _why_of(sim_of(body.get("data")) if isinstance(body, dict) else None)

    async def _id_of(self, look: Look, iccid: str) -> str:
        """Telnyx's id of the one SIM card with this ICCID. Raises CodeNotGiven for none.

        The filter takes a part of an ICCID. One that lacks its check digit is a part of the whole;
        one that has a digit more than Telnyx keeps is asked for once more, without it.
        """
        others = spellings(iccid)
        for part in dict.fromkeys((iccid, min(others, key=len))):
            found = await self._listed(look, part) if part else {}
            wanted = found.get(iccid) or {known for each in others for known in found.get(each, ())}
            if len(wanted) == 1:
                return wanted.pop()
            if wanted:
                break
        raise CodeNotGiven(WhyNoCode.NOT_KNOWN)

    async def _listed(self, look: Look, part: str) -> dict[str, set[str]]:
        """Ids of the SIM cards with this in their ICCID, by their ICCID; of the first page.

        More than a page of them is no ICCID.
        """
        look.subject = _LIST
        query: dict[str, str | int] = {"filter[iccid]": part, "page[size]": PAGE_SIZE}
        answer = await self._looks.get(look, "/sim_cards", query)
        found = dict[str, set[str]]()
        for sim in map(sim_of, Page.of(read_json(answer.content), _LIST).entries):
            if sim and sim.iccid and _ID.fullmatch(sim.provider_id or ""):
                found.setdefault(sim.iccid, set()).add(str(sim.provider_id))
        return found


def _is_refusal(failure: httpx.HTTPStatusError) -> bool:
    """Whether Telnyx says that there is no code."""
    status = failure.response.status_code
    return httpx.codes.is_client_error(status) and status not in _NO_REFUSALS


def _code_in(answer: httpx.Response) -> ActivationCode | None:
    """The code of an answer; None for none that can be read.

    It raises nothing: an error would carry the answer with it.
    """
    body = read_json(answer.content)
    data = body.get("data") if isinstance(body, dict) else None
    text = data.get("activation_code") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(text, str):
        return None
    try:
        return ActivationCode(text, confirmation_in(data.get("confirmation_code")))
    except UnreadableCode:
        return None


def _detail_in(answer: httpx.Response) -> str:
    """Telnyx's own words, of which only the plain ones are kept."""
    body = read_json(answer.content)
    errors = body.get("errors") if isinstance(body, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else errors
    fields = first if isinstance(first, dict) else {"detail": first}
    told = (plain_words(fields.get(name), _DETAIL_LIMIT) for name in ("detail", "title"))
    return next(filter(None, told), "")


def _why_of(sim: Sim | None) -> WhyNoCode | None:
    if sim is None:
        return None
    kind, status = str(sim.fields.get("type")).casefold(), (sim.status or "").casefold()
    installation = str(sim.fields.get("esim_installation_status") or _NOT_TAKEN).casefold()
    if kind == "physical":
        return WhyNoCode.NONE
    if status in _WAITING:
        return WhyNoCode.NOT_READY
    if status in _GONE:
        return WhyNoCode.GONE
    return WhyNoCode.INSTALLED if installation != _NOT_TAKEN else None
