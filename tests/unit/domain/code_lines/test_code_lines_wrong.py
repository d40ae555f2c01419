"""Lines about codes and holders with mistakes: each is pointed at, with a right line to copy."""

import pytest
from inline_snapshot import snapshot

from bot.domain.grammar import Activate, parse
from tests.support.typed import RULES, explained, messages, offered

ICCID = "8931080019073497795"


def test_what_it_is_about() -> None:
    """Nothing, none of ours, two of them, one that is misspelt."""
    lines = [
        *("activate", "activate xyz", "activate 7K2M-9QXA", "activate 7K2M9QXA 7K2M9QXB"),
        *("unassign", "unassign 7K2M9QXA", "assigned xyz", "assign"),
    ]
    assert explained(*lines) == snapshot("""\
/esim activate
              ^
- : the ICCID or order's id is missing: write it behind activate, like /esim activate 7K2M9QXA
> /esim orders

/esim activate xyz
               ^^^
- xyz: an ICCID has 18 to 22 digits, like 8931080019073497795; an order's id has 8 letters and digits, like 7K2M9QXA
> /esim orders

/esim activate 7K2M-9QXA
               ^^^^^^^^^
- 7K2M-9QXA: an order's id has no signs within: did you mean 7K2M9QXA?
> /esim activate 7K2M9QXA

/esim activate 7K2M9QXA 7K2M9QXB
                        ^^^^^^^^
- 7K2M9QXB: one order or ICCID at a time: leave the others out
> /esim activate 7K2M9QXA
> /esim activate 7K2M9QXB

/esim unassign
              ^
- : the ICCID is missing: write it behind unassign, like /esim unassign 8931080019073497795
> /esim orders

/esim unassign 7K2M9QXA
               ^^^^^^^^
- 7K2M9QXA: this takes one eSIM at a time: write its ICCID, not an order's id
> /esim assigned 7K2M9QXA

/esim assigned xyz
               ^^^
- xyz: an ICCID has 18 to 22 digits, like 8931080019073497795; an order's id has 8 letters and digits, like 7K2M9QXA
> /esim assigned

/esim assign
            ^
- : the ICCID or order's id is missing: write it behind assign, like /esim assign 8931080019073497795 to=@dana
> /esim orders
""")  # noqa: E501 - as it is told


def test_a_person() -> None:
    """Only somebody on Slack, by the name that Slack offers, and one alone."""
    lines = [
        *("activate 7K2M9QXA to=", "activate 7K2M9QXA to=dana", "activate 7K2M9QXA @dana"),
        *("activate 7K2M9QXA for @dana", "activate 7K2M9QXA for=@dana"),
        *("activate 7K2M9QXA to @dana", "activate 7K2M9QXA to=@dana @ben"),
        *("activate 7K2M9QXA to=@dana to=@ben", "activate 7K2M9QXA to=dana@example.com"),
    ]
    assert explained(*lines) == snapshot("""\
/esim activate 7K2M9QXA to=
                        ^^
- to: it needs a value: to=@dana
> /esim activate 7K2M9QXA

/esim activate 7K2M9QXA to=dana
                           ^^^^
- dana: a person on Slack is written with @: did you mean @dana?
> /esim activate 7K2M9QXA to=@dana

/esim activate 7K2M9QXA @dana
                        ^^^^^
- @dana: write to= before it, like to=@dana
> /esim activate 7K2M9QXA to=@dana

/esim activate 7K2M9QXA for @dana
                        ^^^^^^^^^
- for @dana: write to= before it, like to=@dana
> /esim activate 7K2M9QXA to=@dana

/esim activate 7K2M9QXA for=@dana
                        ^^^
- for: write to= and the person behind it, like to=@dana
> /esim activate 7K2M9QXA

/esim activate 7K2M9QXA to @dana
                        ^^
- to: write it with an equals sign, like to=@dana
> /esim activate 7K2M9QXA to=@dana

/esim activate 7K2M9QXA to=@dana
                           ^^^^^^
@ben
^^^^
- @dana @ben: this is no one person: type @ and pick one name from Slack's list
> /esim activate 7K2M9QXA

/esim activate 7K2M9QXA to=@dana
to=@ben
   ^^^^
- @ben: this is there twice, and differs: leave one out
> /esim activate 7K2M9QXA to=@dana
> /esim activate 7K2M9QXA to=@ben

/esim activate 7K2M9QXA
to=dana@example.com
   ^^^^^^^^^^^^^^^^
- dana@example.com: codes are given on Slack alone: type @ and pick the person there
> /esim activate 7K2M9QXA
""")


