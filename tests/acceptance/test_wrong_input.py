"""A wrong command gets an answer that points at the place, and creates nothing."""

import pytest

from tests.support.world import World

WRONG = {
    "/esim buy": "how many",
    "/esim buy 0": "0 eSIMs",
    "/esim buy -5": "can't be negative",
    "/esim buy 2.5": "whole",
    "/esim buy ten": "in digits: 10",
    "/esim buy 1000000000": "over the limit of 1000",
    "/esim buy 3 status=active": "enabled",
    "/esim buy 3 group=fleet": "group",
    "/esim buy 3 whitelabel=Acme&Sons": "letters",
    "/esim buy 3 tags=": "tag",
    "/esim buy 3 tags=,,": "tag",
    "/esim buy 3 tags=a,a": "twice",
    "/esim buy 3 tags=a tags=b": "twice",
    '/esim buy 3 note="never ends': "quote",
    "/esim buy 3 tgas=a": "did you mean tags",
    "/esim bye 3": "did you mean buy",
    "/esim order": "which order",
    "/esim order 12": "8 letters and digits",
    "/esim orders everything": "all",
}


@pytest.mark.parametrize("line", WRONG)
async def test_wrong_input(world: World, line: str) -> None:
    """The line comes back with `^^^` under its wrong part, a reason and a right example."""
    told = await world.told(line)
    assert WRONG[line].lower() in told.lower()
    assert line.split("=", maxsplit=1)[0] in told
    assert "^" in told
    assert "This would work:" in told
    await world.up_to_date()
    assert world.slack.messages("ops") == []
    assert await world.told("/esim orders") == await world.told("/esim orders mine")


async def test_every_message_is_its_own(world: World) -> None:
    """No two mistakes of a purchase share a message."""
    lines = [line for line in WRONG if line.startswith("/esim buy 3") or line == "/esim buy"]
    answers = [(await world.told(line)).split("This would work:")[0] for line in lines]
    reasons = {answer.strip().splitlines()[-1] for answer in answers}
    assert len(reasons) >= len(lines) - 1  # empty and comma-only tags are one mistake


async def test_all_wrong_parts_at_once(world: World) -> None:
    """Three mistakes are three messages, not one after the other."""
    told = await world.told("/esim buy 0 status=on group=x")
    for part in ("0 eSIMs", "disabled", "UUID"):
        assert part in told


async def test_the_example_works(world: World) -> None:
    """What the answer suggests is what the person meant, and can be sent as it is."""
    told = await world.told("/esim bye 3 tags=fleet")
    example = told.split("This would work:")[1].strip(" \n`")
    card = await world.ask(example)
    assert "Buy 3 eSIMs" in card.plain()
    assert "fleet" in card.plain()


async def test_what_slack_makes_of_a_line(world: World) -> None:
    """Entities, mentions and links are read as they were typed, and ring nobody."""
    card = await world.ask('/esim buy 1 note="R&D for @ben <b> in #fleet"')
    assert "R&D for @ben <b> in #fleet" in card.plain()
    assert "<@" not in str([block for block in card.blocks if "R&amp;D" in str(block)])


async def test_a_tag_can_not_ring_a_channel(world: World) -> None:
    """A tag `<!channel>` is shown, and notifies nobody."""
    card = await world.ask("/esim buy 1 tags=<!channel>")
    assert "<!channel>" not in str(card.blocks)
    assert "<!channel>" not in card.text
    assert "&lt;!channel&gt;" in str(card.blocks)


async def test_a_long_whitelabel_name_is_warned_of(world: World) -> None:
    """More than 16 characters are allowed, and the card says what phones may do."""
    card = await world.ask('/esim buy 1 whitelabel="Acme Mobile Networks"')
    assert "phones may cut it after 16" in card.plain()
