"""A wrong command gets an answer that points at the place, and creates nothing."""

import pytest

from tests.support.world import World

BUYS = "This would work:"
ASKS = "It can mean more than one thing."
SHOWS = "This shows more, and orders nothing:"
WRONG = {
    "/esim buy": ("how many", SHOWS),
    "/esim buy 0": ("would buy nothing", SHOWS),
    "/esim buy -5": ("can't be negative", SHOWS),
    "/esim buy 2.5": ("whole", SHOWS),
    "/esim buy a dozen": ("in digits: 12", BUYS),
    "/esim buy 1,000": ("1000 or 1", ASKS),
    "/esim buy ten or twelve": ("more than one amount", ASKS),
    "/esim buy 1000000000": ("over the limit of 1000", SHOWS),
    "/esim buy 3 fleet": ("a tag or a note", ASKS),
    "/esim buy 3 status=active": ("enabled", SHOWS),
    '/esim buy 3 group=""': ("has a name or an id", SHOWS),
    "/esim buy 3 whitelabel=Acme&Sons": ("letters", SHOWS),
    "/esim buy 3 tags=": ("needs a value", SHOWS),
    "/esim buy 3 tags=,,": ("no tag", SHOWS),
    "/esim buy 3 tags=my fleet": ("one tag, or 2", ASKS),
    "/esim buy 3 note=a note=b": ("twice", ASKS),
    '/esim buy 3 note="never ends': ("quote", BUYS),
    "/esim buy 3 tgas=a": ("did you mean tags", BUYS),
    "/esim bye 3": ("did you mean buy", BUYS),
    "/esim thanks": ("no such command", SHOWS),
    "/esim approve 7K2M9QXA": ("where they are shown", SHOWS),
    "/esim order": ("which order", SHOWS),
    "/esim order 12": ("8 letters and digits", SHOWS),
    "/esim orders everything": ("all", SHOWS),
}


@pytest.mark.parametrize("line", WRONG)
async def test_wrong_input(world: World, line: str) -> None:
    """The line comes back with `^^^` under its wrong part, a reason, and what it can mean."""
    told = await world.told(line)
    reason, offer = WRONG[line]
    assert reason.lower() in told.lower()
    assert line.split("=", maxsplit=1)[0] in told
    assert "^" in told
    assert offer in told
    await world.up_to_date()
    assert world.slack.messages("ops") == []
    assert await world.told("/esim orders") == await world.told("/esim orders mine")


PLAIN = {
    "/esim buy ten": ("Buy 10 eSIMs",),
    "/esim buy ５ eSIMs": ("Buy 5 eSIMs",),
    "/esim buy 3 whitelabel=Acme Mobile": ("Buy 3 eSIMs", "Acme Mobile"),
    "/esim buy 3 note=for the trial": ("Buy 3 eSIMs", "for the trial"),
    "/esim buy 3 tags=fleet，emea tags=lyon": ("Buy 3 eSIMs", "fleet, emea, lyon"),
    "/esim buy 3 whitelabel=Cafe\u0301": ("Buy 3 eSIMs", "Caf\u00e9"),
}


@pytest.mark.parametrize("line", PLAIN)
async def test_what_is_plain_is_taken(world: World, line: str) -> None:
    """A line that can mean one thing only is an order, and its card shows what was taken."""
    card = (await world.ask(line)).plain()
    assert [part for part in PLAIN[line] if part not in card] == []


async def test_every_message_is_its_own(world: World) -> None:
    """No two mistakes of a purchase share a message."""
    lines = [line for line in WRONG if line.startswith("/esim buy 3") or line == "/esim buy"]
    answers = [await world.told(line) for line in lines]
    reasons = {line for answer in answers for line in answer.splitlines() if line[:1] == "•"}
    assert len(reasons) == len(lines)


async def test_all_wrong_parts_at_once(world: World) -> None:
    """Three mistakes are three messages, not one after the other."""
    told = await world.told("/esim buy 0 status=on group=''")
    for part in ("would buy nothing", "disabled", "a name or an id"):
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
    """More than 16 bytes are allowed, and the card says what phones may do."""
    card = await world.ask('/esim buy 1 whitelabel="Acme Mobile Networks"')
    assert "takes 20 bytes" in card.plain()
    assert "phones may cut it" in card.plain()


async def test_what_the_policy_refuses_is_pointed_at_in_the_line(world: World) -> None:
    """A line that can be read and asks for too much comes back with the amount marked."""
    await world.restart_bot(esim_max_amount=20)
    told = await world.told("/esim buy 21 tags=a")
    assert "I may not order this; nothing was ordered." in told
    assert "/esim buy 21 tags=a\n          ^^" in told
    assert "21: that is over the limit of 20 eSIMs in one order" in told
    assert world.slack.messages("ops") == []
