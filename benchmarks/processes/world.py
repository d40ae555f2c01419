"""The world around the bot, as a process of its own: people, Slack and the provider.

Takes a JSON object a line on standard input (`do` and the arguments), and answers each with one
line. Times are Unix times in seconds, by the clock that all processes of a machine share.
"""

import asyncio
import json
import logging
import re
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sandbox.demo.stage import environment
from sandbox.page.manifest import read_manifest
from sandbox.slack import Channel, Message, Person, RateLimit, SlackSandbox
from sandbox.slack.workspace.installation import direct_channel
from sandbox.telnyx import TelnyxSandbox

_PLENTY = 10**9
_LINE = 1 << 24
"""Longest line in bytes."""
_PATIENCE = 30.0
"""Seconds that a card or an answer may take."""
_FLOWING = 400.0
"""The same of one among many, which Slack's limits may hold up: 50 edits a minute."""
_APPROVER = "ben"
_ICCID = re.compile(r"\b89\d{16,20}\b")
_OVER = {"purchased", "partly_purchased", "refused", "needs_attention", "in_doubt"}
Card = list[str]
"""Channel and ts of a message."""


@dataclass(frozen=True)
class World:
    """What people do to a bot at `url`, and what came of it."""

    slack: SlackSandbox
    telnyx: TelnyxSandbox
    _seats: list[Person] = field(default_factory=list)

    @classmethod
    async def start(cls) -> "World":
        """Start the workspace and the provider, which has plenty of everything."""
        slack = await SlackSandbox.start(
            scopes=read_manifest().content, rate_limits=RateLimit(tiers=False)
        )
        telnyx = await TelnyxSandbox.start()
        slack.dispatcher.answer_seconds = _PATIENCE  # slowness is measured, not refused
        telnyx.account.balance_cents = telnyx.account.stock = _PLENTY
        return cls(slack, telnyx)

    async def facts(self, folder: str) -> dict[str, Any]:
        """What a bot needs to live here, its data in `folder`."""
        return {
            "settings": environment(self.slack, self.telnyx, Path(folder)),
            "team": self.slack.workspace.installation.team_id,
            "notice": self.slack.workspace.channel("fleet").id,
            "bot": self.slack.bot_user_id,
        }

    async def seat(self, count: int) -> list[list[str]]:
        """So many more people, each with a channel of their own; the ids of both.

        Slack takes a post a second and channel: with one for each order that is in nobody's way.
        """
        return [self._seated() for _ in range(count)]

    def _seated(self) -> list[str]:
        space, number = self.slack.workspace, len(self._seats)
        person = Person(f"U1PERSON{number:05d}", f"person-{number}", f"Person {number}")
        members = {person.id, space.bot.id, space.person(_APPROVER).id}
        channel = Channel(f"C1DESK{number:05d}", f"desk-{number}", members)
        direct = direct_channel(person, space.bot.id)
        space.people[person.id] = person
        space.channels |= {channel.id: channel, direct.id: direct}
        self._seats.append(person)
        return [person.id, channel.id]

    async def place(
        self, url: str, desks: list[list[str]], line: str, at_once: int = 4
    ) -> list[Card]:
        """Let each of them type the line; their cards, once all are up."""

        async def one(desk: list[str]) -> None:
            self.slack.connect(f"{url}/slack/events")
            delivery = await self.slack.person(desk[0]).types(line, channel=desk[1])
            _expect_ok(delivery.status, f"{line} to {url}")

        await _few_at_once(at_once, [partial(one, desk) for desk in desks])
        return await self.cards(desks)

    async def cards(self, desks: list[list[str]]) -> list[Card]:
        """The last card in each of these channels, once all are up."""
        async with asyncio.timeout(_PATIENCE + len(desks) / 5):
            return [await self._card(channel) for _, channel in desks]

    async def _card(self, channel: str) -> Card:
        def up() -> Card:
            for message in reversed(self.slack.messages(channel)):
                return [channel, message.ts] if "Approve" in message.buttons() else []
            return []

        return await self.slack.until(up, _PATIENCE)

    async def approve(self, url: str, card: Card) -> dict[str, float]:
        """Click, and wait for the ICCIDs: when each happened.

        `clicked`, `acknowledged`, `asked` (the provider got the request), `told` (the ICCIDs are
        in the thread).
        """
        message, sold = self._found(card), len(self.telnyx.ledger.requests)
        clicked = time.time()
        acknowledged = clicked + await self._click(url, message)
        told = await self.slack.until(lambda: self._told(message), _PATIENCE)
        if not _ICCID.search(self.slack.thread(message)[0].plain()):
            raise RuntimeError("the first message in the thread has no ICCID")
        asked = self.telnyx.ledger.requests[sold].at
        return {"clicked": clicked, "acknowledged": acknowledged, "asked": asked, "told": told}

    async def flow(self, urls: list[str], cards: list[Card], at_once: int = 16) -> float:
        """Approve all of them, in turn at each bot; seconds until the last one was told.

        Told: the ICCIDs are in the thread, and who asked has a direct message.
        """
        messages = [self._found(card) for card in cards]
        began = time.time()
        clicks = [
            partial(self._click, urls[number % len(urls)], message)
            for number, message in enumerate(messages)
        ]
        await _few_at_once(at_once, clicks)
        async with asyncio.timeout(_PATIENCE + 2 * len(cards)):
            return max([await self._all_told(message) for message in messages]) - began

    async def listed(self, url: str, desk: list[str], line: str) -> float:
        """Let somebody type a line that is only answered; seconds until they see the answer."""
        seen, began = len(self.slack.ephemerals(desk[0])), time.time()
        self.slack.connect(f"{url}/slack/events")
        delivery = await self.slack.person(desk[0]).types(line, channel=desk[1])
        _expect_ok(delivery.status, f"{line} to {url}")
        answers = await self.slack.until(lambda: self.slack.ephemerals(desk[0])[seen:], _PATIENCE)
        return float(answers[0].ts) - began

    async def large(self, url: str, card: Card, amount: int, seconds: float) -> float:
        """Approve an order and wait for its end; seconds. Raises TimeoutError, with how far."""
        message, sold = self._found(card), len(self.telnyx.ledger.sims)
        began = time.time()
        await self._click(url, message)
        try:
            state = await self.slack.until(lambda: _state_of(message) in _OVER, seconds)
        except TimeoutError:
            so_far = len(self.telnyx.ledger.sims) - sold
            raise TimeoutError(f"after {seconds:g} s {so_far} of {amount} were bought") from None
        if not state or len(self.telnyx.ledger.sims) - sold != amount:
            raise RuntimeError(f"the order ended as {_state_of(message)}")
        return time.time() - began

    async def filed(self, card: Card) -> None:
        """Wait until the thread has the files, which are made after all is bought."""
        message = self._found(card)
        await self.slack.until(
            lambda: any(reply.files for reply in self.slack.thread(message)), _FLOWING
        )

    async def calls(self, since: int = 0) -> dict[str, Any]:
        """How many calls of the Web API there were, and of which methods since so many."""
        calls = self.slack.calls
        return {"count": len(calls), "methods": Counter(call.method for call in calls[since:])}

    async def quiet(self, seconds: float) -> None:
        """Wait until Slack was not called for so long."""
        async with asyncio.timeout(_PATIENCE * 4):
            while True:
                count = len(self.slack.calls)
                await asyncio.sleep(seconds)
                if count == len(self.slack.calls):
                    return

    def _found(self, card: Card) -> Message:
        found = self.slack.workspace.find(*card)
        if found is None:
            raise LookupError(f"there is no message {card}")
        return found

    async def _click(self, url: str, message: Message) -> float:
        """Click on Approve; seconds until it was acknowledged."""
        self.slack.connect(f"{url}/slack/events")
        delivery = await self.slack.person(_APPROVER).clicks("Approve", message)
        _expect_ok(delivery.status, f"the click to {url}")
        return delivery.seconds

    def _told(self, card: Message) -> float:
        """When the thread got its first message; 0 before."""
        replies = self.slack.thread(card)
        return float(replies[0].ts) if replies else 0.0

    async def _all_told(self, card: Message) -> float:
        """When the order of this card had all that is waited for: thread and direct message."""
        asker = f"U1PERSON{card.channel.removeprefix('C1DESK')}"

        def told() -> float:
            direct = self.slack.workspace.top_level(f"D{asker[1:]}")
            since = [float(each.ts) for each in direct if each.ts > card.ts]
            return max(since[0], self._told(card)) if since and self._told(card) else 0.0

        return await self.slack.until(told, _FLOWING)


