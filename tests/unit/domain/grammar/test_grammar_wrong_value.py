"""Wrong values of options: each has its own message, its place, and an example that mends it."""

from inline_snapshot import snapshot

from bot.domain.request import NOTE_LIMIT
from tests.support.typed import explained, messages


def test_all_wrong_parts_are_told_at_once() -> None:
    """Nobody has to send a line seven times to learn of seven mistakes."""
    line = "buy tem tags=a,,b status=enabeld group=1 whitelabel=A_B colour=red extra"
    assert explained(line) == snapshot("""\
/esim buy tem tags=a,,b status=enabeld group=1 whitelabel=A_B colour=red
          ^^^        ^         ^^^^^^^       ^            ^^^ ^^^^^^
 extra
 ^^^^^
- the amount must be a whole number in digits, like 10
- a tag is empty: remove the extra comma or write the tag
- there is no such status: did you mean enabled?
- a SIM card group is named by its UUID, like 6a09cdc3-8948-47f0-aa62-74ac943d6c58
- a whitelabel name takes only letters, digits and spaces
- there is no such option; there are tags, whitelabel, group, status and note
- this belongs to no option: put text with spaces in quotes, like note="two words"
> /esim buy 10 tags=a,b whitelabel=AB status=enabled
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
- `tags` needs a value: tags=fleet,emea
> /esim buy 10

/esim buy 10 tags
             ^^^^
- `tags` needs a value: tags=fleet,emea
> /esim buy 10

/esim buy 10 --tags
             ^^^^^^
- `tags` needs a value: tags=fleet,emea
> /esim buy 10

/esim buy 10 tags= note=x
             ^^^^
- `tags` needs a value: tags=fleet,emea
> /esim buy 10 note=x

/esim buy 10 status=
             ^^^^^^
- `status` needs a value: status=standby
> /esim buy 10

/esim buy 10 group:
             ^^^^^
- `group` needs a value: group=6a09cdc3-8948-47f0-aa62-74ac943d6c58
> /esim buy 10

/esim buy 10 whitelabel= note=x
             ^^^^^^^^^^
- `whitelabel` needs a value: whitelabel="Acme Mobile"
> /esim buy 10 note=x

/esim buy 10 note=
             ^^^^
- `note` needs a value: note="for the Berlin office"
> /esim buy 10
""")


def test_a_wrong_tag_is_told_at_its_place() -> None:
    """The pointer is under the tag that is wrong; the example keeps the others."""
    lines = [
        "buy 10 tags=,",
        "buy 10 tags=, , note=x",
        "buy 10 tags=a,,b",
        "buy 10 tags=a,b,",
        'buy 10 tags=a, note="x"',
        "buy 10 tags=a,b,a",
        'buy 10 tags=x,"a,b, ,c"',
        "buy 10 tags=esim-7K2M9QXA-1,a",
        "buy 10 tags a,b",
    ]
    assert explained(*lines) == snapshot("""\
/esim buy 10 tags=,
                  ^
- no tag between the commas: tags=fleet,emea
> /esim buy 10

/esim buy 10 tags=, , note=x
                  ^^^^
- no tag between the commas: tags=fleet,emea
> /esim buy 10 note=x

/esim buy 10 tags=a,,b
                    ^
- a tag is empty: remove the extra comma or write the tag
> /esim buy 10 tags=a,b

/esim buy 10 tags=a,b,
                      ^
- a tag is empty: remove the extra comma or write the tag
> /esim buy 10 tags=a,b

/esim buy 10 tags=a, note="x"
                     ^
- a tag is empty: remove the extra comma or write the tag
> /esim buy 10 tags=a note=x

/esim buy 10 tags=a,b,a
                      ^
- this tag is there twice: leave one out
> /esim buy 10 tags=a,b

/esim buy 10 tags=x,"a,b, ,c"
                    ^^^^^^^^^
- a tag is empty: remove the extra comma or write the tag
> /esim buy 10 tags=x,a,b,c

/esim buy 10 tags=esim-7K2M9QXA-1,a
                  ^^^^^^^^^^^^^^^
- tags like this are how I find my own purchases again: choose another
> /esim buy 10 tags=a

/esim buy 10 tags a,b
             ^^^^ ^^^
- `tags` needs a value: tags=fleet,emea
- this belongs to no option: put text with spaces in quotes, like note="two words"
> /esim buy 10
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
- there is no such status: did you mean enabled?
> /esim buy 10 status=enabled

/esim buy 10 status=blue
                    ^^^^
- there is no such status: it is one of enabled, disabled, standby
> /esim buy 10

/esim buy 10 standby
             ^^^^^^^
- did you mean status=standby?
> /esim buy 10

/esim buy 10 Standbye
             ^^^^^^^^
- did you mean status=standby?
> /esim buy 10

/esim buy 10 status=standby enabled
                            ^^^^^^^
- did you mean status=enabled?
> /esim buy 10 status=standby
""")


