"""What a click in a confirmation does: codes for one person, once, and told to who asked."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.errors import StoreUnavailable
from bot.store.activation import HandOutStore
from bot.store.orders import OrderStore
from tests.support.hearing.signed import TEAM, button, in_message, interaction

if TYPE_CHECKING:
    from tests.integration.hearing.activation.conftest import Bought


async def test_codes_for_oneself(bought: Bought) -> None:
    """A direct message with each code; the answer says how many, and holds none."""
    message = await bought.says(f"/esim activate {bought.id}")
    told = await bought.clicks("Send to you", message)
    assert "3 eSIMs" in told
    assert len(bought.codes("ana")) == 3
    assert not any("LPA:" in each.plain() for each in bought.world.slack.ephemerals("ana"))


async def test_codes_for_somebody_else(bought: Bought) -> None:
    """They go to that person alone; who had them given is told that, without a code."""
    message = await bought.says(f"/esim activate {bought.iccids[1]} to=@ben")
    told = await bought.clicks("Send to @ben", message)
    assert "@ben" in told
    assert len(bought.codes("ana")) == 0
    (code,) = bought.codes("ben")
    assert bought.iccids[1] in code


@pytest.mark.parametrize(
    ("label", "name"), [("As ZIP file", ".zip"), ("As sheet to print", ".html")]
)
async def test_as_a_file(bought: Bought, label: str, name: str) -> None:
    """One file in a direct message, and no message with a code."""
    message = await bought.says(f"/esim activate {bought.id}")
    assert await bought.clicks(label, message)
    assert [file.endswith(name) for file in bought.files("ana")] == [True]
    assert bought.codes("ana") == []


async def test_a_second_click(bought: Bought) -> None:
    """Also on another button of the same confirmation: it is given once."""
    message = await bought.says(f"/esim activate {bought.iccids[0]}")
    await bought.clicks("Send to you", message)
    asked, codes = bought.asked, bought.codes("ana")
    for label in ("Send to you", "As ZIP file"):
        assert await bought.clicks(label, message)
    assert (bought.asked, bought.codes("ana")) == (asked, codes)


async def test_a_second_click_after_nothing_was_given(bought: Bought) -> None:
    """It is not said that codes were given, only that this confirmation was used."""
    message = await bought.says(f"/esim activate {bought.iccids[0]}")
    bought.world.telnyx.account.codes.become("down")
    assert "No activation code" in await bought.clicks("Send to you", message)
    told = await bought.clicks("Send to you", message)
    assert told.startswith("This confirmation was used before")
    assert "were given" not in told


async def test_a_confirmation_that_is_too_old(bought: Bought) -> None:
    """After half an hour it must be asked for again: nothing is fetched."""
    message = await bought.says(f"/esim activate {bought.id}")
    await bought.world.clock.jump(31 * 60)
    assert await bought.clicks("Send to you", message)
    assert bought.asked == []


async def test_other_esims_than_the_confirmation_showed(bought: Bought) -> None:
    """Each of its buttons carries what it showed: what has changed since is not given."""
    message = await bought.says(f"/esim activate {bought.id}")
    values = [
        json.loads(each["value"])
        for block in message.blocks
        for each in block.get("elements", ())
        if each["type"] == "button"
    ]
    (shown,) = {value["wish"]["confirmed"] for value in values}
    other = json.dumps(values[0]).replace(shown, "0123456789abcdef")
    parts = {**in_message(bought.world), **button("codes_send", value=other)}
    before = len(bought.seen())
    assert (await interaction(bought.world, "block_actions", **parts)).status == 200
    await bought.passes(lambda: len(bought.seen()) > before)
    assert bought.seen()[-1].plain().startswith("It is about other eSIMs by now")
    assert bought.asked == []


async def test_a_right_that_was_taken_away(bought: Bought) -> None:
    """The rights are asked at the click, not only at the confirmation."""
    message = await bought.says(f"/esim activate {bought.id}", who="ben")
    await bought.world.restart_bot(esim_approvers=(bought.world.id("carla"),))
    told = await bought.clicks("Send to you", message, who="ben")
    assert "carla" in told or "ana" in told
    assert bought.asked == []


async def test_a_recipient_who_left(bought: Bought) -> None:
    """Slack is asked anew, too."""
    message = await bought.says(f"/esim activate {bought.id} to=@ben")
    people = bought.world.slack.workspace.people
    people[bought.world.id("ben")] = replace(people[bought.world.id("ben")], deleted=True)
    assert await bought.clicks("Send to @ben", message)
    assert bought.asked == []


async def test_done(bought: Bought) -> None:
    """The message goes with its file, and nothing more is said."""
    message = await bought.says(f"/esim activate {bought.iccids[0]}")
    await bought.clicks("Send to you", message)
    slack = bought.world.slack
    shown = next(each for each in bought.direct("ana") if "LPA:1$" in each.plain())
    before = len(slack.ephemerals("ana"))
    assert (await slack.person("ana").clicks("Done: delete this", shown)).ok
    await slack.until(lambda: not (bought.codes("ana") or bought.files("ana")))
    assert len(slack.ephemerals("ana")) == before


async def test_still_fetching(bought: Bought) -> None:
    """Whoever waits longer than two seconds hears that it goes on; then comes the answer."""
    message = await bought.says(f"/esim activate {bought.id}")
    gate = bought.world.telnyx.account.codes.hold()
    assert (await bought.world.slack.person("ana").clicks("Send to you", message)).ok
    await bought.passes(lambda: last(bought).startswith("Still fetching"))
    gate.release()
    await bought.passes(lambda: "3 eSIMs" in last(bought) and "Still" not in last(bought))


def last(bought: Bought) -> str:
    """What ana alone was told last."""
    return bought.world.slack.ephemerals("ana")[-1].plain()


async def test_a_code_that_there_is_not(bought: Bought) -> None:
    """Each reason has its own words; the others are given."""
    codes = bought.world.telnyx.account.codes
    codes.become("installed", bought.iccids[0])
    codes.become("not_ready", bought.iccids[1])
    message = await bought.says(f"/esim activate {bought.id}")
    told = await bought.clicks("Send to you", message)
    assert "already installed" in told
    assert "not ready yet" in told
    assert len(bought.codes("ana")) == 1


async def test_a_button_of_another_version(bought: Bought) -> None:
    """A value that is none of ours gives nothing, and says so."""
    for action_id in ("codes_send", "codes_ask", "codes_to", "codes_as_sheet"):
        parts = {**in_message(bought.world), **button(action_id, value="nonsense")}
        before = len(bought.seen())
        assert (await interaction(bought.world, "block_actions", **parts)).status == 200
        await bought.world.slack.until(lambda: len(bought.seen()) > before)  # noqa: B023 - awaited
        assert bought.seen()[-1].plain().startswith("I don't know this button")
    assert bought.asked == []


async def test_the_button_at_a_result(bought: Bought) -> None:
    """It brings the confirmation for the whole order, for whoever clicks, if they may."""
    value = f"{bought.id}:1"
    parts = {**in_message(bought.world), **button("codes_ask", value=value)}
    assert (await interaction(bought.world, "block_actions", **parts)).status == 200
    await bought.world.slack.until(bought.seen)
    assert bought.seen()[-1].plain().startswith("Give the activation codes of 3 eSIMs to you?")


async def test_no_code_without_its_line_in_the_audit(
    bought: Bought, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where Redis can't be reached, nothing is fetched, and the person is told so."""

    async def away(*_: object, **__: object) -> None:
        raise StoreUnavailable

    message = await bought.says(f"/esim activate {bought.id}")
    monkeypatch.setattr(HandOutStore, "reveal", away)
    told = await bought.clicks("Send to you", message)
    assert told.startswith("I can't reach my memory (Redis), so I gave no activation codes")
    assert bought.asked == []
    monkeypatch.setattr(OrderStore, "load", away)
    assert "I can't reach my memory" in await bought.told(f"/esim activate {bought.id}")


