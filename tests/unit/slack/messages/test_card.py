"""The card: what somebody asks for, and what they or an approver can do about it."""

from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from inline_snapshot import snapshot

from bot.domain.catalogue.money import Money, Quote
from bot.domain.events import OrderState
from bot.domain.purchase.outcome import Bought
from bot.providers.telnyx.form import SimStatus
from bot.slack.message import Message
from bot.slack.messages.card import APPROVE, CANCEL
from bot.slack.messages.results import ORDER_REST
from tests.support.order_steps import answered, listed, looked, now_of, started
from tests.support.orders import ORDER_ID, an_order, some_sims
from tests.unit.slack.reading import page, parsed, read, references
from tests.unit.slack.shown import card

GROUP = UUID("6a09cdc3-8948-47f0-aa62-74ac943d6c58")


def buttons(message: Message) -> list[dict[str, Any]]:
    """The buttons on a message."""
    rows = [block for block in message.blocks if block["type"] == "actions"]
    return [button for row in rows for button in row["elements"]]


def test_a_whole_order_on_a_card() -> None:
    """Everything that was asked for, what it costs, how long it waits, and two buttons."""
    order = an_order(
        10,
        tags=("fleet", "emea"),
        sim_card_group_id=GROUP,
        whitelabel_name="Acme Mobile",
        note="for the Lyon trial",
    )
    assert page(card(order)) == snapshot("""\
Buy 10 eSIMs from Telnyx?
Asked by
@ana
Estimated cost
$7.00 once, then $2.00 a month
Status
standby
Tags
fleet, emea
Whitelabel name
Acme Mobile
SIM card group
6a09cdc3-8948-47f0-aa62-74ac943d6c58
>for the Lyon trial
[Approve] [Cancel]
Order 7K2M9QXA · waits for approval until 2026-01-01 13:00 UTC
""")


def test_a_card_says_who_has_agreed() -> None:
    """A click that was not enough is seen, too: who agreed, and how many more must."""
    order = an_order(quorum=3)
    first = order.approve("U0BEN", now_of(order))
    assert "agreed to by @ben; 2 more must" in " ".join(page(card(first)).split())
    second = first.approve("U0CAM", now_of(first))
    assert "agreed to by @ben and @U0CAM; 1 more must" in " ".join(page(card(second)).split())
    other = second.model_copy(update={"revision": 2})
    assert "agreed" not in page(card(other))


def test_a_card_with_nothing_but_an_amount() -> None:
    """What nobody chose is told as such, and what is not there takes no room."""
    assert page(card(an_order(1, status_chosen=False))) == snapshot("""\
Buy 1 eSIM from Telnyx?
Asked by
@ana
Estimated cost
$0.70 once, then $0.20 a month
Status
standby (the usual one; none was given)
Tags
none
[Approve] [Cancel]
Order 7K2M9QXA · waits for approval until 2026-01-01 13:00 UTC
""")


def test_a_decided_card_has_no_buttons() -> None:
    """Only an order that awaits approval can be clicked upon; one that is checked, taken back."""
    for state in OrderState:
        shown = [button["action_id"] for button in buttons(card(an_order(3, state=state)))]
        usual = {OrderState.AWAITING_APPROVAL: [APPROVE, CANCEL], OrderState.CHECKING: [CANCEL]}
        assert shown == usual.get(state, [])


def test_the_buttons_carry_the_order() -> None:
    """A click names the order and the revision that was seen, whatever else the card shows."""
    approve, cancel = buttons(card(an_order(3)))
    assert (approve["action_id"], approve["value"]) == (APPROVE, f"{ORDER_ID}:1")
    assert (cancel["action_id"], cancel["value"]) == (CANCEL, f"{ORDER_ID}:1")
    assert approve["style"] == "primary"
    assert "style" not in cancel


def test_approving_says_what_it_spends() -> None:
    """The dialog repeats amount and price, and that it can't be undone; cancelling is free."""
    approve, cancel = buttons(card(an_order(10, status=SimStatus.ENABLED)))
    dialog = approve["confirm"]
    assert [dialog[part]["text"] for part in ("title", "text", "confirm", "deny")] == [
        "Buy 10 eSIMs?",
        "This spends $7.00 once, then $20.00 a month (estimated), and can't be undone.",
        "Buy 10 eSIMs",
        "Not yet",
    ]
    assert "confirm" not in cancel


