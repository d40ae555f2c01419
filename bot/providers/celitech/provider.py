"""The provider Celitech: prices that are asked, purchases that are sent once, what was bought."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

import httpx
from pydantic import SecretStr

from bot.check import Answer, Check, Mark, Occasion, well
from bot.clock import Clock, Fence
from bot.domain.activation.code import ActivationCode
from bot.domain.catalogue.lists import PackageList, PurchasePage
from bot.domain.catalogue.money import Quote
from bot.domain.catalogue.offer import NotOffered, Offer, Unavailable
from bot.domain.purchase.outcome import NotSent, Outcome
from bot.domain.purchase.sim import Sim
from bot.domain.request import PurchaseRequest, Value
from bot.errors import LookupFailed, LookupPostponed
from bot.network.proxies import through
from bot.providers.base import Prepared, PurchaseCall
from bot.providers.capabilities import Catalogue, Changes, Codes, Ledger
from bot.providers.celitech.access import NOT_ACCEPTED, TITLE, Access, Account
from bot.providers.celitech.calls import body_of, is_unauthorised, outcome_of, path_of
from bot.providers.celitech.codes import activation_code
from bot.providers.celitech.form import NAME, form
from bot.providers.celitech.purchases import page_for_people, sims_under
from bot.providers.celitech.sold.destinations import learn_names
from bot.providers.celitech.sold.offers import Offers
from bot.providers.celitech.values import check_email_in
from bot.providers.http import (
    Connections,
    checked_address,
    checked_secret,
)
from bot.providers.limits import CallLimits
from bot.providers.looks import Look, Looks
from bot.providers.seller import HttpSeller

API_URL: Final = "https://api.celitech.net/v1"
AUTH_URL: Final = "https://auth.celitech.net"
USUAL: Final = CallLimits()
"""The limits for Celitech itself."""
KEY_LIFE: Final = 3 * 86_400 - 3_600.0
"""Seconds for which a call may be repeated: Celitech keeps a key for three days, clocks differ."""
_NOBODYS: Final = "esim-doctor0"
"""A reference that nothing was bought under."""
_NO_TOKEN: Final = NotSent(why="no token of Celitech's is good any more; the next try gets one")


class Celitech(HttpSeller, Changes, Catalogue, Ledger, Codes):
    """Sells eSIMs through an account at Celitech.

    Each call carries its reference twice: as what its purchases are found by, and as the key under
    which Celitech takes the same bytes for the same purchase. Raises SettingsError for an id, a
    secret or an address that can't be used.
    """

    name = NAME

    def __init__(  # noqa: PLR0913 - the connection, and who may get codes by mail
        self,
        client_id: str | SecretStr,
        client_secret: str | SecretStr,
        clock: Clock,
        *,
        api_url: str = API_URL,
        auth_url: str = AUTH_URL,
        limits: CallLimits = USUAL,
        emails: Collection[str] = (),
    ) -> None:
        known = SecretStr(checked_secret("Celitech client id", client_id))
        secret = SecretStr(checked_secret("Celitech client secret", client_secret))
        headers = {"User-Agent": "esim-bot"}
        at_auth = Connections(checked_address("Celitech", auth_url, AUTH_URL), headers)
        at_api = Connections(checked_address("Celitech", api_url, API_URL), headers)
        super().__init__(at_api, clock, limits)
        self.form = form(emails)
        self._check_email = check_email_in(emails)
        self._api_url = api_url
        self._access = Access(known, secret, at_auth, clock, limits)
        self._account = Account(self._access, Looks(at_api, clock, limits))
        self._offers = Offers(self._account, clock)

    # Before a call

    def estimate(self, request: PurchaseRequest) -> Quote | None:
        """None: Celitech itself names the price, and what it sells."""
        del request
        return None

    async def offer(self, request: PurchaseRequest) -> Offer:
        """What Celitech sells for it, at its own price; the token for the call is got, too.

        Raises NotOffered, LookupFailed, LookupPostponed.
        """
        if not self._may_mail(request):
            why = "Celitech may not mail codes to this address (any more)"
            raise NotOffered(Unavailable(field="email", why=why))
        return await self._offers.offer(request)

    def _may_mail(self, request: PurchaseRequest) -> bool:
        """Whether its codes are mailed nowhere, or where the settings of today allow it."""
        try:
            self._check_email(str(request.options.get("email", "")))
        except ValueError:
            return "email" not in request.options
        return True

    def prepare(self, call: PurchaseCall, at: datetime) -> Prepared:
        """The bytes of the call, in which `today` has become a date."""
        return Prepared(body_of(call, at), KEY_LIFE, shares_tag=False)

    def checks(self) -> Sequence[Check]:
        """A check whether Celitech gives a token and answers a look with it."""
        return [
            Check(
                name=NAME,
                title=self.form.title,
                asks="Does Celitech give a token, and answer a look for what nobody bought?",
                means="Nothing can be bought there: orders are tried again, those in doubt wait.",
                do="Mend what stands in brackets, or CELITECH_API_URL and CELITECH_AUTH_URL.",
                ask=self._ask,
                on=Occasion.START | Occasion.DOCTOR,
            )
        ]

    async def _ask(self) -> Sequence[Answer]:
        # Once the bot runs, so that neither its start nor a command has to wait for it.
        await asyncio.to_thread(learn_names)
        try:
            await self.find(_NOBODYS, urgent=False)
        except LookupPostponed:
            return well("is asked often enough just now; it was not asked again.")
        except LookupFailed as failure:
            return [_failed(str(failure), self._api_url)]
        return well("the client id and secret work.")

    # A call

    async def purchase(self, call: PurchaseCall, fence: Fence) -> Outcome:
        """Send the call's own bytes once, and only while the fence is open.

        It never asks for a token, and never sends twice; a lost answer is `Unknown`.
        """
        token = self._access.at_hand
        if token is None and fence.remaining > 0:
            return self.log_end(call, _NO_TOKEN, self._clock.now())
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": call.reference}
        if call.body:
            headers["Content-Type"] = "application/json"

        def read(response: httpx.Response) -> Outcome:
            if token and is_unauthorised(response):
                self._access.refused(token)
            return outcome_of(response, self._clock.now(), call)

        content = call.body.encode()
        return await self.send_once(
            call, fence, path_of(call), read, content=content, headers=headers
        )

    # After it

    async def find(
        self, order_reference: str, *, urgent: bool = True
    ) -> Mapping[str, tuple[Sim, ...]]:
        """All SIM cards that Celitech lists under this reference, which is that of one call.

        Their activation codes are not among what is listed. Raises LookupFailed, and
        LookupPostponed for one that can wait.
        """

        async def read(look: Look) -> tuple[Sim, ...]:
            return await sims_under(self._account, look, order_reference)

        sims = await self._account.carried_out(Look(TITLE, urgent), read)
        return {order_reference: sims} if sims else {}

    async def find_change(
        self, request: PurchaseRequest, reference: str, *, urgent: bool = True
    ) -> tuple[Sim, ...]:
        """The SIM card that was changed, once Celitech shows it. Raises as `find` does."""
        return await self._offers.find_change(request, reference, urgent=urgent)

    async def activation_code(self, sim: Sim) -> ActivationCode:
        """The code of this eSIM, asked for now. Raises CodeNotGiven, LookupFailed, LookupPostponed.

        The token is asked for anew where it is not accepted any more.
        """
        return await activation_code(self._account, sim)

    # Questions

    async def packages(self, options: Mapping[str, Value]) -> PackageList:
        """The packages of a destination. Raises NotOffered, LookupFailed, LookupPostponed."""
        return await self._offers.packages(options)

    async def purchases(self, options: Mapping[str, Value], cursor: str = "") -> PurchasePage:
        """A page of what was bought. Raises NotOffered, LookupFailed, LookupPostponed."""

        async def read(look: Look) -> PurchasePage:
            today = self._clock.now().date()
            return await page_for_people(self._account, look, options, cursor, today)

        return await self._account.carried_out(Look(TITLE, urgent=False), read)

    async def close(self) -> None:
        """End a renewal of the token that is under way; no other connection stays open."""
        await self._access.close()


def _failed(why: str, address: str) -> Answer:
    if why.startswith(NOT_ACCEPTED):
        do = "Set CELITECH_CLIENT_ID and CELITECH_CLIENT_SECRET anew: Celitech portal → API keys."
        return Answer(Mark.WRONG, f"{why}.", do)
    return Answer(Mark.WRONG, f"can't be reached or asked{through(address)} ({why}).")
