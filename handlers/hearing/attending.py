"""Runs the work that people ask for, and answers every one of them in time."""

import asyncio
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Final, TypeVar

import structlog
from slack_bolt.response import BoltResponse

from bot.clock import Clock
from bot.domain.grammar import InvalidCommand
from bot.errors import NotRecorded
from bot.slack.ephemeral import Answer, mistaken, plain
from bot.slack.words.recording import (
    NEVER_KNOWN,
    NOT_ANSWERED,
    NOT_KNOWN_YET,
    NOT_RECORDED_AFTER_ALL,
    recorded_after_all,
)
from handlers.hearing.arrival import PATIENCE, Arrival
from handlers.hearing.outcomes import (
    NOTHING_DONE,
    Asked,
    Follow,
    Outcome,
    Recorded,
    Unanswered,
    Work,
    answer_of,
    outcome_of,
    spoken,
    unexplained,
)
from handlers.hearing.truth import CarriedOut, Truth
from handlers.interaction import Interaction, Kind, Surface
from handlers.reply import Reply

_LEAST: Final = 0.05
"""Seconds that work gets also when its request came late: most of it needs no longer."""
_LAST: Final = 1.0
"""Seconds for telling people, at the very end, that something is not known."""
_MOMENT: Final = 0.5
"""Seconds for which other work makes way for acknowledgements, however many are waited for."""
_A_WHILE: Final = 2.0
"""Seconds after which somebody who waits for an answer hears that it is still looked for."""
_REMEMBERED: Final = 5000
"""Commands and clicks whose second delivery is known without asking Redis."""
_Result = TypeVar("_Result")


