"""What one click costs, what Slack is asked for an order, and how many orders flow at a time."""

import asyncio
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from benchmarks.house import NO_SDK, CantMeasure, Desk, House, cpu_seconds, house, served
from benchmarks.table import Figure, Missing, Result

_READS = (".info", ".list", ".history", ".replies", ".members", ".test", ".getPermalink")
"""How the names of methods end that only ask."""
_SETTLED = 2.5
"""Seconds without a call after which an order has nothing more to say: edits are a second apart."""
_MANY = 4
"""Cores from which a second process has one of its own, beside Redis, people and Slack."""
_EVERY = 2.5
"""Seconds from one click to the next: Slack takes 50 edits a minute, two an order."""
_ROUNDS_WITHIN = 150.0
"""Seconds after which no new round begins."""
_TAIL = 1.0
"""Seconds after the last order was told in which CPU is still counted."""
Stamps = Mapping[str, float]
Methods = Mapping[str, int]
"""How many calls there were of each method."""


async def clicks(scale: float) -> dict[str, Result]:
    """The rows from the click on; the bot and the anchor take turns, an order each."""
    times = max(3, int(40 * scale))
    mine, others = list[Stamps](), list[Stamps]()
    async with house() as home:
        bot, (forty, _) = await home.bot(), await home.forty_lines()
        for count in (3, times):
            mine, others = [], []
            pairs = zip(
                await home.cards(bot.url, count), await home.cards(forty, count), strict=True
            )
            for card, other in pairs:
                rest = asyncio.create_task(asyncio.sleep(_EVERY))
                mine.append(await _approved(home, bot.url, card))
                others.append(await _approved(home, forty, other))
                await rest
    return {
        "click-call": _spans(mine, others, "asked"),
        "click-told": _spans(mine, others, "told"),
    }


async def _approved(home: House, url: str, card: Sequence[str]) -> Stamps:
    """Approve it; what follows the ICCIDs disturbs no other order."""
    stamps: Stamps = await home.world.ask("approve", url=url, card=card)
    await home.quiet(0.3)
    return stamps


def _spans(mine: Sequence[Stamps], others: Sequence[Stamps], end: str) -> Figure:
    def p50(stamps: Sequence[Stamps], end: str) -> float:
        return median(each[end] - each["clicked"] for each in stamps) * 1000

    note = f"click → 200: {p50(mine, 'acknowledged'):.1f} ms ({p50(others, 'acknowledged'):.1f})"
    return Figure(p50(mine, end), p50(others, end), note)


async def calls(scale: float) -> dict[str, Result]:
    """The rows of what Slack is asked: the largest number of some orders, one at a time."""
    times = max(1, int(4 * scale))
    async with house() as home:
        bot = await home.bot(ESIM_NOTIFY_CHANNELS=home.facts["notice"])
        mine, *others = [
            await _calls_of(home, url, times + 1)
            for url in (bot.url, *await _forty_lines(home, home.facts["notice"]))
        ]
    worst = max(mine[1:], key=_all)
    told = ", ".join(f"{number} {method}" for method, number in sorted(worst.items()))
    first = f"the first order in a channel: {_all(mine[0])}, {_reads(mine[0])} of them reads"
    return {
        "calls": _largest(_all, [mine, *others], f"{told}; {first}"),
        "calls-reads": _largest(_reads, [mine, *others]),
    }


async def _forty_lines(home: House, notice: str = "") -> Mapping[str, int]:
    """Address and process of the anchor with the same messages; none without its SDK."""
    try:
        return dict([await home.forty_lines(same_messages=True, notice=notice)])
    except CantMeasure:
        return {}


def _largest(
    count: Callable[[Methods], int], sides: Sequence[Sequence[Methods]], note: str = ""
) -> Figure:
    """The largest number of all orders but the first, for each side."""
    mine, *others = [max(map(count, side[1:])) for side in sides]
    return Figure(mine, others[0] if others else None, note)


async def _calls_of(home: House, url: str, orders: int) -> Sequence[Methods]:
    """The calls of so many orders in one channel, one at a time."""
    (desk,) = await home.world.ask("seat", count=1)
    return [await _calls_of_one(home, url, desk) for _ in range(orders)]


