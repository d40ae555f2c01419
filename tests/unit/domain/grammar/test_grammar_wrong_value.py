"""Wrong values of options: each has its own message, its place, and an example that mends it."""

import pytest
from inline_snapshot import snapshot

from bot.domain.request import NOTE_LIMIT
from tests.support.typed import asked, explained, messages, offered


def test_all_wrong_parts_are_told_at_once() -> None:
    """Nobody has to send a line seven times to learn of seven mistakes."""
    line = 'buy tem tags=a,,b status=enabeld group="" whitelabel=A_B colour=red extra'
    assert explained(line) == snapshot("""\
/esim buy tem tags=a,,b
          ^^^        ^
status=enabeld group=""
       ^^^^^^^       ^^
whitelabel=A_B colour=red extra
           ^^^ ^^^^^^
- tem: this is no amount: write a whole number in digits, like 10
- : a tag is empty: remove the extra comma or write the tag
- enabeld: there is no such status: did you mean enabled?
- "": a SIM card group has a name or an id: write one of them
- A_B: a whitelabel name takes only letters, digits and spaces
- colour: there is no such option; there are tags, whitelabel, group, status and note
> /esim help
""")


def test_an_option_without_a_value_is_shown_with_one() -> None:
    """Each option has its own example; a value is never taken from the next option."""
    lines = [
        "buy 10 tags=",
        "buy 10 tags",
        "buy 10 --tags",
        "buy 10 tags= note=x",
        "buy 10 status=",
        "buy 10 group: ",
        "buy 10 whitelabel= note=x",
        "buy 10 note=",
    ]
    assert explained(*lines) == snapshot("""\
/esim buy 10 tags=
             ^^^^
- tags: it needs a value: tags=fleet,emea
> /esim help

/esim buy 10 tags
             ^^^^
- tags: it needs a value: tags=fleet,emea
> /esim help

/esim buy 10 --tags
             ^^^^^^
- --tags: it needs a value: tags=fleet,emea
> /esim help

/esim buy 10 tags= note=x
             ^^^^
- tags: it needs a value: tags=fleet,emea
> /esim help

/esim buy 10 status=
             ^^^^^^
- status: it needs a value: status=standby
> /esim help

/esim buy 10 group:
             ^^^^^
- group: it needs a value: group=Fleet
> /esim help

/esim buy 10 whitelabel= note=x
             ^^^^^^^^^^
- whitelabel: it needs a value: whitelabel="Acme Mobile"
> /esim help

/esim buy 10 note=
             ^^^^
- note: it needs a value: note="for the Berlin office"
> /esim help
""")


def test_a_wrong_tag_is_told_at_its_place() -> None:
    """The pointer is under the tag that is wrong."""
    lines = [
        "buy 10 tags=,",
        "buy 10 tags=, , note=x",
        "buy 10 tags=a,,b",
        "buy 10 tags=a,b,",
        'buy 10 tags=a, note="x"',
        'buy 10 tags="a,b"',
        'buy 10 tags=x"a,b"',
        'buy 10 tags=x,"a,b, ,c"',
        "buy 10 tags=esim-7K2M9QXA-1,a",
        "buy 10 tags a,b",
    ]
    assert explained(*lines) == snapshot("""\
/esim buy 10 tags=,
                  ^
- ,: no tag between the commas: tags=fleet,emea
> /esim help

/esim buy 10 tags=, , note=x
                  ^^^^
- , ,: no tag between the commas: tags=fleet,emea
> /esim help

/esim buy 10 tags=a,,b
                    ^
- : a tag is empty: remove the extra comma or write the tag
> /esim buy 10 tags=a,b

/esim buy 10 tags=a,b,
                      ^
- : a tag is empty: remove the extra comma or write the tag
> /esim buy 10 tags=a,b

/esim buy 10 tags=a, note="x"
                     ^
- : a tag is empty: remove the extra comma or write the tag
> /esim buy 10 tags=a note=x

/esim buy 10 tags="a,b"
                  ^^^^^
- "a,b": a tag can't hold a comma
> /esim buy 10 tags=a,b

/esim buy 10 tags=x"a,b"
                  ^^^ ^^
- x"a: a quote within a tag: put the whole tag in quotes
- b": a quote within a tag: put the whole tag in quotes
> /esim help

/esim buy 10 tags=x,"a,b, ,c"
                    ^^^^^^^^^
- "a,b, ,c": a tag can't hold a comma
> /esim buy 10 tags=x,a,b,c

/esim buy 10 tags=esim-7K2M9QXA-1,a
                  ^^^^^^^^^^^^^^^
- esim-7K2M9QXA-1: tags like this are how I find my own purchases again: choose another
> /esim help

/esim buy 10 tags a,b
             ^^^^
- tags: write it with an equals sign, like tags=fleet,emea
> /esim buy 10 tags=a,b
""")


