"""Wrong options and stray words, and how all of it is pointed at."""

from inline_snapshot import snapshot

from bot.domain.grammar import InvalidCommand, Problem, Rules
from bot.domain.grammar.problems import FOLD
from tests.support.typed import explained, messages, refused


def test_a_misspelt_option_is_read_as_the_nearest_one() -> None:
    """The name meant is told, and its value is in the example."""
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
- there is no such option: did you mean tags?
> /esim buy 10 tags=a,b

/esim buy 10 --whitlabel Acme
             ^^^^^^^^^^^
- there is no such option: did you mean whitelabel?
> /esim buy 10 whitelabel=Acme

/esim buy 10 notes=hello statuss=enabled
             ^^^^^       ^^^^^^^
- there is no such option: did you mean note?
- there is no such option: did you mean status?
> /esim buy 10 status=enabled note=hello

/esim buy 10 noet=
             ^^^^
- there is no such option: did you mean note?
> /esim buy 10

/esim buy 10 statsu=blue
             ^^^^^^ ^^^^
- there is no such option: did you mean status?
- there is no such status: it is one of enabled, disabled, standby
> /esim buy 10
""")


def test_an_option_twice_is_one_too_many() -> None:
    """The first one counts for the example, also where one of them is misspelt."""
    lines = ["buy 10 tags=a tag=b", "buy 10 taggs=a tags=b", "buy 10 tags=b taggs=a"]
    assert explained(*lines) == snapshot("""\
/esim buy 10 tags=a tag=b
                    ^^^
- `tag` is there twice: leave one out
> /esim buy 10 tags=a

/esim buy 10 taggs=a tags=b
             ^^^^^   ^^^^
- there is no such option: did you mean tags?
- `tags` is there twice: leave one out
> /esim buy 10 tags=a

/esim buy 10 tags=b taggs=a
                    ^^^^^
- there is no such option: did you mean tags?
> /esim buy 10 tags=b
""")


def test_an_unknown_option_is_told_with_all_there_are() -> None:
    """What is like no option is left out of the example."""
    lines = ["buy 10 color=red", "buy --urgent 10", "buy 10 http://example.com"]
    assert explained(*lines) == snapshot("""\
/esim buy 10 color=red
             ^^^^^
- there is no such option; there are tags, whitelabel, group, status and note
> /esim buy 10

/esim buy --urgent 10
          ^^^^^^^^   ^
- there is no such option; there are tags, whitelabel, group, status and note
- how many eSIMs? Write the amount: /esim buy 10
> /esim buy 10

/esim buy 10 http://example.com
             ^^^^
- there is no such option; there are tags, whitelabel, group, status and note
> /esim buy 10
""")


def test_a_product_is_not_asked_for_by_name() -> None:
    """Who knows the provider's own name learns how it is asked for here."""
    assert explained("buy 10 product=whitelabel") == snapshot("""\
/esim buy 10 product=whitelabel
             ^^^^^^^
- the product follows from the name: whitelabel="Acme Mobile"
> /esim buy 10
""")


def test_stray_words_are_told_where_text_belongs() -> None:
    """Most stray words are a value without quotes."""
    assert explained("buy 10 for Berlin") == snapshot("""\
/esim buy 10 for Berlin
             ^^^^^^^^^^
- this belongs to no option: put text with spaces in quotes, like note="two words"
> /esim buy 10
""")


def test_the_command_is_written_as_it_is_configured() -> None:
    """A workspace that renamed the command sees its own name everywhere."""
    lines = ["buy", "by 1", "order", "orders x"]
    assert explained(*lines, rules=Rules(command="/sims")) == snapshot("""\
/sims buy
         ^
- how many eSIMs? Write the amount: /sims buy 10
> /sims buy 10

/sims by 1
      ^^
- there is no such command: did you mean buy?
> /sims buy 1

/sims order
           ^
- which order? Write its id; /sims orders lists yours
> /sims order 7K2M9QXA

/sims orders x
             ^
- there is only `all`, for everybody's orders in this channel, or nothing for yours
> /sims orders all
""")


def test_the_error_itself_reads_as_all_its_messages() -> None:
    """A log line of the error tells everything, in the order of the places."""
    assert str(refused("buy 0 tags=,")) == "; ".join(messages("buy 0 tags=,"))
    assert messages("buy 0 tags=,") == snapshot(
        [
            "0 eSIMs would buy nothing: the smallest amount is 1",
            "no tag between the commas: tags=fleet,emea",
        ]
    )


def test_pointers_follow_wide_and_combining_characters() -> None:
    """In a fixed-width font the pointers stand under the wrong part in any script."""
    lines = ["buy 10 note=日本語 tags=,", "buy 10 note=🎉 oops", "buy 10 note=e\u0301\u0301 oops"]
    assert explained(*lines) == snapshot("""\
/esim buy 10 note=日本語 tags=,
                              ^
- no tag between the commas: tags=fleet,emea
> /esim buy 10 note=日本語

/esim buy 10 note=🎉 oops
                     ^^^^
- this belongs to no option: put text with spaces in quotes, like note="two words"
> /esim buy 10 note="🎉"

/esim buy 10 note=é́ oops
                    ^^^^
- this belongs to no option: put text with spaces in quotes, like note="two words"
> /esim buy 10 note="é́"
""")


def test_a_long_line_is_folded_with_its_pointers() -> None:
    """Each piece of a long line has its own pointers right below it."""
    line = f"buy 10 {'x' * 80} tagz=a   {'y ' * 20} status=blue"
    assert explained(line) == snapshot("""\
/esim buy 10 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
xxxxxxxxxxxxxxxxxxxxx tagz=a   y y y y y y y y y y y y y y y y y y y y
^^^^^^^^^^^^^^^^^^^^^ ^^^^     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
status=blue
       ^^^^
- this belongs to no option: put text with spaces in quotes, like note="two words"
- there is no such option: did you mean tag?
- this belongs to no option: put text with spaces in quotes, like note="two words"
- there is no such status: it is one of enabled, disabled, standby
> /esim buy 10 tags=a
""")


def test_a_missing_part_at_the_end_of_a_full_row_is_pointed_at_there() -> None:
    """The pointer never stands alone below the start of the line."""
    line = "/esim buy tags=" + "x" * (FOLD - len("/esim buy tags="))
    rows = refused(line.removeprefix("/esim ")).pointed().split("\n")
    assert rows == [line, " " * (FOLD - 1) + "^"]


def test_a_problem_anywhere_is_pointed_at() -> None:
    """A place beyond the line is pointed at at its end."""
    wrong = InvalidCommand("/esim", [Problem(70, 90, "far out")], "/esim help")
    assert wrong.pointed() == "/esim\n     ^"
