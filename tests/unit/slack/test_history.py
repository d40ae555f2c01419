"""An order's life in words: no state's name, and never without who asked and who decided."""

import re

from hypothesis import given, settings
from inline_snapshot import snapshot

from bot.domain.events import Event, OrderState
from bot.domain.order import Order
from bot.domain.purchase.outcome import Bought, NotSent, Refused, Unknown
from bot.domain.purchase.sim import ProviderError
from bot.slack.ephemeral import Answer, order_list
from bot.slack.message import Message
from bot.slack.words.history import _WORDS, history
from tests.support.order_steps import FIRST_ID, answered, listed, looked, now_of, started
from tests.support.orders import ANA, BEN, an_order, some_sims, terms
from tests.support.strategies import orders
from tests.support.typed import RULES
from tests.unit.slack.reading import parsed, read
from tests.unit.slack.shown import messages_of, order_details
from tests.unit.slack.wild import UNHURRIED

TIME = re.compile(r"<!date\^[^|]*\|([^>]*)>")
EMOJI = re.compile(r":[a-z_]+:")
SNAKES = re.compile(r"[a-z]+_[a-z_]+")


def told(order: Order) -> str:
    """The history as it is read, a step a line, without the date."""
    lines = (TIME.sub(lambda found: found[1][11:19], line) for line in history(order))
    return "\n".join(lines) + "\n"


def test_an_ordinary_order() -> None:
    """Who asked, who approved, what was sent, what was sold: with seconds."""
    assert told(an_order(3, state=OrderState.PURCHASED)) == snapshot("""\
• 12:00:00 asked by <@U0ANA>
• 12:00:01 approved by <@U0BEN>
• 12:00:02 sent to Telnyx: 3 eSIMs
• 12:00:03 Telnyx sold 3
""")


def test_an_order_to_which_several_must_agree() -> None:
    """Who agreed, and how many must: also where a vote became void, nothing is told wrong."""
    order = an_order(3, quorum=2)
    order = order.approve(BEN, now_of(order))
    order = order.approve("U0CAM", now_of(order), void=(BEN,))
    order = order.approve("U0DAN", now_of(order), void=())
    assert told(order) == snapshot("""\
• 12:00:00 asked by <@U0ANA>
• 12:00:01 agreed to by <@U0BEN>; 2 people must in all
• 12:00:02 agreed to by <@U0CAM>; 2 people must in all
• 12:00:03 approved by <@U0DAN>
""")


def test_an_order_in_parts_that_falls_short() -> None:
    """Each call has its number, and what it sold of what it asked for."""
    order = an_order(4, state=OrderState.PARTLY_PURCHASED, under=terms(batch_size=2))
    order = order.order_rest("RESTREST", BEN, now_of(order))
    assert told(order) == snapshot("""\
• 12:00:00 asked by <@U0ANA>
• 12:00:01 approved by <@U0BEN>
• 12:00:02 call 1, sent to Telnyx: 2 eSIMs
• 12:00:03 Telnyx sold 2
• 12:00:04 call 2, sent to Telnyx: 2 eSIMs
• 12:00:05 Telnyx sold 1 of 2
• 12:00:06 the rest ordered by <@U0BEN>, as `RESTREST`
""")


def test_an_order_that_needs_a_person() -> None:
    """What was not answered, what looks showed, failed or not, and who decided what."""
    order = answered(started(an_order(3, state=OrderState.APPROVED)), Unknown(why="silence"))
    order = looked(order, None, (), some_sims(1), None)
    order = looked(order.look_again(BEN, now_of(order)), None)
    order = looked(order.buy_again(BEN, now_of(order)), some_sims(2))
    order = order.close(BEN, now_of(order))
    order = order.found_late(listed(order, 1, some_sims(3)), now_of(order))
    assert told(order) == snapshot("""\
• 12:00:00 asked by <@U0ANA>
• 12:00:01 approved by <@U0BEN>
_…and 4 steps between_
• 12:00:06 looked at Telnyx's list: 1 of 3; a person must decide
• 12:00:07 reminded; could not look at Telnyx's list: HTTP 503
• 12:00:08 another look asked for by <@U0BEN>
• 12:00:09 could not look at Telnyx's list: HTTP 503; a person must decide
• 12:00:10 buying again decided by <@U0BEN>
• 12:00:11 more turned up before it was bought again: nothing was sent
• 12:00:12 closed by <@U0BEN>
• 12:00:13 Telnyx's list shows something new
""")


