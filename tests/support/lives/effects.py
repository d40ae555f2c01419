"""Every outside effect of a bot, counted; and a process that dies at one of them."""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import Any, TypeVar, cast

import aiohttp
from redis.asyncio import Redis
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.clock import Fence
from bot.domain.activation.code import ActivationCode
from bot.domain.catalogue.offer import Offer
from bot.domain.purchase.outcome import Outcome
from bot.domain.purchase.sim import Sim
from bot.domain.request import PurchaseRequest
from bot.providers.base import Provider, PurchaseCall
from bot.store.connection import connect, lua
from tests.support.harness.providers import Between

Result = TypeVar("Result")
SCRIPTS = ("beat", "commit", "esims", "posted", "queue")
"""The scripts of the store."""
WRITES = {"HSET": "waiting", "HDEL": "waiting", "ZADD": "queue"}
"""Commands that change something, by the method of the store that sends them."""


class Crash(BaseException):
    """The process is dead: nothing in it may catch this or clean up."""


class Fuse:
    """Counts the effects of one process, and burns right before or right after one of them."""

    def __init__(self, at: int = 0, *, after: bool = False) -> None:
        """`at` counts from 1; a fuse at 0 never burns."""
        self.names: list[str] = []
        self.burnt = False
        self._at = at
        self._after = after
        self._changed = asyncio.Event()

    def __str__(self) -> str:
        """Where it burns, for whoever reads a failure."""
        if not self._at:
            return f"no crash; effects: {self.names}"
        when = "after" if self._after else "before"
        return f"crash right {when} effect {self._at}: {self.names[: self._at]}"

    async def carry_out(self, name: str, effect: Callable[[], Awaitable[Result]]) -> Result:
        """Let this effect happen. Raises Crash when the process is dead, or dies of it."""
        self.check()
        here = self._count(name)
        if not self._after:
            self._burn(here=here)
        try:
            return await effect()
        finally:
            self._burn(here=here)
            self.check()

    def happened(self, name: str) -> None:
        """Count an effect that is over: the moments before and after it are one."""
        self.check()
        self._burn(here=self._count(name))

    def check(self) -> None:
        """Raise Crash when the process is dead."""
        if self.burnt:
            raise Crash

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until it is true; raises Crash when the process dies instead."""
        while not condition():
            self.check()
            self._changed.clear()
            await asyncio.wait_for(self._changed.wait(), 10)

    def _count(self, name: str) -> bool:
        self.names.append(name)
        self._changed.set()
        return len(self.names) == self._at

    def _burn(self, *, here: bool) -> None:
        if here:
            self.burnt = True
            self._changed.set()
            raise Crash


class MortalRedis(Redis):
    """The bot's Redis client; what it writes are effects."""

    fuse: Fuse
    _scripts: dict[str, str]

    @classmethod
    def connected(cls, url: str, fuse: Fuse) -> "MortalRedis":
        """Connect as the bot does."""
        usual = connect(url)
        usual.auto_close_connection_pool = False
        client = cast("MortalRedis", cls.from_pool(usual.connection_pool))
        client.fuse = fuse
        client._scripts = _names()
        return client

    async def load_scripts(self) -> None:
        """Let the server know the scripts, so that each of them is one command."""
        for name in SCRIPTS:
            await self.script_load(_text(name))

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        """Send one command."""
        self.fuse.check()
        send: Callable[..., Awaitable[Any]] = super().execute_command
        name = self._name(*args)
        if name is None:
            return await send(*args, **options)
        if name == "claim":
            return self._claimed(await send(*args, **options))
        return await self.fuse.carry_out(name, lambda: send(*args, **options))

    def _claimed(self, answer: list[str]) -> list[str]:
        """A claim that gives something is an effect."""
        self.fuse.check()
        if len(answer) > 2:
            self.fuse.happened("claim")
        return answer

    def _name(self, *args: Any) -> str | None:
        command = str(args[0])
        if command != "EVALSHA":
            return WRITES.get(command)
        name, call = self._scripts[str(args[1])], json.loads(args[3 + int(args[2])])
        return str(call.get("operation") or call.get("ends") or name)


@cache
def _text(script: str) -> str:
    return lua(script)


@cache
def _names() -> dict[str, str]:
    """The name of each script, by what Redis calls it."""
    return {hashlib.sha1(_text(name).encode()).hexdigest(): name for name in SCRIPTS}  # noqa: S324 - Redis names scripts so


class MortalSlack(AsyncWebClient):
    """Slack's client; every call is an effect."""

    fuse: Fuse

    async def api_call(self, api_method: str, **options: Any) -> AsyncSlackResponse:
        """Call one method of the Web API."""
        call = super().api_call
        return await self.fuse.carry_out(api_method, lambda: call(api_method, **options))

    async def _upload_file(self, **options: Any) -> Any:
        upload = super()._upload_file
        return await self.fuse.carry_out("upload", lambda: upload(**options))


def mortal_slack(fuse: Fuse, token: str, session: aiohttp.ClientSession, url: str) -> MortalSlack:
    """Slack's client as the bot makes it, but mortal."""
    slack = MortalSlack(token=token, session=session, base_url=url, retry_handlers=[])
    slack.fuse = fuse
    return slack


class MortalProvider(Between):
    """A provider; every call is an effect."""

    def __init__(self, provider: Provider, fuse: Fuse) -> None:
        super().__init__(provider)
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        """Pass on what only some can do; asking for an activation code is an effect."""
        found = super().__getattr__(name)
        if name != "activation_code":
            return found

        async def activation_code(sim: Sim) -> ActivationCode:
            return await self._fuse.carry_out(name, lambda: found(sim))

        return activation_code

    async def offer(self, request: PurchaseRequest) -> Offer:
        """Ask for the price."""
        offer = super().offer
        return await self._fuse.carry_out("offer", lambda: offer(request))

    async def purchase(self, call: PurchaseCall, fence: Fence) -> Outcome:
        """Send the call once."""
        purchase = super().purchase
        return await self._fuse.carry_out("purchase", lambda: purchase(call, fence))

    async def find(
        self, order_reference: str, *, urgent: bool = True
    ) -> Mapping[str, tuple[Sim, ...]]:
        """List what was bought."""
        find = super().find
        return await self._fuse.carry_out("find", lambda: find(order_reference, urgent=urgent))
