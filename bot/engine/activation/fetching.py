"""Fetches activation codes, several at a time; nothing keeps them."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final

import structlog

from bot.clock import Clock, Stopwatch
from bot.domain.activation.assignment import Assignment
from bot.domain.activation.code import ActivationCode, CodeNotGiven, WhyNoCode
from bot.domain.activation.hand_out import FoundCode, MissingCode
from bot.domain.purchase.sim import Sim
from bot.engine.activation.plans import Plan
from bot.errors import LookupFailed, LookupPostponed
from bot.providers.base import Providers, fault_of
from bot.providers.capabilities import Codes

AT_ONCE: Final = 5
"""Codes that are asked for at the same time."""
_LONGEST_ONE, LONGEST = 60.0, 1500.0
"""Seconds for one code, and for all of a hand-out: Slack takes answers for thirty minutes."""
_GIVE_UP: Final = 5
"""Codes in a row that a provider could not be asked for: the others are not asked for then."""
_LEAST: Final = 0.1
"""Seconds before a code is asked for again that came too often."""
_KNOWN: Final = frozenset({WhyNoCode.INSTALLED, WhyNoCode.NOT_READY, WhyNoCode.GONE})
"""Reasons that only the provider of an eSIM can give: nobody else is asked then."""


class Fetch:
    """Fetches the codes of one plan, once."""

    def __init__(
        self,
        plan: Plan,
        providers: Providers,
        holders: Mapping[str, Assignment],
        clock: Clock,
        told: Callable[[int], None],
    ) -> None:
        """`told` hears how many were asked for so far."""
        self._plan = plan
        asked = {name: providers[name] for name in plan.sellers}
        self._sellers = {name: each for name, each in asked.items() if isinstance(each, Codes)}
        self._holders = holders
        self._on_phones = _on_phones(plan, providers)
        self._clock = clock
        self._watch = Stopwatch(clock)
        self._told = told
        self._asked = self._failed = 0
        self._places = asyncio.Semaphore(AT_ONCE)

    async def all(self) -> tuple[list[FoundCode], list[MissingCode]]:
        """The codes that could be had, and the eSIMs of which there is none, each in order."""
        pairs = zip(self._plan.numbers, self._plan.sims, strict=True)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._in_turn(number, sim)) for number, sim in pairs]
        answers = [task.result() for task in tasks]
        found = [each for each in answers if isinstance(each, FoundCode)]
        return found, [each for each in answers if isinstance(each, MissingCode)]

    async def _in_turn(self, number: int, sim: Sim) -> FoundCode | MissingCode:
        async with self._places:
            answer = await self._one(number, sim)
        self._asked += 1
        self._told(self._asked)
        return answer

    async def _one(self, number: int, sim: Sim) -> FoundCode | MissingCode:
        name = sim.iccid or sim.provider_id or ""
        if self._failed >= _GIVE_UP or self._watch.passed > LONGEST:
            return MissingCode(number, name, WhyNoCode.PROVIDER_DOWN)
        try:
            code = await self._code(sim)
        except CodeNotGiven as refusal:
            self._failed = 0
            return MissingCode(number, name, refusal.why, refusal.detail)
        except LookupFailed as failure:
            self._failed += 1
            return MissingCode(number, name, WhyNoCode.PROVIDER_DOWN, str(failure))
        self._failed = 0
        holder = self._holders.get(name)
        return FoundCode(number, name, code, holder.holder if holder else None, self._line(name))

    def _line(self, name: str) -> str:
        known = self._holders.get(name)
        return (known.holder.name if known else "") or self._on_phones

    async def _code(self, sim: Sim) -> ActivationCode:
        """From the first provider that knows it. Raises CodeNotGiven, LookupFailed."""
        failed: LookupFailed | CodeNotGiven = CodeNotGiven(WhyNoCode.NOT_KNOWN)
        for name, seller in self._sellers.items():
            try:
                return await self._from(name, seller, sim)
            except LookupFailed as failure:
                failed = failure  # another one may know it
            except CodeNotGiven as refusal:
                if refusal.why in _KNOWN:
                    raise
                if isinstance(failed, CodeNotGiven) and failed.why is WhyNoCode.NOT_KNOWN:
                    failed = refusal
        raise failed

    async def _from(self, name: str, seller: Codes, sim: Sim) -> ActivationCode:
        """Ask one provider; again after a wait where that came too often."""
        while True:
            try:
                async with asyncio.timeout(_LONGEST_ONE):
                    return await seller.activation_code(sim)
            except LookupPostponed as postponed:
                if self._watch.passed + postponed.seconds > LONGEST:
                    raise LookupFailed("asked too often for too long") from None
                await self._clock.sleep(max(postponed.seconds, _LEAST))
            except (CodeNotGiven, LookupFailed):
                raise
            except TimeoutError:
                raise LookupFailed(f"no answer within {_LONGEST_ONE:.0f} seconds") from None
            except Exception as failure:  # noqa: BLE001 - a third party's code; its words may hold a code
                structlog.get_logger().error("code_fault", provider=name, why=fault_of(failure))
                raise LookupFailed(fault_of(failure)) from None


def _on_phones(plan: Plan, providers: Providers) -> str:
    """The name that phones show for the order's eSIMs; "" where nobody chose one."""
    order = plan.order
    return providers[order.provider].form.line_name(order.request.options) if order else ""
