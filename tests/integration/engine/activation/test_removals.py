"""Taking codes away: on Done, in time, after an interruption; also where Slack does not let us."""

import asyncio

import pytest

from bot.domain.activation.errors import NotGiven, NotYourCodes, StillGiven
from bot.domain.activation.hand_out import Piece
from bot.domain.policy import Member
from bot.domain.thing import Thing, ThingKind
from bot.engine.activation import Removals
from bot.engine.activation.removals import AT_ONCE
from bot.errors import Conflict, MessageFault, SlackUnavailable, StoreUnavailable
from bot.store.activation import GIVING
from bot.store.queues import Queue
from tests.integration.engine.activation.conftest import KIM, SHOWN_FOR, Desk
from tests.support.orders import ANA, BEN, KEYS

WEEK = 7 * 86_400.0


async def done(desk: Desk, ts: str, by: str = ANA) -> None:
    """A click on Done of this message."""
    await desk.removals.done("h1", f"D-{by}", ts, Member(by))


async def test_done_deletes_that_message_and_no_other(desk: Desk) -> None:
    """The last one leaves no record."""
    await desk.give()
    await done(desk, "2.0")
    assert list(desk.giver.standing) == ["1.0", "3.0"]
    stored = await desk.store.load("h1")
    assert stored is not None
    assert [piece.ts for piece in stored.hand_out.pieces] == ["1.0", "3.0"]
    await done(desk, "1.0")
    await done(desk, "3.0")
    assert (desk.shown, await desk.store.load("h1")) == ([], None)


@pytest.mark.parametrize("by", [ANA, BEN])
async def test_only_its_recipient_says_done(desk: Desk, by: str) -> None:
    """Not even whoever had it given takes a code away from somebody."""
    await desk.give(to=KIM)
    with pytest.raises(NotYourCodes):
        await done(desk, "1.0", by)
    assert len(desk.shown) == 3


async def test_done_again_is_no_mistake(desk: Desk) -> None:
    """Neither of the same message nor after all is gone."""
    await desk.give()
    await done(desk, "1.0")
    await done(desk, "1.0")
    for ts in ("2.0", "3.0", "2.0"):
        await done(desk, ts)
    assert desk.shown == []


async def test_done_of_what_nobody_knows_any_more(desk: Desk) -> None:
    """Redis may have forgotten it: the message goes all the same."""
    await desk.give()
    await desk.redis.delete(KEYS.hand_out("h1"))
    await done(desk, "1.0")
    assert list(desk.giver.standing) == ["2.0", "3.0"]


async def test_done_while_it_is_given(desk: Desk) -> None:
    """The message goes; whoever gives is not disturbed, and forgets nothing."""

    async def click() -> None:
        if len(desk.giver.standing) == 2:
            await done(desk, "1.0")

    desk.giver.between = click
    assert (await desk.give()).found == 3
    assert len(desk.shown) == 2
    await desk.clock.advance(SHOWN_FOR)
    await desk.work()
    assert desk.shown == []


async def test_done_before_the_picture_is_there(desk: Desk) -> None:
    """The message keeps its button until the picture can go with it, and the person is told."""
    refused: list[BaseException] = []

    async def click() -> None:
        try:
            await done(desk, f"{len(desk.giver.standing)}.0")
        except StillGiven as failure:
            refused.append(failure)

    desk.giver.between = click
    assert (await desk.give()).found == 3
    assert (len(refused), len(desk.shown)) == (3, 3)


async def test_done_that_slack_refuses_is_told_and_tried_in_time(desk: Desk) -> None:
    """The message is still known."""
    await desk.give()
    desk.giver.failures["remove"] = [SlackUnavailable()]
    with pytest.raises(SlackUnavailable):
        await done(desk, "1.0")
    await desk.clock.advance(SHOWN_FOR)
    await desk.work()
    assert desk.shown == []