def test_a_wrong_group_is_told_with_what_one_looks_like() -> None:
    """A group is never looked up by a name that might be another's."""
    assert explained("buy 10 group=default", 'buy 10 group=""') == snapshot("""\
/esim buy 10 group=default
                   ^^^^^^^
- a SIM card group is named by its UUID, like 6a09cdc3-8948-47f0-aa62-74ac943d6c58
> /esim buy 10

/esim buy 10 group=""
                   ^^
- a SIM card group is named by its UUID, like 6a09cdc3-8948-47f0-aa62-74ac943d6c58
> /esim buy 10
""")


def test_a_wrong_whitelabel_name_is_mended_in_the_example() -> None:
    """The example keeps what a whitelabel name may hold; nothing left means none."""
    lines = [
        "buy 10 whitelabel=Acme!",
        'buy 10 whitelabel="Acme-Mobile 2"',
        'buy 10 whitelabel="!!"',
        'buy 10 whitelabel=" "',
        "buy 10 whitelabel=Acme Mobile",
    ]
    assert explained(*lines) == snapshot("""\
/esim buy 10 whitelabel=Acme!
                        ^^^^^
- a whitelabel name takes only letters, digits and spaces
> /esim buy 10 whitelabel=Acme

/esim buy 10 whitelabel="Acme-Mobile 2"
                        ^^^^^^^^^^^^^^^
- a whitelabel name takes only letters, digits and spaces
> /esim buy 10 whitelabel="AcmeMobile 2"

/esim buy 10 whitelabel="!!"
                        ^^^^
- a whitelabel name takes only letters, digits and spaces
> /esim buy 10

/esim buy 10 whitelabel=" "
                        ^^^
- the whitelabel name is empty
> /esim buy 10

/esim buy 10 whitelabel=Acme Mobile
                             ^^^^^^
- this belongs to no option: put text with spaces in quotes, like note="two words"
> /esim buy 10 whitelabel=Acme
""")


def test_a_wrong_note_is_left_out_of_the_example() -> None:
    """An empty note is a mistake, not a note."""
    assert explained('buy 10 note=""', "buy 10 note=for Berlin") == snapshot("""\
/esim buy 10 note=""
                  ^^
- the note is empty
> /esim buy 10

/esim buy 10 note=for Berlin
                      ^^^^^^
- this belongs to no option: put text with spaces in quotes, like note="two words"
> /esim buy 10 note=for
""")


def test_a_note_that_is_too_long_says_by_how_much() -> None:
    """The limit and the length are both told."""
    long = "x" * (NOTE_LIMIT + 1)
    assert messages(f"buy 10 note={long}") == ["the note has 501 characters; 500 fit"]


def test_an_open_quote_is_pointed_at_where_it_opens() -> None:
    """The rest of the line is the value, and the example closes the quote."""
    lines = ['buy 10 note="open', "buy 10 tags=x,“a,b", "buy 10 note=’twas", 'buy 10 status="on']
    assert explained(*lines) == snapshot("""\
/esim buy 10 note="open
                  ^
- this quote is never closed: add one at its end
> /esim buy 10 note=open

/esim buy 10 tags=x,"a,b
                    ^
- this quote is never closed: add one at its end
> /esim buy 10 tags=x,a,b

/esim buy 10 note='twas
                  ^
- this quote is never closed: add one at its end
> /esim buy 10 note=twas

/esim buy 10 status="on
                    ^
- this quote is never closed: add one at its end
> /esim buy 10
""")
