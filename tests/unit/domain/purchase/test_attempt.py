"""One call to the provider: what each answer and each look makes of it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.events import Reason
from bot.domain.purchase.attempt import Attempt, AttemptOutcome
from bot.domain.purchase.outcome import Bought, NotSent, Outcome, Refused, Unknown
from bot.domain.purchase.sim import Oddity, ProviderError, Sim
from tests.support.order_steps import NO_STOCK
from tests.support.orders import T0, some_sims
from tests.support.strategies import outcomes, some_of

LATER = T0 + timedelta(seconds=5)
LATEST = T0 + timedelta(seconds=9)
BUSY = ProviderError(code="10011", title="Too many requests")
SENT = Attempt(number=1, quantity=3, reference="esim-7K2M9QXA-1", started_at=T0)
LOST = SENT.ended(Unknown(why="silence"), LATER)


def test_an_attempt_that_was_sent_has_no_outcome() -> None:
    """Until its answer is recorded, it may be at the provider."""
    assert SENT.outcome is None
    assert not SENT.is_certain
    assert SENT.shortage == 3


def test_all_sold_is_bought() -> None:
    """The answer's SIM cards are the attempt's, and nothing is owed."""
    done = SENT.ended(Bought(sims=some_sims(3)), LATER)
    assert (done.outcome, done.sims, done.shortage) == (AttemptOutcome.BOUGHT, some_sims(3), 0)
    assert (done.ended_at, done.is_certain) == (LATER, True)


def test_more_than_asked_is_kept() -> None:
    """A provider that sells too many is not argued with: what was bought is never lost."""
    done = SENT.ended(Bought(sims=some_sims(5)), LATER)
    assert (len(done.sims), done.shortage) == (5, 0)


def test_fewer_with_a_reason_is_bought_with_its_shortage() -> None:
    """The errors say why there are not more."""
    done = SENT.ended(Bought(sims=some_sims(2), errors=(NO_STOCK,)), LATER)
    assert (done.outcome, done.shortage, done.errors) == (AttemptOutcome.BOUGHT, 1, (NO_STOCK,))


@pytest.mark.parametrize("sold", [0, 2])
def test_fewer_without_a_reason_is_in_doubt(sold: int) -> None:
    """A shortage that nobody explains may still be filled: it is looked up, and nothing is lost."""
    done = SENT.ended(Bought(sims=some_sims(sold)), LATER)
    assert (done.outcome, done.why) == (AttemptOutcome.UNKNOWN, Reason.UNEXPLAINED)
    assert done.sims == some_sims(sold)


def test_a_refusal_is_certain() -> None:
    """Nothing was bought, and the provider said why."""
    done = SENT.ended(Refused(errors=(NO_STOCK, NO_STOCK)), LATER)
    assert (done.outcome, done.sims) == (AttemptOutcome.REFUSED, ())
    assert done.errors == (NO_STOCK, NO_STOCK)


def test_a_call_that_was_not_sent_keeps_how_long_to_wait() -> None:
    """What happened and what the provider asked for are there for the next try."""
    done = SENT.ended(NotSent(why="busy", retry_after=7), LATER)
    assert (done.outcome, done.why, done.retry_after) == (AttemptOutcome.NOT_SENT, "busy", 7)


def test_a_lost_answer_is_unknown() -> None:
    """It is told what happened, and nothing is concluded from it."""
    assert (LOST.outcome, LOST.why, LOST.is_certain) == (AttemptOutcome.UNKNOWN, "silence", False)


def test_an_uncertain_answer_keeps_what_it_names() -> None:
    """What was bought for certain is there at once; the rest is looked up."""
    told = SENT.ended(Unknown(why="still being worked on", sims=some_sims(2)), LATER)
    assert (told.outcome, told.sims) == (AttemptOutcome.UNKNOWN, some_sims(2))
    again = told.ended(Unknown(why="cut off", sims=some_sims(1, first=2)), LATEST)
    assert (again.why, again.sims) == ("cut off", some_sims(2))


def test_an_uncertain_answer_that_names_everything_is_certain() -> None:
    """With all of them there, whatever was unclear has nothing left to be about."""
    answer = Unknown(why="cut off", sims=some_sims(3), errors=(BUSY,))
    done = SENT.ended(answer, LATER)
    assert (done.outcome, done.why, done.errors) == (AttemptOutcome.BOUGHT, "", (BUSY,))
    found = LOST.looked_up(some_sims(2), LATER)
    last = Unknown(why="cut off", sims=some_sims(1, first=3))
    assert found.ended(last, LATEST).outcome is AttemptOutcome.BOUGHT


def test_an_uncertain_answer_adds_to_a_certain_one() -> None:
    """What it names is kept, and the outcome stays certain."""
    known = SENT.ended(Bought(sims=some_sims(1), errors=(NO_STOCK,)), LATER)
    done = known.ended(Unknown(why="?", sims=some_sims(2)), LATEST)
    assert (done.outcome, done.sims, done.errors) == (
        AttemptOutcome.BOUGHT,
        some_sims(2),
        (NO_STOCK,),
    )


@pytest.mark.parametrize(
    ("answer", "outcome", "sims"),
    [
        (Bought(sims=some_sims(3)), AttemptOutcome.BOUGHT, 3),
        (Bought(sims=some_sims(1), errors=(NO_STOCK,)), AttemptOutcome.BOUGHT, 1),
        (Bought(sims=some_sims(1)), AttemptOutcome.UNKNOWN, 1),
        (Refused(errors=(NO_STOCK,)), AttemptOutcome.REFUSED, 0),
        (NotSent(why="busy"), AttemptOutcome.NOT_SENT, 0),
        (Unknown(why="more silence"), AttemptOutcome.UNKNOWN, 0),
    ],
)
def test_a_late_answer_ends_the_doubt(answer: Outcome, outcome: AttemptOutcome, sims: int) -> None:
    """The answer to a call that was given up is worth as much as one in time."""
    done = LOST.ended(answer, LATEST)
    assert (done.outcome, len(done.sims)) == (outcome, sims)


def test_sims_that_were_found_are_never_refused_away() -> None:
    """A refusal cannot undo a purchase that the provider lists."""
    found = LOST.looked_up(some_sims(2), LATER)
    done = found.ended(Refused(errors=(NO_STOCK,)), LATEST)
    assert (done.outcome, done.sims, done.errors) == (
        AttemptOutcome.BOUGHT,
        some_sims(2),
        (NO_STOCK,),
    )


def test_a_refusal_without_a_reason_leaves_what_was_found_in_doubt() -> None:
    """Some were sold and some not, and nobody says why: a look decides."""
    found = LOST.looked_up(some_sims(2), LATER)
    assert found.ended(Refused(errors=()), LATEST).outcome is AttemptOutcome.UNKNOWN


def test_a_call_whose_sims_were_found_was_sent() -> None:
    """What is listed was bought: such a call is never made again."""
    found = LOST.looked_up(some_sims(2), LATER)
    assert found.ended(NotSent(why="busy"), LATEST) == found


@pytest.mark.parametrize(
    "certain",
    [
        SENT.ended(Bought(sims=some_sims(3)), LATER),
        SENT.ended(Bought(sims=some_sims(2), errors=(NO_STOCK,)), LATER),
        SENT.ended(Refused(errors=(NO_STOCK,)), LATER),
        SENT.ended(NotSent(why="busy", retry_after=7), LATER),
        LOST.looked_up(some_sims(3), LATER),
        LOST.looked_up(some_sims(2), LATER).settled(LATER),
    ],
)
@pytest.mark.parametrize("answer", [Unknown(why="?", errors=(BUSY,)), NotSent(why="?")])
def test_what_is_certain_stays_certain(certain: Attempt, answer: Outcome) -> None:
    """An uncertain word that comes after a certain one changes nothing."""
    assert certain.ended(answer, LATEST) == certain


def test_sims_count_even_after_a_refusal() -> None:
    """Whatever was said before, what was bought is kept."""
    refused = SENT.ended(Refused(errors=(NO_STOCK,)), LATER)
    done = refused.ended(Bought(sims=some_sims(3)), LATEST)
    assert (done.outcome, done.sims, done.errors) == (
        AttemptOutcome.BOUGHT,
        some_sims(3),
        (NO_STOCK,),
    )


def test_errors_are_added_but_not_repeated() -> None:
    """An error that was told stays; told again by a later answer, it is still one."""
    lost = SENT.ended(Unknown(why="silence", errors=(BUSY,)), LATER)
    assert lost.ended(Refused(errors=(NO_STOCK,)), LATEST).errors == (BUSY, NO_STOCK)
    assert lost.ended(Unknown(why="again", errors=(BUSY, NO_STOCK)), LATEST).errors == (
        BUSY,
        NO_STOCK,
    )


@given(outcomes(most=4))
def test_the_same_answer_again_tells_nothing_new(answer: Outcome) -> None:
    """An answer that is written down twice leaves the attempt as it was the first time."""
    once = SENT.ended(answer, LATER)
    assert once.ended(answer, LATEST) == once


@given(st.lists(outcomes(most=4), max_size=4), st.lists(some_of(4) | st.none(), max_size=4))
def test_sims_and_errors_only_grow(
    answers: list[Outcome], looks: list[tuple[Sim, ...] | None]
) -> None:
    """No answer and no look, in any order, loses a SIM card or an error that was told."""
    attempt = SENT
    for answer in answers:
        following = attempt.ended(answer, LATER)
        assert set(map(str, attempt.sims)) <= set(map(str, following.sims))
        assert following.errors[: len(attempt.errors)] == attempt.errors
        attempt = following
    for look in looks:
        following = attempt.looked_up(look, LATEST)
        assert set(map(str, attempt.sims)) <= set(map(str, following.sims))
        attempt = following


def test_all_found_is_bought() -> None:
    """A look that finds everything settles the attempt at once."""
    done = LOST.looked_up(some_sims(3), LATEST)
    assert (done.outcome, done.ended_at, done.why) == (AttemptOutcome.BOUGHT, LATEST, "")


def test_found_in_parts_is_bought() -> None:
    """Cards that show up one by one add up, also those of the answer."""
    told = SENT.ended(Bought(sims=some_sims(1)), LATER)
    done = told.looked_up(some_sims(1, first=2), LATEST).looked_up(some_sims(1, first=3), LATEST)
    assert (done.outcome, done.sims) == (AttemptOutcome.BOUGHT, some_sims(3))


@pytest.mark.parametrize(
    ("looks", "stable"),
    [
        ([], False),
        ([2], False),
        ([2, 2], True),
        ([1, 2], False),
        ([2, 1], False),
        ([2, None], False),
        ([None, 2], False),
        ([None, None], False),
        ([2, None, 2], False),
        ([1, 2, 2], True),
        ([2, 0, 0], False),
        ([2, 2, 0], False),
    ],
)
def test_a_list_is_stable_when_it_showed_all_that_is_known_twice(
    looks: list[int | None], stable: bool
) -> None:
    """A look that failed, or listed less than is known, says nothing about what is missing."""
    attempt = LOST
    for found in looks:
        attempt = attempt.looked_up(None if found is None else some_sims(found), LATEST)
    assert attempt.is_stable is stable
    assert [look.found for look in attempt.lookups] == looks


def test_a_list_that_lags_behind_the_answer_is_not_stable() -> None:
    """As long as the list lacks cards that the answer named, the missing one may follow too."""
    told = SENT.ended(Bought(sims=some_sims(2)), LATER)
    looked = told.looked_up((), LATEST).looked_up((), LATEST)
    assert not looked.is_stable
    assert looked.looked_up(some_sims(2), LATEST).looked_up(some_sims(2), LATEST).is_stable


def test_different_cards_in_equal_numbers_are_not_stable() -> None:
    """Two looks that each show another card show that neither list is whole."""
    one, two = some_sims(2)
    assert not LOST.looked_up((one,), LATEST).looked_up((two,), LATEST).is_stable


def test_a_repeat_in_the_list_counts_once() -> None:
    """A card that moves from one page to the next while paging is one card."""
    assert LOST.looked_up(some_sims(2) * 2, LATEST).lookups[0].found == 2


def test_a_sim_without_any_name_is_the_one_that_is_found_by_number() -> None:
    """Two named and one nameless were sold; the list has three: these are they, not four."""
    told = SENT.ended(Bought(sims=(*some_sims(2), Sim(status="registering"))), LATER)
    assert (told.outcome, told.why) == (AttemptOutcome.UNKNOWN, Reason.UNNUMBERED)
    done = told.looked_up(some_sims(3), LATEST)
    assert (done.outcome, done.sims) == (AttemptOutcome.BOUGHT, some_sims(3))
    again = done.ended(Bought(sims=(*some_sims(2), Sim(status="registering"))), LATEST)
    assert again.sims == some_sims(3)


def test_nameless_sims_count_as_long_as_none_is_found_for_them() -> None:
    """What was sold is not forgotten because a list does not show it yet."""
    told = SENT.ended(Bought(sims=(Sim(), Sim(), *some_sims(1))), LATER)
    assert len(told.looked_up((), LATEST).sims) == 3
    assert len(told.looked_up(some_sims(2), LATEST).sims) == 3


def test_a_sim_whose_iccid_is_not_known_is_never_settled() -> None:
    """However often the list shows it without its number, it is looked up again."""
    lacking = tuple(sim.model_copy(update={"iccid": None}) for sim in some_sims(3))
    told = SENT.ended(Bought(sims=lacking), LATER)
    assert not told.looked_up(lacking, LATEST).looked_up(lacking, LATEST).is_stable
    assert told.looked_up(some_sims(3), LATEST).outcome is AttemptOutcome.BOUGHT


@pytest.mark.parametrize("oddity", [Oddity.PHYSICAL, Oddity.UNTAGGED])
def test_an_odd_sim_is_looked_up(oddity: Oddity) -> None:
    """It is kept and counts; looks that work, twice, are enough when nothing is missing."""
    odd = some_sims(3)[0].model_copy(update={"odd": (oddity,)})
    told = SENT.ended(Bought(sims=(odd, *some_sims(2, first=2))), LATER)
    assert (told.outcome, told.why, len(told.counted)) == (AttemptOutcome.UNKNOWN, Reason.ODD, 3)
    assert not told.looked_up((), LATEST).is_stable
    assert told.looked_up((), LATEST).looked_up((), LATEST).is_stable
    assert not told.looked_up((), LATEST).looked_up(None, LATEST, "HTTP 503").is_stable


def test_a_failed_look_says_why_and_is_no_evidence() -> None:
    """Only looks that worked are counted as such."""
    looked = LOST.looked_up((), LATER).looked_up(None, LATEST, "HTTP 503")
    assert (looked.looks_that_worked, looked.looks_that_failed) == (1, 1)
    assert looked.lookups[-1].why == "HTTP 503"
    assert LOST.looked_up(None, LATEST, "?").looked_up((), LATEST).looks_that_failed == 0


@pytest.mark.parametrize(
    ("answer", "may"),
    [
        (NotSent(why="no connection"), False),
        (NotSent(why="429", turned_away=True), True),
        (Refused(errors=(NO_STOCK,)), True),
        (Unknown(why="silence"), True),
    ],
)
def test_what_may_have_sold_is_known(answer: Outcome, may: bool) -> None:
    """Whatever reached the provider is looked for after the end, also what it denied."""
    assert SENT.may_have_sold
    assert SENT.ended(answer, LATER).may_have_sold == may


def test_listed_sim_cards_without_an_iccid_settle_nothing() -> None:
    """As many as were asked for are listed: it is looked on until their ICCIDs are known."""
    nameless = tuple(Sim(provider_id=f"sim-{number}") for number in range(3))
    seen = LOST.looked_up(nameless, LATER)
    assert (seen.outcome, seen.shortage) == (AttemptOutcome.UNKNOWN, 0)
    named = tuple(
        sim.model_copy(update={"provider_id": known.provider_id})
        for sim, known in zip(some_sims(3), nameless, strict=True)
    )
    assert seen.looked_up(named, LATEST).outcome is AttemptOutcome.BOUGHT
