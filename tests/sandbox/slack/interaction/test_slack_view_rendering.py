"""Views as plain text: every kind of field, empty and filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.slack.calling import OPS, card, entry, plain

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack import SlackSandbox
    from tests.sandbox.slack.calling import Form

OPTIONS = {"options": [{"text": plain(text), "value": text.lower()} for text in ("One", "Two")]}
READ: dict[str, tuple[str, dict[str, Any], Any, str]] = {
    "text": ("plain_text_input", {}, "Acme <b>", "Acme <b>"),
    "option": ("static_select", OPTIONS, "two", "Two"),
    "options": ("checkboxes", OPTIONS, ["one", "two"], "One, Two"),
    "person": ("users_select", {}, "ben", "ben"),
    "people": ("multi_users_select", {}, ["ben", "ana"], "ben, ana"),
    "channel": ("channels_select", {}, "ops", "ops"),
    "rich text": ("rich_text_input", {}, "many words", "many words"),
    "day": ("datepicker", {}, "2026-01-02", "2026-01-02"),
}


@pytest.mark.parametrize("case", READ.values(), ids=READ)
async def test_what_was_entered_is_read(
    form: Form, case: tuple[str, dict[str, Any], Any, str]
) -> None:
    """A person reads what they entered below the field: words and names, not ids."""
    kind, parts, value, read = case
    view = await form.of(kind, parts)
    empty = view.plain().splitlines()
    assert empty == ["Order", "Field", f"[{kind}]", "[Cancel] [Buy]"]
    await form.slack.person("ana").fills(view, {"field": value})
    assert view.plain().splitlines() == [*empty[:3], read, empty[3]]
    assert form.slack.person("ana").sees(read) is view


async def test_emptied_again(form: Form) -> None:
    """What is taken out of a field again is not read any more."""
    view = await form.of("plain_text_input", {"initial_value": "Acme"})
    assert "Acme" in view.plain()
    await form.slack.person("ana").fills(view, {"field": None})
    assert "Acme" not in view.plain()
    assert view.values["field"]["the_field"]["value"] is None


async def test_an_input_in_a_message_reads_the_same(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    """In a message an input is its label and the empty field, with the hint below."""
    field = entry("plain_text_input", placeholder=plain("Why?")) | {"hint": plain("In short")}
    await client.chat_postMessage(channel=OPS, text="x", blocks=[field, *card("Hello")])
    (message,) = slack.messages("ops")
    assert message.plain().splitlines() == ["Field", "[Why?]", "In short", "Hello", "[Approve]"]
    assert message.buttons() == ["Approve"]
