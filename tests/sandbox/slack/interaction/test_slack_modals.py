"""Modals: opening, changing, stacking and closing them through the Web API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.errors import SlackApiError

from sandbox.slack import NotThereError
from tests.sandbox.slack.calling import card, entry, modal, opened, plain, refusal, triggered

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack import SlackSandbox, View
    from tests.sandbox.slack.calling import Receiver

PUSHING = card("Push", label="Push")


async def pushed(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver, view: View, **parts: Any
) -> View:
    """Click in a modal, push another one with what that triggers, and return it."""
    await slack.person("ana").clicks("Push", view)
    trigger_id = receiver.payload()["trigger_id"]
    await client.views_push(trigger_id=trigger_id, view=modal(*PUSHING, **parts))
    return slack.workspace.views_of("ana")[-1]


async def test_what_is_told_of_a_view(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """views.open answers with the view: what was given, and what Slack makes up."""
    given = modal(private_metadata="K1", external_id="mine", close=plain("No"))
    answer = await client.views_open(trigger_id=await triggered(slack, receiver), view=given)
    view = answer["view"]
    for name in ("type", "callback_id", "private_metadata", "external_id", "title", "close"):
        assert view[name] == given[name]
    assert view["id"] == view["root_view_id"]
    assert (view["previous_view_id"], view["notify_on_close"]) == (None, False)
    assert view["app_id"] == "A0ESIMBOT00"
    assert view["hash"]
    state = {"type": "plain_text_input", "value": None}
    assert view["state"]["values"] == {"field": {"the_field": state}}


async def test_how_a_modal_reads(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """A person reads the title, the blocks, what they entered, and the buttons."""
    hinted = entry("plain_text_input", placeholder=plain("Type here")) | {"hint": plain("Short")}
    view = await opened(slack, client, receiver, *card("Hello <@U0BEN000000>"), hinted)
    await slack.person("ana").fills(view, {"Field": "Acme"})
    assert view.plain().splitlines() == [
        "Order",
        "Hello @ben",
        "[Approve]",
        "Field",
        "[Type here]",
        "Short",
        "Acme",
        "[Cancel] [Buy]",
    ]
    assert (view.buttons(), view.submit_label, view.callback_id) == (["Approve"], "Buy", "order")


async def test_updating_by_either_id(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """views.update finds a view by id or external_id, and gives it a new hash."""
    view = await opened(slack, client, receiver, external_id="mine")
    before = view.hash
    await client.views_update(view_id=view.id, view=modal(title=plain("Two"), external_id="mine"))
    assert (view.title, view.hash != before) == ("Two", True)
    await client.views_update(external_id="mine", view=modal(title=plain("Three")))
    assert view.title == "Three"
    gone = client.views_update(external_id="mine", view=modal())
    assert await refusal(gone) == "not_found"
    assert await refusal(client.api_call("views.update", json={"view": modal()})) == (
        "invalid_arguments"
    )


async def test_a_stale_hash(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """An update with the hash of an earlier state is refused, and changes nothing."""
    view = await opened(slack, client, receiver)
    old = view.hash
    await client.views_update(view_id=view.id, hash=old, view=modal(title=plain("Two")))
    late = client.views_update(view_id=view.id, hash=old, view=modal(title=plain("Three")))
    assert await refusal(late) == "hash_conflict"
    assert view.title == "Two"


async def test_what_was_entered_survives_an_update(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """An update keeps what stands in fields of the same ids, and forgets the others."""
    fields = [entry("plain_text_input", "kept"), entry("plain_text_input", "lost")]
    view = await opened(slack, client, receiver, *fields)
    await slack.person("ana").fills(view, {"kept": "one", "lost": "two"})
    renamed = entry("plain_text_input", "found", initial_value="three")
    await client.views_update(view_id=view.id, view=modal(fields[0], renamed))
    assert {block: state for block, states in view.values.items() for state in states} == {
        "kept": "the_kept",
        "found": "the_found",
    }
    assert view.values["kept"]["the_kept"]["value"] == "one"
    assert view.values["found"]["the_found"]["value"] == "three"


async def test_a_field_of_another_kind_starts_anew(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """Where an update puts a field of another kind under the same ids, nothing stands in it."""
    view = await opened(slack, client, receiver)
    await slack.person("ana").fills(view, {"field": "seven"})
    number = entry("number_input", is_decimal_allowed=False, initial_value="1")
    await client.views_update(view_id=view.id, view=modal(number))
    assert view.values["field"]["the_field"] == {"type": "number_input", "value": "1"}


async def test_three_modals_at_most(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """Two modals can be pushed onto one; a push remembers what is below it."""
    root = await opened(slack, client, receiver, *PUSHING)
    second = await pushed(slack, client, receiver, root)
    third = await pushed(slack, client, receiver, second)
    assert slack.workspace.views_of("ana") == [root, second, third]
    assert (third.root_id, third.previous_id) == (root.id, second.id)
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        await pushed(slack, client, receiver, third)
    with pytest.raises(AssertionError, match="no buttons"):
        await slack.person("ana").clicks("Push", root)


async def test_closing_the_one_on_top(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """Closing takes the top one away; the bot hears of it only when it asked for that."""
    root = await opened(slack, client, receiver, *PUSHING)
    second = await pushed(slack, client, receiver, root, notify_on_close=True)
    ana = slack.person("ana")
    with pytest.raises(NotThereError):
        await ana.closes(root)
    delivery = await ana.closes(second)
    assert delivery
    assert delivery.ok
    payload = receiver.payload()
    assert (payload["type"], payload["is_cleared"]) == ("view_closed", False)
    assert (payload["view"]["id"], "trigger_id" in payload) == (second.id, False)
    assert slack.workspace.views_of("ana") == [root]
    heard = len(receiver.requests)
    assert await ana.closes(root) is None
    assert (slack.workspace.views_of("ana"), len(receiver.requests)) == ([], heard)
    with pytest.raises(NotThereError):
        await ana.closes(root)


async def test_closing_them_all(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """The cross closes all of them, and so does a modal with clear_on_close."""
    for parts, everything in (({}, True), ({"clear_on_close": True}, False)):
        root = await opened(slack, client, receiver, *PUSHING, notify_on_close=True)
        second = await pushed(slack, client, receiver, root, **parts)
        await slack.person("ana").closes(second, everything=everything)
        assert receiver.payload()["is_cleared"] is True
        assert receiver.payload()["view"]["id"] == root.id
        assert slack.workspace.views_of("ana") == []


async def test_a_closed_view_is_gone(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """A modal that was closed can't be updated, clicked, filled in or submitted."""
    view = await opened(slack, client, receiver, *card("x"))
    ana = slack.person("ana")
    await ana.closes(view)
    assert await refusal(client.views_update(view_id=view.id, view=modal())) == "not_found"
    with pytest.raises(NotThereError):
        await ana.submits(view)
    with pytest.raises(NotThereError):
        await ana.fills(view, {"field": "x"})
    with pytest.raises(AssertionError, match="no buttons"):
        await ana.clicks("Approve", view)


