"""What one person reads in answer to a command."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.domain.events import OrderState
from bot.domain.form import NOTE
from bot.domain.grammar import Buy, InvalidCommand, Problem, Rules, parse
from bot.domain.order import BOT
from bot.domain.purchase.outcome import Bought, NotSent
from bot.providers.telnyx.form import SimStatus
from bot.slack.answers.help import usage
from bot.slack.ephemeral import mistaken, order_list, plain
from bot.slack.mrkdwn import unescape
from bot.slack.words.states import state_in_words
from tests.support.harness.traveller import FORM as TRAVELLER
from tests.support.harness.traveller import ICCID
from tests.support.order_steps import answered, now_of, started
from tests.support.orders import an_order, some_sims, terms
from tests.support.requests import FORM, rules
from tests.support.typed import RULES, refused
from tests.unit.slack.reading import must_be_taken_by_slack, page, read, references
from tests.unit.slack.shown import order_details
from tests.unit.slack.wild import UNHURRIED, nasty

OTHER_RULES = rules(max_amount=20, default_status=SimStatus.ENABLED, command="/sims")


def wrongs(line: str) -> list[InvalidCommand]:
    """What is wrong with a line; nothing when it is understood."""
    try:
        parse(line, RULES)
    except InvalidCommand as wrong:
        return [wrong]
    return []


def test_help() -> None:
    """What can be typed, for whom, and that typing alone buys nothing."""
    with_codes = replace(FORM, gives_codes=True)
    assert page(usage(replace(RULES, forms={FORM.provider: with_codes}))) == snapshot("""\
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
• note= a word to whoever decides
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


@pytest.mark.parametrize("part", [each.word for each in (*FORM.fields, NOTE)])
def test_help_mentions_every_option(part: str) -> None:
    """No option has to be found out by chance."""
    assert f"• {part}= " in read(usage(RULES))


@pytest.mark.parametrize("status", SimStatus)
def test_help_mentions_every_status(status: SimStatus) -> None:
    """The values of the one option that takes no other words are all there."""
    assert status in read(usage(RULES))


def test_help_follows_the_settings() -> None:
    """The command's own name, the usual status and the limit of this workspace."""
    shown = read(usage(OTHER_RULES))
    assert "/esim" not in shown
    assert "/sims buy 3" in shown
    assert "enabled when left out" in shown
    assert "At most 20 eSIMs in one order." in shown


def test_the_examples_of_the_help_can_be_sent() -> None:
    """Whoever copies a line of the help gets what it says."""
    lines = [line for line in read(usage(RULES)).splitlines() if line.startswith("/esim buy ")]
    commands = [parse(line.removeprefix("/esim "), RULES) for line in lines]
    assert [isinstance(command, Buy) for command in commands] == [True, True, True]


def test_a_wrong_line_is_pointed_at() -> None:
    """The line, pointers, each problem with its word, and what shows more."""
    assert page(mistaken(refused("buy 0 status=on"))) == snapshot("""\
I can't read this command; nothing was ordered.
/esim buy 0 status=on
          ^        ^^
• 0: this would buy nothing: the smallest amount is 1
• on: there is no such status: it is one of enabled, disabled, standby
This shows more, and orders nothing:
/esim help
""")


def test_a_line_with_one_meaning_is_offered_to_be_sent() -> None:
    """What was meant, exactly; sending it is up to the person."""
    assert page(mistaken(refused("buy 3x tgas=a"))) == snapshot("""\
I can't read this command; nothing was ordered.
/esim buy 3x tgas=a
          ^^ ^^^^
• 3x: write the amount in digits alone
• tgas: there is no such option: did you mean tags?
This would work:
/esim buy 3 tags=a
""")


@pytest.mark.parametrize("line", [f"suspnd {ICCID}", f"recharge {ICCID} data=5GB days=7"])
def test_a_line_that_changes_what_was_bought_is_not_said_to_order_nothing(line: str) -> None:
    """A suspension is final, and a top-up costs money: only what shows something is called so."""
    with pytest.raises(InvalidCommand) as wrong:
        parse(line, Rules({each.provider: each for each in (FORM, TRAVELLER)}))
    told = page(mistaken(wrong.value))
    assert f"{ICCID}" in told.split("This would work:")[1]
    assert "orders nothing" not in told


def test_a_line_with_two_meanings_is_asked_back() -> None:
    """Both are there to be copied, each in a box of its own, and none is taken."""
    assert page(mistaken(refused("buy 1,000 note=for the trial"))) == snapshot("""\
I can't read this command; nothing was ordered.
/esim buy 1,000 note=for the trial
          ^^^^^
• 1,000: this can mean 1000 or 1
It can mean more than one thing. Send the line that you meant:
/esim buy 1000 note="for the trial"
/esim buy 1 note="for the trial"
""")


