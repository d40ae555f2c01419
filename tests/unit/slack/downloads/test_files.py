"""The pair of files that belongs to an order: how it is named, and when a newer one is due."""

import subprocess
import sys
import time

import pytest

from bot.domain.events import OrderState
from bot.domain.order import Order
from bot.domain.purchase.sim import Sim
from bot.slack.downloads import files
from tests.support.order_steps import looked
from tests.support.orders import an_order, some_sims
from tests.unit.slack.changes import FORMS, approved, sent, sold
from tests.unit.slack.downloads.opened import bought, card_with
from tests.unit.slack.shown import files_of, messages_of


def digest(order: Order) -> str:
    """What tells a newer message with files from an older one."""
    return messages_of(order, (), "")["file"].digest


def test_a_pair_of_files() -> None:
    """A workbook for people first, then the CSV for programs, both named for the order."""
    order = an_order(11, state=OrderState.PURCHASED)
    assert [(file.name, file.title) for file in files_of(order)] == [
        ("order-7K2M9QXA.xlsx", "Order 7K2M9QXA: 11 eSIMs"),
        ("order-7K2M9QXA.csv", "Order 7K2M9QXA: 11 eSIMs, for programs"),
    ]


def test_the_files_of_another_provider() -> None:
    """The columns are those of the form that the order was made from."""
    order = approved(amount=12)
    while not order.state.is_final:
        order = sold(sent(order))
    text = files.files_of(order, FORMS)[1].content().decode("utf-8-sig")
    head, first, *rest = text.splitlines()
    assert head == "iccid,purchase,order,requester,approver,bought at,note"
    assert first.startswith("8988247000000000000,p-0,7K2M9QXA,U0ANA,U0BEN,2026-01-01")
    assert len(rest) == 11


def test_what_was_found_later_replaces_the_files() -> None:
    """The key and the names stay, whatever was known before; the digest tells them apart."""
    order = an_order(20, state=OrderState.IN_DOUBT, sims=some_sims(12))
    more = looked(order, some_sims(14))
    assert [file.name for file in files_of(order)] == [file.name for file in files_of(more)]
    assert digest(order) != digest(more)


def test_a_look_that_finds_nothing_new_replaces_nothing() -> None:
    """An order that is looked at again keeps its files."""
    order = an_order(20, state=OrderState.IN_DOUBT, sims=some_sims(12))
    again = looked(order, some_sims(12))
    stored = Order.model_validate_json(order.model_dump_json())
    assert digest(order) == digest(again) == digest(stored)


def test_a_digest_covers_every_part() -> None:
    """ICCID, status, any raw field, and the note: a change of one makes other files."""
    made = [
        files_of(bought(sim, note=note))[0].digest
        for sim, note in [
            (card_with(), "a"),
            (card_with(), "b"),
            (card_with(x="y"), "a"),
            (card_with().model_copy(update={"iccid": "8932"}), "a"),
            (card_with().model_copy(update={"status": "enabled"}), "a"),
            (Sim(fields={}), "a"),
        ]
    ]
    assert len(set(made)) == len(made)


def test_small_orders_load_no_spreadsheet_library() -> None:
    """What only large orders need costs no process its start."""
    code = "import sys, bot.slack.messages; print('xlsxwriter' in sys.modules)"
    command = [sys.executable, "-c", code]
    told = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603 - our own
    assert told.stdout.strip() == "False"


def test_a_thread_that_makes_files_gives_the_interpreter_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After every few lines, of either file, so that the loop waits for none of them."""
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    order = an_order(200, state=OrderState.PURCHASED)
    for file in files_of(order):
        pauses.clear()
        file.content()
        assert len(pauses) >= 200 // 10
        assert all(0 < pause <= 0.001 for pause in pauses)