async def test_external_ids_are_unique(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """No two views that are there have one external_id; afterwards it is free again."""
    view = await opened(slack, client, receiver, external_id="mine")
    trigger_id = await triggered(slack, receiver, "ben")
    twice = client.views_open(trigger_id=trigger_id, view=modal(external_id="mine"))
    assert await refusal(twice) == "duplicate_external_id"
    await client.views_publish(user_id=slack.person("ben").id, view={"type": "home", "blocks": []})
    home = slack.workspace.home_of("ben")
    assert home
    named = {"type": "home", "blocks": [], "external_id": "mine"}
    renaming = client.views_update(view_id=home.id, view=named)
    assert await refusal(renaming) == "duplicate_external_id"
    await slack.person("ana").closes(view)
    await client.views_open(trigger_id=trigger_id, view=modal(external_id="mine"))
    assert len(slack.workspace.views_of("ben")) == 1


async def test_a_view_of_the_other_kind(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """A Home tab is not opened, a modal not published, and an update keeps the kind."""
    home = {"type": "home", "blocks": card("x")}
    trigger_id = await triggered(slack, receiver)
    assert await refusal(client.views_open(trigger_id=trigger_id, view=home)) == (
        "invalid_arguments"
    )
    ana = slack.person("ana").id
    assert await refusal(client.views_publish(user_id=ana, view=modal())) == "invalid_arguments"
    view = await opened(slack, client, receiver)
    assert await refusal(client.views_update(view_id=view.id, view=home)) == "invalid_arguments"


async def test_what_is_wrong_is_pointed_at(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """A refused view is answered with the places, and one that is too large by name."""
    trigger_id = await triggered(slack, receiver)
    with pytest.raises(SlackApiError) as caught:
        await client.views_open(trigger_id=trigger_id, view=modal(title=plain("x" * 25)))
    assert caught.value.response["response_metadata"]["messages"] == [
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"
    ]
    options = [{"text": plain("x"), "value": "x" * 150} for _ in range(100)]
    blocks = [entry("static_select", str(number), options=options) for number in range(20)]
    large = client.views_open(trigger_id=trigger_id, view=modal(*blocks))
    assert await refusal(large) == "view_too_large"
    for wrong in (None, "{", [1]):
        answer = client.api_call("views.open", json={"trigger_id": trigger_id, "view": wrong})
        assert await refusal(answer) == "invalid_arguments"
