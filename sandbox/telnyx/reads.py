"""The calls that buy nothing: SIM cards, groups, balance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.provider import wire
from sandbox.telnyx.errors import error, errors, status_error
from sandbox.telnyx.query import BadQueryError, SimFilter, page_of

if TYPE_CHECKING:
    from sandbox.provider.answer import Json
    from sandbox.provider.codes import Behaviour
    from sandbox.telnyx.faults import Faults
    from sandbox.telnyx.state.books import Books
    from sandbox.telnyx.state.sims import SimCard


class Reads:
    """Answers from the account; a read also lets the SIMs' registration come to its end."""

    def __init__(self, books: Books, faults: Faults) -> None:
        self._account, self._changes = books.account, books.changes
        self._faults = faults

    def routes(self) -> list[web.RouteDef]:
        """Return the routes, below the API's base."""
        return [
            web.get("/sim_cards", self.sim_cards),
            web.get("/sim_cards/{id}", self.sim_card),
            web.get("/sim_cards/{id}/activation_code", self.activation_code),
            web.get("/sim_card_groups", self.sim_card_groups),
            web.get("/balance", self.balance),
        ]

    async def sim_cards(self, request: web.Request) -> web.Response:
        """List the SIM cards that carry all tags asked for, and pass the other filters."""
        failure = await self._faults.next_listing()
        if failure is not None:
            return web.json_response(status_error(failure), status=failure)
        try:
            wanted = SimFilter.of(request.query)
            found = [sim for sim in self._account.sims if wanted.fits(sim)]
            shown = [sim for sim in found if self._is_listed(sim, wanted)]
            items = [self._account.described(s) for s in shown if wanted.has_status(s)]
            payload = self._faults.spoilt(page_of(items, request.query), items)
        except BadQueryError as problem:
            return _unprocessable(problem)
        answer = web.json_response(payload)
        if wanted.tags:
            _count_listing(found)
        self._settle(shown)
        return answer

    async def sim_card(self, request: web.Request) -> web.Response:
        """Return one SIM card, its PIN and PUK only when they are asked for."""
        sim = self._found(request)
        if sim is None:
            return _not_found()
        described = self._account.described(sim)
        if request.query.get("include_pin_puk_codes") == "true":
            described = {**described, "pin_puk_codes": sim.code.pin_puk}
        answer = web.json_response({"data": described})
        self._settle([sim])
        return answer

    async def activation_code(self, request: web.Request) -> web.Response:
        """Return the text of an eSIM's activation code; a physical SIM has none.

        What was asked is noted, also for a SIM that is not there any more.
        """
        sim = self._account.find(request.match_info["id"])
        behaviour = await self._account.codes.ask(sim.fields["iccid"]) if sim else "gone"
        if sim is None or behaviour == "gone":
            return _not_found()
        if behaviour == "down":
            wire.close(request)
            return web.Response()
        refusal = self._no_code(sim)
        self._settle([sim])
        return refusal or web.json_response({"data": _code(sim, behaviour)})

    def _no_code(self, sim: SimCard) -> web.Response | None:
        """Return why a SIM has no code, None where it has one."""
        shown = self._account.described(sim)
        if shown["type"] != "esim":
            return _refused("Only an eSIM has an activation code.")
        if shown["esim_installation_status"] != "released":
            return _refused("The eSIM is already installed: its activation code was used.")
        is_forced = self._account.codes.of(sim.fields["iccid"]) == "not_ready"
        if is_forced or (self._account.codes_wait and shown["status"]["value"] == "registering"):
            return _refused("The SIM card is being registered: it has no activation code yet.")
        return None

    def _found(self, request: web.Request) -> SimCard | None:
        """Return the SIM that is asked for, None for one that is not there or as if it was not."""
        sim = self._account.find(request.match_info["id"])
        return None if sim is None or self._is_gone(sim) else sim

    def _is_gone(self, sim: SimCard) -> bool:
        return self._account.codes.of(sim.fields["iccid"]) == "gone"

    def _is_listed(self, sim: SimCard, wanted: SimFilter) -> bool:
        """Whether a list shows a SIM; one whose code is gone is missing where its ICCID is asked.

        The lists by which orders are found again show it: what was sold stays sold.
        """
        return not sim.hidden_listings and not (wanted.iccid and self._is_gone(sim))

    async def sim_card_groups(self, request: web.Request) -> web.Response:
        """List the groups, or the one of the name asked for."""
        failure = self._faults.next_groups()
        if failure is not None:
            return web.json_response(status_error(failure), status=failure)
        name = request.query.get("filter[name]")
        groups = [group for group in self._account.groups if name in {None, group.name}]
        try:
            described = [self._account.describe_group(group) for group in groups]
            return web.json_response(page_of(described, request.query, {"filter[name]"}))
        except BadQueryError as problem:
            return _unprocessable(problem)

    async def balance(self, _request: web.Request) -> web.Response:
        """Return the funds: money as text, in dollars."""
        funds = f"{self._account.balance_cents / 100:.2f}"
        data = {"record_type": "balance", "balance": funds, "available_credit": funds}
        fixed = {"credit_limit": "0.00", "pending": "0.00", "currency": "USD"}
        return web.json_response({"data": data | fixed})

    def _settle(self, sims: list[SimCard]) -> None:
        """Finish the registration of SIMs that were read, after their answer is written."""
        now = self._account.now()
        for sim in sims:
            sim.settle(now)
        self._changes.announce()


def _count_listing(found: list[SimCard]) -> None:
    """Bring each hidden SIM one listing nearer to being shown."""
    for sim in found:
        sim.hidden_listings = max(0, sim.hidden_listings - 1)


def _code(sim: SimCard, behaviour: Behaviour) -> Json:
    """Return what the call for a code answers."""
    asks = behaviour in {"confirmation", "told_confirmation"}
    told = {"confirmation_code": sim.code.confirmation}
    return {
        "record_type": "sim_card_activation_code",
        "activation_code": sim.code.asking if asks else sim.code.text,
        **(told if behaviour == "told_confirmation" else {}),
    }


def _refused(detail: str) -> web.Response:
    return web.json_response(errors(error("10015", detail=detail)), status=422)


def _not_found() -> web.Response:
    return web.json_response(status_error(404), status=404)


def _unprocessable(problem: BadQueryError) -> web.Response:
    entry = error("10015", detail=problem.detail, parameter=problem.parameter)
    return web.json_response(errors(entry), status=422)