def test_a_hand_out() -> None:
    """What there is, what a sheet has not, and what device management needs instead."""
    lines = [
        *("handout 7K2M9QXA as=pdf", "handout 7K2M9QXA as=print", "handout 7K2M9QXA sheet"),
        *("handout 7K2M9QXA as=sheet format=android", "handout 7K2M9QXA format=xml"),
        *("handout 7K2M9QXA format=intune", "handout 7K2M9QXA format=apple"),
    ]
    assert explained(*lines) == snapshot("""\
/esim handout 7K2M9QXA as=pdf
                          ^^^
- pdf: there is no such form: it is zip or sheet
> /esim handout 7K2M9QXA

/esim handout 7K2M9QXA as=print
                          ^^^^^
- print: there is no such form: did you mean sheet?
> /esim handout 7K2M9QXA as=sheet

/esim handout 7K2M9QXA sheet
                       ^^^^^
- sheet: did you mean as=sheet?
> /esim handout 7K2M9QXA as=sheet

/esim handout 7K2M9QXA as=sheet
format=android
^^^^^^^^^^^^^^
- format=android: a sheet has no columns: leave format= out, or write as=zip
> /esim handout 7K2M9QXA as=sheet

/esim handout 7K2M9QXA format=xml
                              ^^^
- xml: there is no such format: it is one of plain, android
> /esim handout 7K2M9QXA

/esim handout 7K2M9QXA format=intune
                              ^^^^^^
- intune: Intune's layout is not made here: format=plain has the ICCID, address and matching id that it asks for on Windows. Apple devices need EIDs bound by the provider instead
> /esim handout 7K2M9QXA

/esim handout 7K2M9QXA format=apple
                              ^^^^^
- apple: Apple's device management takes no codes: it needs EIDs bound by the provider, which none of ours sells
> /esim handout 7K2M9QXA
""")  # noqa: E501 - as it is told


def test_a_holder() -> None:
    """Nobody, a name that is too long, two names, the eSIMs of an order."""
    lines = [
        *(f"assign {ICCID}", f"assign {ICCID} to=", f"assign {ICCID} @dana"),
        *(f"assign {ICCID} to=Dana name=Truck 12", f"assign {ICCID} name={'x' * 81}"),
        *("assign 7K2M9QXA to=@dana", f"assign {ICCID} to=@dana @ben"),
        *(f"assign {ICCID} to=@dana?", f"assigned {ICCID} from=telnyx"),
    ]
    assert explained(*lines) == snapshot("""\
/esim assign 8931080019073497795
                                ^
- : to= is missing: write who has it, like to=@dana
> /esim assigned 8931080019073497795

/esim assign 8931080019073497795 to=
                                 ^^
- to: it needs a value: to=@dana
> /esim assigned 8931080019073497795

/esim assign 8931080019073497795
@dana
^^^^^
- @dana: write to= before it, like to=@dana
> /esim assign 8931080019073497795 to=@dana

/esim assign 8931080019073497795
to=Dana name=Truck 12
        ^^^^^^^^^^^^^
- name=Truck 12: an eSIM has one name: write it in to= or in name=
> /esim assigned 8931080019073497795

/esim assign 8931080019073497795
name=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
xxxxxxxxxxxxxx
^^^^^^^^^^^^^^
- xxxxxxxxxxxxxxxxxxxxxxx…: this has 81 characters; a name may have 80 at most
> /esim assigned 8931080019073497795

/esim assign 7K2M9QXA to=@dana
                      ^^^^^^^^
- to=@dana: the eSIMs of an order are assigned in a form, which opens: leave this out
> /esim assign 7K2M9QXA

/esim assign 8931080019073497795
to=@dana @ben
   ^^^^^^^^^^
- @dana @ben: this is no one person: type @ and pick one name from Slack's list
> /esim assigned 8931080019073497795

/esim assign 8931080019073497795
to=@dana
        ^
- : a question changes nothing: write the line without the question mark
> /esim assigned 8931080019073497795

/esim assigned 8931080019073497795
from=telnyx
^^^^^^^^^^^
- from=telnyx: who has an eSIM is ours, not a provider's: leave from= out
> /esim assigned 8931080019073497795
""")


