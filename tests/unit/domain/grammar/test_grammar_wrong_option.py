"""Wrong options and stray words, and how all of it is pointed at."""

import pytest
from inline_snapshot import snapshot

from bot.domain.grammar import InvalidCommand, Problem
from bot.domain.line.problems import FOLD
from tests.support.requests import rules
from tests.support.typed import asked, explained, messages, offered, refused


def test_a_provider_is_named_in_words() -> None:
    """Whom to buy from is no tag and no note: the line that says it is shown."""
    lines = [
        "buy 3 eSIMs from telnyx",
        "buy 3 from Telnyx, please",
        "buy 3 status=enabled from telnyx tags=a",
        "buy 3 from=telynx",
        "buy 3 from=celitech",
    ]
    assert explained(*lines) == snapshot("""\
/esim buy 3 eSIMs from telnyx
                  ^^^^^^^^^^^
- from telnyx: write it with an equals sign, like from=telnyx
> /esim buy 3 from=telnyx

/esim buy 3 from Telnyx, please
            ^^^^^^^^^^^^
- from Telnyx,: write it with an equals sign, like from=telnyx
> /esim buy 3 from=telnyx

/esim buy 3 status=enabled from
                           ^^^^^
telnyx tags=a
^^^^^^
- from telnyx: write it with an equals sign, like from=telnyx
> /esim buy 3 from=telnyx tags=a status=enabled

/esim buy 3 from=telynx
                 ^^^^^^
- telynx: there is no such provider: did you mean telnyx?
> /esim buy 3 from=telnyx

/esim buy 3 from=celitech
                 ^^^^^^^^
- celitech: there is no such provider: there is only telnyx
> /esim help
""")


def test_a_provider_is_left_alone_in_a_text() -> None:
    """What a note says of a provider stays in the note; other words after `from` are only words."""
    assert asked("buy 3 note=a box from telnyx").note == "a box from telnyx"
    assert offered("buy 3 from Lyon") == [
        '/esim buy 3 tags="from Lyon"',
        '/esim buy 3 note="from Lyon"',
    ]


def test_a_misspelt_option_is_read_as_the_nearest_one() -> None:
    """The name meant is told, and its value is kept."""
    lines = [
        "buy 10 taggs=a,b",
        "buy 10 --whitlabel Acme",
        "buy 10 notes=hello statuss=enabled",
        "buy 10 noet=",
        "buy 10 statsu=blue",
    ]
    assert explained(*lines) == snapshot("""\
/esim buy 10 taggs=a,b
             ^^^^^
- taggs: there is no such option: did you mean tags?
> /esim buy 10 tags=a,b

/esim buy 10 --whitlabel Acme
             ^^^^^^^^^^^
- --whitlabel: there is no such option: did you mean whitelabel?
> /esim buy 10 whitelabel=Acme

/esim buy 10 notes=hello
             ^^^^^
statuss=enabled
^^^^^^^
- notes: there is no such option: did you mean note?
- statuss: there is no such option: did you mean status?
> /esim buy 10 status=enabled note=hello

/esim buy 10 noet=
             ^^^^
- noet: it needs a value: note="for the Berlin office"
> /esim help

/esim buy 10 statsu=blue
             ^^^^^^ ^^^^
- statsu: there is no such option: did you mean status?
- blue: there is no such status: it is one of enabled, disabled, standby
> /esim help
""")


def test_misspelt_tags_join_the_others() -> None:
    """Tags are a list however often they are named; the misspelt name is still told."""
    lines = ["buy 10 taggs=a tags=b", "buy 10 tags=b taggs=a"]
    assert explained(*lines) == snapshot("""\
/esim buy 10 taggs=a tags=b
             ^^^^^
- taggs: there is no such option: did you mean tags?
> /esim buy 10 tags=a,b

/esim buy 10 tags=b taggs=a
                    ^^^^^
- taggs: there is no such option: did you mean tags?
> /esim buy 10 tags=b,a
""")


def test_an_unknown_option_is_told_with_all_there_are() -> None:
    """What is like no option can't be meant: nothing is proposed without it."""
    lines = ["buy 10 color=red", "buy --urgent 10", "buy 10 http://example.com"]
    assert explained(*lines) == snapshot("""\
/esim buy 10 color=red
             ^^^^^
- color: there is no such option; there are tags, whitelabel, group, status and note
> /esim help

/esim buy --urgent 10
          ^^^^^^^^   ^
- --urgent: there is no such option; there are tags, whitelabel, group, status and note
- : how many eSIMs? Write the amount: /esim buy 10
> /esim help

/esim buy 10 http://example.com
             ^^^^
- http: there is no such option; there are tags, whitelabel, group, status and note
> /esim help
""")