def test_a_dialog_for_the_largest_order() -> None:
    """Its buttons hold thirty characters: enough for the largest amount that can be typed."""
    amount = 10**12 - 1
    money = Money(cents=amount * 200, currency="XAU")
    quote = Quote(once=money, monthly=money)
    dialog = buttons(card(an_order(amount, quote=quote)))[0]["confirm"]
    assert dialog["confirm"]["text"] == "Buy 999,999,999,999 eSIMs"


@pytest.mark.parametrize(
    ("name", "needed"), [("A" * 16, 0), ("A" * 17, 17), ("ß" * 17, 17), ("日" * 8, 17), ("日", 0)]
)
def test_a_long_whitelabel_name_is_warned_of(name: str, needed: int) -> None:
    """More than sixteen bytes are allowed; the card says what phones make of them."""
    warning = f"takes {needed} bytes of a SIM's file, which holds 16: phones may cut it"
    shown = read(card(an_order(1, whitelabel_name=name)))
    assert (warning in shown) is bool(needed)
    assert ("phones may cut it" in shown) is bool(needed)


@pytest.mark.parametrize("state", OrderState)
def test_a_note_rings_nobody(state: OrderState) -> None:
    """Text from people is shown as it is, in every state: only requester and approver ring."""
    nasty = "<!channel> & <@U0EVE> <https://evil.example|free>"
    order = an_order(3, state=state, tags=("<!here>", "`*b*`"), note=nasty)
    assert references(card(order)) <= {"@U0ANA", "@U0BEN"}
    assert nasty in read(card(order))
    assert "<!here>" in read(card(order))


def test_names_in_a_note_are_not_looked_up() -> None:
    """`@channel` without any markup must not ring either: Slack is told to take texts as is."""
    for block in card(an_order(3, note="@channel @ana #ops")).blocks:
        for text in [block.get("text"), *block.get("fields", [])]:
            assert text is None or text["verbatim"] is True


def test_a_notification_says_what_to_do() -> None:
    """Whoever reads only the notification knows who asks for what, and that it waits."""
    waiting, ended = card(an_order(3)), card(an_order(3, state=OrderState.PURCHASED))
    assert parsed(waiting)[0] == "Buy 3 eSIMs from Telnyx? Asked by <@U0ANA>: approve or cancel."
    assert ended.text.startswith("3 eSIMs from Telnyx: :white_check_mark: Bought 3 of 3 eSIMs ")


def test_a_provider_that_has_no_other_name() -> None:
    """A provider is called by the name that orders have for it, with a capital."""
    assert "Buy 3 eSIMs from Acme?" in read(card(an_order(3, provider="acme")))


def test_too_many_tags_are_counted() -> None:
    """The card shows as many tags as fit, and says how many there are besides."""
    tags = tuple(f"tag-{number:04}-{'x' * 90}" for number in range(100))
    shown = read(card(an_order(3, tags=tags)))
    assert "tag-0000" in shown
    assert "and 83 more" in shown
    assert "tag-0099" not in shown


def test_the_card_belongs_to_its_channel() -> None:
    """It is posted where the command was typed, outside of any thread, for nobody instead."""
    message = card(an_order(3, channel="C0FLEET", sims=some_sims(0)))
    assert (message.channel, message.in_thread, message.or_else) == ("C0FLEET", False, "")


def figures(shown: str) -> dict[str, str]:
    """The fields of a card, by name."""
    return dict(pairwise(shown.splitlines()))


@pytest.mark.parametrize(
    ("state", "name", "money"),
    [
        (OrderState.PURCHASING, "Estimated cost", "$2.10 once, then $0.60 a month"),
        (OrderState.PURCHASED, "Cost", "$2.10 once, then $0.60 a month"),
        (OrderState.PARTLY_PURCHASED, "Cost", "$1.40 once, then $0.40 a month"),
        (OrderState.REFUSED, "Cost", "nothing: nothing was bought"),
        (OrderState.DECLINED, "Cost", "nothing: nothing was bought"),
        (OrderState.NEEDS_ATTENTION, "Cost so far", "nothing known; more may have been spent"),
    ],
)
def test_money_is_what_came_of_it(state: OrderState, name: str, money: str) -> None:
    """An estimate before the purchase; after it what was bought costs, and no more is claimed."""
    assert figures(read(card(an_order(3, state=state))))[name] == money


