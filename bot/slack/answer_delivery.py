"""Answers that could not be shown: stored until they are delivered as a direct message."""

import json
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import structlog

from bot.clock import Clock
from bot.errors import SlackRefused, SlackUnavailable, StoreUnavailable
from bot.logs import without_secrets
from bot.slack.ephemeral import Answer
from bot.slack.message import EVENT_TYPE, Message, context, rendered
from bot.slack.mrkdwn import when
from bot.slack.web.client import SlackClient
from bot.slack.web.faults import MESSAGE
from bot.store.unsent_answers import UnsentAnswer, UnsentAnswerStore

_EVERY = 5.0
"""Seconds between two rounds of delivery."""
_LEASE = 60.0
"""Seconds for which one process alone may try to deliver an answer."""
_SLOWEST = 600.0
"""Seconds between two tries at most."""
_AT_ONCE = 20
"""Answers that are tried in one round."""
_LIFE: Final = timedelta(days=7)
"""Older answers are dropped."""
_IN_MEMORY = 200
"""Answers that are kept while Redis is away; their words are in the log."""
_LONGEST = 16_000
"""Characters of blocks (as JSON) that are stored; of a longer answer only the text is."""
_MOST_WORDS = 3_500
"""Characters of an answer's text in the log, and of one that is stored without its blocks."""
_NOBODY = frozenset(
    {
        "cannot_dm_bot",
        "user_disabled",
        "user_is_bot",
        "user_not_found",
        "user_not_visible",
        "users_not_found",
    }
)
"""Slack's words for a person who can't be written to, and will not be: nothing else is final."""