async def test_two_dones_at_the_same_moment(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both messages go; what one of them could not write down goes in time."""
    await desk.give()
    before = await desk.store.load("h1")
    await done(desk, "1.0")

    async def as_before(_: str) -> object:
        return before

    with monkeypatch.context() as patch:
        patch.setattr(desk.store, "load", as_before)
        await done(desk, "2.0")
    assert list(desk.giver.standing) == ["3.0"]
    await desk.clock.advance(SHOWN_FOR)
    await desk.work()
    assert (desk.shown, await desk.store.load("h1")) == ([], None)


@pytest.mark.parametrize("failure", [SlackUnavailable(), MessageFault("cant_delete_message")])
async def test_a_deletion_is_tried_again(desk: Desk, failure: SlackUnavailable) -> None:
    """A minute later, until it works."""
    await desk.give()
    desk.giver.failures["remove"] = [failure] * 6
    await desk.clock.advance(SHOWN_FOR)
    await desk.work()
    assert len(desk.shown) == 3
    for _ in range(2):
        await desk.clock.advance(60)
        await desk.work()
    assert (desk.shown, await desk.store.load("h1")) == ([], None)


async def test_one_that_can_not_be_deleted_holds_up_no_other(desk: Desk) -> None:
    """The codes behind it go at their time, and it is tried again itself."""
    await desk.give()
    desk.giver.failures["remove"] = [MessageFault("cant_delete_message")]
    await desk.clock.advance(SHOWN_FOR)
    await desk.work()
    assert list(desk.giver.standing) == ["1.0"]
    await desk.clock.advance(60)
    await desk.work()
    assert (desk.shown, await desk.store.load("h1")) == ([], None)


async def test_what_is_recorded_goes_even_where_nothing_can_be_searched(desk: Desk) -> None:
    """After an interruption the history can't be read: what is known is deleted all the same."""
    await _interrupted(desk)
    assert len(desk.shown) == 1
    desk.giver.failures["find"] = [SlackUnavailable(error="missing_scope")]
    await desk.work()
    assert desk.shown == []
    assert await desk.store.load("h1") is not None


async def test_what_is_told_about_the_time_holds(desk: Desk) -> None:
    """Another process ends it, whatever is set there: the messages go when they said they would."""
    await desk.give()
    agenda = Queue.agenda(desk.redis, KEYS)
    desk.removals = Removals(desk.store, desk.giver, agenda, desk.clock)
    await desk.clock.advance(SHOWN_FOR)
    await desk.work()
    assert (desk.shown, await desk.store.load("h1")) == ([], None)


async def test_deletions_that_wait_for_slack_leave_room_for_orders(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many come due while Slack asks to go slower: a few wait in the agenda's places, and no more.

    The others come due again soon, and go as soon as it works.
    """
    for number in range(8):
        await desk.give(f"h{number}")
    slower, waiting, most = asyncio.Event(), 0, 0
    remove = desk.giver.remove

    async def removing(channel: str, piece: Piece) -> None:
        nonlocal waiting, most
        waiting += 1
        most = max(most, waiting)
        await slower.wait()
        waiting -= 1
        await remove(channel, piece)

    monkeypatch.setattr(desk.giver, "remove", removing)
    await desk.clock.advance(SHOWN_FOR)
    steps = [asyncio.ensure_future(desk.removals.step(f"h{number}")) for number in range(8)]
    ended = asyncio.as_completed(steps)
    for _ in range(8 - AT_ONCE):
        await next(ended)
    assert (len(await due_later(desk)), most) == (8 - AT_ONCE, AT_ONCE)
    slower.set()
    await asyncio.gather(*steps)
    for _ in range(2):
        await desk.clock.advance(5)
        await desk.work()
    assert (desk.shown, await due_later(desk)) == ([], [])


async def due_later(desk: Desk) -> list[object]:
    """The hand-outs that nobody works on, and that come due within seconds."""
    now = desk.clock.now().timestamp() * 1000
    found = await desk.redis.zrangebyscore(KEYS.agenda, now + 1, now + 5000)
    return [each for each in found if str(each).startswith("hand_out")]


async def test_a_deletion_that_never_works_is_given_up(desk: Desk) -> None:
    """After a week the log has said it often enough."""
    await desk.give()
    desk.giver.failures["remove"] = [MessageFault("cant_delete_message")] * 6
    await desk.clock.advance(SHOWN_FOR)
    await desk.work()
    assert await desk.store.load("h1") is not None
    await desk.clock.advance(WEEK + 1)
    await desk.work()
    assert await desk.store.load("h1") is None


async def test_one_that_is_gone_leaves_the_agenda(desk: Desk) -> None:
    """A thing without a record is taken out, and does not come due for ever."""
    thing = Thing(ThingKind.HAND_OUT, "gone")
    await Queue.agenda(desk.redis, KEYS).put(thing, desk.clock.now(), 0)
    await desk.work()
    assert await desk.redis.zscore(KEYS.agenda, str(thing)) is None


async def test_one_that_comes_due_too_soon_is_put_to_its_time(desk: Desk) -> None:
    """A time that was lost is found by what is recorded."""
    await desk.give()
    thing, stored = Thing(ThingKind.HAND_OUT, "h1"), await desk.store.load("h1")
    assert stored is not None
    await Queue.agenda(desk.redis, KEYS).put(thing, desk.clock.now(), stored.version)
    await desk.work()
    assert len(desk.shown) == 3
    due = await desk.redis.zscore(KEYS.agenda, str(thing))
    assert due == (desk.clock.now().timestamp() + SHOWN_FOR) * 1000


async def _interrupted(desk: Desk) -> None:
    """A giving process that ends after the first message."""

    def stop() -> None:
        giving.cancel()

    desk.giver.between = stop
    giving = asyncio.ensure_future(desk.give())
    with pytest.raises(asyncio.CancelledError):
        await giving
    await desk.clock.advance(GIVING)


@pytest.mark.parametrize("method", ["find", "remove", "tell_interrupted"])
async def test_slack_is_away_after_an_interruption(desk: Desk, method: str) -> None:
    """It is tried again a minute later: nothing stays, and whoever waits is told once."""
    await _interrupted(desk)
    desk.giver.failures[method] = [SlackUnavailable()]
    await desk.work()
    assert await desk.store.load("h1") is not None
    await desk.clock.advance(60)
    await desk.work()
    assert desk.shown == []
    assert len(desk.giver.interrupted) == 1
    assert await desk.store.load("h1") is None


async def test_whoever_can_not_be_told_any_more(desk: Desk) -> None:
    """Somebody whose account is gone is not written to for ever."""
    await _interrupted(desk)
    desk.giver.failures["tell_interrupted"] = [MessageFault("user_disabled")]
    await desk.work()
    assert (desk.shown, await desk.store.load("h1")) == ([], None)


async def test_whoever_slack_never_lets_be_told(desk: Desk) -> None:
    """A word of Slack's that nobody foresaw is tried again for a week, and not for ever."""
    await _interrupted(desk)
    desk.giver.failures["tell_interrupted"] = [SlackUnavailable(error="messaging_disabled")] * 2
    await desk.work()
    assert await desk.store.load("h1") is not None
    await desk.clock.advance(SHOWN_FOR + WEEK + 1)
    await desk.work()
    assert (desk.shown, await desk.store.load("h1")) == ([], None)


async def test_what_another_process_takes_first(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only one of them deletes and tells."""
    await _interrupted(desk)
    stored = await desk.store.load("h1")
    assert stored is not None
    await desk.store.save(stored, stored.hand_out, "")

    async def as_before(_: str) -> object:
        return stored

    monkeypatch.setattr(desk.store, "load", as_before)
    with pytest.raises(Conflict):
        await desk.removals.step("h1")
    assert desk.giver.interrupted == []


async def test_what_can_not_be_recorded_does_not_stay(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redis goes away while it is given: the message is taken back at once."""

    async def away(*_: object, **__: object) -> None:
        raise StoreUnavailable

    desk.giver.between = lambda: monkeypatch.setattr(desk.store, "save", away)
    with pytest.raises(StoreUnavailable):
        await desk.give()
    assert desk.shown == []


async def test_what_was_taken_meanwhile_is_not_gone_on_with(desk: Desk) -> None:
    """Half a lease without a word: before more is shown, it is made sure that it is still ours."""

    async def take() -> None:
        stored = await desk.store.load("h1")
        assert stored is not None
        if stored.version == 1:
            await desk.store.save(stored, stored.hand_out, "")
        await desk.clock.advance(GIVING / 2 + 1)

    desk.seller.meanwhile = take
    with pytest.raises(NotGiven) as failed:
        await desk.give()
    assert failed.value.why == "interrupted"
    assert desk.shown == []


async def test_pieces_are_told_apart_by_their_message(desk: Desk) -> None:
    """A piece that gets a file is the same one; files without a message are each their own."""
    await desk.give()
    stored = await desk.store.load("h1")
    assert stored is not None
    assert stored.hand_out.pieces == tuple(Piece(ts=f"{n}.0", file=f"F{n}.0") for n in (1, 2, 3))
