"""Who has which eSIM: said in a line or in a form, shown to those who may see it, forgotten."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bot.errors import NotRecorded, StoreUnavailable
from bot.store.activation import AssignmentStore
from tests.support.hearing.signed import button, in_message, interaction

if TYPE_CHECKING:
    from sandbox.slack.views.view import View
    from tests.integration.hearing.activation.conftest import Bought


async def opened(bought: Bought) -> View:
    """Let ana open the form of the order."""
    slack = bought.world.slack
    assert (await slack.person("ana").types(f"/esim assign {bought.id}")).ok
    await slack.until(lambda: forms(bought, "ana"))
    return forms(bought, "ana")[-1]


def forms(bought: Bought, who: str) -> list[View]:
    """The forms that this person has open."""
    return bought.world.slack.workspace.views.of(bought.world.id(who))


async def sent(bought: Bought, lines: str) -> Any:
    """Send the form with these lines; what the acknowledgement says."""
    view = await opened(bought)
    delivery = await bought.world.slack.person("ana").submits(view, {"lines": lines})
    assert delivery.ok, delivery
    return json.loads(delivery.body)


async def test_one_esim(bought: Bought) -> None:
    """A person, an address, a name: noted at once, in the acknowledgement."""
    first, second, third = bought.iccids
    assert f"{first} is with @ben" in await bought.told(f"/esim assign {first} to=@ben")
    told = await bought.told(f'/esim assign {second} to=dana@example.com name="Truck 12"')
    assert f"{second} is with dana@example.com, Truck 12" in told
    assert f"{third} is with @ana" in await bought.told(f"/esim assign {third} to=me")
    shown = await bought.told(f"/esim assigned {bought.id}")
    assert all(iccid in shown for iccid in bought.iccids)
    assert "Truck 12" in shown


async def test_a_person_who_is_not_known(bought: Bought) -> None:
    """Nobody is guessed at: the place is pointed at, and nothing is noted."""
    told = await bought.told(f"/esim assign {bought.iccids[0]} to=@stranger")
    assert "I don't know who this is" in told
    assert f"/esim assign {bought.iccids[0]} to=stranger" in told
    assert "Nobody is known" in await bought.told(f"/esim assigned {bought.id}")


async def test_who_may_not(bought: Bought) -> None:
    """Only the requester and approvers say it; one of no order of ours is for those named."""
    await bought.told(f"/esim assign {bought.iccids[0]} to=@dan", who="dan")
    await bought.told(f"/esim assign {bought.id}", who="dan")
    await bought.told("/esim assign 8931080019073497795 to=@ben")
    assert forms(bought, "dan") == []
    assert "Nobody is known" in await bought.told(f"/esim assigned {bought.id}")
    listed = await bought.told("/esim assigned", who="dan")
    assert "is shown to approvers" in listed


async def test_forgotten(bought: Bought) -> None:
    """It is removed on request, once; a second time there is nothing to forget."""
    iccid = bought.iccids[0]
    await bought.told(f"/esim assign {iccid} to=@ben")
    assert "it was with @ben" in await bought.told(f"/esim unassign {iccid}")
    assert "Nobody is known to have" in await bought.told(f"/esim assigned {iccid}")
    assert "Forgotten" not in await bought.told(f"/esim unassign {iccid}")


async def test_delivered_again(bought: Bought) -> None:
    """Slack delivers the command a second time: it is answered once, and noted once."""
    ana = bought.world.slack.person("ana")
    delivery = await ana.types(f"/esim assign {bought.iccids[0]} to=@ben")
    await bought.world.slack.until(bought.seen)
    assert (await bought.world.slack.again(delivery)).ok
    assert len(bought.seen()) == 1


async def test_the_form(bought: Bought) -> None:
    """It opens after the acknowledgement, says which eSIMs are free, and takes lines in turn."""
    first, second, third = bought.iccids
    await bought.told(f"/esim assign {second} to=@ben")
    view = await opened(bought)
    shown = str(view.blocks)
    assert "2 eSIMs of 3 have no holder yet" in shown
    assert f"ends with {first[-6:]}" in shown
    assert "3,000 characters" in shown
    lines = "Dana Smith, dana@example.com\n@carla"
    delivery = await bought.world.slack.person("ana").submits(view, {"lines": lines})
    assert json.loads(delivery.body)["response_action"] == "update"
    told = await bought.told(f"/esim assigned {bought.id}")
    order = [line for line in told.splitlines() if " · " in line]
    assert [first in order[0], "Dana Smith" in order[0]] == [True, True]
    assert [second in order[1], "@ben" in order[1]] == [True, True]
    assert [third in order[2], "@carla" in order[2]] == [True, True]


async def test_the_form_by_its_button(bought: Bought) -> None:
    """A list of an order, also an empty one, has a button that opens it; for whom may assign."""
    message = await bought.says(f"/esim assigned {bought.id}")
    assert (await bought.world.slack.person("ana").clicks("Assign in a form", message)).ok
    await bought.world.slack.until(lambda: forms(bought, "ana"))


async def test_a_form_that_slack_does_not_open(bought: Bought) -> None:
    """Whoever waited is told how to go on."""
    bought.world.slack.faults.error("views.open", "expired_trigger_id")
    told = await bought.told(f"/esim assign {bought.id}")
    assert told.startswith("Slack did not open the form in time")


async def test_wrong_lines(bought: Bought) -> None:
    """They are told under the field, with their numbers; nothing is noted."""
    body = await sent(bought, "Dana\nBen, 9999\na\nb\nc\nd")
    assert body["response_action"] == "errors"
    assert body["errors"]["lines"].startswith("Nothing was assigned. Line 2, 'Ben, 9999': no eSIM")
    assert "Nobody is known" in await bought.told(f"/esim assigned {bought.id}")


async def test_the_form_of_what_has_no_esims(bought: Bought) -> None:
    """An order that bought none yet, one that there is not: no form opens."""
    card = await bought.world.ask("/esim buy 1")
    for order_id in (bought.world.order_id(card), "7K2M9QXA"):
        assert "code" not in await bought.told(f"/esim assign {order_id}")
    assert forms(bought, "ana") == []


async def test_all_of_them(bought: Bought) -> None:
    """Approvers see everybody's; the files go to whoever asks, and run no formula."""
    await bought.told(f"/esim assign {bought.iccids[0]} name='=HYPERLINK(1)'")
    message = await bought.says("/esim assigned", who="ben")
    assert "HYPERLINK" in message.plain()
    told = await bought.clicks("All as files", message, who="ben")
    assert "only you see them" in told
    assert sorted(bought.files("ben")) == ["holders.csv", "holders.xlsx"]
    content = next(
        file.content
        for each in bought.direct("ben")
        for file in each.files
        if file.name == "holders.csv"
    )
    assert f"{bought.iccids[0]},,,'=HYPERLINK(1),{bought.id}" in content.decode("utf-8-sig")