def test_calls_that_did_not_arrive() -> None:
    """Turned away, not received, refused: each in its own words, with the reason."""
    order = answered(started(an_order(3, state=OrderState.APPROVED)), NotSent(why="no route"))
    order = answered(started(order), NotSent(why="HTTP 429", turned_away=True))
    order = started(looked(order, ()))
    order = answered(order, Refused(errors=(ProviderError(code="70001"),)))
    assert told(order) == snapshot("""\
• 12:00:00 asked by <@U0ANA>
• 12:00:01 approved by <@U0BEN>
• 12:00:02 call 1, on its way to Telnyx: 3 eSIMs
• 12:00:03 Telnyx did not get it: no route
• 12:00:04 call 2, on its way to Telnyx: 3 eSIMs
• 12:00:05 Telnyx turned it away: HTTP 429
• 12:00:06 looked at Telnyx's list: 0 of 3
• 12:00:07 call 3, sent to Telnyx: 3 eSIMs
• 12:00:08 Telnyx refused
""")


def test_bought_again() -> None:
    """A look that shows nothing new lets a wish come true: all of it is in the history."""
    order = an_order(3, state=OrderState.NEEDS_ATTENTION)
    order = looked(order.buy_again(BEN, now_of(order)), ())
    order = answered(started(order), Bought(sims=some_sims(3)))
    assert told(order) == snapshot("""\
• 12:00:00 asked by <@U0ANA>
• 12:00:01 approved by <@U0BEN>
• 12:00:02 call 1, on its way to Telnyx: 3 eSIMs
• 12:00:03 no sure answer from Telnyx: the connection broke before the answer came
• 12:00:04 looked at Telnyx's list: 0 of 3
• 12:00:05 looked at Telnyx's list: 0 of 3
• 12:00:06 looked at Telnyx's list: 0 of 3; a person must decide
• 12:00:07 buying again decided by <@U0BEN>
• 12:00:08 looked at Telnyx's list: 0 of 3; nothing new, so it is bought again
• 12:00:09 call 2, sent to Telnyx: 3 eSIMs
• 12:00:10 Telnyx sold 3
""")


def test_the_rest_of_another_order() -> None:
    """Who pressed the button, what the check showed, and of which order it is the rest."""
    order = an_order(3, state=OrderState.CHECKING)
    order = order.not_checked("HTTP 503", now_of(order)).checked(2, now_of(order))
    order = order.approve(BEN, now_of(order)).checked(1, now_of(order))
    assert told(order).replace(FIRST_ID, "FIRST") == snapshot("""\
• 12:00:04 ordered by <@U0ANA>, as the rest of `FIRST`
• 12:00:05 could not look at what came of `FIRST`: HTTP 503
• 12:00:05 looked at what came of `FIRST`: some of it is missing still
• 12:00:06 approved by <@U0BEN>
• 12:00:06 more of `FIRST` has turned up: fewer to buy
""")


def test_every_event_has_words() -> None:
    """Only an event of another version is told by its name."""
    assert set(_WORDS) == set(Event)


def test_an_event_of_another_version() -> None:
    """A step that has no words here is told by its name, without underscores."""
    order = an_order(3)
    entry = order.history[0].model_copy(update={"event": "sent_to_mars", "by": ANA})
    strange = order.model_copy(update={"history": (*order.history, entry)})
    assert "sent to mars by <@U0ANA>" in told(strange)


def test_the_middle_of_a_long_history_is_left_out() -> None:
    """Who asked, who approved and the end are there, and how many steps lie between."""
    lines = told(an_order(10, state=OrderState.PURCHASED, under=terms(batch_size=1))).splitlines()
    assert "asked by <@U0ANA>" in lines[0]
    assert "approved by <@U0BEN>" in lines[1]
    assert lines[2] == "_…and 12 steps between_"
    assert len(lines) == 11


def test_decisions_in_the_middle_are_shown() -> None:
    """What a person decided stands there, however much came after it."""
    order = an_order(3, state=OrderState.NEEDS_ATTENTION)
    order = order.look_again(BEN, now_of(order))
    for _ in range(20):
        order = looked(order, ())
    shown = told(order)
    assert "another look asked for by <@U0BEN>" in shown
    assert shown.count(" between_") == 2


@given(orders())
@settings(UNHURRIED, max_examples=60)
def test_no_names_of_the_program_are_read(order: Order) -> None:
    """Neither state nor event is told by the name that the program has for it."""
    plain = order.model_copy(update={"request": order.request.model_copy(update=NO_WORDS)})
    said: list[Message | Answer] = [*messages_of(plain, ["C0FLEET"], "https://x.example").values()]
    said.append(order_details(plain))
    for each in said:
        words = read(each) if not isinstance(each, Message) or each.blocks else each.text
        assert SNAKES.findall(EMOJI.sub("", words)) == []
        assert SNAKES.findall(EMOJI.sub("", TIME.sub("", parsed(each)[0]))) == []


NO_WORDS: dict[str, object] = {"options": {}, "note": None}


def test_lists_are_in_words_too() -> None:
    """Each state has a word of its own in a list."""
    every = [an_order(3, state=state) for state in OrderState]
    shown = read(order_list(every, everybody=True, rules=RULES))
    assert SNAKES.findall(shown) == []
    assert len({line.split(" · ")[2] for line in shown.splitlines()[1:-1]}) == len(OrderState)
