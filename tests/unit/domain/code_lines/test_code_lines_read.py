"""Lines about activation codes and holders: what is read, however it is written."""

import pytest

from bot.domain.activation.hand_out import Columns, HandOutForm
from bot.domain.grammar import (
    Activate,
    Assign,
    Assigned,
    AssignLines,
    Command,
    Unassign,
    parse,
    written,
)
from tests.support.typed import RULES

ICCID = "8931080019073497795"
ARCHIVE, SHEET = HandOutForm.ARCHIVE, HandOutForm.SHEET


@pytest.mark.parametrize(
    "text",
    [
        ICCID,
        f"{ICCID}F",
        "8931-0800-1907-3497-795",
        "8931 0800 1907 3497 795",
        "8931 0800 1907 3497 795 F",
        '"8931 0800 1907 3497 795"',
        "８９３１０８００１９０７３４９７７９５",
        f"iccid={ICCID}",
        f"iccid {ICCID}",
        f"the codes of the eSIM {ICCID} please",
        f"{ICCID}?",
    ],
)
def test_an_iccid_as_people_write_it(text: str) -> None:
    """Groups, hyphens, a padding F and words around it change nothing."""
    assert parse(f"activate {text}", RULES) == Activate(ICCID)


@pytest.mark.parametrize("text", ["7K2M9QXA", "7k2m9qxa", "#7K2M9QXA", "order 7K2M9QXA"])
def test_an_order_by_its_id(text: str) -> None:
    """As in every other line."""
    assert parse(f"activate {text}", RULES) == Activate("7K2M9QXA")


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("activate 7K2M9QXA to=@dana", Activate("7K2M9QXA", "@dana")),
        ("activate to=@dana 7K2M9QXA", Activate("7K2M9QXA", "@dana")),
        ("activate 7K2M9QXA person: @dana", Activate("7K2M9QXA", "@dana")),
        ('activate 7K2M9QXA to="@Dana Smith"', Activate("7K2M9QXA", "@Dana Smith")),
        ("activate 7K2M9QXA to=@Dana Smith", Activate("7K2M9QXA", "@Dana Smith")),
        ("activate 7K2M9QXA to=me", Activate("7K2M9QXA")),
        ("Activate 7K2M9QXA", Activate("7K2M9QXA")),
        (f"activate {ICCID} from=telnyx", Activate(ICCID, provider="telnyx")),
        ("handout 7K2M9QXA", Activate("7K2M9QXA", form=ARCHIVE)),
        ("hand-out 7K2M9QXA as=zip", Activate("7K2M9QXA", form=ARCHIVE)),
        ("hand out 7K2M9QXA as=sheet", Activate("7K2M9QXA", form=SHEET)),
        ("handout 7K2M9QXA format=plain", Activate("7K2M9QXA", form=ARCHIVE)),
        (
            "handout 7K2M9QXA to=@dana format=Android",
            Activate("7K2M9QXA", "@dana", ARCHIVE, Columns.ANDROID),
        ),
        (f"assign {ICCID} to=@dana", Assign(ICCID, "@dana")),
        (f"assign {ICCID} to=me", Assign(ICCID, "me")),
        (f"assign {ICCID} to=dana@example.com", Assign(ICCID, "dana@example.com")),
        (f"assign {ICCID} to=Dana Smith", Assign(ICCID, "Dana Smith")),
        (f"assign {ICCID} name=Truck 12", Assign(ICCID, name="Truck 12")),
        (f'assign {ICCID} to=@dana name="Truck 12"', Assign(ICCID, "@dana", "Truck 12")),
        ("assign 7K2M9QXA", AssignLines("7K2M9QXA")),
        (f"unassign {ICCID}", Unassign(ICCID)),
        ("assigned", Assigned()),
        ("assigned all", Assigned()),
        ("assigned 7K2M9QXA", Assigned("7K2M9QXA")),
        (f"assigned {ICCID}?", Assigned(ICCID)),
    ],
)
def test_what_a_line_asks_for(line: str, command: Command) -> None:
    """It is read, and written in one way that is read as the same."""
    assert parse(line, RULES) == command
    assert parse(written(command, RULES.forms), RULES) == command


def test_a_part_can_be_pointed_at() -> None:
    """A person who is not known is shown in the line as it was typed, with a line to copy."""
    command = parse("activate 7K2M9QXA to=@dana", RULES)
    assert isinstance(command, Activate)
    wrong = command.refused("to", "who is this?", "activate 7K2M9QXA")
    assert wrong.pointed().split("\n")[-1].strip() == "^" * len("to=@dana")
    assert wrong.suggestions == ("/esim activate 7K2M9QXA",)