class AnswerDelivery:
    """Keeps unsent answers in Redis, or in memory while Redis is away, and delivers them."""

    def __init__(self, store: UnsentAnswerStore, client: SlackClient, clock: Clock) -> None:
        self._store = store
        self._client = client
        self._clock = clock
        self._memory: deque[UnsentAnswer] = deque(maxlen=_IN_MEMORY)
        self._finished: set[str] = set()
        self._log = structlog.get_logger()

    async def keep(self, user: str, channel: str, answer: Answer, reason: str) -> None:
        """Store an answer for this person, and log its text: it is then never lost.

        `channel` is where they asked, "" outside of any. `reason` says why it was not shown.
        """
        unsent = self._unsent_of(user, channel, answer)
        self._log.warning(
            "answer_kept",
            answer=unsent.id,
            user=user,
            channel=channel,
            words=words_of(answer),
            reason=reason,
        )
        await self._store_or_remember(unsent)

    async def run(self) -> None:
        """Deliver what is due, again and again, until cancelled."""
        while True:
            await self._clock.sleep(_EVERY)
            try:
                await self.deliver_due()
            except Exception:  # noqa: BLE001 - a fault of ours must not end the deliveries
                self._log.exception("answer_round_failed")

    async def waiting(self) -> int:
        """How many answers are stored. Raises StoreUnavailable."""
        return len(self._memory) + await self._store.size()

    async def deliver_due(self) -> None:
        """Try once to deliver each answer that is due now."""
        waiting = [self._memory.popleft() for _ in range(len(self._memory))]
        for unsent in waiting:
            await self._store_or_remember(unsent)
        for unsent in await self._due():
            await self._try(unsent)

    async def _try(self, unsent: UnsentAnswer) -> None:
        """Deliver it; a fault of ours in one answer does not stop the others."""
        try:
            await self._deliver(unsent)
        except Exception:  # noqa: BLE001 - whatever it is, the next one is tried
            self._log.exception("answer_failed", answer=unsent.id)
            await self._retry(unsent, in_doubt=True)

    async def _due(self) -> list[UnsentAnswer]:
        """The answers that are due: from Redis, or from memory while Redis is away."""
        now = self._clock.now()
        try:
            return await self._store.claim(now, now + timedelta(seconds=_LEASE), _AT_ONCE)
        except StoreUnavailable:
            return [unsent for unsent in self._memory if unsent.due <= now]

    async def _store_or_remember(self, unsent: UnsentAnswer) -> None:
        try:
            if not await self._store.keep(unsent):
                self._log.error("answer_dropped", answer=unsent.id, reason="too many are unsent")
        except StoreUnavailable:
            self._memory.append(unsent)

    async def _deliver(self, unsent: UnsentAnswer) -> None:
        if unsent.id in self._finished:
            await self._drop(unsent.id)
            return
        if self._clock.now() - unsent.kept_at > _LIFE:
            await self._finish(unsent, "answer_dropped", "it is too old")
            return
        try:
            await self._post(unsent)
        except SlackRefused as refusal:
            await self._refused(unsent, refusal.error)
        except SlackUnavailable as failure:
            await self._retry(unsent, failure.retry_after, in_doubt=True)
        else:
            await self._finish(unsent, "answer_delivered")

    async def _post(self, unsent: UnsentAnswer) -> None:
        """Post it, unless an earlier post of it is found on Slack."""
        message = _message(unsent, await self._client.direct(unsent.user))
        told = {"order_id": "", "key": f"answer-{unsent.id}"}
        if self._may_stand(unsent) and await self._client.find(message, None, told, unsent.kept_at):
            return
        metadata = {"event_type": EVENT_TYPE, "event_payload": told}
        await self._client.post(message, None, metadata)

    def _may_stand(self, unsent: UnsentAnswer) -> bool:
        """Whether an earlier try may have posted it, also one that was interrupted."""
        return unsent.in_doubt or (self._clock.now() - unsent.due).total_seconds() >= _LEASE

    async def _refused(self, unsent: UnsentAnswer, error: str) -> None:
        if error in _NOBODY:
            await self._finish(unsent, "answer_dropped", error)
        elif error not in MESSAGE:
            await self._retry(unsent)
        elif unsent.blocks:
            words = words_of(Answer(unsent.text, unsent.blocks))
            await self._retry(unsent.model_copy(update={"text": words, "blocks": ()}))
        else:
            await self._finish(unsent, "answer_dropped", error)

    async def _retry(
        self, unsent: UnsentAnswer, retry_after: float = 0, *, in_doubt: bool = False
    ) -> None:
        """Try it later: the wait doubles each time, unless Slack names one."""
        wait = max(retry_after, min(_EVERY * 2**unsent.tries, _SLOWEST))
        due = self._clock.now() + timedelta(seconds=wait)
        changes = {"tries": unsent.tries + 1, "due": due, "in_doubt": unsent.in_doubt or in_doubt}
        self._forget(unsent)
        await self._store_or_remember(unsent.model_copy(update=changes))

    async def _finish(self, unsent: UnsentAnswer, event: str, reason: str = "") -> None:
        self._log.info(event, answer=unsent.id, user=unsent.user, reason=reason)
        self._forget(unsent)
        self._finished.add(unsent.id)
        await self._drop(unsent.id)

    async def _drop(self, answer_id: str) -> None:
        """Delete it from Redis; while Redis is away, remember not to post it again."""
        try:
            await self._store.drop(answer_id)
        except StoreUnavailable:
            return
        self._finished.discard(answer_id)

    def _forget(self, unsent: UnsentAnswer) -> None:
        """Delete it from memory, if it is there."""
        left = [each for each in self._memory if each.id != unsent.id]
        self._memory = deque(left, maxlen=_IN_MEMORY)

    def _unsent_of(self, user: str, channel: str, answer: Answer) -> UnsentAnswer:
        """What is kept of it: no response address, and nothing that looks like a secret."""
        now = self._clock.now()
        blocks = _cleaned(answer.blocks)
        small = len(json.dumps(blocks)) <= _LONGEST
        return UnsentAnswer(
            id=uuid4().hex[:12],
            user=user,
            channel=channel,
            text=without_secrets.clean(answer.text if small else words_of(answer)),
            blocks=tuple(blocks) if small else (),
            kept_at=now,
            due=now + timedelta(seconds=_EVERY),
        )


def words_of(answer: Answer) -> str:
    """Everything that the answer says, as one text."""
    said = " ".join(" ".join(_texts(list(answer.blocks))).split())
    return (said or answer.text)[:_MOST_WORDS]


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, Mapping):
        if isinstance(part.get("text"), str):
            yield part["text"]
        for inner in part.values():
            yield from _texts(inner)
    elif isinstance(part, list | tuple):
        for inner in part:
            yield from _texts(inner)


def _cleaned(part: Any) -> Any:
    """The same with every text cleaned of secrets."""
    if isinstance(part, Mapping):
        return {name: _cleaned(inner) for name, inner in part.items()}
    if isinstance(part, list | tuple):
        return [_cleaned(inner) for inner in part]
    return without_secrets.clean(part) if isinstance(part, str) else part


def _message(unsent: UnsentAnswer, channel: str) -> Message:
    """The direct message: what this is about, then the answer itself."""
    place = f" in <#{unsent.channel}>" if unsent.channel.startswith(("C", "G")) else ""
    about = f"My answer to what you did{place} {when(unsent.kept_at)}; I could not show it then."
    message = Message(channel, f"{about}\n{unsent.text}")
    if not unsent.blocks:
        return message
    return replace(message, text=unsent.text, blocks=(*rendered(context(about)), *unsent.blocks))
