"""`esim-bot orders` and `esim-bot order`: what the operator sees of orders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.events import OrderState
from bot.slack.words.states import state_in_words
from bot.store.embedded import EmbeddedServer
from bot.store.keys import Keys
from bot.store.trust.witness import Seen, Witness
from tests.integration.operating.operator import Operator
from tests.integration.store.samples import life, order_ids
from tests.support.orders import BEN, KEYS, ORDER_ID, a_purchase, an_order

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime.now(UTC)
NASTY = "\x1b[31mred [bold]loud[/bold] \u202eback \x07bell"
"""Words that would recolour, embolden, reverse and ring."""


def place(operator: Operator, hours: dict[str, float], requester: str = "U0ANA") -> None:
    """Place these orders so many hours ago."""
    for order_id, ago in hours.items():
        at = NOW - timedelta(hours=ago)
        operator.has([an_order(order_id=order_id, at=at, requester=requester)])


def test_a_table(operator: Operator) -> None:
    """Newest first, under titles, with what was asked and bought."""
    one, two = order_ids(2)
    place(operator, {one: 2, two: 1})
    result = operator.types("orders")
    title, first, second = result.stdout.splitlines()
    assert result.exit_code == 0
    assert title.split()[:3] == ["order", "state", "placed"]
    assert first.split()[:2] == [two, "awaiting_approval"]
    assert second.split()[0] == one


@pytest.fixture
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of the usual 80 columns."""
    for name, value in {"FORCE_COLOR": "1", "TERM": "xterm", "COLUMNS": "80"}.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("_terminal")
def test_a_usual_terminal(operator: Operator) -> None:
    """An order is one line of 80 columns, with its whole id, state, person and channel."""
    place(operator, {ORDER_ID: 1}, "U0ANA000000")
    title, row = operator.types("orders").stdout.splitlines()
    assert "placed (UTC)" in title
    whole = [ORDER_ID, "awaiting_approval", *f"{NOW - timedelta(hours=1):%Y-%m-%d %H:%M}".split()]
    assert row.split()[:4] == whole
    assert "U0ANA000000" in row
    assert len(row) <= 80


@pytest.mark.usefixtures("_terminal")
@pytest.mark.parametrize("words", [("order", ORDER_ID), ("audit",)])
def test_what_does_not_fit_goes_on_below(operator: Operator, words: tuple[str, ...]) -> None:
    """No part of a table is cut off in a narrow terminal, an id is never broken."""
    order = an_order()
    operator.has([order, order.cancel(BEN, NOW, "why not, said somebody at some length")])
    table = operator.types(*words).stdout
    assert "…" not in table
    assert ORDER_ID in table
    assert "somebody" in table
    assert "length" in table
    assert all(len(line) <= 80 for line in table.splitlines()[-6:])


def test_options_in_words(operator: Operator) -> None:
    """What was asked for stands there an option a line, as people write it."""
    operator.has([an_order(tags=("fleet", "emea"), status="standby", note="for Lyon")])
    lines = operator.types("order", ORDER_ID).stdout.splitlines()
    facts = [line.split(maxsplit=1) for line in lines if line.strip()]
    assert ["tags", "fleet, emea"] in facts
    assert ["status", "standby"] in facts
    assert ["note", "for Lyon"] in facts
    assert [name for name, *_ in facts].count("provider") == 1


def test_a_pipe(operator: Operator) -> None:
    """A line ends where its text does: nothing wraps that need not."""
    place(operator, {ORDER_ID: 1})
    for words in (("orders",), ("audit",), ("order", ORDER_ID)):
        lines = operator.types(*words).stdout.splitlines()
        assert lines == [line.rstrip() for line in lines]


def test_narrowed(operator: Operator) -> None:
    """By state, time and person, each and together."""
    one, two, three = order_ids(3)
    place(operator, {one: 50, two: 3})
    place(operator, {three: 1}, "U0EVE")
    assert [each["order"] for each in operator.reads("orders")] == [three, two, one]
    assert [each["order"] for each in operator.reads("orders", "--since", "4h")] == [three, two]
    assert [each["order"] for each in operator.reads("orders", "--requester", "U0EVE")] == [three]
    assert operator.reads("orders", "--state", "needs-attention") == []
    together = ("--state", "awaiting_approval", "--since", "7d", "--requester", "U0ANA")
    assert [each["order"] for each in operator.reads("orders", *together)] == [two, one]


def test_by_the_number_of_a_sim_card(operator: Operator) -> None:
    """The whole ICCID as people have it, or its last digits; the other conditions hold, too."""
    steps = a_purchase(2)
    operator.has(steps)
    iccid = str(steps[-1].sims[0].iccid)
    for text in (iccid, f"{iccid[:4]} {iccid[4:8]}-{iccid[8:]}F", iccid[-6:]):
        assert [each["order"] for each in operator.reads("orders", "--iccid", text)] == [ORDER_ID]
    assert operator.reads("orders", "--iccid", iccid, "--requester", "U0EVE") == []
    assert operator.reads("orders", "--iccid", iccid, "--state", "refused") == []
    assert operator.reads("orders", "--iccid", "0000") == []


@pytest.mark.parametrize("text", ["123", "89FF12", "four", "", "1" * 23])
def test_no_number_of_a_sim_card(operator: Operator, text: str) -> None:
    """A sentence with a right example."""
    result = operator.types("orders", "--iccid", text)
    assert result.exit_code == 2
    assert "for example --iccid 4321" in result.stderr


