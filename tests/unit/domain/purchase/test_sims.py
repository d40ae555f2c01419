"""What a provider sold: SIM cards are told apart, never lost and never counted twice."""

import json
from collections.abc import Callable
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bot.domain.purchase.outcome import Bought, NotSent, Outcome, Refused, Unknown
from bot.domain.purchase.sim import ProviderError, Remedy, Sim, _updated, merge_sims
from tests.support.orders import some_sims
from tests.support.strategies import outcomes, provider_errors, sims

OUTCOMES: TypeAdapter[Outcome] = TypeAdapter(Outcome)
HALF = "\ud83d"
"""Half an emoji: JSON may hold it, UTF-8 can't."""


def lists() -> st.SearchStrategy[list[Sim]]:
    """A few SIM cards, with repeats and missing parts."""
    return st.lists(sims(), max_size=5)


@st.composite
def named(draw: Callable[[st.SearchStrategy[int]], int]) -> Sim:
    """One of four SIM cards, told with its ICCID, the provider's id, or both."""
    (card,), told = some_sims(1, first=draw(st.integers(1, 4))), draw(st.integers(0, 2))
    lacking: list[dict[str, object]] = [{}, {"iccid": None}, {"provider_id": None}]
    return card.model_copy(update=lacking[told])


def test_the_same_cards_are_there_once() -> None:
    """An answer that comes twice, or is looked up again, adds nothing."""
    three = some_sims(3)
    assert merge_sims(three, three) == three
    assert merge_sims(three, reversed(three)) == three
    assert merge_sims((), (*three, *three)) == three


def test_new_cards_come_last() -> None:
    """The order of the cards that are already in the thread stays."""
    assert merge_sims(some_sims(2), some_sims(3)) == some_sims(3)
    assert merge_sims(some_sims(2, first=2), some_sims(3)) == (
        *some_sims(2, first=2),
        *some_sims(1),
    )


def test_the_later_word_on_a_card_counts() -> None:
    """A status that was registering and is standby now is standby."""
    old = Sim(iccid="8901", provider_id="a", status="registering", fields={"x": 1})
    new = Sim(iccid="8901", provider_id="a", status="standby", fields={"x": 2})
    assert merge_sims([old], [new]) == (new,)


def test_a_later_word_without_a_name_does_not_erase_it() -> None:
    """A list that leaves out the ICCID or the id does not lose the one that is known."""
    whole = Sim(iccid="8901", provider_id="a", status="standby")
    for lacking in (Sim(iccid="8901", status="enabled"), Sim(provider_id="a", status="enabled")):
        assert merge_sims([whole], [lacking]) == (whole.model_copy(update={"status": "enabled"}),)
        assert merge_sims([lacking], [whole]) == (whole,)


def test_a_card_told_in_halves_is_one_card() -> None:
    """Once its ICCID and its id are told together, what was counted as two is one."""
    by_id, by_iccid = Sim(provider_id="a"), Sim(iccid="8901")
    whole = Sim(iccid="8901", provider_id="a", status="standby")
    assert merge_sims([by_id, by_iccid], [whole]) == (whole,)
    assert merge_sims([by_iccid, *some_sims(1), by_id], [whole]) == (whole, *some_sims(1))


def test_a_card_known_by_a_shared_id_alone_joins_no_others() -> None:
    """An id that two ICCIDs have in common does not make them one."""
    same = [Sim(iccid="8901", provider_id="a"), Sim(iccid="8902", provider_id="a")]
    assert merge_sims(same, [Sim(provider_id="a")]) == tuple(same)


def test_different_cards_may_share_an_id_of_the_provider() -> None:
    """The ICCID alone tells cards apart: examples of providers repeat one id for every card."""
    same = [Sim(iccid="8901", provider_id="a"), Sim(iccid="8902", provider_id="a")]
    assert merge_sims([], same) == tuple(same)


@pytest.mark.parametrize("nothing", [None, ""])
def test_cards_without_any_name_are_counted(nothing: str | None) -> None:
    """Two nameless cards of one answer are two; seen again in a list, they are still two."""
    nameless = Sim(iccid=nothing, provider_id=nothing, status="standby")
    assert merge_sims([], [nameless] * 2) == (nameless,) * 2
    assert merge_sims([nameless] * 2, [nameless] * 2) == (nameless,) * 2
    assert merge_sims([nameless], [nameless] * 3) == (nameless,) * 3
    assert merge_sims([nameless, *some_sims(1)], [*some_sims(1), nameless]) == (
        nameless,
        *some_sims(1),
    )


@given(st.lists(named()), st.lists(named()))
def test_no_card_is_lost(known: list[Sim], more: list[Sim]) -> None:
    """Every ICCID and every id of the provider of either list is in the result."""
    merged = merge_sims(known, more)
    everything = (*known, *more)
    assert {sim.iccid for sim in everything if sim.iccid} <= {sim.iccid for sim in merged}
    ids = {sim.provider_id for sim in everything if sim.provider_id}
    assert ids <= {sim.provider_id for sim in merged}


