"""Answers that could not be shown: kept until they are delivered as a direct message."""

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
from bot.store.answers import AnswerStore, KeptAnswer

_EVERY = 5.0
"""Seconds between two looks for answers that are due."""
_LEASE = 60.0
"""Seconds that a process has an answer for itself while it tries to deliver it."""
_SLOWEST = 600.0
"""Seconds between two tries at most."""
_AT_ONCE = 20
"""Answers that are tried in one go."""
_LIFE: Final = timedelta(days=7)
"""After so long an answer helps nobody."""
_IN_MEMORY = 200
"""Answers that are kept while Redis is away; their words are in the log."""
_LONGEST = 16_000
"""Letters of blocks that are kept; of a longer answer only the words are."""
_MOST_WORDS = 3_500
"""Letters of an answer's words in the log, and of one that is kept without its blocks."""
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


class KeptAnswers:
    """Keeps them in Redis, or in memory while that is away; delivers them as long as it runs."""

    def __init__(self, store: AnswerStore, client: SlackClient, clock: Clock) -> None:
        self._store = store
        self._client = client
        self._clock = clock
        self._memory: deque[KeptAnswer] = deque(maxlen=_IN_MEMORY)
        self._over: set[str] = set()
        self._log = structlog.get_logger()

    async def keep(self, user: str, channel: str, answer: Answer, reason: str) -> None:
        """Keep it for this person; its words are in the log from now on, whatever comes.

        `channel` is where they asked, "" outside of any. `reason` says why it was not shown.
        """
        kept = self._made(user, channel, answer)
        self._log.warning(
            "answer_kept",
            answer=kept.id,
            user=user,
            channel=channel,
            words=words_of(answer),
            reason=reason,
        )
        await self._into_store(kept)

    async def run(self) -> None:
        """Deliver for ever what is due."""
        while True:
            await self._clock.sleep(_EVERY)
            try:
                await self.deliver_due()
            except Exception:  # noqa: BLE001 - a fault of ours must not end the deliveries
                self._log.exception("answers_left_for_later")

    async def waiting(self) -> int:
        """How many are kept. Raises StoreUnavailable."""
        return len(self._memory) + await self._store.size()

    async def deliver_due(self) -> None:
        """Try everything once that is due now."""
        waiting = [self._memory.popleft() for _ in range(len(self._memory))]
        for kept in waiting:
            await self._into_store(kept)
        for kept in await self._due():
            await self._try(kept)

    async def _try(self, kept: KeptAnswer) -> None:
        """Deliver it; a fault of ours in that keeps no other answer waiting."""
        try:
            await self._deliver(kept)
        except Exception:  # noqa: BLE001 - whatever it is, the next one is tried
            self._log.exception("answer_failed", answer=kept.id)
            await self._again(kept, in_doubt=True)

    async def _due(self) -> list[KeptAnswer]:
        """What a process may try now: from the store, or without one from memory."""
        now = self._clock.now()
        try:
            return await self._store.claim(now, now + timedelta(seconds=_LEASE), _AT_ONCE)
        except StoreUnavailable:
            return [kept for kept in self._memory if kept.due <= now]

    async def _into_store(self, kept: KeptAnswer) -> None:
        try:
            if not await self._store.keep(kept):
                self._log.error("answer_dropped", answer=kept.id, reason="too many are kept")
        except StoreUnavailable:
            self._memory.append(kept)

    async def _deliver(self, kept: KeptAnswer) -> None:
        if kept.id in self._over:
            await self._drop(kept.id)
            return
        if self._clock.now() - kept.kept_at > _LIFE:
            await self._end(kept, "answer_dropped", "it is too old")
            return
        try:
            await self._post(kept)
        except SlackRefused as refusal:
            await self._refused(kept, refusal.error)
        except SlackUnavailable as failure:
            await self._again(kept, failure.retry_after, in_doubt=True)
        else:
            await self._end(kept, "answer_delivered")

    async def _post(self, kept: KeptAnswer) -> None:
        """Post it, unless an earlier post of it turns out to stand."""
        message = _message(kept, await self._client.direct(kept.user))
        told = {"order_id": "", "key": f"answer-{kept.id}"}
        if self._may_stand(kept) and await self._client.find(message, None, told, kept.kept_at):
            return
        metadata = {"event_type": EVENT_TYPE, "event_payload": told}
        await self._client.post(message, None, metadata)

    def _may_stand(self, kept: KeptAnswer) -> bool:
        """Whether a try before this one may have gone through, also one that broke off."""
        return kept.in_doubt or (self._clock.now() - kept.due).total_seconds() >= _LEASE

    async def _refused(self, kept: KeptAnswer, error: str) -> None:
        if error in _NOBODY:
            await self._end(kept, "answer_dropped", error)
        elif error not in MESSAGE:
            await self._again(kept)
        elif kept.blocks:
            words = words_of(Answer(kept.text, kept.blocks))
            await self._again(kept.model_copy(update={"text": words, "blocks": ()}))
        else:
            await self._end(kept, "answer_dropped", error)

    async def _again(
        self, kept: KeptAnswer, retry_after: float = 0, *, in_doubt: bool = False
    ) -> None:
        """Try it later: twice as late each time, or when Slack says."""
        wait = max(retry_after, min(_EVERY * 2**kept.tries, _SLOWEST))
        due = self._clock.now() + timedelta(seconds=wait)
        changes = {"tries": kept.tries + 1, "due": due, "in_doubt": kept.in_doubt or in_doubt}
        self._forget(kept)
        await self._into_store(kept.model_copy(update=changes))

    async def _end(self, kept: KeptAnswer, event: str, reason: str = "") -> None:
        self._log.info(event, answer=kept.id, user=kept.user, reason=reason)
        self._forget(kept)
        self._over.add(kept.id)
        await self._drop(kept.id)

    async def _drop(self, answer_id: str) -> None:
        """Out of the store; while Redis is away, it is remembered not to be posted again."""
        try:
            await self._store.drop(answer_id)
        except StoreUnavailable:
            return
        self._over.discard(answer_id)

    def _forget(self, kept: KeptAnswer) -> None:
        """Out of memory, if that is where it was."""
        left = [each for each in self._memory if each.id != kept.id]
        self._memory = deque(left, maxlen=_IN_MEMORY)

    def _made(self, user: str, channel: str, answer: Answer) -> KeptAnswer:
        """What is kept of it: no response address, and nothing that looks like a secret."""
        now = self._clock.now()
        blocks = _cleaned(answer.blocks)
        small = len(json.dumps(blocks)) <= _LONGEST
        return KeptAnswer(
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


def _message(kept: KeptAnswer, channel: str) -> Message:
    """The direct message: what this is about, then the answer itself."""
    place = f" in <#{kept.channel}>" if kept.channel.startswith(("C", "G")) else ""
    about = f"My answer to what you did{place} {when(kept.kept_at)}; I could not show it then."
    message = Message(channel, f"{about}\n{kept.text}")
    if not kept.blocks:
        return message
    return replace(message, text=kept.text, blocks=(*rendered(context(about)), *kept.blocks))