def test_a_wrong_status_is_told_with_the_nearest_one() -> None:
    """A status is recognised also where its name is missing or misspelt."""
    lines = [
        "buy 10 status=enabeld",
        "buy 10 status=blue",
        "buy 10 standby",
        "buy 10 Standbye",
        "buy 10 status=standby enabled",
    ]
    assert explained(*lines) == snapshot("""\
/esim buy 10 status=enabeld
                    ^^^^^^^
- enabeld: there is no such status: did you mean enabled?
> /esim buy 10 status=enabled

/esim buy 10 status=blue
                    ^^^^
- blue: there is no such status: it is one of enabled, disabled, standby
> /esim help

/esim buy 10 standby
             ^^^^^^^
- standby: did you mean status=standby?
> /esim buy 10 status=standby

/esim buy 10 Standbye
             ^^^^^^^^
- Standbye: did you mean status=standby?
> /esim buy 10 status=standby

/esim buy 10 status=standby enabled
                            ^^^^^^^
- enabled: did you mean status=enabled?
- enabled: this is there twice, and differs: leave one out
> /esim buy 10 status=standby
> /esim buy 10 status=enabled
""")


def test_a_group_without_a_name_is_told() -> None:
    """Whether the account has a group is asked later; that it was named is seen at once."""
    assert explained('buy 10 group=""', "buy 10 group='  '") == snapshot("""\
/esim buy 10 group=""
                   ^^
- "": a SIM card group has a name or an id: write one of them
> /esim help

/esim buy 10 group='  '
                   ^^^^
- ' ': a SIM card group has a name or an id: write one of them
> /esim help
""")


def test_a_wrong_whitelabel_name_is_told() -> None:
    """No other name is made up of what it may hold."""
    lines = [
        "buy 10 whitelabel=Acme!",
        'buy 10 whitelabel="Acme-Mobile 2"',
        'buy 10 whitelabel="!!"',
        'buy 10 whitelabel=" "',
        "buy 10 whitelabel=Acme & Sons",
    ]
    assert explained(*lines) == snapshot("""\
/esim buy 10 whitelabel=Acme!
                        ^^^^^
- Acme!: a whitelabel name takes only letters, digits and spaces
> /esim help

/esim buy 10 whitelabel="Acme-Mobile
                        ^^^^^^^^^^^^^
2"
^^
- "Acme-Mobile 2": a whitelabel name takes only letters, digits and spaces
> /esim help

/esim buy 10 whitelabel="!!"
                        ^^^^
- "!!": a whitelabel name takes only letters, digits and spaces
> /esim help

/esim buy 10 whitelabel=" "
                        ^^^
- " ": the whitelabel name is empty
> /esim help

/esim buy 10 whitelabel=Acme & Sons
                        ^^^^^^^^^^^
- Acme & Sons: a whitelabel name takes only letters, digits and spaces
> /esim help
""")


def test_an_empty_note_is_told() -> None:
    """An empty note is a mistake, not a note."""
    assert explained('buy 10 note=""', 'buy 10 note=" "') == snapshot("""\
/esim buy 10 note=""
                  ^^
- "": the note is empty
> /esim help

/esim buy 10 note=" "
                  ^^^
- " ": the note is empty
> /esim help
""")


def test_a_note_that_is_too_long_says_by_how_much() -> None:
    """The limit and the length are both told."""
    long = "x" * (NOTE_LIMIT + 1)
    assert messages(f"buy 10 note={long}") == ["the note has 501 characters; 500 fit"]