@given(lists(), lists())
def test_no_card_is_counted_twice(known: list[Sim], more: list[Sim]) -> None:
    """The result is never longer than both lists, nor shorter than the different ICCIDs."""
    merged = merge_sims(known, more)
    iccids = {sim.iccid for sim in (*known, *more) if sim.iccid}
    assert len(iccids) <= len(merged) <= len(known) + len(more)


@given(lists())
def test_merging_again_changes_nothing(found: list[Sim]) -> None:
    """A replayed answer gives an equal result: nothing new was told."""
    once = merge_sims([], found)
    assert merge_sims(once, once) == once


def _same(one: Sim, other: Sim) -> bool:
    if one.iccid and other.iccid:
        return one.iccid == other.iccid
    return bool(one.provider_id) and one.provider_id == other.provider_id


def _one_by_one(told: list[Sim]) -> tuple[Sim, ...]:
    """Compare each with every other one: the rule, written down a second time."""
    merged: list[Sim] = []
    for sim in told:
        places = [place for place, old in enumerate(merged) if _same(old, sim)]
        if not places:
            merged.append(sim)
            continue
        first, *others = places if sim.iccid else places[:1]
        merged[first] = _updated(merged[first], sim)
        for other in reversed(others):
            merged[first] = _updated(merged.pop(other), merged[first])
    return tuple(merged)


@given(
    st.lists(
        st.builds(
            Sim,
            iccid=st.sampled_from([None, "", "1", "2", "3"]),
            provider_id=st.sampled_from([None, "", "a", "b", "c"]),
            status=st.sampled_from(["x", "y"]),
            elsewhere=st.sampled_from([None, "7K2M9QXA"]),
        ),
        max_size=12,
    )
)
def test_found_by_name_as_by_comparing(told: list[Sim]) -> None:
    """However names are shared and told in halves, the index finds what comparing finds."""
    assert merge_sims([], told) == _one_by_one(told)


def test_many_cards_are_merged_at_once() -> None:
    """Ten thousand hold nothing up: the time grows with their number, not with its square."""
    many = some_sims(10_000)
    started = process_time()
    assert merge_sims(many, many) == many
    assert process_time() - started < 2


@given(st.lists(st.integers(1, 30)), st.lists(st.integers(1, 30)))
def test_named_cards_are_a_set(known: list[int], more: list[int]) -> None:
    """With ICCIDs, merging is the union, in the order in which the cards were first told."""
    cards = {number: some_sims(1, first=number)[0] for number in (*known, *more)}
    merged = merge_sims([cards[n] for n in known], [cards[n] for n in more])
    assert merged == tuple(cards.values())


@given(outcomes())
def test_every_outcome_can_be_written_down(outcome: Outcome) -> None:
    """Each kind of answer is told apart when it is read back."""
    again = OUTCOMES.validate_json(OUTCOMES.dump_json(outcome))
    assert type(again) is type(outcome)


@pytest.mark.parametrize(
    "outcome",
    [
        Bought(sims=some_sims(2), errors=(ProviderError(code="1"),)),
        Refused(errors=(ProviderError(remedy=Remedy.TOP_UP),)),
        NotSent(why="busy", retry_after=2.5),
        Unknown(why="silence"),
    ],
)
def test_an_outcome_is_read_back_whole(outcome: Outcome) -> None:
    """Nothing of an answer is lost in storage."""
    assert OUTCOMES.validate_json(OUTCOMES.dump_json(outcome)) == outcome


@pytest.mark.parametrize(
    "answer",
    [
        Sim(iccid=HALF, provider_id=HALF, status=HALF),
        Sim(fields={HALF: [HALF, {"deep": HALF}], "whole": "🎉"}),
        ProviderError(code=HALF, title=HALF, detail=HALF, pointer=HALF),
        NotSent(why=HALF),
        Unknown(why=HALF),
    ],
)
def test_text_that_cannot_be_stored_does_not_lose_the_answer(answer: Outcome) -> None:
    """JSON may hold half a character: what was bought is written down all the same."""
    stored = answer.model_dump_json()
    assert type(answer).model_validate_json(stored) == answer
    assert "?" in stored


@given(sims())
def test_fields_are_kept_as_the_provider_told_them(sim: Sim) -> None:
    """The CSV file has every field, of whatever type, with its value."""
    told = json.loads(sim.model_dump_json())["fields"]
    assert told == sim.fields


@given(provider_errors())
def test_errors_can_be_counted(error: ProviderError) -> None:
    """Equal errors are one kind of error: they can be told together."""
    assert len({error, error.model_copy()}) == 1


def test_an_id_that_has_gone_to_another_sim_card() -> None:
    """The first one got another id later: one without an ICCID is not taken for it."""
    first, renamed = Sim(iccid="1", provider_id="p"), Sim(iccid="1", provider_id="q")
    nameless = Sim(provider_id="p")
    assert merge_sims([first], [renamed, nameless]) == (renamed, nameless)
