"""What can be ordered from the kiosk, and how it is written and shown."""

import re
from typing import Final

from bot.domain.form import Column, Field, FieldKind, Form

NAME: Final = "kiosk"
"""Its name in orders and after `from=`; the entry point has the same."""
MOST_PER_CALL: Final = 5


def check_plan(text: str) -> str:
    """Return the name of a plan in small letters; what can be none: ValueError."""
    plan = text.strip().lower()
    if not re.fullmatch(r"[a-z]+-[0-9]+", plan):
        raise ValueError("a plan is a country and a number of gigabytes, like japan-5")
    return plan


FORM: Final = Form(
    provider=NAME,
    title="Kiosk",
    fields=(
        Field(
            name="plan",
            words=("plan",),
            label="Plan",
            kind=FieldKind.WORD,
            example="japan-5",
            about="a country and a number of gigabytes",
            check=check_plan,
            required=True,
            tells_apart=True,
        ),
    ),
    most_per_call=MOST_PER_CALL,
    columns=(Column("plan", 12, lambda sim: sim.fields.get("plan")),),
    gives_codes=True,
    examples=("3 from=kiosk plan=japan-5",),
)