def test_an_open_quote_is_pointed_at_where_it_opens() -> None:
    """The rest of the line may be the value; where it holds options, nobody can say."""
    lines = [
        'buy 10 note="open tags=a',
        'buy 10 note="open',
        "buy 10 tags=x,“a,b",
        "buy 10 note=’twas",
        'buy 10 status="on',
    ]
    assert explained(*lines) == snapshot("""\
/esim buy 10 note="open tags=a
                  ^^^^^^^^^^^^
- "open tags=a: this quote is never closed: add one at its end
> /esim help

/esim buy 10 note="open
                  ^^^^^
- "open: this quote is never closed: add one at its end
> /esim buy 10 note=open

/esim buy 10 tags=x,“a,b
                    ^^^^
- “a,b: this quote is never closed: add one at its end
- “a,b: a tag can't hold a comma
> /esim buy 10 tags=x,a,b

/esim buy 10 note=’twas
                  ^^^^^
- ’twas: this quote is never closed: add one at its end
> /esim help

/esim buy 10 status="on
                    ^^^
- "on: this quote is never closed: add one at its end
- "on: there is no such status: it is one of enabled, disabled, standby
> /esim help
""")


def test_words_are_joined_where_they_can_mean_one_thing() -> None:
    """A name and a note go on to the next option, without quotes."""
    request = asked(
        "buy 3 whitelabel=Acme Mobile note=for the trial, phase 2 tags=a status=stand by"
    )
    assert (request.options["whitelabel_name"], request.note) == (
        "Acme Mobile",
        "for the trial, phase 2",
    )
    assert (request.options["tags"], request.options["status"]) == (("a",), "standby")


@pytest.mark.parametrize(
    ("line", "meanings"),
    [
        ("buy 3 tags=my fleet", ('buy 3 tags="my fleet"', "buy 3 tags=my,fleet")),
        ("buy 3 tags=a, my fleet", ('buy 3 tags=a,"my fleet"', "buy 3 tags=a,my,fleet")),
        ('buy 3 tags=my "own fleet"', ('buy 3 tags=my,"own fleet"',)),
        ("buy whitelabel=Acme 3", ("buy 3 whitelabel=Acme",)),
        ("buy note=for the trial 3", ('buy 3 note="for the trial"',)),
        ("buy tags=fleet one", ("buy 1 tags=fleet",)),
        (
            "buy 3 note=for Berlin enabled",
            ('buy 3 note="for Berlin enabled"', 'buy 3 status=enabled note="for Berlin"'),
        ),
        ("buy 3 note=x tags fleet", ('buy 3 note="x tags fleet"', "buy 3 tags=fleet note=x")),
        ("buy 3 note=see http://x.io/y now", ('buy 3 note="see http://x.io/y now"',)),
        ("buy 3 note=ask Bob: now tags=a", ('buy 3 tags=a note="ask Bob: now"',)),
        ("buy 3 note=rock 'n roll tags=a", ()),
        (
            'buy 3 whitelabel="Acme" Mobile',
            ("buy 3 tags=Mobile whitelabel=Acme", "buy 3 whitelabel=Acme note=Mobile"),
        ),
    ],
)
def test_a_value_that_can_end_in_two_places_is_shown_both_ways(
    line: str, meanings: tuple[str, ...]
) -> None:
    """Spaces leave a doubt between one tag and two, and between a text and what follows it."""
    shown = [f"/esim {meaning}" for meaning in meanings] or ["/esim help"]
    assert offered(line) == shown


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("“a，b”", "a，b"),
        ("「a、b」", "a、b"),
        ('"a;b|c"', "a;b|c"),
        ("«１２»", "１２"),
        ('"it is “great” –"', "it is “great” –"),
        ("„a ‚b‘ c“", "a ‚b‘ c"),
        ("'it’s'", "it’s"),
        ("Cafe\u0301", "Caf\u00e9"),
        ("a\u200db", "ab"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_a_value_is_kept_as_it_was_typed(typed: str, kept: str) -> None:
    """Within a value nothing is straightened, and in quotes no separator splits."""
    request = asked(f"buy 3 tags={typed} note={typed}")
    assert (request.options["tags"], request.note) == ((kept,), kept)