async def test_slack_is_away(bought: Bought) -> None:
    """Nothing remote is asked before the acknowledgement; the answer comes when Slack is back."""
    message = await bought.says(f"/esim activate {bought.id}")
    await bought.world.slack.refuse_connections()
    ana = bought.world.slack.person("ana")
    assert (await ana.types(f"/esim activate {bought.id} to=@ben")).ok
    assert (await ana.clicks("Send to you", message)).ok
    assert (await ana.types(f"/esim assign {bought.id}")).ok
    await bought.world.until_kept(3)
    assert bought.asked == []


async def test_somebody_else_presses_it(bought: Bought) -> None:
    """A confirmation shows to one person alone; were it pressed by another, the policy is asked."""
    message = await bought.says(f"/esim activate {bought.id}")
    (value,) = [
        each["value"]
        for block in message.blocks
        for each in block.get("elements", [])
        if each.get("action_id") == "codes_send"
    ]
    dan = {"id": bought.world.id("dan"), "team_id": TEAM}
    parts = {**in_message(bought.world), **button("codes_send", value=value), "user": dan}
    assert (await interaction(bought.world, "block_actions", **parts)).status == 200
    assert bought.world.bot is not None
    await bought.world.bot.hearing.finish(5)
    assert bought.asked == []
    assert (bought.codes("ana"), bought.codes("dan")) == ([], [])


async def test_slack_does_not_say_who_that_is(bought: Bought) -> None:
    """Nothing is fetched or given; the words are about codes, not about a card."""
    message = await bought.says(f"/esim activate {bought.id}")
    bought.world.slack.faults.refuse("users.info", "internal_error")
    for told in (
        await bought.told(f"/esim activate {bought.id} to=@ben"),
        await bought.clicks("Send to you", message),
    ):
        assert told.startswith("Slack did not tell me who gets the codes")
        assert "nothing was fetched" in told
    assert bought.asked == []


async def test_done_that_has_to_wait(bought: Bought, monkeypatch: pytest.MonkeyPatch) -> None:
    """While Slack or Redis is away: the message still stands, when it goes, what to do."""

    async def away(*_: object, **__: object) -> None:
        raise StoreUnavailable

    message = await bought.says(f"/esim activate {bought.iccids[0]}")
    await bought.clicks("Send to you", message)
    shown = next(each for each in bought.direct("ana") if "LPA:1$" in each.plain())
    faults = bought.world.slack.faults
    faults.refuse("chat.delete", "internal_error")
    faults.refuse("files.delete", "internal_error")
    assert "could not delete this message" in await bought.clicks("Done: delete this", shown)
    faults.clear()
    monkeypatch.setattr(HandOutStore, "load", away)
    assert "could not delete this message" in await bought.clicks("Done: delete this", shown)
    assert len(bought.codes("ana")) == 1