def test_the_first_problems_of_many() -> None:
    """A line with a hundred mistakes is answered with the first twelve and their number."""
    shown = read(mistaken(refused("buy 1 " + "y=1 " * 100)))
    assert shown.count("• ") == 12
    assert "…and 88 more problems" in shown


def test_a_wrong_line_rings_nobody() -> None:
    """What somebody typed is repeated as text, with whatever is in it."""
    answer = mistaken(refused("buy 0 tags=<!channel>,,``` note=<@U0EVE>"))
    assert references(answer) == set()
    assert "<!channel>" in read(answer)


@given(st.sampled_from(["buy 0 ", "buy 1 note=", "bye ", "order ", ""]), nasty())
@settings(UNHURRIED, max_examples=60)
def test_every_wrong_line_can_be_answered(begin: str, rest: str) -> None:
    """However long and nasty the line: Slack takes the answer, and it rings nobody."""
    wrong = wrongs(begin + rest)
    for answer in map(mistaken, wrong):
        must_be_taken_by_slack(answer)
        assert references(answer) == set()


@pytest.mark.parametrize(
    "line",
    [
        f"buy 3x note={'x' * 50}{'&' * 250} tgas={','.join(f'{n}' * 60 for n in range(10, 40))}",
        "buy 3x note=```rm```",
        'buy 3 "a```b"',
    ],
)
def test_a_line_that_can_not_be_shown_exactly_is_not_offered(line: str) -> None:
    """What is clipped or changed in its box would order something else when copied."""
    wrong = refused(line)
    assert wrong.suggestions[0].startswith("/esim buy 3")
    shown = read(mistaken(wrong))
    assert "can't be shown whole" in shown
    assert "/esim buy 3 " not in shown.split("• ")[-1]


@given(st.sampled_from(["buy 3x note=", "byu 3 note=", "buy 3 ", "buy 1,000 tags="]), nasty())
@settings(UNHURRIED, max_examples=60)
def test_every_offered_line_can_be_copied_as_it_was_meant(begin: str, rest: str) -> None:
    """Each line in a box is a whole suggestion, or none is there."""
    for wrong in wrongs(begin + rest):
        offer = mistaken(wrong).blocks[-1]["text"]["text"]
        boxes = [unescape(box.strip("\n")) for box in offer.split("```")[1::2]]
        assert boxes in ([], list(wrong.suggestions))


def test_a_problem_can_not_ring_or_be_endless() -> None:
    """Whatever words a problem is told in, they are text, and in a bound."""
    problem = Problem(0, 1, "<!channel> " * 100)
    answer = mistaken(InvalidCommand("/esim x", [problem], ["/esim help"]))
    assert references(answer) == set()
    assert len(read(answer)) < 400


def test_plain_words() -> None:
    """A paragraph of our own, also as the notification."""
    answer = plain("Nothing changed. Ask <@U0BEN>.")
    assert read(answer) == "Nothing changed. Ask @ben."
    assert answer.text == "Nothing changed. Ask <@U0BEN>."


def test_an_order_in_all_its_parts() -> None:
    """State, who asked for what, what came of it, every step, and the ICCIDs."""
    order = an_order(
        2,
        state=OrderState.PURCHASED,
        tags=("fleet",),
        note="for <Lyon>",
        whitelabel_name="Acme",
        sim_card_group_id="6a09cdc3-8948-47f0-aa62-74ac943d6c58",
    )
    assert page(order_details(order)) == snapshot("""\
Order 7K2M9QXA: 2 eSIMs from Telnyx · bought
Asked by @ana 2026-01-01 12:00 UTC in #ops · cost $1.40 once, then $0.40 a month · status
standby · tags fleet · whitelabel Acme · group 6a09cdc3-8948-47f0-aa62-74ac943d6c58 · note:
for <Lyon>
:white_check_mark: Bought 2 of 2 eSIMs 2026-01-01 12:00 UTC, 2 s after approval; approved by
@ben 2026-01-01 12:00 UTC.
History
• 2026-01-01 12:00:00 UTC asked by @ana
• 2026-01-01 12:00:01 UTC approved by @ben
• 2026-01-01 12:00:02 UTC sent to Telnyx: 2 eSIMs
• 2026-01-01 12:00:03 UTC Telnyx sold 2
ICCIDs
89310410106543000001
89310410106543000002
""")
    assert order_details(order).text == "Order 7K2M9QXA: bought"


