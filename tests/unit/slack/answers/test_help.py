"""The help tells what every provider can do, from the forms themselves."""

import re
from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from bot.domain.form import Field, FieldKind, Form
from bot.domain.grammar import Activate, Ask, Assign, Assigned, Buy, Change, Rules, parse
from bot.slack.answers.help import usage
from bot.slack.ephemeral import order_list
from tests.support.harness.traveller import FORM, PACKAGES
from tests.support.requests import FORM as TELNYX
from tests.unit.slack.reading import must_be_taken_by_slack, page, read, references

RULES = Rules({form.provider: form for form in (replace(TELNYX, gives_codes=True), FORM)})


def test_both_providers() -> None:
    """What each takes, what is needed, and what else can be asked of it."""
    assert page(usage(RULES)) == snapshot("""\
/esim buys eSIMs. You ask, an approver clicks, and the ICCIDs come to the thread. Nothing is
bought before somebody approves it.
/esim buy 3
/esim buy 10 tags=fleet,emea status=enabled
/esim buy 5 whitelabel="Acme Mobile" note="for the Lyon trial"
Options, in any order, also as --tags fleet,emea or tags: fleet, emea:
• tags= words to find the SIM cards by, with commas between; a tag with a space goes in
quotes
• whitelabel= the name that phones show: letters of any script, digits, spaces
• group= the name or id of a SIM card group
• status= enabled | disabled | standby; standby when left out
• from= telnyx | traveller; telnyx when left out
• note= a word to whoever decides
Options with from=traveller:
• to= (needed) where it works
• data= (needed) the data
• days= the days
• start= the start
• end= the end
/esim buy 2 to=France data=5GB days=7 from=traveller
Also at Traveller
• /esim topup 8988247000000000017 data=5GB buys more data for an eSIM; also days= start=
end=
• /esim edit p-4973fa15 moves the dates of a purchase; also start= end=
• /esim suspend 8988247000000000017 ends an eSIM for good
• /esim packages France lists what can be bought, with prices; also data= days=
• /esim purchases lists what was bought on the whole account; also iccid= ref= since= until=
eSIMs that were bought
/esim activate 7K2M9QXA gives you the activation codes of an order's eSIMs, or of one by its
ICCID, once you confirm it; to=@dana gives them to somebody else
/esim handout 7K2M9QXA as=sheet gives them as one file: as= zip | sheet; format= plain |
android for the columns of a ZIP. Apple's device management takes no codes: it needs EIDs
bound by the provider, which none of ours sells
/esim assign 8931080019073497795 to=@dana name="Truck 12" says who has an eSIM: somebody
here, an e-mail address or a name; /esim assign 7K2M9QXA opens a form for all of an order,
/esim unassign and an ICCID forgets it
/esim assigned shows who has which; also with an order's id or an ICCID
More
/esim order 7K2M9QXA shows an order
/esim orders lists your last ten, /esim orders all everybody's here
/esim help shows this
At most 1,000 eSIMs in one order. A name or note goes on to the next option; quotes keep
anything together. When in doubt, I ask.
""")


def test_a_provider_without_codes() -> None:
    """Nobody is told of codes that can't be had; who has which eSIM is ours alone."""
    without = Rules({FORM.provider: replace(FORM, gives_codes=False)})
    shown = read(usage(without))
    assert "activate" not in shown
    assert "handout" not in shown
    assert "/esim assigned shows who has which" in shown


def test_the_lines_about_esims_can_be_sent() -> None:
    """Each is a whole line as it is shown."""
    shown = [line for line in read(usage(RULES)).splitlines() if line.startswith("/esim a")]
    wanted = (" gives", " says", " shows")
    lines = [re.split("|".join(wanted), line)[0].removeprefix("/esim ") for line in shown]
    read_as = [type(parse(line, RULES)) for line in lines]
    assert read_as == [Activate, Assign, Assigned]


@pytest.mark.parametrize("form", FORM.others, ids=lambda form: form.verb)
def test_every_verb_is_there(form: Form) -> None:
    """With what it does, and each of its options."""
    lines = read(usage(RULES)).splitlines()
    (line,) = [line for line in lines if line.startswith(f"• /esim {form.verb}")]
    assert form.about in line
    words = [field.word for field in form.fields if field.name != form.subject]
    assert all(f"{word}=" in line for word in words)


def test_the_lines_of_a_provider_can_be_sent() -> None:
    """An example of the help is a whole line, with its provider where that is needed."""
    shown = read(usage(RULES)).splitlines()
    bought = [line for line in shown if line.startswith("/esim buy") and "traveller" in line]
    assert [type(parse(line.removeprefix("/esim "), RULES)) for line in bought] == [Buy]
    asked = [line for line in shown if line.startswith("• /esim pa")]
    line = asked[0].removeprefix("• /esim ").partition(f" {PACKAGES.about}")[0]
    assert isinstance(parse(line, RULES), Ask)


def test_a_provider_with_much_to_say() -> None:
    """However many providers, verbs and words there are: Slack takes it, and it rings nobody."""
    wordy = [
        Field(
            name=f"f_{'abcdefghijklmnop'[place]}",
            words=(f"f_{'abcdefghijklmnop'[place]}",),
            label="F",
            kind=FieldKind.TEXT,
            example="<!channel> & " * 20,
            about="<@U0EVE> & " * 200,
        )
        for place in range(16)
    ]
    forms = [
        Form(
            provider=f"p{number}",
            title="<!here> P",
            fields=tuple(wordy),
            most_per_call=1,
            others=FORM.others,
            examples=("<!channel>" * 20,),
        )
        for number in range(12)
    ]
    answer = usage(Rules({form.provider: form for form in forms}))
    must_be_taken_by_slack(answer)
    assert references(answer) == set()


def test_a_change_is_an_example_too() -> None:
    """A line of the help that changes something is read as one: it is an order, with a card."""
    line = "suspend 8988247000000000017"
    assert f"• /esim {line} " in read(usage(RULES))
    assert isinstance(parse(line, RULES), Change)


def test_a_usual_provider_that_needs_more_than_an_amount() -> None:
    """No line is shown first that could not be sent."""
    rules = Rules({form.provider: form for form in (FORM, TELNYX)})
    answer = usage(rules)
    assert answer.text == "/esim buys eSIMs: try /esim buy 2 to=France data=5GB days=7"
    assert "/esim buy 3" not in read(answer)
    told = read(order_list([], everybody=False, rules=rules))
    assert "/esim buy 2 to=France data=5GB days=7 asks for some." in told


def test_a_verb_of_several_providers() -> None:
    """Its line says at which one."""
    twin = replace(FORM, provider="nomad", title="Nomad")
    twins = replace(twin, others=tuple(replace(each, provider="nomad") for each in FORM.others))
    shown = read(usage(Rules({form.provider: form for form in (TELNYX, FORM, twins)})))
    assert "• /esim packages France from=traveller " in shown
    assert "• /esim packages France from=nomad " in shown