def test_a_product_is_not_asked_for_by_name() -> None:
    """Who knows the provider's own name learns how it is asked for here."""
    assert explained("buy 10 product=whitelabel") == snapshot("""\
/esim buy 10 product=whitelabel
             ^^^^^^^
- product: the product follows from the name: whitelabel="Acme Mobile"
> /esim help
""")


def test_stray_words_may_be_a_tag_or_a_note() -> None:
    """Both are shown, and neither is taken; what the line says already is kept."""
    lines = [
        "buy 10 fleet",
        "buy five esims for france",
        "buy 10 berlin office tags=a",
        "buy 10 fleet note=x",
        'buy 10 "my fleet"',
        "buy 3 x",
    ]
    assert explained(*lines) == snapshot("""\
/esim buy 10 fleet
             ^^^^^
- fleet: is this a tag or a note? Write tags=… or note=…, with spaces in quotes
> /esim buy 10 tags=fleet
> /esim buy 10 note=fleet

/esim buy five esims for france
                     ^^^^^^^^^^
- for france: is this a tag or a note? Write tags=… or note=…, with spaces in quotes
> /esim buy 5 tags="for france"
> /esim buy 5 note="for france"

/esim buy 10 berlin office tags=a
             ^^^^^^^^^^^^^
- berlin office: is this a tag or a note? Write tags=… or note=…, with spaces in quotes
> /esim buy 10 tags=a,"berlin office"
> /esim buy 10 tags=a note="berlin office"

/esim buy 10 fleet note=x
             ^^^^^
- fleet: is this a tag or a note? Write tags=… or note=…, with spaces in quotes
> /esim buy 10 tags=fleet note=x

/esim buy 10 "my fleet"
             ^^^^^^^^^^
- "my fleet": is this a tag or a note? Write tags=… or note=…, with spaces in quotes
> /esim buy 10 tags="my fleet"
> /esim buy 10 note="my fleet"

/esim buy 3 x
            ^
- x: is this a tag or a note? Write tags=… or note=…, with spaces in quotes
> /esim buy 3
> /esim buy 3 tags=x
> /esim buy 3 note=x
""")


def test_a_sign_that_is_missing_is_told() -> None:
    """A name without an equals sign is read as the option that it names, and not taken."""
    lines = ["buy 10 tags fleet", "buy 10 note for the trial", "buy amount 5 status enabled"]
    assert explained(*lines) == snapshot("""\
/esim buy 10 tags fleet
             ^^^^
- tags: write it with an equals sign, like tags=fleet,emea
> /esim buy 10 tags=fleet

/esim buy 10 note for the trial
             ^^^^
- note: write it with an equals sign, like note="for the Berlin office"
> /esim buy 10 note="for the trial"

/esim buy amount 5 status enabled
          ^^^^^^   ^^^^^^
- amount: write it with an equals sign, like amount=10
- status: write it with an equals sign, like status=standby
> /esim buy 5 status=enabled
""")


def test_an_option_that_differs_from_itself_is_shown_both_ways() -> None:
    """Which of two is meant is not guessed."""
    lines = ["buy 3 note=a note=b", "buy 3 status=enabled whitelabel=A status=standby spn=B"]
    assert explained(*lines) == snapshot("""\
/esim buy 3 note=a note=b
                        ^
- b: this is there twice, and differs: leave one out
> /esim buy 3 note=a
> /esim buy 3 note=b

/esim buy 3 status=enabled
whitelabel=A status=standby spn=B
                    ^^^^^^^     ^
- standby: this is there twice, and differs: leave one out
- B: this is there twice, and differs: leave one out
> /esim buy 3 whitelabel=A status=enabled
> /esim buy 3 whitelabel=B status=enabled
> /esim buy 3 whitelabel=A status=standby
> /esim buy 3 whitelabel=B status=standby
""")


