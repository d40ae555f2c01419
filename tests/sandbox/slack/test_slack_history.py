"""What ever stood in the workspace can be searched, also after it was changed or deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.slack.calling import OPS, plain

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack import SlackSandbox
    from tests.sandbox.slack.calling import Form

DM = "D0ANA000000"
ANA, BOT = "U0ANA000000", "U0ESIMBOT00"


def section(text: str) -> dict[str, Any]:
    """A block that says `text`."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


async def test_a_message_that_was_changed_and_deleted(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    """Each state of it is there: text, blocks and metadata, with who could read it."""
    metadata = {"event_type": "card", "event_payload": {"of": "secret-3"}}
    ts = (
        await client.chat_postMessage(
            channel=OPS, text="secret-1", blocks=[section("secret-2")], metadata=metadata
        )
    )["ts"]
    await client.chat_update(channel=OPS, ts=ts, text="secret-4", blocks=[section("plain")])
    await client.chat_delete(channel=OPS, ts=ts)
    assert slack.messages("ops") == []
    (posted, changed) = slack.history.stood
    for secret in ("secret-1", "secret-2", "secret-3"):
        assert posted in slack.history.saying(secret)
    assert slack.history.saying("secret-4") == [changed]
    assert (posted.channel, posted.ts) == (OPS, ts)
    assert {ANA, BOT} <= posted.readers


async def test_what_only_one_person_saw(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """An ephemeral message and a direct message have their own readers."""
    await client.chat_postEphemeral(channel=OPS, user=ANA, text="for ana")
    await client.chat_postMessage(channel=DM, text="to ana")
    assert [each.readers for each in slack.history.stood] == [{ANA}, {ANA, BOT}]
    assert len(slack.history.read_by(ANA)) == 2
    assert slack.history.read_by("U0BEN000000") == []


async def test_a_file_that_was_deleted(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """Name, title, alt text, bytes and place stay, and so does the message that carried it."""
    await client.files_upload_v2(
        channel=DM, filename="esim-7.png", title="eSIM 7", alt_txt="A QR code", content=b"\x89PNG"
    )
    (file,) = slack.files
    await client.files_delete(file=file.id)
    assert (slack.files, slack.direct_messages("ana")) == ([], [])
    assert slack.history.files == [file]
    assert (file.name, file.title, file.alt_text, file.content, file.deleted) == (
        "esim-7.png",
        "eSIM 7",
        "A QR code",
        b"\x89PNG",
        True,
    )
    assert list(file.shares) == [DM]
    for words in ("esim-7.png", "eSIM 7", "A QR code"):
        assert len(slack.history.saying(words)) == 1


async def test_modals(slack: SlackSandbox, form: Form) -> None:
    """A view is there with the one person who had it, and each change of it."""
    view = await form.of("plain_text_input", {"placeholder": plain("secret-1")})
    await form.client.views_update(
        view_id=view.id,
        view={"type": "modal", "title": plain("Done"), "blocks": [section("secret-2")]},
    )
    person = view.person
    for secret in ("secret-1", "secret-2"):
        (stood,) = slack.history.saying(secret)
        assert (stood.channel, stood.readers) == ("", frozenset({person}))
