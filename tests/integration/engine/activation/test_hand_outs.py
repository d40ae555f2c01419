"""Giving activation codes: the crash and the fault first, then the happy case."""

import asyncio
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from bot.domain.activation.assignment import Holder
from bot.domain.activation.code import CodeNotGiven, WhyNoCode
from bot.domain.activation.errors import (
    AlreadyGiven,
    ConfirmationExpired,
    ConfirmationOutdated,
    NoEsims,
    NotGiven,
    UnknownIccid,
)
from bot.domain.activation.hand_out import (
    ASKED_ANEW,
    Columns,
    FoundCode,
    HandOutForm,
    Wish,
)
from bot.domain.activation.recipient import NoRecipient, NotARecipient
from bot.domain.events import OrderState
from bot.domain.policy import Member, Policy
from bot.errors import (
    LookupFailed,
    LookupPostponed,
    MessageFault,
    NotAllowed,
    NotPossibleThere,
    SlackUnavailable,
    StoreUnavailable,
    UnknownOrder,
)
from bot.store.activation import GIVING
from tests.integration.engine.activation.conftest import KIM, SHOWN_FOR, Desk, a_desk, code_of
from tests.support.clock import ManualClock
from tests.support.harness.corner_shop import CornerShop
from tests.support.orders import ANA, BEN, KEYS, an_order, some_sims

ICCIDS = [sim.iccid or "" for sim in some_sims(3)]


async def everything_in(redis: Redis) -> str:
    """All that Redis holds, as text."""
    dumped = [f"{key!r} {await redis.dump(key)!r}" for key in await redis.keys("*")]
    return "\n".join(dumped)


# The reveal comes first


async def test_the_reveal_is_in_the_audit_before_anything_is_fetched(desk: Desk) -> None:
    """Whenever a code is asked for, the audit has who, of what and to whom."""
    seen: list[int] = []

    async def look() -> None:
        seen.append(sum((await desk.events()).values()))

    desk.seller.meanwhile = look
    await desk.give()
    assert seen == [1, 1, 1]


async def test_what_was_given_has_its_own_time(desk: Desk) -> None:
    """Fetching may take half an hour: the audit says when the codes stood."""
    began = desk.clock.now()

    async def take() -> None:
        await desk.clock.advance(60)

    desk.seller.meanwhile = take
    await desk.give()
    revealed, given = await desk.store.entries_of(desk.order.id)
    assert (revealed.at, given.at) == (began, desk.clock.now())


