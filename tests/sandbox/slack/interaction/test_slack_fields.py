"""Fields: what people put in, by the names that they see, and the state that is sent."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.slack import CannotSubmitError, NoSuchFieldError
from tests.sandbox.slack.calling import OPS, card, entry, opened, plain

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack import SlackSandbox
    from tests.sandbox.slack.calling import Form, Receiver

ONE, TWO = (
    {"text": plain(text) | {"emoji": True}, "value": text.lower()} for text in ("One", "Two")
)
CHOICES = {"options": [ONE, TWO]}
GROUPS = {"option_groups": [{"label": plain("All"), "options": [ONE, TWO]}]}
RICH = {
    "type": "rich_text",
    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}],
}
LINES = "Truck 12, @dan\r\nTruck 13, eve@example.com\n@nobody, #ops, @approvers"
PASTED = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "Truck 12, "},
                {"type": "user", "user_id": "U0DAN000000"},
                {"type": "text", "text": "\nTruck 13, "},
                {"type": "link", "url": "mailto:eve@example.com", "text": "eve@example.com"},
                {"type": "text", "text": "\n@nobody, "},
                {"type": "channel", "channel_id": OPS},
                {"type": "text", "text": ", "},
                {"type": "usergroup", "usergroup_id": "S0APPROVERS"},
            ],
        }
    ],
}
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)

ENTERED: dict[str, tuple[str, dict[str, Any], Any, str, Any]] = {
    "text": ("plain_text_input", {}, "Acme", "value", "Acme"),
    "number": ("number_input", {"is_decimal_allowed": False}, 7, "value", "7"),
    "address": ("email_text_input", {}, "a@b.example", "value", "a@b.example"),
    "link": ("url_text_input", {}, "https://b.example", "value", "https://b.example"),
    "rich text": ("rich_text_input", {}, "x", "rich_text_value", RICH),
    "pasted lines": ("rich_text_input", {}, LINES, "rich_text_value", PASTED),
    "rich text itself": ("rich_text_input", {}, RICH, "rich_text_value", RICH),
    "option by text": ("static_select", CHOICES, "One", "selected_option", ONE),
    "option by value": ("static_select", CHOICES, "two", "selected_option", TWO),
    "option in a group": ("static_select", GROUPS, "two", "selected_option", TWO),
    "options": ("multi_static_select", CHOICES, ["One", "two"], "selected_options", [ONE, TWO]),
    "radio": ("radio_buttons", CHOICES, "Two", "selected_option", TWO),
    "boxes": ("checkboxes", CHOICES, ["Two"], "selected_options", [TWO]),
    "person": ("users_select", {}, "ben", "selected_user", "U0BEN000000"),
    "people": ("multi_users_select", {}, ["ben"], "selected_users", ["U0BEN000000"]),
    "channel": ("channels_select", {}, "ops", "selected_channel", OPS),
    "conversations": (
        "multi_conversations_select",
        {},
        ["ops"],
        "selected_conversations",
        [OPS],
    ),
    "day": ("datepicker", {}, date(2026, 1, 2), "selected_date", "2026-01-02"),
    "day as text": ("datepicker", {}, "2026-01-02", "selected_date", "2026-01-02"),
    "time": ("timepicker", {}, time(9, 30), "selected_time", "09:30"),
    "moment": ("datetimepicker", {}, NOON, "selected_date_time", 1_767_268_800),
    "nothing": ("static_select", CHOICES, None, "selected_option", None),
    "no options": ("checkboxes", CHOICES, [], "selected_options", []),
}


@pytest.mark.parametrize("case", ENTERED.values(), ids=ENTERED)
async def test_what_is_sent(form: Form, case: tuple[str, dict[str, Any], Any, str, Any]) -> None:
    """Each kind of field has its own state, under the name that Slack documents."""
    kind, parts, value, name, sent = case
    view = await form.of(kind, parts | {"optional": True})
    assert await form.submit(view, {"Field": value}) == {"type": kind, name: sent}


@pytest.mark.parametrize(
    ("kind", "parts", "chosen"),
    [
        ("plain_text_input", {"initial_value": "Acme"}, {"value": "Acme"}),
        ("static_select", CHOICES | {"initial_option": TWO}, {"selected_option": TWO}),
        ("checkboxes", CHOICES | {"initial_options": [ONE]}, {"selected_options": [ONE]}),
        ("users_select", {"initial_user": "U0BEN000000"}, {"selected_user": "U0BEN000000"}),
        ("datepicker", {"initial_date": "2026-01-02"}, {"selected_date": "2026-01-02"}),
        ("multi_users_select", {}, {"selected_users": []}),
    ],
)
async def test_initial_values(
    form: Form, kind: str, parts: dict[str, Any], chosen: dict[str, Any]
) -> None:
    """A field that nobody touched is sent with what it started with."""
    view = await form.of(kind, parts | {"optional": True})
    assert await form.submit(view) == {"type": kind, **chosen}


REFUSED: dict[str, tuple[str, dict[str, Any], Any, str]] = {
    "too short": ("plain_text_input", {"min_length": 3}, "ab", "at least 3"),
    "too long": ("plain_text_input", {"max_length": 3}, "abcd", "at most 3"),
    "over 3,000": ("plain_text_input", {}, "x" * 3_001, "at most 3000"),
    "no number": ("number_input", {"is_decimal_allowed": True}, "ten", "valid number"),
    "decimals": ("number_input", {"is_decimal_allowed": False}, "1.5", "valid number"),
    "too few": ("number_input", {"is_decimal_allowed": False, "min_value": "1"}, 0, "at least 1"),
    "too many": ("number_input", {"is_decimal_allowed": False, "max_value": "9"}, 10, "at most 9"),
    "no address": ("email_text_input", {}, "ben", "valid email"),
    "no link": ("url_text_input", {}, "b.example", "valid URL"),
    "no day": ("datepicker", {}, "tomorrow", "valid date"),
    "no time": ("timepicker", {}, "noon", "valid time"),
    "two of one": (
        "multi_static_select",
        CHOICES | {"max_selected_items": 1},
        ["one", "two"],
        "at most 1",
    ),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
async def test_what_the_client_refuses(
    form: Form, case: tuple[str, dict[str, Any], Any, str]
) -> None:
    """What Slack's own client does not accept never reaches the bot."""
    kind, parts, value, says = case
    view = await form.of(kind, parts)
    heard = len(form.receiver.requests)
    with pytest.raises(CannotSubmitError, match=says):
        await form.submit(view, {"field": value})
    assert len(form.receiver.requests) == heard


