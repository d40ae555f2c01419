"""A paste of lines that say who has which eSIM: all of it is taken, or each wrong line is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.activation.assignment import Holder
from bot.domain.activation.lines import MOST_LINES, InvalidLines, LineProblem, read_lines

ICCIDS = tuple(f"893108001907349{number}" for number in (1001, 1012, 1103, 2003))
DANA, BEN = Holder(name="Dana Smith"), Holder(person="U0BEN")


def wrong(text: str, iccids: tuple[str, ...] = ICCIDS, assigned: tuple[str, ...] = ()) -> list[str]:
    """What is wrong with a paste: the number of each line, and why."""
    return [f"{each.number}: {each.why}" for each in problems(text, iccids, assigned)]


def problems(
    text: str, iccids: tuple[str, ...] = ICCIDS, assigned: tuple[str, ...] = ()
) -> tuple[LineProblem, ...]:
    """All that is wrong with it."""
    with pytest.raises(InvalidLines) as caught:
        read_lines(text, iccids, assigned)
    return caught.value.problems


@pytest.mark.parametrize(
    ("line", "holder"),
    [
        ("Dana Smith", DANA),
        ("  Dana   Smith ", DANA),
        ("<@U0BEN>", BEN),
        ("dana@example.com", Holder(email="dana@example.com")),
        ("Dana Smith, dana@example.com", Holder(name="Dana Smith", email="dana@example.com")),
        ("dana@example.com; Dana Smith", Holder(name="Dana Smith", email="dana@example.com")),
        ("<@U0BEN> Truck 12", Holder(person="U0BEN", name="Truck 12")),
        ("Truck 12, <@U0BEN>", Holder(person="U0BEN", name="Truck 12")),
        ("Truck 1012", Holder(name="Truck 1012")),
        ("Truck 1012 ", Holder(name="Truck 1012")),
        ("李雷", Holder(name="李雷")),
        ("Dana Smith dana@example.com", Holder(name="Dana Smith", email="dana@example.com")),
        ("Dana Smith <dana@example.com>", Holder(name="Dana Smith", email="dana@example.com")),
        ("dana@example.com Dana  Smith", Holder(name="Dana Smith", email="dana@example.com")),
        ("<dana@example.com>", Holder(email="dana@example.com")),
        ("Truck 12 <@U0BEN> ben@b.c", Holder(person="U0BEN", name="Truck 12", email="ben@b.c")),
        ("=1+1", Holder(name="=1+1")),
    ],
)
def test_who_has_it(line: str, holder: Holder) -> None:
    """A name, an address, a person, also two of them; a number in a name is no ICCID."""
    assert read_lines(line, ICCIDS, ()) == ((ICCIDS[0], holder),)


@pytest.mark.parametrize(
    "line",
    [
        f"Dana Smith, {ICCIDS[1]}",
        f"{ICCIDS[1]}, Dana Smith",
        f"{ICCIDS[1]} Dana Smith",
        f"Dana Smith {ICCIDS[1]}",
        f"Dana Smith\t{ICCIDS[1]}F",
        "8931 0800 1907 3491 012, Dana Smith",
        "Dana Smith, 1012",
        "Dana Smith, …1012",
        "#91012; Dana Smith",
        f"Dana Smith, {ICCIDS[1][:-1]}",
    ],
)
def test_of_which_esim(line: str) -> None:
    """The whole ICCID as people write it, or its last digits behind a comma."""
    assert read_lines(line, ICCIDS, ())[0][0] == ICCIDS[1]
    assert read_lines(line, ICCIDS, ())[0][1] == DANA


def test_lines_without_an_iccid_take_the_free_ones_in_turn() -> None:
    """Those that somebody has, or that another line names, are left out; empty lines too."""
    text = f"Dana Smith\n\n<@U0BEN>, {ICCIDS[0]}\n\n<@U0BEN>\n"
    expected = ((ICCIDS[2], DANA), (ICCIDS[0], BEN), (ICCIDS[3], BEN))
    assert read_lines(text, ICCIDS, [ICCIDS[1]]) == expected


def test_an_esim_that_somebody_has_can_be_named() -> None:
    """Whoever names it says that it goes to somebody else."""
    assert read_lines(f"Dana Smith, {ICCIDS[1]}", ICCIDS, ICCIDS) == ((ICCIDS[1], DANA),)


def test_every_wrong_line_is_told() -> None:
    """With its number and why; nothing is taken."""
    text = "\n".join(
        [
            *("Dana Smith", "Dana, 9999", "Ben, 003", "Ben, 2003", f"Eve, {ICCIDS[3]}", ", ,"),
            *("a, b", "<@U0BEN> <@U0EVE>", "dana@", f"x, {ICCIDS[0]}, 1001", "y" * 81, "1012"),
        ]
    )
    assert wrong(text) == [
        "2: no eSIM of this order has this ICCID",
        "3: of an ICCID at least its last 4 digits are needed",
        "5: this eSIM is there twice: leave one line out",
        "6: nobody is named in this line",
        "7: one person a line: a name, an e-mail address, or both",
        "8: there are two people in one line: write one a line",
        "9: this is no e-mail address; for a person, type @ and pick the name from the list",
        "10: there are two ICCIDs in one line",
        "11: a name may have 80 characters at most",
        "12: nobody is named in this line",
    ]


@pytest.mark.parametrize("line", ["LPA:1$smdp.io$K2-1", "Dana, 1$smdp.io$K2-1, 1012"])
def test_a_code_is_no_name(line: str) -> None:
    """Whoever pastes one by mistake is told: it is a secret, and kept nowhere."""
    assert wrong(line) == [
        "1: this looks like an activation code, which is kept nowhere: leave it out"
    ]


def test_digits_that_several_end_with() -> None:
    """More of them are asked for, with a line that is right."""
    alike = (*ICCIDS, "8931080019073581012")
    (problem,) = problems("Dana, 1012", alike)
    assert problem.why == "2 eSIMs of this order end so: write more digits"
    assert read_lines(problem.right, alike, ())[0][0] == ICCIDS[1]


def test_too_many_lines() -> None:
    """Lines for which no eSIM is left are told one by one; those beyond the limit at once."""
    assert wrong("a\nb\nc", ICCIDS[:3], ICCIDS[:2]) == [
        "2: no eSIM is left for this line: 1 has no holder yet",
        "3: no eSIM is left for this line: 1 has no holder yet",
    ]
    assert wrong("a\n" * (MOST_LINES + 1)) == [
        f"{MOST_LINES + 1}: there are 1,001 lines; at most 1,000 are taken at once"
    ]
    assert wrong(" \n") == ["1: there is no line"]


@given(st.lists(st.text() | st.sampled_from(["Dana", "<@U0BEN>", "1012", ICCIDS[0], "a@b.c"])))
def test_any_paste_is_taken_whole_or_refused(lines: list[str]) -> None:
    """Nobody gets two eSIMs by one line, and no eSIM two holders."""
    try:
        taken = read_lines("\n".join(lines), ICCIDS, ())
    except InvalidLines as refusal:
        assert refusal.problems  # noqa: PT017 - either end is right
        return
    iccids = [iccid for iccid, _ in taken]
    assert len(set(iccids)) == len(iccids)
    assert set(iccids) <= set(ICCIDS)
    assert all(holder != Holder() for _, holder in taken)