async def _calls_of_one(home: House, url: str, desk: Desk) -> Methods:
    """Place an order, let the card stand, approve it: calls by method until all is said."""
    since = (await home.world.ask("calls"))["count"]
    cards = await home.cards_at([desk], url)
    await home.quiet(_SETTLED)
    await home.world.ask("approve", url=url, card=cards[0])
    await home.quiet(_SETTLED)
    methods: Methods = (await home.world.ask("calls", since=since))["methods"]
    return methods


def _all(methods: Methods) -> int:
    return sum(methods.values())


def _reads(methods: Methods) -> int:
    return sum(number for method, number in methods.items() if method.endswith(_READS))


@dataclass
class _Side:
    """Bots that share the orders; what their orders cost so far."""

    urls: Sequence[str]
    pids: Sequence[int]
    orders: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    rates: list[float] = field(default_factory=list)

    async def run(self, home: House, count: int) -> None:
        """Place so many orders, then approve all of them."""
        cards = await home.cards(self.urls[0], count)
        before = self._cpu()
        took = await home.world.ask("flow", urls=list(self.urls), cards=cards)
        await asyncio.sleep(_TAIL)
        self.cpu += self._cpu() - before
        self.seconds, self.orders = self.seconds + took, self.orders + count
        self.rates.append(count / took)

    def _cpu(self) -> float:
        return sum(map(cpu_seconds, self.pids))

    @property
    def rate(self) -> float:
        """Orders a second."""
        return self.orders / self.seconds

    @property
    def cost(self) -> float:
        """CPU of an order in milliseconds."""
        return self.cpu / self.orders * 1000

    @property
    def spread(self) -> str:
        """Slowest and fastest round."""
        return f"{min(self.rates):.0f} to {max(self.rates):.0f} /s"


async def flows(scale: float) -> dict[str, Result]:
    """The rows of orders a second: one process, two of them, and the anchor, in turn."""
    rounds, count = max(1, int(4 * scale)), max(20, int(100 * scale))
    async with house() as home:
        server = served(home.stack, home.folder / "second")
        other = {"redis_url": server.url, "ESIM_NOTIFY_CHANNELS": ""}
        bots = [
            await home.bot(ESIM_NOTIFY_CHANNELS=""),
            await home.bot(**other),
            await home.bot(**other),
        ]
        pids = [bot.process.pid for bot in bots]
        sides = [
            _Side([bots[0].url], pids[:1]),
            _Side([bots[1].url, bots[2].url], pids[1:]),
            *(_Side([url], [pid]) for url, pid in (await _forty_lines(home)).items()),
        ]
        await _turns(home, sides, 1, 10)
        measured = [_Side(side.urls, side.pids) for side in sides]
        before = cpu_seconds(home.world.process.pid)
        await _turns(home, measured, rounds, count)
        orders = sum(side.orders for side in measured)
        around = (cpu_seconds(home.world.process.pid) - before) / orders * 1000
    return _flow_rows(measured, around)


async def _turns(home: House, sides: Sequence[_Side], rounds: int, count: int) -> None:
    began = time.monotonic()
    for _ in range(rounds):
        for side in sides:
            await side.run(home, count)
        if time.monotonic() - began > _ROUNDS_WITHIN:
            return


def _flow_rows(sides: Sequence[_Side], around: float) -> dict[str, Result]:
    one, two, *others = sides
    cpu = f"CPU an order {one.cost:.1f} ms{''.join(f' ({each.cost:.1f})' for each in others)}"
    spread = f"rounds: {len(one.rates)}, {one.spread}"
    note = f"no notice on either side; {spread}; {cpu}; people and Slack {around:.1f} ms"
    rates = [Figure(one.rate, forty.rate, note) for forty in others]
    cores = os.cpu_count() or 1
    few = "" if cores >= _MANY else f"{cores} cores, which Redis, people and Slack need, too"
    return {
        "orders": rates[0] if rates else Missing(f"{NO_SDK}; alone {one.rate:.0f} /s"),
        "orders-two": Figure(two.rate, one.rate, few or two.spread, judged=cores >= _MANY),
        "orders-two-cpu": Figure(two.cost, one.cost, "", judged=cores < _MANY),
    }