async def test_decimals_where_they_are_allowed(form: Form) -> None:
    """A number may have decimals when the field says so."""
    parts = {"is_decimal_allowed": True, "min_value": "0.5", "max_value": "2"}
    view = await form.of("number_input", parts)
    assert (await form.submit(view, {"field": "1.5"}))["value"] == "1.5"


async def test_fields_are_found_by_their_names(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """A field goes by block_id, action_id, label or placeholder; what isn't there is told."""
    menu = {"type": "static_select", "action_id": "m", "placeholder": plain("Pick"), **CHOICES}
    row = {"type": "actions", "block_id": "row", "elements": [menu]}
    view = await opened(slack, client, receiver, entry("plain_text_input", "name"), row)
    ana = slack.person("ana")
    for key in ("name", "the_name", "Name"):
        await ana.fills(view, {key: key})
        assert view.values["name"]["the_name"]["value"] == key
    await ana.fills(view, {"Pick": "One"})
    assert view.values["row"]["m"]["selected_option"] == ONE
    with pytest.raises(NoSuchFieldError, match="no field 'Colour', or several; there are Name"):
        await ana.fills(view, {"Colour": "red"})
    with pytest.raises(NoSuchFieldError, match="no option 'Ten'; there are One, Two"):
        await ana.fills(view, {"Pick": "Ten"})


async def test_two_fields_of_one_name(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """Where a name fits two fields, neither is filled in; both ids together fit one."""
    fields = [entry("plain_text_input", name) | {"label": plain("Same")} for name in ("a", "b")]
    for field in fields:
        field["element"]["action_id"] = "same"
    view = await opened(slack, client, receiver, *fields)
    for key in ("Same", "same"):
        with pytest.raises(NoSuchFieldError, match="or several"):
            await slack.person("ana").fills(view, {key: "x"})
    assert await slack.person("ana").fills(view, {"a": "x", "b/same": "y"}) == []
    assert [view.values[name]["same"]["value"] for name in ("a", "b")] == ["x", "y"]


async def test_nothing_to_fill_in(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """A modal of buttons has no fields."""
    view = await opened(slack, client, receiver, *card("x"))
    with pytest.raises(NoSuchFieldError, match="there are no fields"):
        await slack.person("ana").fills(view, {"field": "x"})