class Hearing:
    """Runs work, so that every command, click and form ends in an answer to the person.

    Where Slack takes an answer in the acknowledgement, it goes there; any other answer follows it.
    """

    def __init__(
        self, reply: Reply, clock: Clock, carried_out: CarriedOut, patience: float = PATIENCE
    ) -> None:
        """`patience` in seconds: after that the person is told that it is not known yet."""
        self._reply = reply
        self._clock = clock
        self._patience = patience
        self._truth = Truth(carried_out, clock)
        self._running: set[asyncio.Task[Any]] = set()
        self._promised: dict[Arrival, tuple[Interaction, Answer]] = {}
        self._heard: dict[str, None] = {}
        self._pauses: set[asyncio.Future[None]] = set()
        self._is_ending = False
        self._open: set[Arrival] = set()
        self._quiet = asyncio.Event()

    def arrival(self) -> Arrival:
        """Note that a request came in just now."""
        return Arrival(self._clock, self._patience)

    def opened(self, arrival: Arrival) -> None:
        """A proven request waits for its acknowledgement: what can wait, waits for it."""
        self._open.add(arrival)
        self._quiet.clear()

    async def quiet(self) -> None:
        """Wait until no request waits for its acknowledgement, for a moment at most."""
        if not self._open:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(_MOMENT):
                await self._quiet.wait()

    async def attend(
        self,
        interaction: Interaction,
        work: Work,
        arrival: Arrival,
        blocks: Mapping[str, str] | None = None,
    ) -> BoltResponse:
        """Do the work; returns the acknowledgement, within the patience.

        `blocks` of a form (field name to block id): its problems are shown under them. What was
        delivered before is not done again, and not answered again.
        """
        if not self._is_new(interaction.trigger):
            return _silence()
        task = self._run(self._outcome(interaction, work))
        try:
            await asyncio.wait([task], timeout=max(arrival.remaining, _LEAST))
        except asyncio.CancelledError:
            self._promise(interaction, arrival)
            self._run(self._keep_promise(interaction, arrival, task))
            raise
        if task.done() and task.result() is not Unanswered.NOT_KNOWN:
            return self._answered(interaction, task.result(), arrival, blocks or {})
        self._promise(interaction, arrival)
        arrival.then = partial(self._keep_promise, interaction, arrival, task)
        return self.response(interaction, plain(NOT_KNOWN_YET), arrival)

    def acknowledged(self, arrival: Arrival, *, lost: bool = False) -> None:
        """The acknowledgement has left, or is lost: say what it did not hold, or came too late for.

        What takes longer than the acknowledgement may goes on from here.
        """
        self._open.discard(arrival)
        if not self._open:
            self._quiet.set()
        late = lost or arrival.is_late
        answer = arrival.answer if late or not arrival.is_told else None
        if answer is not None or arrival.then is not None:
            self._run(self._go_on(arrival, answer))

    def answer_fault(
        self, body: Mapping[str, Any], error: Exception, arrival: Arrival
    ) -> BoltResponse:
        """The response to a failure outside of any work: the person is told where they acted."""
        interaction = Interaction.of(body)
        return self.response(interaction, unexplained(interaction, error), arrival)

    def response(
        self,
        interaction: Interaction,
        answer: Answer,
        arrival: Arrival,
        wrong: InvalidCommand | None = None,
        blocks: Mapping[str, str] | None = None,
    ) -> BoltResponse:
        """The acknowledgement with an answer; where it can't hold one, the answer follows it.

        `wrong`: the mistakes that the answer is about, shown under the `blocks` of a form.
        """
        if interaction.kind is Kind.OPTIONS:
            return BoltResponse(status=200, body={"options": []})
        if interaction.surface is Surface.NONE:
            return _silence()
        told = spoken(interaction.kind, answer, wrong, blocks or {})
        arrival.interaction, arrival.answer = interaction, answer
        arrival.is_told = told is not None
        return told or _silence()

    async def finish(self, grace: float) -> None:
        """Wait up to `grace` seconds for all work; then store the answers that were not sent.

        Whoever was promised an answer that is not there by then is told so.
        """
        self._is_ending = True
        for pause in self._pauses:
            pause.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(grace):
                await self._at_rest()
        promised, self._promised = self._promised, {}
        last = [self._run(self._reply.send(*each)) for each in promised.values()]
        if last:
            await asyncio.wait(last, timeout=_LAST)
        await self._reply.keep_unsent()

    async def _at_rest(self) -> None:
        """Wait until nothing is done for anybody; the end of work may lead to more of it."""
        while self._running or self._open:
            if self._running:
                await asyncio.wait(set(self._running))
            else:
                await self._quiet.wait()

    async def pause(self, seconds: float) -> None:
        """Wait that long, or until the bot is about to stop."""
        if self._is_ending:
            return
        pause = asyncio.ensure_future(self._clock.sleep(seconds))
        self._pauses.add(pause)
        try:
            await asyncio.wait([pause])
        finally:
            self._pauses.discard(pause)
            pause.cancel()

    # What comes of work

    def _is_new(self, trigger: str) -> bool:
        """Whether it is the first delivery; its trigger is remembered."""
        if trigger in self._heard:
            return False
        if trigger:
            if len(self._heard) >= _REMEMBERED:
                self._heard.pop(next(iter(self._heard)))
            self._heard[trigger] = None
        return True

    async def _outcome(self, interaction: Interaction, work: Work) -> Outcome:
        """Do the work. What only said something may be said again when it is delivered again."""
        outcome = await outcome_of(interaction, work)
        if isinstance(outcome, Answer | InvalidCommand):
            self._heard.pop(interaction.trigger, None)
        return outcome

    def _answered(
        self,
        interaction: Interaction,
        outcome: Outcome,
        arrival: Arrival,
        blocks: Mapping[str, str],
    ) -> BoltResponse:
        """The acknowledgement of work that was done in time."""
        if isinstance(outcome, Unanswered):
            return _silence()
        if isinstance(outcome, Recorded) and outcome.afterwards is not None:
            arrival.interaction = interaction
            arrival.then = partial(self._follow, interaction, outcome.afterwards)
        if isinstance(outcome, Asked):
            arrival.interaction = interaction
            arrival.then = partial(self._follow_up, interaction, arrival, outcome)
        answer = answer_of(outcome)
        wrong = outcome if isinstance(outcome, InvalidCommand) else None
        if answer is None:
            return _silence()
        return self.response(interaction, answer, arrival, wrong, blocks)

    # What follows the acknowledgement

    async def _go_on(self, arrival: Arrival, answer: Answer | None) -> None:
        if answer is not None and arrival.interaction is not None:
            await self._reply.send(arrival.interaction, answer)
        if arrival.then is not None:
            await arrival.then()

    async def _follow_up(self, interaction: Interaction, arrival: Arrival, asked: Asked) -> None:
        """Ask the provider, and tell the person; at the end `finish` does."""
        self._promised[arrival] = interaction, asked.stopped or plain(NOT_ANSWERED)
        finding = self._run(self._found(interaction, asked))
        await self._say_meanwhile(interaction, asked, finding)
        answer = await finding
        if self._promised.pop(arrival, None) is not None and answer is not None:
            await self._reply.send(interaction, answer)

    async def _say_meanwhile(
        self, interaction: Interaction, asked: Asked, finding: "asyncio.Task[Answer | None]"
    ) -> None:
        """Say that it takes a while, where it does; never once the answer is there."""
        if asked.meanwhile is None:
            return
        pause = self._run(self.pause(_A_WHILE))
        await asyncio.wait([finding, pause], return_when=asyncio.FIRST_COMPLETED)
        pause.cancel()
        if not finding.done() and not self._is_ending:
            await self._reply.send(interaction, asked.meanwhile)

    async def _found(self, interaction: Interaction, asked: Asked) -> Answer | None:
        try:
            return await asked.find()
        except Exception as failure:  # noqa: BLE001 - whatever it was, an answer was promised
            return unexplained(interaction, failure, NOTHING_DONE)

    async def _follow(self, interaction: Interaction, find: Follow) -> None:
        answer = await find()
        if answer is not None:
            await self._reply.send(interaction, answer)

    def _promise(self, interaction: Interaction, arrival: Arrival) -> None:
        self._promised[arrival] = interaction, plain(NEVER_KNOWN)
        structlog.get_logger().warning(
            "recording_not_known_yet", user=interaction.user, channel=interaction.channel
        )

    async def _keep_promise(
        self, interaction: Interaction, arrival: Arrival, task: "asyncio.Task[Outcome]"
    ) -> None:
        """Tell the person what became of it, as soon as that is known; at the end `finish` does."""
        answer = await self._known(interaction, arrival, await task)
        if self._promised.pop(arrival, None) is not None and answer is not None:
            await self._reply.send(interaction, answer)

    async def _known(
        self, interaction: Interaction, arrival: Arrival, outcome: Outcome
    ) -> Answer | None:
        """The answer to work that was not done in time, or whose outcome is not known."""
        match outcome:
            case Unanswered():
                return await self._truth.about(interaction.trigger, arrival)
            case Recorded(order_id, answer):
                return answer or plain(recorded_after_all(order_id))
            case NotRecorded():
                return plain(NOT_RECORDED_AFTER_ALL)
            case Answer():
                return outcome
            case Asked():
                return await self._found(interaction, outcome)
        return mistaken(outcome)

    def _run(self, work: Coroutine[Any, Any, _Result]) -> "asyncio.Task[_Result]":
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task


def _silence() -> BoltResponse:
    """An acknowledgement that says nothing; it closes a form."""
    return BoltResponse(status=200, body="")
