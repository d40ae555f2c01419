"""The provider Kiosk: asks for prices, buys, and finds what was bought by its reference."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import Final

import httpx
from pydantic import JsonValue

from bot.check import Answer, Check, Mark, Occasion, well
from bot.clock import Clock, Fence
from bot.domain.activation.code import ActivationCode, CodeNotGiven
from bot.domain.catalogue.money import Money, Quote
from bot.domain.catalogue.offer import Alternative, NotOffered, Offer, Unavailable
from bot.domain.purchase.outcome import Outcome
from bot.domain.purchase.sim import Sim
from bot.domain.request import PurchaseRequest
from bot.errors import LookupFailed
from bot.providers.base import Prepared, PurchaseCall
from bot.providers.capabilities import Codes
from bot.providers.http import (
    Connections,
    checked_address,
    checked_secret,
)
from bot.providers.limits import CallLimits
from bot.providers.looks import Look, Looks
from bot.providers.reading import read_json
from bot.providers.seller import HttpSeller
from bot.providers.text import clean
from bot.reasons import reason_of
from esim_kiosk.answers import code_in, outcome_of, sims_in, why_no_code
from esim_kiosk.form import FORM, NAME

USUAL: Final = CallLimits()
_KEY_LIFE: Final = 86_400.0
"""Seconds for which the kiosk remembers a reference, and sells nothing twice under it."""
_MOST_PAGES: Final = 20


class Kiosk(HttpSeller, Codes):
    """Sells eSIMs by the piece, at the price that it names when it is asked."""

    name = NAME
    form = FORM

    def __init__(self, key: str, clock: Clock, *, url: str, limits: CallLimits = USUAL) -> None:
        """Raises SettingsError for a key, address or proxy that can't be used."""
        headers = {"Authorization": f"Bearer {checked_secret('key of the kiosk', key)}"}
        address = checked_address("kiosk's", url, "https://kiosk.example/api")
        connections = Connections(address, headers)
        super().__init__(connections, clock, limits)
        self._looks = Looks(connections, clock, limits)

    # Prices

    def estimate(self, request: PurchaseRequest) -> Quote | None:
        """None: the kiosk must be asked for every price."""
        del request
        return None

    async def offer(self, request: PurchaseRequest) -> Offer:
        """The price that the kiosk names. Raises NotOffered, LookupFailed, LookupPostponed."""
        prices, plan = await self._prices(), str(request.options.get("plan"))
        if plan not in prices:
            raise NotOffered(_unknown(plan, prices, request.amount))
        return Offer(quote=_quote(prices[plan], request.amount))

    async def _prices(self) -> Mapping[str, int]:
        """Cents of one eSIM, by the name of its plan."""

        async def read(look: Look) -> Mapping[str, int]:
            answer = await self._looks.get(look, "/plans", {})
            return _prices_in(read_json(answer.content))

        return await self._looks.carried_out(Look("the list of plans", urgent=False), read)

    # Buying

    def prepare(self, call: PurchaseCall, at: datetime) -> Prepared:
        """The bytes of the order: under the same reference the kiosk takes no others."""
        del at
        order = {
            "plan": call.request.options.get("plan"),
            "count": call.quantity,
            "reference": call.reference,
        }
        return Prepared(json.dumps(order), key_life=_KEY_LIFE, shares_tag=False)

    async def purchase(self, call: PurchaseCall, fence: Fence) -> Outcome:
        """Send the order once, and only while the fence is open; a lost answer is `Unknown`."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": call.reference}

        def read(answer: httpx.Response) -> Outcome:
            return outcome_of(answer, self._clock.now())

        content = call.body.encode()
        return await self.send_once(call, fence, "/orders", read, content=content, headers=headers)

    # Looking

    async def find(
        self, order_reference: str, *, urgent: bool = True
    ) -> Mapping[str, tuple[Sim, ...]]:
        """The SIM cards that were sold under this reference. Raises LookupFailed."""

        async def read(look: Look) -> tuple[Sim, ...]:
            return await self._all_of(look, order_reference)

        sims = await self._looks.carried_out(Look("the list of eSIMs", urgent), read)
        return {order_reference: sims} if sims else {}

    async def _all_of(self, look: Look, reference: str) -> tuple[Sim, ...]:
        found: list[Sim] = []
        for number in range(1, _MOST_PAGES + 1):
            query: dict[str, str | int] = {"reference": reference, "page": number}
            answer = await self._looks.get(look, "/sims", query)
            body = read_json(answer.content)
            found += _page(body)
            if not isinstance(body, dict) or number >= int(str(body.get("pages"))):
                return tuple(found)
        raise LookupFailed(f"{look.subject} has no end after {_MOST_PAGES} pages")

    # Codes

    async def activation_code(self, sim: Sim) -> ActivationCode:
        """The code of this eSIM, asked for now.

        Raises CodeNotGiven, LookupFailed, LookupPostponed.
        """

        async def read(look: Look) -> ActivationCode | CodeNotGiven:
            try:
                answer = await self._looks.get(look, f"/sims/{sim.iccid}/code", {})
            except httpx.HTTPStatusError as failure:
                if (why := why_no_code(failure.response)) is None:
                    raise
                return CodeNotGiven(why)
            return code_in(read_json(answer.content))

        look = Look("the activation code", urgent=False, for_code=True)
        found = await self._looks.carried_out(look, read)
        if isinstance(found, CodeNotGiven):
            raise found
        return found

    # Health

    def checks(self) -> Sequence[Check]:
        """A check whether the kiosk answers, and takes the key."""
        return [
            Check(
                name=NAME,
                title=FORM.title,
                asks="Does the kiosk tell its prices, with this key?",
                means="Nothing can be bought from it.",
                do="Mend what stands in brackets, or KIOSK_KEY, or KIOSK_URL.",
                ask=self._ask,
                on=Occasion.START | Occasion.DOCTOR,
            )
        ]

    async def _ask(self) -> Sequence[Answer]:
        try:
            await self._prices()
        except LookupFailed as failure:
            return [Answer(Mark.WRONG, f"can't be asked ({reason_of(failure)}).")]
        return well("tells its prices.")


def _quote(cents: int, amount: int) -> Quote:
    return Quote(once=Money(cents=cents * amount, currency="EUR"), firm=True)


def _unknown(plan: str, prices: Mapping[str, int], amount: int) -> Unavailable:
    """Why such a plan can't be ordered, with up to five that can."""
    close = get_close_matches(plan, prices, n=5, cutoff=0) or list(prices)[:5]
    nearest = [
        Alternative(options={"plan": each}, quote=_quote(prices[each], amount)) for each in close
    ]
    return Unavailable(field="plan", why=f"there is no plan {plan}", nearest=tuple(nearest))


def _prices_in(body: JsonValue) -> Mapping[str, int]:
    """The prices of an answer. Raises LookupFailed where one can't be read."""
    plans = body.get("plans") if isinstance(body, dict) else None
    if not isinstance(plans, list):
        raise LookupFailed("the list of plans could not be read")
    prices = dict[str, int]()
    for plan in plans:
        cents = plan.get("cents") if isinstance(plan, dict) else None
        if not isinstance(plan, dict) or not isinstance(cents, int):
            raise LookupFailed("a price could not be read")
        prices[clean(plan.get("name"), 40)] = cents
    return prices


def _page(body: JsonValue) -> list[Sim]:
    """The SIM cards of a page. Raises LookupFailed where it does not show all of them."""
    entries = body.get("sims") if isinstance(body, dict) else None
    sims = list(sims_in(body))
    if not isinstance(body, dict) or not isinstance(entries, list) or len(sims) < len(entries):
        raise LookupFailed("the list of eSIMs could not be read")
    if not str(body.get("pages")).isdigit():
        raise LookupFailed("the list of eSIMs does not say how long it is")
    return sims
