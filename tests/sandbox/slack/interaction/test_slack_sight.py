"""What a person sees and reads, and what they don't."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.slack.calling import OPS, card, entry, modal, opened, plain

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack import SlackSandbox
    from tests.sandbox.slack.calling import Form, Receiver


async def test_channels(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """Public channels are seen by all, private ones by their members; the newest comes first."""
    slack.workspace.invite("secret")
    await client.chat_postMessage(channel=OPS, text="Hello *all*")
    await client.chat_postMessage(channel=OPS, text="Hello all of you")
    await client.chat_postMessage(channel="C0SECRET000", text="A secret")
    assert slack.person("dan").sees("Hello all") is slack.messages("ops")[1]
    assert slack.person("dan").sees("A secret") is None
    assert slack.person("ben").sees("A secret") is slack.messages("secret")[0]
    assert slack.person("ben").sees("Goodbye") is None


async def test_what_is_for_one_person(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """Direct and ephemeral messages are seen by the one whom they are for."""
    ana, ben = slack.person("ana"), slack.person("ben")
    await client.chat_postEphemeral(channel=OPS, user=ana.id, text="psst")
    await client.chat_postMessage(channel=ana.id, text="Your order")
    assert ana.sees("psst") is slack.ephemerals("ana")[0]
    assert ana.sees("Your order") is slack.direct_messages("ana")[0]
    assert (ben.sees("psst"), ben.sees("Your order")) == (None, None)


async def test_edited_and_deleted(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """What was changed or taken away is seen as it is now."""
    ana = slack.person("ana")
    for text in ("one", "two"):
        await client.chat_postMessage(channel=OPS, text=text)
    first, second = slack.messages("ops")
    await client.chat_update(channel=OPS, ts=first.ts, text="three")
    await client.chat_delete(channel=OPS, ts=second.ts)
    assert (ana.sees("one"), ana.sees("two"), ana.sees("three")) == (None, None, first)


async def test_files_by_name(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """A file is seen by its name."""
    await client.files_upload_v2(channel=OPS, filename="iccids.csv", content="iccid\n")
    assert slack.person("ana").sees("iccids.csv") is slack.messages("ops")[0]


async def test_only_the_modal_on_top(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """Of several modals the top one is seen, and by its person only."""
    view = await opened(slack, client, receiver, *card("Below"))
    ana = slack.person("ana")
    assert ana.sees("Below") is view
    await ana.clicks("Approve", view)
    above = modal(*card("Above"), title=plain("Two"))
    await client.views_push(trigger_id=receiver.payload()["trigger_id"], view=above)
    assert ana.sees("Below") is None
    assert ana.sees("Above") is slack.workspace.views_of("ana")[-1]
    assert slack.person("ben").sees("Above") is None


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
