"""The elements that a person can use: buttons, menus, pickers and fields to type into."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, StringConstraints

from sandbox.blockkit import objects as of
from sandbox.blockkit.objects import Id, Option, Url, Words, between, many, one_of, part, up_to
from sandbox.blockkit.problems import wrong
from sandbox.blockkit.rich_text import RichText


def _among_options(menu: Any) -> None:
    """What is chosen at first is among the options."""
    holders = [menu, *(getattr(menu, "option_groups", None) or [])]
    values = {option.value for holder in holders for option in holder.options or []}
    for name in ("initial_option", "initial_options"):
        chosen = getattr(menu, name, None) or []
        for option in chosen if isinstance(chosen, list) else [chosen]:
            if option.value not in values:
                raise wrong(f"{name} must be one of the options", f"/{name}")


def _ordered(least: str, most: str) -> Any:
    """Return the rule that a field's bounds are not crossed."""

    def rule(field: Any) -> None:
        low, high = getattr(field, least), getattr(field, most)
        if low is not None and high is not None and float(low) > float(high):
            raise wrong(f"must not be greater than {most}", f"/{least}")

    return rule


def _day(value: str) -> str:
    """Take a day of the calendar, as 2026-12-31."""
    try:
        real = date.fromisoformat(value).isoformat() == value
    except ValueError:
        real = False
    if not real:
        raise wrong("must be a date as YYYY-MM-DD")
    return value


def _moment(value: int) -> int:
    """Take a Unix time in seconds of this age."""
    if not re.fullmatch("[0-9]{10}", str(value)):
        raise wrong("must be a UNIX timestamp of 10 digits")
    return value


Decimal = Annotated[str, StringConstraints(pattern=r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)$")]
TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Day = Annotated[str, AfterValidator(_day)]
Moment = Annotated[int, AfterValidator(_moment)]
Value = up_to(2_000, least=0)
LABEL = {"text": of.plain(75)}
ASKING = {"action_id": Id, "confirm": of.Confirm}
READ_OUT = {"accessibility_label": up_to(75, least=0)}
FOCUS = {"action_id": Id, "focus_on_load": bool}
CHOOSING = {**FOCUS, "confirm": of.Confirm}
PICKING = {**CHOOSING, "placeholder": of.plain(150)}
SEVERAL = {**PICKING, "max_selected_items": between(1)}
TRIGGERS = many(Literal["on_enter_pressed", "on_character_entered"], 2)
DISPATCH = {"dispatch_action_config": part("", {"trigger_actions_on": TRIGGERS})}
TYPING = {**FOCUS, "placeholder": of.plain(150), **DISPATCH}
SHOWN = {"include": many(Literal["im", "mpim", "private", "public"], 4)}
HIDDEN = {"exclude_external_shared_channels": bool, "exclude_bot_users": bool}
FILTER = {"filter": part("", **SHOWN, **HIDDEN), "default_to_current_conversation": bool}
OPTIONS = {"options": many(Option, 100), "option_groups": many(of.OptionGroup, 100)}
LISTED = *of.exactly_one("options", "option_groups"), _among_options
BOXES = {"options": many(of.MarkedOption, 10)}
STARTS_AT = {"initial_option": Option}
START_AT = {"initial_options": list[Option]}
QUERY = {"min_query_length": between(0)}
ANSWERED = {"response_url_enabled": bool}
MENUS = (
    part("static_select", {}, *LISTED, **PICKING, **OPTIONS, **STARTS_AT),
    part("multi_static_select", {}, *LISTED, **SEVERAL, **OPTIONS, **START_AT),
    part("external_select", **PICKING, **QUERY, **STARTS_AT),
    part("multi_external_select", **SEVERAL, **QUERY, **START_AT),
    part("users_select", **PICKING, initial_user=Words),
    part("multi_users_select", **SEVERAL, initial_users=list[Words]),
    part("channels_select", **PICKING, **ANSWERED, initial_channel=Words),
    part("multi_channels_select", **SEVERAL, initial_channels=list[Words]),
    part("conversations_select", **PICKING, **FILTER, **ANSWERED, initial_conversation=Words),
    part("multi_conversations_select", **SEVERAL, **FILTER, initial_conversations=list[Words]),
    part("checkboxes", BOXES, _among_options, **CHOOSING, initial_options=list[of.MarkedOption]),
    part("radio_buttons", BOXES, _among_options, **CHOOSING, initial_option=of.MarkedOption),
    part("datepicker", **PICKING, initial_date=Day),
    part("timepicker", **PICKING, initial_time=TimeOfDay, timezone=Words),
)
MomentPicker = part("datetimepicker", **CHOOSING, initial_date_time=Moment)

LENGTHS = {"min_length": between(0, 3_000), "max_length": between(1, 3_000)}
PLAIN = {"initial_value": up_to(3_000, least=0), "multiline": bool, **LENGTHS}
VALUES = dict.fromkeys(("initial_value", "min_value", "max_value"), Decimal)
HEIGHTS = dict.fromkeys(("min_lines", "max_lines"), between(1, 100))
EXACT = {"is_decimal_allowed": bool}
FIELDS = (
    part("email_text_input", **TYPING, initial_value=str),
    part("url_text_input", **TYPING, initial_value=str),
    part("plain_text_input", {}, _ordered(*LENGTHS), **TYPING, **PLAIN),
    part("number_input", EXACT, _ordered("min_value", "max_value"), **TYPING, **VALUES),
    part("rich_text_input", {}, _ordered(*HEIGHTS), **TYPING, **HEIGHTS, initial_value=RichText),
    part("file_input", action_id=Id, filetypes=list[Words], max_files=between(1, 10)),
)

LOOK = {"style": of.Colour, **READ_OUT}
VIEWERS = {"visible_to_user_ids": many(Words, 10)}
PROMPT = {"agent_prompt": up_to(4_000), "agent_prompt_display": Words}
LINK = {"url": Url, "value": Value, **PROMPT, **VIEWERS}
PROMPTED = of.requires("agent_prompt_display", "agent_prompt")
Button = part("button", LABEL, PROMPTED, **ASKING, **LOOK, **LINK)
Input = part("", {"name": Words, "value": str})
Trigger = part("", {"url": Url}, customizable_input_parameters=many(Input, least=0))
WORKFLOW = {"workflow": part("", {"trigger": Trigger})}
WorkflowButton = part("workflow_button", LABEL | WORKFLOW, **ASKING, **LOOK)
Overflow = part("overflow", {"options": many(of.OverflowOption, 5)}, **ASKING)
Feedback = part("", LABEL | {"value": up_to(2_000)}, **READ_OUT)
ICON = {"icon": Literal["trash"], **LABEL}
OPINIONS = {"positive_button": Feedback, "negative_button": Feedback}
InContextActions = one_of(
    part("feedback_buttons", OPINIONS, action_id=Id),
    part("icon_button", ICON, **ASKING, **READ_OUT, **VIEWERS, value=Value),
)
IN_SECTION = (Button, WorkflowButton, Overflow, *MENUS)
InActions = one_of(*IN_SECTION, MomentPicker)
InInput = one_of(*MENUS, MomentPicker, *FIELDS)
