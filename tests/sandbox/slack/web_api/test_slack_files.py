"""files.*: the upload in three steps, as the official client makes it."""

from __future__ import annotations

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import SlackSandbox
from tests.sandbox.slack.calling import OPS, refusal

CONTENT = b"iccid\n8901\n"


async def reserve(client: AsyncWebClient, content: bytes = CONTENT) -> tuple[str, str]:
    """Reserve a file and return its id and the address for its bytes."""
    answer = await client.files_getUploadURLExternal(filename="sims.csv", length=len(content))
    return str(answer["file_id"]), str(answer["upload_url"])


async def send(url: str, content: bytes = CONTENT) -> tuple[int, str]:
    """Send the bytes of a file and return the status and the answer."""
    async with aiohttp.ClientSession() as session, session.post(url, data=content) as response:
        return response.status, await response.text()


async def test_upload_to_a_channel(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """files_upload_v2 posts a message that carries the file, with its title and its comment."""
    answer = await client.files_upload_v2(
        channel=OPS, filename="sims.csv", title="SIMs", content=CONTENT, initial_comment="Here:"
    )
    (message,) = slack.messages("ops")
    (file,) = slack.files
    assert (message.text, message.files, message.user) == ("Here:", [file], slack.bot_user_id)
    assert (file.name, file.title, file.content) == ("sims.csv", "SIMs", CONTENT)
    assert (file.channel, file.thread_ts, file.mimetype) == (OPS, None, "text/csv")
    assert answer["files"][0]["id"] == file.id
    shown = (await client.conversations_history(channel=OPS))["messages"][0]
    assert [each["name"] for each in shown["files"]] == ["sims.csv"]


async def test_upload_to_a_thread(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """A file goes to the thread that it was meant for; to the channel when that isn't there."""
    ts = (await client.chat_postMessage(channel=OPS, text="Order"))["ts"]
    for thread in (ts, "1.000001"):
        await client.files_upload_v2(
            channel=OPS, filename="sims.csv", content=CONTENT, thread_ts=thread
        )
    parent, stray = slack.messages("ops")
    assert [message.files for message in slack.thread(parent)] == [slack.files[:1]]
    assert stray.files == slack.files[1:]
    assert [file.thread_ts for file in slack.files] == [ts, None]


async def test_several_files_and_direct_messages(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    """Several files come in one message; the id of direct messages is a channel like others."""
    uploads = [{"filename": name, "content": name} for name in ("a.txt", "b.txt")]
    await client.files_upload_v2(channel="D0ANA000000", file_uploads=uploads)
    (message,) = slack.direct_messages("ana")
    assert [(file.name, file.content) for file in message.files] == [
        ("a.txt", b"a.txt"),
        ("b.txt", b"b.txt"),
    ]


async def test_where_files_may_go(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """The bot must be a member, also of a public channel; names are no ids."""
    for channel, error in (
        ("C0FINANCE00", "not_in_channel"),
        ("C0SECRET000", "channel_not_found"),
        ("#ops", "channel_not_found"),
    ):
        upload = client.files_upload_v2(channel=channel, filename="sims.csv", content=CONTENT)
        assert await refusal(upload) == error
    slack.workspace.archive("ops")
    upload = client.files_upload_v2(channel=OPS, filename="sims.csv", content=CONTENT)
    assert await refusal(upload) == "is_archived"
    assert slack.files == []


async def test_the_bytes_are_checked(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """Bytes come once, to a reserved file, in the announced length."""
    file_id, url = await reserve(client)
    assert (await send(url, b"short"))[0] == 400
    unsent = client.files_completeUploadExternal(files=[{"id": file_id, "title": "SIMs"}])
    assert await refusal(unsent) == "file_not_found"
    assert await send(url) == (200, f"OK - {len(CONTENT)}")
    assert (await send(url))[0] == 404
    assert (await send(url + "0"))[0] == 404
    assert slack.files == []


async def test_bytes_in_a_form(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """The bytes may also come as the one part of a form."""
    file_id, url = await reserve(client)
    form = aiohttp.FormData()
    form.add_field("filename", CONTENT, filename="sims.csv")
    async with aiohttp.ClientSession() as session, session.post(url, data=form) as response:
        assert response.status == 200
    assert slack.workspace.files[file_id].content == CONTENT


async def test_files_for_people(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """A list of channels takes people's ids as well, and each place gets its own message."""
    file_id, url = await reserve(client)
    await send(url)
    places = [OPS, slack.person("ana").id]
    await client.files_completeUploadExternal(files=[{"id": file_id}], channels=places)
    shared = [*slack.messages("ops"), *slack.direct_messages("ana")]
    assert [[file.id for file in message.files] for message in shared] == [[file_id]] * 2


async def test_file_info() -> None:
    """With its scope files.info tells of a file, once it is completed."""
    slack = await SlackSandbox.start(scopes=["files:read", "files:write"])
    client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
    file_id, url = await reserve(client)
    assert await refusal(client.files_info(file=file_id)) == "file_not_found"
    await send(url)
    await client.files_completeUploadExternal(files=[{"id": file_id, "title": "SIMs"}])
    shown = (await client.files_info(file=file_id))["file"]
    await slack.stop()
    assert (shown["title"], shown["size"], shown["is_public"]) == ("SIMs", len(CONTENT), False)


async def test_a_file_without_a_channel_is_nowhere(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    """A completed file that is shared with nobody exists, and no message shows it."""
    await client.files_upload_v2(filename="sims.csv", content=CONTENT)
    assert [(file.name, file.channel) for file in slack.files] == [("sims.csv", None)]
    assert slack.transcript(None) == ""


async def test_refused_reservations(client: AsyncWebClient) -> None:
    """A file needs a name, a length above zero, and an entry when it is completed."""
    nothing = client.files_getUploadURLExternal(filename="sims.csv", length=0)
    assert await refusal(nothing) == "invalid_arguments"
    nameless = client.files_getUploadURLExternal(filename="", length=1)
    assert await refusal(nameless) == "invalid_arguments"
    for length in ("", "many"):
        given = {"filename": "sims.csv", "length": length}
        wrong = client.api_call("files.getUploadURLExternal", params=given)
        assert await refusal(wrong) == "invalid_arguments"
    for files in ("[]", "[1]", "{"):
        empty = client.api_call("files.completeUploadExternal", params={"files": files})
        assert await refusal(empty) == "invalid_arguments"


async def test_a_deleted_file(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """It goes with a message that was nothing but this file; one with a text stays."""
    for comment in (None, "Look"):
        await client.files_upload_v2(
            channel=OPS, filename="sims.csv", content=CONTENT, initial_comment=comment
        )
    for file in slack.files:
        await client.files_delete(file=file.id)
    assert slack.files == []
    assert [message.text for message in slack.messages("ops")] == ["Look"]
    assert await refusal(client.files_delete(file="F0")) == "file_not_found"


async def test_a_file_outlives_its_message(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """In direct messages too: who deletes the message alone leaves the file where it can be had."""
    for first in ("message", "file"):
        await client.files_upload_v2(channel="D0ANA000000", filename="esim.png", content=CONTENT)
        (message,), (file,) = slack.direct_messages("ana"), slack.files
        if first == "message":
            await client.chat_delete(channel="D0ANA000000", ts=message.ts)
            assert (slack.direct_messages("ana"), slack.files) == ([], [file])
        await client.files_delete(file=file.id)
        assert (slack.direct_messages("ana"), slack.files) == ([], [])
        gone = client.chat_delete(channel="D0ANA000000", ts=message.ts)
        assert await refusal(gone) == "message_not_found"
        assert await refusal(client.files_delete(file=file.id)) == "file_not_found"


async def test_file_info_needs_its_scope(client: AsyncWebClient) -> None:
    """Without files:read, which the bot usually has not, files.info is refused."""
    assert await refusal(client.files_info(file="F0")) == "missing_scope"


async def test_a_file_tells_whose_it_is_and_where(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    """It has its user, its addresses, and each message that carries it."""
    ts = (await client.chat_postMessage(channel=OPS, text="card"))["ts"]
    await client.files_upload_v2(
        channel=OPS, thread_ts=ts, filename="my iccids.csv", content="iccid\n"
    )
    shown = (await client.conversations_replies(channel=OPS, ts=ts))["messages"][1]
    (file,) = shown["files"]
    assert (file["user"], file["channels"], file["ims"]) == (slack.bot_user_id, [OPS], [])
    assert file["permalink"].endswith(f"/{file['id']}/my%20iccids.csv")
    (share,) = file["shares"]["public"][OPS]
    assert (share["ts"], share["thread_ts"], share["channel_name"]) == (shown["ts"], ts, "ops")


async def test_a_file_in_private(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """In direct messages and in private channels its shares are private ones."""
    slack.workspace.invite("secret")
    for channel in ("D0ANA000000", "C0SECRET000"):
        await client.files_upload_v2(channel=channel, filename="a.csv", content="x")
    direct, hidden = slack.files
    for file, place in ((direct, "ims"), (hidden, "groups")):
        shown = (await client.conversations_history(channel=file.channel or ""))["messages"][0]
        assert shown["files"][0][place] == [file.channel]
        assert list(shown["files"][0]["shares"]) == ["private"]
        assert not shown["files"][0]["is_public"]


async def test_a_file_is_fetched_with_the_token(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    """url_private gives the bytes to the bot; to anybody else a page to sign in, as Slack does."""
    await client.files_upload_v2(channel=OPS, filename="a b.csv", content="iccid\n89\n")
    shown = (await client.conversations_history(channel=OPS))["messages"][0]["files"][0]
    token = {"Authorization": f"Bearer {slack.bot_token}"}
    async with aiohttp.ClientSession() as session:
        for name in ("url_private", "url_private_download"):
            async with session.get(shown[name], headers=token) as answer:
                assert await answer.read() == b"iccid\n89\n"
            async with session.get(shown[name]) as answer:
                assert answer.content_type == "text/html"
        async with session.get(f"{shown['url_private'].rsplit('-', 1)[0]}-F0X/x") as answer:
            assert answer.status == 404


async def test_a_file_in_no_thread(client: AsyncWebClient) -> None:
    """A thread_ts that is none is refused when the upload is completed."""
    upload = client.files_upload_v2(channel=OPS, thread_ts="abc", filename="a.csv", content="x")
    assert await refusal(upload) == "invalid_thread_ts"