@pytest.mark.parametrize("state", OrderState)
def test_an_order_in_any_state(state: OrderState) -> None:
    """There is a line for where it stands, and each step of its history."""
    order = an_order(3, state=state)
    shown = read(order_details(order))
    assert f"· {state_in_words(state)}\n" in shown
    assert shown.count("\n• ") == order.version


def test_an_order_without_options() -> None:
    """What was not asked for is not mentioned; an order that waits says until when."""
    shown = read(order_details(an_order(3)))
    for absent in ("tags", "group", "whitelabel", "note", "ICCIDs"):
        assert absent not in shown
    assert "Waits for approval until 2026-01-01 13:00 UTC." in shown


def test_the_details_of_a_step_are_text() -> None:
    """A reason is shown as it was written, and rings nobody."""
    order = an_order(3)
    order = order.cancel(BOT, now_of(order), "no <!here> & `there`")
    answer = order_details(order)
    assert "cancelled by the bot: no <!here> & there" in read(answer)
    assert references(answer) == {"@U0ANA", "#C0OPS"}


def test_fifty_iccids_of_an_order() -> None:
    """As many as a table holds are all there."""
    shown = read(order_details(an_order(50, state=OrderState.PURCHASED)))
    assert all(str(sim.iccid) in shown for sim in some_sims(50))
    assert "more" not in shown.split("ICCIDs")[1]


def test_more_iccids_than_can_be_shown() -> None:
    """The first fifty, and where the others are."""
    shown = read(order_details(an_order(60, state=OrderState.PURCHASED)))
    assert "…and 10 more, in the files in the order's thread." in shown


def test_more_iccids_than_can_be_shown_yet() -> None:
    """While it is being bought there is no file yet, and none is promised to be there."""
    order = started(an_order(80, state=OrderState.APPROVED, under=terms(batch_size=60)))
    order = answered(order, Bought(sims=some_sims(60)))
    shown = read(order_details(order))
    assert "…and 10 more; the order's thread gets all of them in files at the end." in shown


def test_an_order_of_which_there_is_too_much_to_tell() -> None:
    """Of a history that no message holds the beginning is shown; what was bought always is."""
    late = NotSent(why="the machine was asleep & " * 12, too_late=True)
    order = an_order(60, state=OrderState.APPROVED, under=terms(batch_size=1))
    for number in range(120):
        bought = Bought(sims=some_sims(1, first=number)) if number < 50 else late
        order = answered(started(order), bought)
    answer = order_details(order)
    must_be_taken_by_slack(answer)
    assert all(str(sim.iccid) in read(answer) for sim in order.sims)


def test_an_order_that_can_not_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for it gets an answer all the same, and where the whole of it is."""

    def broken(_order: object) -> str:
        raise ValueError

    monkeypatch.setattr("bot.slack.ephemeral.history", broken)
    shown = read(order_details(an_order(3, state=OrderState.PURCHASED)))
    assert (
        shown == "Order 7K2M9QXA: bought. I can't show more of it here; its thread has all of it."
    )


def test_a_list_of_orders() -> None:
    """One line an order, as they come, and how to see one of them whole."""
    mine = [
        an_order(3, state=OrderState.PURCHASED),
        an_order(1000, order_id="ZZZZZZZZ"),
    ]
    assert page(order_list(mine, everybody=False, rules=RULES)) == snapshot("""\
Your last orders
7K2M9QXA · 3 eSIMs · bought · @ana · 2026-01-01 12:00 UTC
ZZZZZZZZ · 1,000 eSIMs · waits for approval · @ana · 2026-01-01 12:00 UTC
/esim order 7K2M9QXA shows one with its history and ICCIDs.
""")


def test_everybodys_orders() -> None:
    """The title says whose they are, also in the notification; lines name who asked."""
    answer = order_list([an_order(3, requester="U0BEN")], everybody=True, rules=RULES)
    assert answer.text == "The last orders in this channel"
    assert read(answer).startswith("The last orders in this channel\n")
    assert "@ben" in read(answer)


@pytest.mark.parametrize(
    ("everybody", "told"),
    [
        (False, "You have no orders yet. /sims buy 3 asks for some."),
        (True, "Nobody has ordered anything in this channel yet. /sims buy 3 asks for some"),
    ],
)
def test_no_orders(told: str, *, everybody: bool) -> None:
    """An empty list says so, and how to begin."""
    assert told in read(order_list([], everybody=everybody, rules=OTHER_RULES))
