"""The calls that buy nothing: SIM cards, groups, balance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.telnyx.errors import error, errors, status_error
from sandbox.telnyx.query import BadQueryError, SimFilter, page_of

if TYPE_CHECKING:
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
            shown = [sim for sim in found if not sim.hidden_listings]
            items = [self._account.as_given(s.fields) for s in shown if wanted.has_status(s)]
            payload = self._faults.spoilt(page_of(items, request.query), items)
        except BadQueryError as problem:
            return _unprocessable(problem)
        answer = web.json_response(payload)
        if wanted.tags:
            _count_listing(found)
        self._settle(shown)
        return answer

    async def sim_card(self, request: web.Request) -> web.Response:
        """Return one SIM card."""
        sim = self._account.find(request.match_info["id"])
        if sim is None:
            return _not_found()
        answer = web.json_response({"data": sim.fields})
        self._settle([sim])
        return answer

    async def activation_code(self, request: web.Request) -> web.Response:
        """Return the text of an eSIM's activation code; a physical SIM has none."""
        sim = self._account.find(request.match_info["id"])
        if sim is None:
            return _not_found()
        if sim.fields["type"] != "esim":
            problem = error("10015", detail="Only an eSIM has an activation code.")
            return web.json_response(errors(problem), status=422)
        data = {"record_type": "sim_card_activation_code", "activation_code": sim.activation_code}
        return web.json_response({"data": data})

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


def _not_found() -> web.Response:
    return web.json_response(status_error(404), status=404)


def _unprocessable(problem: BadQueryError) -> web.Response:
    entry = error("10015", detail=problem.detail, parameter=problem.parameter)
    return web.json_response(errors(entry), status=422)