def test_money_that_is_known_in_part() -> None:
    """While an order is in doubt, what is known to be bought has its price too."""
    doubted = an_order(3, state=OrderState.IN_DOUBT, sims=some_sims(1))
    shown = figures(read(card(doubted)))["Estimated cost"]
    assert shown.endswith("; of that $0.70 once, then $0.20 a month for what is known to be bought")


def test_money_after_a_purchase_that_a_person_repeated() -> None:
    """The first call is in doubt still: what it may have cost is not left out of account."""
    order = an_order(3, state=OrderState.NEEDS_ATTENTION)
    closed = order.close("U0BEN", now_of(order))
    order = looked(order.buy_again("U0BEN", now_of(order)), ())
    order = answered(started(order), Bought(sims=some_sims(3)))
    shown = figures(read(card(order)))
    assert shown["Cost so far"] == "$2.10 once, then $0.60 a month; more may have been spent"
    found = order.found_late(listed(order, 1, some_sims(3, 4)), now_of(order))
    assert figures(read(card(found)))["Cost"] == "$4.20 once, then $1.20 a month"
    assert figures(read(card(closed)))["Cost"] == "nothing: nothing was bought"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["registering", "registering"], "standby once ready"),
        (["standby", "setting_standby"], "standby once ready"),
        (["standby", "standby"], "standby"),
        (["enabled", "data_limit_exceeded"], "enabled, data limit exceeded; standby was asked for"),
        ([None, None], "standby once ready"),
    ],
)
def test_a_status_is_promised_only_once_it_is_there(words: list[str | None], shown: str) -> None:
    """What is still on its way becomes what was asked for; what it became is told as it is."""
    given = zip(some_sims(2), words, strict=True)
    sims = [sim.model_copy(update={"status": word}) for sim, word in given]
    order = an_order(2, state=OrderState.PURCHASED, sims=sims)
    assert figures(read(card(order)))["Status"] == shown


def test_the_rest_of_another_order() -> None:
    """The card says what it is the rest of, for whom, and who pressed the button."""
    checked = an_order(2, state=OrderState.CHECKING)
    by_ben = checked.history[0].model_copy(update={"by": "U0BEN"})
    checked = checked.model_copy(update={"history": (by_ben,)})
    assert page(card(checked)) == snapshot("""\
2 eSIMs from Telnyx
Asked by
@ana; ordered by @ben
Estimated cost
$1.40 once, then $0.40 a month
Status
standby
Tags
none
The rest of order 1ST2M9QX: 2 eSIMs that it fell short of.
:mag: Noted as 7K2M9QXA: I look at what came of order 1ST2M9QX first; then it can be
approved here.
[Cancel]
Order 7K2M9QXA
""")
    failed = checked.not_checked("HTTP 503", now_of(checked))
    assert "I could not look (HTTP 503), so nothing was sent; I try again" in read(card(failed))
    up = checked.checked(1, now_of(checked))
    assert page(card(up)) == snapshot("""\
Buy 1 eSIM from Telnyx?
Asked by
@ana; ordered by @ben
Estimated cost
$0.70 once, then $0.20 a month
Status
standby
Tags
none
The rest of order 1ST2M9QX: 1 eSIM that it fell short of.
[Approve] [Cancel]
Order 7K2M9QXA · waits for approval until 2026-01-01 13:00 UTC
""")
    approved = up.approve("U0CARLA", now_of(up))
    assert "first. Then I buy what is still missing." in read(card(approved))
    needless = approved.checked(0, now_of(approved))
    assert "all of order 1ST2M9QX has turned up meanwhile" in read(card(needless))
    assert buttons(card(needless)) == []


def test_a_rest_of_which_nothing_came_can_be_ordered_again() -> None:
    """Declined or expired: its card offers the same rest once more, and only then."""
    up = an_order(2, state=OrderState.CHECKING).checked(2, now_of(an_order(2)))
    declined = up.decline("U0BEN", now_of(up))
    (again,) = buttons(card(declined))
    assert (again["action_id"], again["value"]) == (ORDER_REST, "1ST2M9QX")
    assert buttons(card(an_order(2, state=OrderState.DECLINED))) == []
