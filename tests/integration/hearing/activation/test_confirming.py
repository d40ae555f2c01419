"""Before any code is given, one person sees whose it is, who gets it and what happens then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.hearing.activation.conftest import Bought


async def test_the_codes_of_an_order(bought: Bought) -> None:
    """Every whole ICCID, the recipient, what happens; nothing is fetched before the click."""
    told = await bought.told(f"/esim activate {bought.id}")
    assert told.startswith("Give the activation codes of 3 eSIMs to you?\nFrom Telnyx · order")
    assert all(iccid in told for iccid in bought.iccids)
    assert "A code works once" in told
    assert "on Done, and after 24 h at the latest" in told
    assert "The audit keeps that you had them given" in told
    assert "[Send to you] [As ZIP file] [As sheet to print]\n[Somebody else…]" in told
    assert bought.asked == []
    assert bought.codes("ana") == []


async def test_the_code_of_one_esim(bought: Bought) -> None:
    """By its ICCID, however it is written; the others are not named."""
    first, *others = bought.iccids
    grouped = " ".join(first[place : place + 4] for place in range(0, len(first), 4))
    told = await bought.told(f"/esim activate {grouped}F")
    assert "the activation codes of 1 eSIM to you?" in told
    assert first in told
    assert not any(other in told for other in others)


async def test_somebody_else(bought: Bought) -> None:
    """The person is mentioned, and named on the button, which asks once more."""
    message = await bought.says(f"/esim activate {bought.id} to=@ben")
    assert "to @ben?" in message.plain()
    buttons = message.blocks[3]["elements"]
    assert buttons[0]["text"]["text"] == "Send to @ben"
    assert all("can take the lines" in each["confirm"]["text"]["text"] for each in buttons)


async def test_oneself_needs_no_second_question(bought: Bought) -> None:
    """One click is enough for one's own."""
    message = await bought.says(f"/esim activate {bought.id} to=me")
    assert not any("confirm" in each for each in message.blocks[3]["elements"])


async def test_somebody_else_from_the_menu(bought: Bought) -> None:
    """The confirmation comes anew for whoever is chosen; nothing was given yet."""
    first = await bought.says(f"/esim handout {bought.id} as=sheet")
    assert "[Send to you as sheet to print] [As ZIP file]" in first.plain()
    again = await bought.picks("ben", first)
    assert "to @ben?" in again.plain()
    assert "[Send to them as sheet to print] [As ZIP file]" in again.plain()
    assert bought.asked == []


@pytest.mark.parametrize("line", ["activate {} to=@nobody", "activate {} to=@ana @ben"])
async def test_a_person_who_is_not_known(bought: Bought, line: str) -> None:
    """The place is pointed at, with a line to copy and the way to the list."""
    told = await bought.told("/esim " + line.format(bought.id))
    assert "^^^" in told
    assert "pick" in told
    assert f"/esim activate {bought.id}" in told.splitlines()[-1]


@pytest.mark.parametrize("name", ["gus", "eva", "max", "slackbot", "esim-bot"])
async def test_people_who_may_get_none(bought: Bought, name: str) -> None:
    """A guest, somebody external, one who left, a bot: the confirmation does not even come."""
    bought.world.slack.workspace.welcome_others()
    told = await bought.told(f"/esim activate {bought.id} to=@{name}")
    assert "Give the activation codes" not in told
    assert bought.asked == []


async def test_who_may_not_ask(bought: Bought) -> None:
    """Somebody who neither asked for the order nor approves it; one of no order of ours."""
    told = await bought.told(f"/esim activate {bought.id}", who="dan")
    assert "Give the activation codes" not in told
    foreign = await bought.told("/esim activate 8931080019073497795")
    assert "Give the activation codes" not in foreign


async def test_what_is_not_known(bought: Bought) -> None:
    """An order that there is not, one that bought nothing yet."""
    assert "I know no order" in await bought.told("/esim activate 7K2M9QXA")
    card = await bought.world.ask("/esim buy 1")
    told = await bought.told(f"/esim activate {bought.world.order_id(card)}")
    assert "Give the activation codes" not in told


async def test_many(bought: Bought) -> None:
    """More than ten are given as files alone; the whole ICCIDs are shown while they fit."""
    card = await bought.world.ask("/esim buy 11")
    await bought.world.click("Approve", card)
    await bought.world.until_state(card, "purchased")
    told = await bought.told(f"/esim activate {bought.world.order_id(card)}")
    assert "the activation codes of 11 eSIMs" in told
    assert all(iccid in told for iccid in bought.iccids[3:])
    assert "[As ZIP file] [As sheet to print]" in told
    assert "Send to you" not in told