async def test_without_the_reveal_nothing_is_fetched(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redis is away at that moment: nobody gets anything, and nothing was asked for."""

    async def away(*_: object) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(desk.store, "reveal", away)
    with pytest.raises(StoreUnavailable):
        await desk.give()
    assert (desk.seller.asked, desk.shown) == ([], [])


async def test_whom_slack_lets_nobody_write_to_costs_no_reveal(desk: Desk) -> None:
    """The conversation is opened first: what can't arrive is not revealed."""
    desk.giver.failures["open"] = [MessageFault("cannot_dm_bot")]
    with pytest.raises(NotGiven) as failed:
        await desk.give()
    assert failed.value.why == "cannot_dm_bot"
    assert (await desk.events(), desk.seller.asked) == ({}, [])


# Once


async def test_a_second_click_gives_nothing(desk: Desk) -> None:
    """Nothing is fetched for it, and the audit has one reveal."""
    await desk.give()
    asked = len(desk.seller.asked)
    with pytest.raises(AlreadyGiven):
        await desk.give()
    assert len(desk.seller.asked) == asked
    assert (await desk.events())["codes_revealed"] == 1


async def test_two_clicks_at_the_same_moment_in_two_processes(
    desk: Desk, redis: Redis, clock: ManualClock, policy: Policy
) -> None:
    """One of them gives, the other one says so."""
    other = await a_desk(redis, clock, policy, desk.order)
    answers = await asyncio.gather(desk.give(), other.give(), return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["AlreadyGiven", "Report"]
    assert len(desk.shown) + len(other.shown) == 3


@pytest.mark.parametrize("age", [ASKED_ANEW + timedelta(seconds=1), timedelta(minutes=-2)])
async def test_an_old_confirmation_gives_nothing(desk: Desk, age: timedelta) -> None:
    """Nor one from the future: what it showed may not hold any more."""
    wish = Wish(subject=desk.order.id, to=ANA)
    with pytest.raises(ConfirmationExpired):
        await desk.hand_outs.give("h1", wish, desk.clock.now() - age, Member(ANA))
    assert (await desk.events(), desk.seller.asked) == ({}, [])


async def test_what_was_not_confirmed_is_not_given(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look found one more eSIM of the order since: the confirmation did not show it."""
    shown = (await desk.hand_outs.plan(Wish(subject=desk.order.id, to=ANA), Member(ANA))).digest

    async def with_one_more(_: str) -> object:
        return an_order(4, state=OrderState.PURCHASED)

    monkeypatch.setattr(desk.orders, "load", with_one_more)
    with pytest.raises(ConfirmationOutdated):
        await desk.give(confirmed=shown)
    assert (await desk.events(), desk.seller.asked, desk.shown) == ({}, [], [])


async def test_what_was_confirmed_is_given(desk: Desk) -> None:
    """Nothing has changed, so the same confirmation holds."""
    shown = (await desk.hand_outs.plan(Wish(subject=desk.order.id, to=ANA), Member(ANA))).digest
    assert (await desk.give(confirmed=shown)).found == 3


# Who may, asked again at the click


@pytest.mark.parametrize(("by", "to"), [(ANA, ANA), (BEN, BEN), (ANA, KIM), (BEN, KIM)])
async def test_requester_and_approvers_may(desk: Desk, by: str, to: str) -> None:
    """For themselves and for others of the workspace."""
    report = await desk.give(by=by, to=to)
    assert report.found == 3
    assert {channel for channel, _ in desk.giver.standing.values()} == {f"D-{to}"}


@pytest.mark.parametrize("to", [KIM, ANA])
async def test_others_may_not(desk: Desk, to: str) -> None:
    """Neither for themselves nor for the requester; Slack and the provider are not asked."""
    with pytest.raises(NotAllowed):
        await desk.give(by=KIM, to=to)
    assert (await desk.events(), desk.seller.asked, desk.people.asked) == ({}, [], [])


@pytest.mark.parametrize("problem", NoRecipient)
async def test_a_recipient_who_became_a_stranger(desk: Desk, problem: NoRecipient) -> None:
    """Slack is asked anew at the click, not only for the confirmation."""
    wish = Wish(subject=desk.order.id, to=KIM)
    await desk.hand_outs.plan(wish, Member(ANA))
    desk.people.problems[KIM] = problem
    with pytest.raises(NotARecipient):
        await desk.give(to=KIM)
    assert (await desk.events(), desk.seller.asked) == ({}, [])


async def test_a_recipient_who_left_while_codes_were_fetched(desk: Desk) -> None:
    """Fetching may take half an hour: who gets them is asked again before they are shown."""

    async def leave() -> None:
        await desk.clock.advance(60)
        desk.people.problems[KIM] = NoRecipient.DEACTIVATED

    desk.seller.meanwhile = leave
    with pytest.raises(NotARecipient):
        await desk.give(to=KIM)
    assert (desk.shown, await desk.store.load("h1")) == ([], None)
    assert await desk.events() == {"codes_revealed": 1}


async def test_when_slack_does_not_say_who_it_is_nobody_gets_anything(desk: Desk) -> None:
    """What can't be known is not taken for harmless."""
    desk.people.failure = SlackUnavailable()
    with pytest.raises(SlackUnavailable):
        await desk.give()
    assert (await desk.events(), desk.seller.asked) == ({}, [])


# What a wish is about


async def test_one_esim_by_its_iccid_in_groups(desk: Desk) -> None:
    """As somebody types it: that one alone is fetched."""
    typed = f"{ICCIDS[1][:4]} {ICCIDS[1][4:]}F"
    report = await desk.give(subject=typed)
    assert (report.plan.names, report.plan.numbers) == ((ICCIDS[1],), (2,))
    assert desk.shown == [code_of(ICCIDS[1]).text]


@pytest.mark.parametrize("subject", ["ABCDEFGH", "00000000"])
async def test_an_order_that_is_not_there(desk: Desk, subject: str) -> None:
    """It is named as unknown."""
    with pytest.raises(UnknownOrder):
        await desk.give(subject=subject)


async def test_an_order_that_bought_nothing_yet(
    redis: Redis, clock: ManualClock, policy: Policy
) -> None:
    """There is nothing to give."""
    desk = await a_desk(redis, clock, policy, an_order())
    with pytest.raises(NoEsims):
        await desk.give()


async def test_an_esim_that_its_order_does_not_count(
    redis: Redis, clock: ManualClock, policy: Policy
) -> None:
    """The index knows of it, the order has it no more: it is not guessed whose it is."""
    desk = await a_desk(redis, clock, policy, an_order(state=OrderState.PURCHASED))
    iccid = "8988280666000000001"
    await redis.hset(KEYS.iccids(iccid), iccid, desk.order.id)
    with pytest.raises(UnknownIccid):
        await desk.give(subject=iccid)


async def test_slack_that_says_no_word(desk: Desk) -> None:
    """A failure without a name is told as one that passes."""
    desk.giver.failures["open"] = [SlackUnavailable()]
    with pytest.raises(NotGiven) as failed:
        await desk.give()
    assert failed.value.why == "unavailable"


async def test_an_esim_that_no_order_bought(desk: Desk) -> None:
    """Only a keeper may; the audit has it without an order."""
    iccid = "8988280666000000001"
    with pytest.raises(NotAllowed):
        await desk.give(subject=iccid, by=BEN)
    assert (await desk.give("h2", KIM, subject=iccid)).found == 1
    assert desk.seller.asked == [iccid]
    assert await desk.events() == {}


async def test_what_is_no_iccid(desk: Desk) -> None:
    """It is told as it was typed."""
    with pytest.raises(UnknownIccid):
        await desk.give(subject="12345", by=KIM)


async def test_a_provider_without_codes(redis: Redis, clock: ManualClock, policy: Policy) -> None:
    """It is told, before anybody is asked."""
    desk = await a_desk(redis, clock, policy, an_order(state=OrderState.PURCHASED), CornerShop())
    with pytest.raises(NotPossibleThere):
        await desk.give()
    assert await desk.events() == {}


# What is fetched


async def test_several_at_a_time_within_bounds(
    redis: Redis, clock: ManualClock, policy: Policy
) -> None:
    """Five at once; how far it is is told; all of them in the order's sequence."""
    order = an_order(40, state=OrderState.PURCHASED)
    desk = await a_desk(redis, clock, policy, order)

    async def wait() -> None:
        await asyncio.sleep(0)

    desk.seller.meanwhile = wait
    report = await desk.give(form=HandOutForm.ARCHIVE, columns=Columns.ANDROID)
    assert (report.found, desk.seller.most_at_once) == (40, 5)
    assert desk.giver.progressed == list(range(1, 41))
    assert [found.number for _, found in desk.giver.standing.values()] == list(range(1, 41))
    assert desk.giver.columns == [Columns.ANDROID]


@pytest.mark.parametrize("why", [each for each in WhyNoCode if each is not WhyNoCode.PROVIDER_DOWN])
async def test_each_reason_is_told_and_the_others_are_given(desk: Desk, why: WhyNoCode) -> None:
    """What the provider says of one eSIM says nothing of another."""
    desk.seller.refusals[ICCIDS[0]] = [CodeNotGiven(why, "its words")]
    report = await desk.give()
    assert report.found == 2
    (missing,) = report.missing
    assert (missing.iccid, missing.why, missing.detail) == (ICCIDS[0], why, "its words")


async def test_nothing_to_give_leaves_nothing(desk: Desk) -> None:
    """No message, no record; that it was tried is in the audit."""
    for iccid in ICCIDS:
        desk.seller.refusals[iccid] = [CodeNotGiven(WhyNoCode.INSTALLED)]
    assert (await desk.give()).found == 0
    assert desk.shown == []
    assert await desk.store.load("h1") is None
    assert await desk.events() == {"codes_revealed": 1}


async def test_a_provider_that_is_down_is_not_asked_for_all(
    redis: Redis, clock: ManualClock, policy: Policy
) -> None:
    """After some failures in a row the rest is not tried: nobody waits for a thousand timeouts."""
    order = an_order(100, state=OrderState.PURCHASED)
    desk = await a_desk(redis, clock, policy, order)
    for sim in order.sims:
        desk.seller.refusals[sim.iccid or ""] = [LookupFailed("HTTP 503")]
    report = await desk.give(form=HandOutForm.ARCHIVE)
    assert {each.why for each in report.missing} == {WhyNoCode.PROVIDER_DOWN}
    assert len(report.missing) == 100
    assert len(desk.seller.asked) <= 10


async def test_too_many_calls_are_waited_for(desk: Desk) -> None:
    """It is asked again when the provider's limit lets it."""
    desk.seller.refusals[ICCIDS[0]] = [LookupPostponed(30), LookupPostponed(5)]
    giving = asyncio.ensure_future(desk.give())
    while not giving.done():
        await desk.clock.advance(1)
    assert giving.result().found == 3


async def test_a_fault_of_a_third_partys_code_says_no_secret(desk: Desk) -> None:
    """Its own words may hold a code: only the place of the fault is told."""
    desk.seller.refusals[ICCIDS[0]] = [ValueError("LPA:1$smdp.example.com$CODE")]
    report = await desk.give()
    (missing,) = report.missing
    assert missing.why is WhyNoCode.PROVIDER_DOWN
    assert "LPA" not in missing.detail
    assert "ValueError" in missing.detail


# What is shown


async def test_nothing_of_a_code_is_kept(desk: Desk) -> None:
    """Redis has who, which ICCIDs and where it stands; no part of a code."""
    await desk.give()
    kept = await everything_in(desk.redis)
    assert "CODE-" not in kept
    assert "smdp" not in kept
    stored = await desk.store.load("h1")
    assert stored is not None
    assert stored.hand_out.is_given
    assert stored.hand_out.iccids == ()
    assert [piece.file for piece in stored.hand_out.pieces] == ["F1.0", "F2.0", "F3.0"]
    assert await desk.events() == {"codes_revealed": 1, "codes_given": 1}


async def test_what_is_shown_is_deleted_in_time(desk: Desk) -> None:
    """Not before, and then all of it."""
    await desk.give()
    await desk.clock.advance(SHOWN_FOR - 1)
    await desk.work()
    assert len(desk.shown) == 3
    await desk.clock.advance(1)
    await desk.work()
    assert desk.shown == []
    assert await desk.store.load("h1") is None
    assert await desk.redis.zcard(KEYS.agenda) == 1  # the order's own look


async def test_slack_fails_midway(desk: Desk) -> None:
    """What stood is taken back; the person learns Slack's word; it can be asked for again."""
    desk.giver.failures["give"] = [None, MessageFault("msg_too_long")]
    with pytest.raises(NotGiven) as failed:
        await desk.give()
    assert failed.value.why == "msg_too_long"
    assert (desk.shown, await desk.store.load("h1")) == ([], None)
    assert (await desk.give("h2")).found == 3


async def test_slack_fails_midway_and_at_the_deletion(desk: Desk) -> None:
    """What could not be taken back is tried again, and the person told of the interruption."""
    desk.giver.failures["give"] = [None, SlackUnavailable(error="fatal_error")]
    desk.giver.failures["remove"] = [SlackUnavailable()] * 2
    with pytest.raises(NotGiven):
        await desk.give()
    assert len(desk.shown) == 1
    await desk.work()
    assert desk.shown == []
    assert [each.id for each in desk.giver.interrupted] == ["h1"]


async def test_a_post_that_comes_late_does_not_stay(desk: Desk) -> None:
    """Slack did not answer in time, and posts it after all was taken back: it is looked for again.

    Whoever asked was told already: they hear nothing more.
    """
    desk.giver.failures["give"] = [None, SlackUnavailable()]
    with pytest.raises(NotGiven):
        await desk.give()
    assert desk.shown == []
    late = FoundCode(number=2, iccid=ICCIDS[1], code=code_of(ICCIDS[1]))
    desk.giver.standing["late"] = (f"D-{ANA}", late)
    await desk.clock.advance(60)
    await desk.work()
    assert (desk.shown, await desk.store.load("h1")) == ([], None)
    assert desk.giver.interrupted == []


async def test_a_post_that_certainly_failed_is_not_looked_for(desk: Desk) -> None:
    """Slack said that it did nothing: no record stays."""
    desk.giver.failures["give"] = [SlackUnavailable(error="ratelimited", undone=True)]
    with pytest.raises(NotGiven):
        await desk.give()
    assert await desk.store.load("h1") is None


async def test_a_fault_of_our_own_takes_back_what_stood(desk: Desk) -> None:
    """An answer that nobody foresaw leaves no code behind."""
    count = 0

    def fail() -> None:
        nonlocal count
        count += 1
        if count == 2:
            raise ZeroDivisionError

    desk.giver.between = fail
    with pytest.raises(ZeroDivisionError):
        await desk.give()
    assert (desk.shown, await desk.store.load("h1")) == ([], None)


# Interrupted


async def _cut_off(desk: Desk, pieces: int) -> None:
    """End the giving process without a word, once so many messages stand."""
    stands = asyncio.Event()

    def stop() -> None:
        if len(desk.shown) == pieces:
            stands.set()
            giving.cancel()

    desk.giver.between = stop
    giving = asyncio.ensure_future(desk.give())
    with pytest.raises(asyncio.CancelledError):
        await giving


@pytest.mark.parametrize("pieces", [1, 3])
async def test_a_process_that_dies_leaves_nothing_standing(
    desk: Desk, redis: Redis, clock: ManualClock, policy: Policy, pieces: int
) -> None:
    """Another one takes it after the lease, deletes all of it, recorded or not, and tells of it.

    Asking again works.
    """
    await _cut_off(desk, pieces)
    other = await a_desk(redis, clock, policy, desk.order)
    other.giver.standing = desk.giver.standing
    await clock.advance(GIVING - 1)
    await other.work()
    assert len(desk.shown) == pieces
    await clock.advance(1)
    await other.work()
    assert desk.shown == []
    assert [(each.by, each.id) for each in other.giver.interrupted] == [(ANA, "h1")]
    assert await other.store.load("h1") is None
    assert (await other.give("h2")).found == 3


async def test_a_frozen_process_shows_nothing_more(
    desk: Desk, redis: Redis, clock: ManualClock, policy: Policy
) -> None:
    """While it stood still another one took it: what it posts when it wakes does not stay."""
    other = await a_desk(redis, clock, policy, desk.order)
    other.giver.standing = desk.giver.standing
    taken: list[object] = []

    def freeze() -> None:
        clock._now += timedelta(seconds=GIVING + 1)
        taken.append(True)

    desk.giver.between = freeze
    step = desk.store.save

    async def save(*arguments: object, **named: object) -> object:
        if taken:
            taken.clear()
            await other.work()
            desk.giver.between = lambda: None
        return await step(*arguments, **named)  # type: ignore[arg-type]

    desk.store.save = save  # type: ignore[method-assign,assignment]
    with pytest.raises(NotGiven) as failed:
        await desk.give()
    assert failed.value.why == "interrupted"
    assert desk.shown == []
    assert len(other.giver.interrupted) == 1


async def test_slow_fetching_is_not_taken_for_dead(
    desk: Desk, redis: Redis, clock: ManualClock, policy: Policy
) -> None:
    """Whoever gives goes on holding it, however long the provider takes."""
    other = await a_desk(redis, clock, policy, desk.order)
    release = asyncio.Event()
    desk.seller.meanwhile = release.wait
    giving = asyncio.ensure_future(desk.give())
    for _ in range(5):
        await clock.advance(GIVING / 3)
        await asyncio.sleep(0.02)
        await other.work()
    release.set()
    assert (await giving).found == 3
    assert other.giver.interrupted == []


# Names


async def test_a_code_comes_with_who_has_it(desk: Desk) -> None:
    """A line is called as its holder calls it, else as phones show it."""
    await desk.assignments.assign(ICCIDS[0], Holder(name="Truck 12"), by=Member(ANA), trigger="t1")
    await desk.give()
    lines = {found.iccid: (found.line, found.holder) for _, found in desk.giver.standing.values()}
    assert lines[ICCIDS[0]] == ("Truck 12", Holder(name="Truck 12"))
    assert lines[ICCIDS[1]] == ("", None)


async def test_how_long_messages_stand(desk: Desk) -> None:
    """As it is set: a confirmation says it."""
    assert desk.hand_outs.shown_for == timedelta(seconds=SHOWN_FOR)


async def test_reveals_of_an_order(desk: Desk) -> None:
    """Who was to be given which, for whoever looks at the order."""
    await desk.give(to=KIM)
    (reveal,) = await desk.hand_outs.reveals_of(desk.order.id)
    assert (reveal.by, reveal.to, reveal.iccids) == (ANA, KIM, tuple(ICCIDS))