def test_an_option_that_there_is_not() -> None:
    """What there is instead is told."""
    lines = [f"activate {ICCID} colour=red", f"activate {ICCID} from=nobody"]
    assert explained(*lines) == snapshot("""\
/esim activate 8931080019073497795
colour=red
^^^^^^
- colour: there is no such option; there are iccid and to
> /esim activate 8931080019073497795

/esim activate 8931080019073497795
from=nobody
     ^^^^^^
- nobody: there is no such provider: there is only telnyx
> /esim activate 8931080019073497795
""")


@pytest.mark.parametrize("word", ["apple", "MDM", "jamf", "eid", "intune"])
def test_device_management(word: str) -> None:
    """Apple's takes no codes at all: that is said, and what it needs."""
    assert any(
        "EIDs bound by the provider" in told for told in messages(f"handout 7K2M9QXA format={word}")
    )


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("send activation codes of 7K2M9QXA to @dana", "activate 7K2M9QXA to=@dana"),
        ("codes 7K2M9QXA", "activate 7K2M9QXA"),
        ("activat 7K2M9QXA", "activate 7K2M9QXA"),
        (f"asign {ICCID} to=@dana", f"assign {ICCID} to=@dana"),
        ("holders", "assigned"),
        ("asigned 7K2M9QXA", "assigned 7K2M9QXA"),
        ("print 7K2M9QXA", "handout 7K2M9QXA"),
    ],
)
def test_another_word_for_it(line: str, shown: str) -> None:
    """What is meant is offered; a confirmation comes before any code."""
    assert offered(line) == [f"/esim {shown}"]


@pytest.mark.parametrize(
    "line",
    [
        "don't activate 7K2M9QXA",
        "activate not 7K2M9QXA",
        "do not send codes of 7K2M9QXA to @dana",
        "never assign 8931080019073497795 to=@dana",
    ],
)
def test_a_negation(line: str) -> None:
    """Nobody who says no is handed a line that gives or assigns."""
    assert all(
        shown.split()[1] in {"help", "order", "orders", "assigned"} for shown in offered(line)
    )


@pytest.mark.parametrize(
    "line", ["activate 7K2M9QXA to=not @dana", "activate 7K2M9QXA not to=@dana"]
)
def test_a_negated_person(line: str) -> None:
    """The line that is offered names nobody: who gets the codes is seen before."""
    assert offered(line) == ["/esim activate 7K2M9QXA"]


@pytest.mark.parametrize(
    "line",
    [
        f"assign {ICCID}",
        f"assign {ICCID} to=",
        f"assign {ICCID} not to @dana",
        f"assign {ICCID} to=@dana @ben",
        f'assign {ICCID} to="Dana Smith" name="Truck 12"',
        f"assign {ICCID} name={'x' * 81}",
    ],
)
def test_nobody_is_made_the_holder_by_a_copied_line(line: str) -> None:
    """Where it can't be told who is meant, the line to copy only shows who has the eSIM."""
    assert offered(line) == [f"/esim assigned {ICCID}"]


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("Truck 12", 'to="Truck 12"'),
        ("ben", "to=ben"),
        ("ben please", "to=ben"),
        ("dana@example.com", "to=dana@example.com"),
        ("to=@dana from=telnyx", "to=@dana"),
    ],
)
def test_who_is_plain_is_suggested(line: str, right: str) -> None:
    """A name without `to=`, or a provider too many: the line to copy has what was typed."""
    assert offered(f"assign {ICCID} {line}") == [f"/esim assign {ICCID} {right}"]


