"""trigger_ids: good once, for three seconds, for the person who did something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.slack.calling import card, modal, opened, refusal, triggered

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack import SlackSandbox
    from tests.sandbox.slack.calling import Receiver, Watch


async def test_a_trigger_opens_one_view(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """The modal opens for the one who typed, and the same trigger_id opens no second one."""
    trigger_id = await triggered(slack, receiver, "ben")
    await client.views_open(trigger_id=trigger_id, view=modal())
    again = client.views_open(trigger_id=trigger_id, view=modal())
    assert await refusal(again) == "exchanged_trigger_id"
    assert [view.title for view in slack.workspace.views_of("ben")] == ["Order"]
    assert slack.workspace.views_of("ana") == []


async def test_three_seconds(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver, watch: Watch
) -> None:
    """A trigger_id is good for three seconds of the workspace's clock, and not longer."""
    in_time = await triggered(slack, receiver)
    watch.now += 3
    await client.views_open(trigger_id=in_time, view=modal())
    too_late = await triggered(slack, receiver)
    watch.now += 3.1
    opening = client.views_open(trigger_id=too_late, view=modal())
    assert await refusal(opening) == "expired_trigger_id"


async def test_no_trigger(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """Without a trigger_id, or with one that was never given out, nothing opens."""
    made_up = client.views_open(trigger_id="1.2.abc", view=modal())
    assert await refusal(made_up) == "invalid_trigger_id"
    assert await refusal(client.views_open(view=modal())) == "invalid_arguments"
    assert slack.workspace.views_of("ana") == []


async def test_a_refused_view_leaves_the_trigger(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """A view that Slack refuses does not use the trigger_id up."""
    trigger_id = await triggered(slack, receiver)
    wrong = client.views_open(trigger_id=trigger_id, view=modal(title=None))
    assert await refusal(wrong) == "invalid_arguments"
    await client.views_open(trigger_id=trigger_id, view=modal())
    assert len(slack.workspace.views_of("ana")) == 1


async def test_pushing_needs_a_trigger_from_the_modal(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """What was done outside of a modal pushes nothing onto it."""
    view = await opened(slack, client, receiver)
    outside = client.views_push(trigger_id=await triggered(slack, receiver), view=modal())
    assert await refusal(outside) == "invalid_trigger_id"
    assert slack.workspace.views_of("ana") == [view]


async def test_nothing_is_pushed_onto_a_closed_modal(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """When the modal was closed in the meantime, there is nothing to push onto."""
    view = await opened(slack, client, receiver, *card("x"))
    await slack.person("ana").clicks("Approve", view)
    trigger_id = receiver.payload()["trigger_id"]
    await slack.person("ana").closes(view)
    late = client.views_push(trigger_id=trigger_id, view=modal())
    assert await refusal(late) == "not_found"
    assert slack.workspace.views_of("ana") == []
