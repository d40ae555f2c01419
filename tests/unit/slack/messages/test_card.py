"""The card: what somebody asks for, and what they or an approver can do about it."""

from typing import Any
from uuid import UUID

import pytest
from inline_snapshot import snapshot

from bot.domain.request import SimStatus
from bot.domain.state import OrderState
from bot.domain.terms import Estimate
from bot.slack.message import Message
from bot.slack.messages.card import APPROVE, CANCEL, card
from tests.support.orders import ORDER_ID, an_order, some_sims, terms
from tests.unit.slack.reading import page, parsed, read, references

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
SIM card group
6a09cdc3-8948-47f0-aa62-74ac943d6c58
Whitelabel name
Acme Mobile
>for the Lyon trial
[Approve] [Cancel]
Order 7K2M9QXA · waits for approval until 2026-01-01 13:00 UTC
""")


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
    """Only an order that awaits approval can be clicked upon."""
    for state in OrderState:
        waiting = state is OrderState.AWAITING_APPROVAL
        assert bool(buttons(card(an_order(3, state=state)))) is waiting


def test_the_buttons_carry_the_order() -> None:
    """A click names the order by its id, whatever else the card shows."""
    approve, cancel = buttons(card(an_order(3)))
    assert (approve["action_id"], approve["value"]) == (APPROVE, ORDER_ID)
    assert (cancel["action_id"], cancel["value"]) == (CANCEL, ORDER_ID)
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
    estimate = Estimate(once_cents=amount * 70, monthly_cents=amount * 200, currency="XAU")
    dialog = buttons(card(an_order(amount, under=terms(estimate=estimate))))[0]["confirm"]
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
    """A provider is called by its id where nobody wrote down how people call it."""
    assert "Buy 3 eSIMs from acme?" in read(card(an_order(3, provider="acme")))


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