@pytest.mark.parametrize("to", ["#ops", "#", "<!channel>", "!channel"])
def test_a_channel_is_no_person(to: str) -> None:
    """Nobody is asked whether they meant `@#ops`."""
    (told,) = messages(f"activate 7K2M9QXA to={to}")
    assert "no one person" in told
    assert offered(f"activate 7K2M9QXA to={to}") == ["/esim activate 7K2M9QXA"]


def test_commas_between_subjects() -> None:
    """Each is read, also where the comma sticks to it; one is to be chosen."""
    other = "8931080019073497803"
    for line in (f"{ICCID}, {other}", f"8931 0800 1907 3497 795, {other}", f"{ICCID} , {other}"):
        assert offered(f"activate {line}") == [f"/esim activate {ICCID}", f"/esim activate {other}"]


def test_an_iccid_with_its_digits_swapped_in_pairs() -> None:
    """As SIM cards keep it; what it is the right way round is suggested, never taken."""
    assert offered("activate 981380009170437997F5") == [f"/esim activate {ICCID}"]
    assert "pairs" in messages("activate 981380009170437997F5")[0]


@pytest.mark.parametrize("word", ["deactivate", "unactivate", "de-activate", "disactivate"])
def test_the_opposite_of_a_command(word: str) -> None:
    """It is never answered with the command itself; what shows the order is offered."""
    assert offered(f"{word} 7K2M9QXA") == ["/esim order 7K2M9QXA"]
    assert "did you mean" not in messages(f"{word} 7K2M9QXA")[0]


def test_a_misspelt_command_that_takes_something_away() -> None:
    """Its own beginning is no denial."""
    assert offered(f"unasign {ICCID}") == [f"/esim unassign {ICCID}"]


@pytest.mark.parametrize("to", ["nobody", "none", "No one", "no-one"])
def test_nobody_is_no_holder(to: str) -> None:
    """Whoever wants it forgotten is told the command that does it."""
    assert "unassign" in messages(f"assign {ICCID} to={to}")[0]
    assert offered(f"assign {ICCID} to={to}") == [f"/esim assigned {ICCID}"]


def test_an_address_with_more_behind_it() -> None:
    """It is not kept as a name: what the line is called stands in name=."""
    assert "name=" in messages(f"assign {ICCID} to=dana@example.com Truck 12")[0]


@pytest.mark.parametrize("end", [".", ";", "!", ","])
def test_a_stop_behind_the_subject(end: str) -> None:
    """It is no part of it."""
    assert isinstance(parse(f"activate 7K2M9QXA{end}", RULES), Activate)


def test_signs_before_a_person() -> None:
    """No sign becomes a part of somebody's name."""
    assert offered(f"assign {ICCID} = Dana") == [f"/esim assigned {ICCID}"]


@pytest.mark.parametrize("columns", ["plain", "android"])
def test_a_sheet_with_columns(columns: str) -> None:
    """The sheet that was asked for is offered, for the same person, without them."""
    line = f"handout 7K2M9QXA as=sheet format={columns} to=@dana"
    assert offered(line) == ["/esim handout 7K2M9QXA to=@dana as=sheet"]
    assert messages(line) == ["a sheet has no columns: leave format= out, or write as=zip"]


@pytest.mark.parametrize("option", ["to", "name"])
def test_a_code_is_no_name(option: str) -> None:
    """A secret that is written where a name is kept is refused, and no line with it is offered."""
    line = f"assign {ICCID} to=@dana name=x".replace(
        {"to": "to=@dana name=x", "name": "name=x"}[option], f'{option}="LPA:1$smdp.io$K2-1"'
    )
    (said,) = messages(line)
    assert said == "this looks like an activation code, which is kept nowhere: leave it out"
    assert not any("LPA" in each for each in offered(line))