@pytest.mark.parametrize(
    "line", ["status=enabled status=enabled", "note=a note=a", "tags=a tags=a", "amount=3 note=a"]
)
def test_an_option_that_agrees_with_itself_is_taken(line: str) -> None:
    """Saying a thing twice means it once."""
    assert asked(f"buy 3 {line}").amount == 3


def test_a_line_with_too_many_meanings_proposes_none() -> None:
    """Nobody can choose among sixteen lines."""
    assert offered("buy 3 tags=a b,c d,e f") == ["/esim help"]


def test_the_command_is_written_as_it_is_configured() -> None:
    """A workspace that renamed the command sees its own name everywhere."""
    lines = ["buy", "by 1", "order", "orders x"]
    assert explained(*lines, rules=rules(command="/sims")) == snapshot("""\
/sims buy
         ^
- : how many eSIMs? Write the amount: /sims buy 10
> /sims help

/sims by 1
      ^^
- by: there is no such command: did you mean buy?
> /sims buy 1

/sims order
           ^
- : which order? Write its id; /sims orders lists yours
> /sims orders

/sims orders x
             ^
- x: there is only `all`, for everybody's orders here, or nothing for yours
> /sims orders
""")


def test_the_error_itself_reads_as_all_its_messages() -> None:
    """A log line of the error tells everything, in the order of the places."""
    assert str(refused("buy 0 tags=,")) == "; ".join(messages("buy 0 tags=,"))
    assert messages("buy 0 tags=,") == snapshot(
        [
            "this would buy nothing: the smallest amount is 1",
            "no tag between the commas: tags=fleet,emea",
        ]
    )


def test_pointers_follow_wide_and_combining_characters() -> None:
    """In a fixed-width font the pointers stand under the wrong part in any script."""
    lines = [
        "buy 10 note=日本語 tags=,",
        "buy 10 note=🎉 status=x",
        "buy 10 note=x\u0301\u0301 status=x",
    ]
    assert explained(*lines) == snapshot("""\
/esim buy 10 note=日本語 tags=,
                              ^
- ,: no tag between the commas: tags=fleet,emea
> /esim help

/esim buy 10 note=🎉 status=x
                            ^
- x: there is no such status: it is one of enabled, disabled, standby
> /esim help

/esim buy 10 note=x́́ status=x
                           ^
- x: there is no such status: it is one of enabled, disabled, standby
> /esim help
""")


def test_a_long_line_is_folded_with_its_pointers() -> None:
    """Each piece of a long line has its own pointers right below it, also on a phone."""
    line = f"buy 10 {'x' * 50} tagz=a   {'y ' * 20} status=blue"
    assert explained(line) == snapshot("""\
/esim buy 10 xxxxxxxxxxxxxxxxxxxxxxx
             ^^^^^^^^^^^^^^^^^^^^^^^
xxxxxxxxxxxxxxxxxxxxxxxxxxx tagz=a
^^^^^^^^^^^^^^^^^^^^^^^^^^^ ^^^^ ^^^^
y y y y y y y y y y y y y y y y y y
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
y y  status=blue
^^^         ^^^^
- xxxxxxxxxxxxxxxxxxxxxxx…: is this a tag or a note? Write tags=… or note=…, with spaces in quotes
- tagz: there is no such option: did you mean tag?
- a y y y y y y y y y y y…: one tag, or 21? Write one in quotes, several with commas between
- blue: there is no such status: it is one of enabled, disabled, standby
> /esim help
""")


def test_a_missing_part_at_the_end_of_a_full_row_is_pointed_at_there() -> None:
    """The pointer never stands alone below the start of the line."""
    line = "/esim buy tags=" + "x" * (FOLD - len("/esim buy tags="))
    rows = refused(line.removeprefix("/esim ")).pointed().split("\n")
    assert rows == [line, " " * FOLD + "^"]


def test_a_wrong_word_is_repeated_and_clipped() -> None:
    """Who reads the explanation need not look for the place; a very long word is cut."""
    wrong = refused(f"buy 3 status={'é' * 100} whitelabel=日本語・日本語・日本語・日本語")
    assert [problem.word for problem in wrong.problems] == [
        "é" * 23 + "…",
        "日本語・日本語・日本語…",
    ]


def test_a_problem_anywhere_is_pointed_at() -> None:
    """A place beyond the line is pointed at at its end."""
    wrong = InvalidCommand("/esim", [Problem(70, 90, "far out")], ["/esim help"])
    assert wrong.pointed() == "/esim\n     ^"
