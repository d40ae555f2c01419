"""Answers that wait for Slack, in Redis."""

from datetime import timedelta

from redis.asyncio import Redis
from structlog.testing import capture_logs

from bot.store.unsent_answers import UnsentAnswer, UnsentAnswerStore
from tests.support.orders import ANA, KEYS, T0


def answer(answer_id: str) -> UnsentAnswer:
    """One for ana, due at once."""
    return UnsentAnswer(id=answer_id, user=ANA, channel="C0OPS", text="Done.", kept_at=T0, due=T0)


async def test_an_answer_that_can_not_be_read(redis: Redis) -> None:
    """It waits for whoever wrote it, and keeps no other answer back."""
    store = UnsentAnswerStore(redis, KEYS)
    for answer_id in ("a", "b"):
        assert await store.keep(answer(answer_id))
    await redis.hset(KEYS.answer_texts, "a", "{}")
    with capture_logs() as lines:
        claimed = await store.claim(T0, T0 + timedelta(seconds=60), 10)
    assert [each.id for each in claimed] == ["b"]
    assert [line["event"] for line in lines] == ["answer_unreadable"]
    assert await store.size() == 2


async def test_an_answer_that_was_delivered(redis: Redis) -> None:
    """Nothing of it is left, and the others stay."""
    store = UnsentAnswerStore(redis, KEYS)
    for answer_id in ("a", "b"):
        assert await store.keep(answer(answer_id))
    await store.drop("a")
    claimed = await store.claim(T0, T0 + timedelta(seconds=60), 10)
    assert [each.id for each in claimed] == ["b"]
    await store.drop("b")
    assert await store.size() == 0
    assert not await redis.exists(KEYS.answers, KEYS.answer_texts)
