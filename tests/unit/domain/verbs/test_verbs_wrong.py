"""Lines with another verb that can't be taken: what is said, and what is offered."""

from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from bot.domain.grammar import Change, Rules, parse
from tests.support.harness.traveller import FORM, ICCID
from tests.support.requests import FORM as TELNYX
from tests.support.typed import explained, messages, offered

RULES = Rules({form.provider: form for form in (TELNYX, FORM)})
_OTHERS = tuple(replace(each, provider="nomad", title="Nomad") for each in FORM.others)
NOMAD = replace(FORM, provider="nomad", title="Nomad", others=_OTHERS)
SEVERAL = Rules({form.provider: form for form in (TELNYX, FORM, NOMAD)})
BOTH = Rules({form.provider: form for form in (FORM, NOMAD)})


def test_what_is_missing_is_told_at_once() -> None:
    """Every part that is needed, with how it is written; nothing is suggested for it."""
    assert explained("topup", "topup 898 data=5GB", "packages", rules=RULES) == snapshot("""\
/esim topup
           ^
- : the ICCID is missing: write it behind topup, like /esim topup 8988247000000000017
- : data= is missing: data=5GB
- : for how long? Write days=7, or start= and end=
> /esim help

/esim topup 898 data=5GB
            ^^^
- 898: an ICCID has 18 to 22 digits, like 8988247000000000017
> /esim help

/esim packages
              ^
- : the destination is missing: write it behind packages, like /esim packages France
> /esim help
""")


def test_what_a_value_clearly_is() -> None:
    """It is suggested with its name, never taken."""
    lines = [f"topup {ICCID} 5GB 7 days", "packages united kingdom 5GB", f"purchases {ICCID}"]
    assert explained(*lines, rules=RULES) == snapshot("""\
/esim topup 8988247000000000017 5GB
                                ^^^^
7 days
^^^^^^
- 5GB 7 days: did you mean data=5GB days=7?
> /esim topup 8988247000000000017 data=5GB days=7

/esim packages united kingdom 5GB
                              ^^^
- 5GB: did you mean data=5GB?
> /esim packages "United Kingdom" data=5GB

/esim purchases 8988247000000000017
                ^^^^^^^^^^^^^^^^^^^
- 8988247000000000017: did you mean iccid=8988247000000000017?
> /esim purchases iccid=8988247000000000017
""")


def test_a_value_of_two_options() -> None:
    """Which one is asked back, with a line for each."""
    assert messages("purchases 2026-11-01", RULES) == [
        "what is this? Write since= or until= before it"
    ]
    assert offered("purchases 2026-11-01", RULES) == [
        "/esim purchases since=2026-11-01",
        "/esim purchases until=2026-11-01",
    ]


def test_a_number_in_groups() -> None:
    """An ICCID as it is printed on a card is shown as one number, to be looked at."""
    line = "suspend 8988 2470 0000 0000 017"
    assert explained(line, rules=RULES) == snapshot("""\
/esim suspend 8988 2470 0000 0000
              ^^^^^^^^^^^^^^^^^^^^
017
^^^
- 8988 2470 0000 0000 017: write it without spaces: 8988247000000000017
> /esim suspend 8988247000000000017
""")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("packages Mars", "there is no destination Mars"),
        ("packages for Mars", "there is no destination Mars"),
        (f"suspend {ICCID} {ICCID}", "I can't tell what this is: there are iccid=, note="),
        (
            "purchases of last week",
            "I can't tell what this is: there are iccid=, ref=, since=, until=",
        ),
        (f"topup {ICCID} data=5GB", "for how long? Write days=7, or start= and end="),
        (
            f"topup {ICCID} data=5GB days=7 end=2026-12-01",
            "write days=, or start= and end=, not both",
        ),
        (
            f"topup {ICCID} data=5GB days=7 amount=3",
            "there is no such option; there are iccid, data, days, start, end and note",
        ),
        ("packages France note=x", "there is no such option; there are to, data and days"),
        ("packages France at=noon", "there is no such option; there are to, data and days"),
        (
            f"suspend {ICCID} at=noon",
            "not possible yet: it is bought when it is approved, at no set time",
        ),
        (f"suspend {ICCID} from=telnyx", "Telnyx can't do this: suspend is for from=traveller"),
        (
            f"suspend {ICCID} from=nobody",
            "there is no such provider: it is one of telnyx, traveller",
        ),
    ],
)
def test_what_is_wrong_is_told_in_the_words_of_the_form(line: str, told: str) -> None:
    """The sentence is about this verb of this provider, and no line is offered."""
    assert messages(line, RULES) == [told]
    assert offered(line, RULES) == ["/esim help"]


def test_two_of_what_a_line_is_about() -> None:
    """Neither is taken; each is offered in a line of its own."""
    other = f"{ICCID[:-1]}8"
    line = f"suspend {ICCID} iccid={other}"
    assert messages(line, RULES) == ["this is there twice, and differs: leave one out"]
    assert offered(line, RULES) == [f"/esim suspend {ICCID}", f"/esim suspend {other}"]


def test_one_of_several_providers_is_never_guessed() -> None:
    """Where the usual one can't, the person says which one; the usual one is taken where it can."""
    line = f"suspend {ICCID}"
    assert messages(line, SEVERAL) == [
        "several providers can do this: write from=traveller or from=nomad"
    ]
    for named in ("traveller", "nomad"):
        command = parse(f"{line} from={named}", SEVERAL)
        assert isinstance(command, Change)
        assert command.request.provider == named
    usual = parse(line, BOTH)
    assert isinstance(usual, Change)
    assert usual.request.provider == "traveller"


@pytest.mark.parametrize("line", ["topup 3 {} data=5GB days=7", "suspend 12 {}", "suspend {} 1"])
def test_no_number_beside_an_iccid_makes_another_one_of_it(line: str) -> None:
    """An amount before it is no part of it: nobody is offered to end an eSIM that nobody named."""
    assert offered(line.format(ICCID), RULES) == ["/esim help"]


def test_a_misspelt_option_is_offered_right() -> None:
    """As in a purchase."""
    assert offered(f"topup {ICCID} dat=5GB days 7", RULES) == [
        f"/esim topup {ICCID} data=5GB days=7"
    ]
