"""Lines with a verb that only some providers have: what is read, however it is typed."""

import pytest

from bot.domain.grammar import Ask, Change, Rules, parse
from bot.domain.request import OrderKind, PurchaseRequest
from tests.support.harness.traveller import FORM, ICCID, NAME, PACKAGES, PURCHASES
from tests.support.requests import FORM as TELNYX
from tests.support.typed import explained, offered

RULES = Rules({form.provider: form for form in (TELNYX, FORM)})
FOR_LONG = {"data": "5GB", "days": "7"}


def changed(line: str) -> PurchaseRequest:
    """The request of a line that asks for a change."""
    command = parse(line, RULES)
    assert isinstance(command, Change), f"read as {command}"
    return command.request


def asked(line: str) -> Ask:
    """What a line asks that changes nothing."""
    command = parse(line, RULES)
    assert isinstance(command, Ask), f"read as {command}"
    return command


@pytest.mark.parametrize(
    "line",
    [
        *(f"{verb} {ICCID} data=5GB days=7" for verb in ("topup", "top up", "top-up", "TopUp")),
        f"topup eSIM {ICCID} data=5 GB days=7 days",
        f"topup SIM card {ICCID} --data 5GB --days 7, please",
        f"topup data=5GB {ICCID} days=7",
        f"topup iccid={ICCID} data=5GB days=7",
    ],
)
def test_a_top_up(line: str) -> None:
    """An order of its kind: the eSIM stands behind the verb, or is named."""
    request = changed(line.replace("7, please", "7"))
    assert request.kind is OrderKind.TOP_UP
    assert (request.provider, request.amount) == (NAME, 1)
    assert request.options == {"iccid": ICCID, **FOR_LONG}


def test_a_change_has_a_note_for_those_who_decide() -> None:
    """It is an order as any other."""
    request = changed(f'topup {ICCID} data=5GB days=7 note="for Ben" from=traveller')
    assert request.note == "for Ben"
    assert request.chosen == ("from", "iccid", "data", "days")


def test_a_part_that_is_refused_is_pointed_at() -> None:
    """Whoever refuses a part of a change by its name points at its place in the line."""
    command = parse(f"suspend eSIM {ICCID}", RULES)
    assert isinstance(command, Change)
    (problem,) = command.refused("iccid", "not this one").problems
    assert problem.word == ICCID


@pytest.mark.parametrize(
    ("line", "kind", "options"),
    [
        (f"suspend {ICCID}", OrderKind.SUSPENSION, {"iccid": ICCID}),
        (f"suspend eSIM {ICCID} please", OrderKind.SUSPENSION, {"iccid": ICCID}),
        ("edit p-1 end=2026-12-15", OrderKind.EDIT, {"purchase": "p-1", "end": "2026-12-15"}),
    ],
)
def test_other_changes(line: str, kind: OrderKind, options: dict[str, str]) -> None:
    """Each verb has a form, which says what its orders are."""
    request = changed(line)
    assert (request.kind, request.options) == (kind, options)


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("packages France", {"destination": "France"}),
        ("packages fr?", {"destination": "France"}),
        ("Packages for France", {"destination": "France"}),
        ("packages in the gambia", {"destination": "The Gambia"}),
        ("packages united kingdom", {"destination": "United Kingdom"}),
        ('packages "united kingdom" data=5 GB', {"destination": "United Kingdom", "data": "5GB"}),
        ("packages to=france days=7", {"destination": "France", "days": "7"}),
        ("packages data=5GB France", {"destination": "France", "data": "5GB"}),
    ],
)
def test_packages(line: str, options: dict[str, str]) -> None:
    """A question takes small words and its own mark as people write them: it spends nothing."""
    assert asked(line) == Ask(PACKAGES, options)


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("purchases", {}),
        ("purchases please", {}),
        (f"purchases iccid={ICCID} since=2026-11-01", {"iccid": ICCID, "since": "2026-11-01"}),
        ("purchases ref=esim-7k2m9qxa-1", {"reference": "esim-7k2m9qxa-1"}),
    ],
)
def test_purchases(line: str, options: dict[str, str]) -> None:
    """A question about nothing in particular needs no word behind its verb."""
    assert asked(line) == Ask(PURCHASES, options)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("prices france", "packages France"),
        ("plans for the gambia", 'packages "The Gambia"'),
        ("pakages France", "packages France"),
        ("purchase", "purchases"),
        ("bought", "purchases"),
        (f"recharge {ICCID} data=5GB days=7", f"topup {ICCID} data=5GB days=7"),
        (f"topop {ICCID} data=5GB days=7", f"topup {ICCID} data=5GB days=7"),
        *[(f"{word} {ICCID}", "help") for word in ("suspended", "stop", "pause", "delete")],
        *[(f"{word} {ICCID}?", "help") for word in ("suspnd", "topup", "sspend")],
    ],
)
def test_a_verb_of_the_same_meaning(line: str, shown: str) -> None:
    """What is meant is offered; what ends an eSIM is offered to nobody who did not write it."""
    assert offered(line, RULES) == [f"/esim {shown}"]


def test_a_verb_that_no_provider_has() -> None:
    """It is unknown, as any other word; what there is follows from the providers."""
    telnyx = Rules({TELNYX.provider: TELNYX})
    known = "there is no such command: there are"
    ours = "activate, handout, assign, unassign, assigned"
    assert explained("packages France", rules=telnyx).splitlines()[2] == (
        f"- packages: {known} buy, order, orders, {ours}, help"
    )
    assert explained("hm", rules=RULES).splitlines()[2] == (
        f"- hm: {known} buy, topup, edit, suspend, packages, purchases, order, orders, {ours}, help"
    )