@pytest.mark.parametrize("typed", ["to=@ben Truck 12", 'to=@ben "Truck 12"'])
async def test_a_person_with_a_name_behind_them(bought: Bought, typed: str) -> None:
    """The line to copy keeps the person, and calls the line by the rest."""
    told = await bought.told(f"/esim assign {bought.iccids[0]} {typed}")
    assert told.splitlines()[-1] == f'/esim assign {bought.iccids[0]} to=@ben name="Truck 12"'


async def test_one_esim_has_no_files(bought: Bought) -> None:
    """Who has this one stands there; no button offers everybody's, which ana may not see."""
    await bought.told(f"/esim assign {bought.iccids[0]} to=@ben")
    told = await bought.told(f"/esim assigned {bought.iccids[0]}")
    assert f"{bought.iccids[0]} · @ben" in told
    assert "[All as files]" not in told


async def test_files_of_an_order(bought: Bought) -> None:
    """Those of this order alone; for whom may not see them there are none."""
    await bought.told(f"/esim assign {bought.iccids[0]} to=@ben")
    message = await bought.says(f"/esim assigned {bought.id}")
    assert "only you see them" in await bought.clicks("All as files", message)
    assert f"holders-{bought.id}.csv" in bought.files("ana")


@pytest.mark.parametrize("action_id", ["assigned_files", "assign_open"])
async def test_a_button_of_another_version(bought: Bought, action_id: str) -> None:
    """A value that is none of ours changes nothing, and says so."""
    parts = {**in_message(bought.world), **button(action_id, value="nonsense")}
    assert (await interaction(bought.world, "block_actions", **parts)).status == 200
    await bought.world.slack.until(bought.seen)
    assert bought.seen()[-1].plain().startswith("I don't know this button or form")


async def test_an_esim_of_no_order(bought: Bought) -> None:
    """It is for those whom the settings name: they say who has it, and see it."""
    iccid = "8931080019073497795"
    assert "is with" not in await bought.told(f"/esim assign {iccid} to=@ben")
    await bought.world.restart_bot(esim_code_keepers=(bought.world.id("ana"),))
    assert f"{iccid} is with @ben" in await bought.told(f"/esim assign {iccid} to=@ben")
    assert "@ben" in await bought.told(f"/esim assigned {iccid}")
    assert "@ben" not in await bought.told(f"/esim assigned {iccid}", who="dan")


async def test_details_show_who_has_it(bought: Bought) -> None:
    """Whoever may see the order sees who has its eSIMs, and who got codes."""
    await bought.told(f'/esim assign {bought.iccids[0]} name="Truck 12"')
    message = await bought.says(f"/esim activate {bought.iccids[1]} to=@ben")
    await bought.clicks("Send to @ben", message)
    shown = await bought.told(f"/esim order {bought.id}")
    assert "Truck 12" in shown
    assert "@ben" in shown


async def test_what_can_not_be_recorded(bought: Bought, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever said it is told that nothing was noted; nobody is left to guess."""

    async def away(*_: object, **__: object) -> None:
        raise NotRecorded

    monkeypatch.setattr(AssignmentStore, "write", away)
    told = await bought.told(f"/esim assign {bought.iccids[0]} to=@ben")
    assert "nothing was recorded" in told


@pytest.mark.parametrize("is_written", [True, False])
async def test_what_is_not_known_to_be_recorded(
    bought: Bought, monkeypatch: pytest.MonkeyPatch, *, is_written: bool
) -> None:
    """The answer of Redis was lost: the person is told so, and then what became of it."""
    write = AssignmentStore.write

    async def lost(*args: Any, **parts: Any) -> None:
        if is_written:
            await write(*args, **parts)
        raise StoreUnavailable

    monkeypatch.setattr(AssignmentStore, "write", lost)
    assert "I can't tell yet" in await bought.told(f"/esim assign {bought.iccids[0]} to=@ben")
    await bought.passes(lambda: len(bought.seen()) > 1)
    expected = "was recorded, once" if is_written else "was not recorded"
    assert expected in bought.seen()[-1].plain()