@pytest.mark.parametrize("words", [("--requester", "ana"), ("--workspace", "T0NOBODY")])
def test_none_matches(operator: Operator, words: tuple[str, str]) -> None:
    """An empty list says that it is one, on standard error, so that programs read nothing."""
    place(operator, {ORDER_ID: 1})
    for more in ((), ("--json",)):
        result = operator.types("orders", *words, *more)
        assert (result.exit_code, result.stdout) == (0, "")
        assert "No order matches" in result.stderr


def test_more_than_a_page(operator: Operator) -> None:
    """The titles stand once, above the first of them."""
    place(operator, dict.fromkeys(order_ids(101), 1.0))
    lines = operator.types("orders").stdout.splitlines()
    assert len(lines) == 102
    assert sum("requester" in line for line in lines) == 1
    assert len(operator.types("audit").stdout.splitlines()) == 102


@pytest.mark.parametrize(
    ("words", "example"),
    [
        (("--since", "yesterday"), "2h or 7d"),
        (("--since", "2026-13-01"), "2026-01-31"),
        (("--since", "9" * 30), "2h or 7d"),
        (("--state", "teleported"), "--state needs_attention"),
    ],
)
def test_wrong_words(operator: Operator, words: tuple[str, str], example: str) -> None:
    """A sentence says what to write instead; the exit code is that of a wrong word."""
    result = operator.types("orders", *words)
    assert result.exit_code == 2
    assert words[1] in result.stderr
    assert example in result.stderr
    assert result.stdout == ""


def test_what_can_not_be_read(operator: Operator) -> None:
    """The others are listed; on standard error stands which were left out."""
    one, two = order_ids(2)
    place(operator, {one: 2, two: 1})
    broken = KEYS.order(one)
    operator.store(lambda store: store._redis.hset(broken, "json", '{"schema_number": 99}'))
    result = operator.types("orders", "--json")
    assert result.stdout.count("\n") == 1
    assert f"1 can't be read by this version: {one}" in result.stderr
    newer = operator.types("order", one)
    assert (newer.exit_code, "newer version" in newer.stderr) == (1, True)


def test_one_order(operator: Operator) -> None:
    """All of its calls, SIM cards and steps are there; its id may be typed in small letters."""
    steps = a_purchase(2)
    operator.has(steps)
    shown = operator.types("order", ORDER_ID.lower()).stdout
    assert "100 of 100" in shown
    assert all(str(sim.iccid) in shown for sim in steps[-1].sims)
    assert all(entry.event in shown for entry in steps[-1].history)
    (facts,) = operator.reads("order", ORDER_ID)
    assert facts == steps[-1].model_dump(mode="json")


@pytest.mark.parametrize("state", OrderState)
def test_orders_in_every_state(operator: Operator, state: OrderState) -> None:
    """Each can be shown."""
    order = an_order(state=state)
    operator.has([an_order(), order])
    result = operator.types("order", ORDER_ID)
    assert (result.exit_code, state_in_words(order.state) in result.stdout) == (0, True)


@pytest.mark.parametrize("command", ["order", "audit", "requeue"])
def test_no_such_order(operator: Operator, command: str) -> None:
    """The sentence says so, and the exit code is not that of a wrong word."""
    operator.has(life()[:1])
    result = operator.types(command, "00000000")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "There is no order '00000000'" in result.stderr


def test_what_people_wrote_is_only_read(operator: Operator) -> None:
    """No text can colour, ring, reverse or hide anything: it stands there letter by letter."""
    order = an_order(note="[bold]loud[/bold]")
    operator.has([order, order.cancel(BEN, NOW, NASTY)])
    shown = operator.types("order", ORDER_ID).stdout
    assert "[bold]loud[/bold]" in shown
    for text in (shown, operator.types("audit").stdout):
        assert not {"\x1b", "\x07", "\u202e"} & set(text)
        assert "\\x1b[31mred [bold]loud" in text
    assert operator.reads("audit")[-1]["detail"] == NASTY
    assert operator.types("audit", "--json").stdout.isascii()


def test_on_the_embedded_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without REDIS_URL the running bot's own server is asked; without a bot, one for now."""
    monkeypatch.delenv("REDIS_URL", raising=False)
    operator = Operator(tmp_path, None)
    stopped = operator.types("orders")
    assert (stopped.exit_code, stopped.stderr) == (1, "This Redis holds no orders yet.\n")
    server = EmbeddedServer.start(operator.data / "redis")
    operator.url = server.url
    operator.has(life()[:1])
    running = operator.types("orders")
    server.stop()
    assert ORDER_ID in running.stdout
    assert ORDER_ID in operator.types("orders").stdout


def test_redis_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told in plain words."""
    monkeypatch.delenv("REDIS_URL", raising=False)
    result = Operator(tmp_path, f"unix://{tmp_path}/nobody.sock").types("orders")
    assert (result.exit_code, "Redis can't be used: no such socket" in result.stderr) == (2, True)


def test_several_workspaces(operator: Operator) -> None:
    """Which one must be said, unless a bot of only one has lived on this machine."""
    for workspace in ("T1", "T2"):
        operator.has(life()[:1], Keys(workspace))
    refused = operator.types("orders")
    assert refused.exit_code == 2
    assert "several workspaces: T1, T2" in refused.stderr
    assert ORDER_ID in operator.types("orders", "--workspace", "T2").stdout
    witness = Witness.of(operator.data, "T1")
    witness.saw(Seen(1, "a", "e"))
    witness.write()
    witness.close()
    assert ORDER_ID in operator.types("orders").stdout


def test_an_approved_order_names_who_approved(operator: Operator) -> None:
    """Who decided stands in its history."""
    placed, approved, *_ = life()
    operator.has([placed, approved])
    assert BEN in operator.types("order", ORDER_ID).stdout
