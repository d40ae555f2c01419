"""A kiosk on this machine, for tests. It imports nothing of the bot, so it can't share mistakes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final, Self

from aiohttp import web

Json = dict[str, Any]
MOST: Final = 5
"""ESIMs that one order may buy."""
PAGE: Final = 3
"""SIM cards on a page of its list."""

_NO_CODE: Final = {"installed": 409, "gone": 410, "registering": 425}
"""States of eSIMs that have no code, and how it says so."""


@dataclass
class KioskServer:
    """What it sells, and what it sold; all of it may be changed at any time."""

    key: str = "kiosk-key-0123456789"
    prices: dict[str, int] = field(default_factory=lambda: {"japan-5": 900, "peru-1": 350})
    """Cents of one eSIM, by plan."""
    stock: int = 1000
    forgets_keys: bool = False
    """Whether it sells again under a key that it has seen, as a kiosk without keys would."""
    received: list[Json] = field(default_factory=list)
    """Each order that it received, also one that came again; its bytes stand under `raw`."""
    sims: list[Json] = field(default_factory=list)
    """All that it sold, in the order in which it did."""
    hidden: int = 0
    """How many of the SIM cards sold last its list leaves out."""
    confirmation: str = ""
    """What phones ask for beside a code; "" for nothing."""
    _answers: dict[str, tuple[bytes, Json]] = field(default_factory=dict)
    _runner: web.AppRunner | None = None
    url: str = ""

    @classmethod
    async def start(cls) -> Self:
        """Serve a new kiosk on any free port of this machine."""
        kiosk = cls()
        app = web.Application(middlewares=[kiosk._guard])
        app.add_routes(
            [
                web.get("/plans", kiosk._plans),
                web.post("/orders", kiosk._order),
                web.get("/sims", kiosk._list),
                web.get("/sims/{iccid}/code", kiosk._code),
            ]
        )
        kiosk._runner = web.AppRunner(app, shutdown_timeout=1)
        await kiosk._runner.setup()
        await web.TCPSite(kiosk._runner, "127.0.0.1", 0).start()
        kiosk.url = "http://{}:{}".format(*kiosk._runner.addresses[0][:2])
        return kiosk

    async def stop(self) -> None:
        """Serve no more."""
        if self._runner is not None:
            await self._runner.cleanup()

    def sell(self, plan: str, count: int, reference: str) -> list[Json]:
        """Sell so many, whoever asked for it."""
        first = len(self.sims)
        sold = [
            {
                "iccid": f"8988300000000{number:06d}",
                "plan": plan,
                "reference": reference,
                "lpa": f"LPA:1$kiosk.example$SECRET{number}",
                "state": "sold",
            }
            for number in range(first, first + count)
        ]
        self.sims += sold
        self.stock -= count
        return sold

    @web.middleware
    async def _guard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {self.key}":
            return _says(401, "this key is not known")
        answer: web.StreamResponse = await handler(request)
        return answer

    async def _plans(self, _request: web.Request) -> web.Response:
        plans = [{"name": name, "cents": cents} for name, cents in self.prices.items()]
        return web.json_response({"plans": plans})

    async def _order(self, request: web.Request) -> web.Response:
        raw, key = await request.read(), request.headers.get("Idempotency-Key", "")
        self.received.append(json.loads(raw) | {"raw": raw.decode()})
        before = self._answers.get(key)
        if before is not None and not self.forgets_keys:
            if before[0] != raw:
                return _says(422, "this key was used for another order")
            return web.json_response(before[1], status=201)
        status, answer = self._sold(json.loads(raw))
        if status == web.HTTPCreated.status_code:
            self._answers[key] = raw, answer
        return web.json_response(answer, status=status)

    def _sold(self, order: Json) -> tuple[int, Json]:
        """Sell what it can of an order; the status and the body of the answer."""
        if order["plan"] not in self.prices:
            return 404, {"error": "there is no such plan"}
        if not 1 <= order["count"] <= MOST:
            return 422, {"error": "count is from 1 to 5"}
        if self.stock < 1:
            return 410, {"error": "sold out"}
        sold = self.sell(order["plan"], min(order["count"], self.stock), order["reference"])
        short = {} if len(sold) == order["count"] else {"error": "sold out"}
        return 201, {"sims": sold, **short}

    async def _list(self, request: web.Request) -> web.Response:
        listed = self.sims[: len(self.sims) - self.hidden]
        mine = [sim for sim in listed if sim["reference"] == request.query["reference"]]
        number = int(request.query["page"])
        pages = max(1, -(-len(mine) // PAGE))
        return web.json_response(
            {"sims": mine[(number - 1) * PAGE : number * PAGE], "pages": pages}
        )

    async def _code(self, request: web.Request) -> web.Response:
        """The code of an eSIM, unless its `state` is one of those that have none."""
        named = (sim for sim in self.sims if sim["iccid"] == request.match_info["iccid"])
        if (sim := next(named, None)) is None:
            return _says(404, "there is no such eSIM")
        if (status := _NO_CODE.get(sim["state"])) is not None:
            return _says(status, f"this eSIM is {sim['state']}")
        asks = {"lpa": f"{sim['lpa']}$$1", "pin": self.confirmation} if self.confirmation else {}
        return web.json_response({"lpa": sim["lpa"], **asks})


def _says(status: int, error: str) -> web.Response:
    return web.json_response({"error": error}, status=status)