def _state_of(message: Message) -> str:
    return str((message.metadata or {}).get("event_payload", {}).get("state", ""))


def _expect_ok(status: int, what: str) -> None:
    if status not in range(200, 300):
        raise RuntimeError(f"{what} was answered with {status or 'nothing'}")


async def _few_at_once(count: int, works: Iterable[Callable[[], Awaitable[object]]]) -> None:
    places = asyncio.Semaphore(count)

    async def do(work: Callable[[], Awaitable[object]]) -> None:
        async with places:
            await work()

    async with asyncio.TaskGroup() as tasks:
        for work in works:
            tasks.create_task(do(work))


async def _answer(world: World, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Do what is asked; what came of it, or in words why nothing did."""
    doing = {
        each.__name__: each
        for each in (
            world.facts,
            world.seat,
            world.place,
            world.cards,
            world.approve,
            world.flow,
            world.large,
            world.filed,
            world.listed,
            world.calls,
            world.quiet,
        )
    }
    arguments = {name: value for name, value in asked.items() if name != "do"}
    work: Callable[..., Awaitable[Any]] = doing[asked["do"]]
    try:
        return {"answer": await work(**arguments)}
    except Exception as failure:  # noqa: BLE001 - told to whoever asked
        inner = failure.exceptions[0] if isinstance(failure, BaseExceptionGroup) else failure
        first = str(inner).partition("\n")[0]
        return {"error": f"{type(inner).__name__}: {first}"}


async def main() -> None:
    """Serve until standard input ends."""
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # a bot may end in a call
    world, reader = await World.start(), asyncio.StreamReader(_LINE)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    while line := await reader.readline():
        sys.stdout.write(f"{json.dumps(await _answer(world, json.loads(line)))}\n")
        sys.stdout.flush()
    await world.slack.stop()
    await world.telnyx.stop()


if __name__ == "__main__":
    asyncio.run(main())
