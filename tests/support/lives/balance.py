"""What must hold when an order's life is over, whatever happened in it."""

import json
from collections import Counter
from io import BytesIO
from typing import Any

from python_calamine import CalamineWorkbook

from bot.domain.events import Entry, OrderState
from bot.domain.order import Order
from sandbox.slack import SlackSandbox
from sandbox.slack.workspace.model import File
from tests.support.drill.board import facts
from tests.support.leaks.whole import Run, assert_nothing_leaked
from tests.support.lives.life import Life
from tests.support.orders import KEYS

WAITING = {OrderState.NEEDS_ATTENTION}
"""States, beside the final ones, in which an order may rest: a person was told to look."""


async def check(life: Life, *, again: int = 0) -> None:
    """Raise AssertionError where money, ICCIDs, messages or Redis are not as they must be.

    `again`: eSIMs that a person let be bought a second time.
    """
    order = await life.order()
    assert order is not None
    nothing_was_bought_twice(life, order, again)
    nothing_was_lost(life, order)
    no_message_stands_twice(life.slack)
    assert life.slack.direct_messages("ana"), "the requester was not told"
    await nothing_is_stuck(life, order)
    await the_audit_tells_the_order(life, order)
    folder = life.settings.esim_data_dir
    await assert_nothing_leaked(Run(life.slack, [life.telnyx], life.redis, [folder], ""))
    kept = folder / "emergency"
    assert list(kept.glob("*")) == [], "an outcome is left on disk"


def nothing_was_bought_twice(life: Life, order: Order, again: int = 0) -> None:
    """Each recorded attempt reached its provider once at most, and no other call did.

    It reached it once more for each time that a person had its own bytes sent again.
    """
    repeats = {attempt.reference: attempt.repeats for attempt in order.attempts}
    for reference, count in Counter(life.calls).items():
        assert reference in repeats, f"not recorded: {reference}"
        assert count <= 1 + repeats[reference], f"sent twice: {reference}"
    bodies = {attempt.body for attempt in order.attempts if attempt.body}
    assert {each["raw"] for each in life.kiosk.received} <= bodies, "other bytes were sent"
    sold = len(life.sold)
    assert sold <= order.request.amount + again, f"{sold} bought"


def nothing_was_lost(life: Life, order: Order) -> None:
    """Every SIM card sold stands in the thread, or the thread says that a person must look."""
    thread = "\n".join(message.plain() for message in life.thread())
    files = "\n".join(_text_of(file) for file in life.slack.files)
    for iccid in life.sold:
        if iccid not in thread and iccid not in files:
            assert order.state in WAITING, f"{iccid} is lost; the order is {order.state}"
            assert "I can't tell what was bought" in thread


def _text_of(file: File) -> str:
    """What a spreadsheet shows of a workbook, or the text of any other file."""
    if not file.name.endswith(".xlsx"):
        return file.content.decode()
    book = CalamineWorkbook.from_filelike(BytesIO(file.content))
    return str([book.get_sheet_by_name(name).to_python() for name in book.sheet_names])


def no_message_stands_twice(slack: SlackSandbox) -> None:
    """Each message and each file of an order is on Slack once."""
    told = [facts(message) for message in slack.workspace.timeline]
    keys = Counter((payload["order_id"], payload["key"]) for payload in told if payload)
    assert max(keys.values()) == 1, f"stands twice: {keys}"
    names = Counter(file.name for file in slack.files if file.name.startswith("order-"))
    assert max(names.values(), default=1) == 1, f"uploaded twice: {names}"


async def nothing_is_stuck(life: Life, order: Order) -> None:
    """The order rests, nothing is due, and the card shows the state that Redis has."""
    assert order.state.is_final or order.state in WAITING, f"stuck as {order.state}"
    now = life.clock.time() * 1000
    assert await life.redis.zcard(KEYS.deliveries) == 0
    assert await life.redis.zcount(KEYS.agenda, "-inf", now) == 0
    if order.due_at is None:
        assert await life.redis.zcard(KEYS.agenda) == 0
    assert life.card is not None
    assert life.card.metadata is not None
    assert life.card.metadata["event_payload"]["state"] == order.state


async def the_audit_tells_the_order(life: Life, order: Order) -> None:
    """The audit trail has each step once, in its order."""
    lines: Any = await life.redis.xrange(KEYS.audit)
    entries = [Entry.model_validate(json.loads(fields["entry"])) for _, fields in lines]
    assert tuple(entries) == order.history
    assert [int(fields["version"]) for _, fields in lines] == list(range(1, order.version + 1))
