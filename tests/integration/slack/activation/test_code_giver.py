"""Codes are given to one person, piece by piece, and taken away again; nothing else has them."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import zipfile
from typing import TYPE_CHECKING

import pytest

from bot.domain.activation.hand_out import Columns, HandOutForm, Piece
from bot.errors import SlackError, SlackUnavailable
from bot.slack.activation.picture import png
from bot.slack.web.client import Place
from tests.integration.slack.activation.hands import given, opened, passing
from tests.integration.slack.desk import ANA, BEN
from tests.unit.slack.activation.given import HOST, MATCHING_ID, a_code, found

if TYPE_CHECKING:
    from bot.slack.activation.giving import CodeMessages
    from bot.slack.web.client import SlackClient
    from sandbox.slack import SlackSandbox
    from tests.support.clock import ManualClock

SECRET = (HOST, MATCHING_ID, "LPA:1", "LPA%3A1", "4837")
"""Parts of what is given."""
FILES = (HandOutForm.ARCHIVE, HandOutForm.SHEET)


def must_hold_no_code(text: str) -> None:
    """Raise AssertionError where a part of a code is in a text."""
    assert not [part for part in SECRET if part in text]


# Messages


async def test_a_message_and_its_picture(giver: CodeMessages, slack: SlackSandbox) -> None:
    """The message is told at once, then again with its file: whoever has one finds the other."""
    pieces = await given(giver, await opened(giver))
    message, picture = slack.direct_messages("ana")
    (file,) = picture.files
    assert pieces == [Piece(ts=message.ts), Piece(ts=message.ts, file=file.id)]
    assert file.content == png(a_code(1))
    assert a_code(1).text in message.plain()


async def test_nobody_else_sees_it(giver: CodeMessages, slack: SlackSandbox) -> None:
    """It stands in one conversation: not in a channel, not with who had it given."""
    to = await opened(giver)
    await given(giver, to)
    assert {message.channel for message in slack.workspace.timeline} == {to.channel}


async def test_nothing_beside_the_message_holds_the_code(
    giver: CodeMessages, slack: SlackSandbox
) -> None:
    """Notification, metadata, file name, title and alternative text are for everybody's eyes."""
    await given(giver, await opened(giver), [found(1, code=a_code(1, confirmation="4837"))])
    message, picture = slack.direct_messages("ana")
    (file,) = picture.files
    (reserved,) = [c for c in slack.calls if c.method == "files.getUploadURLExternal"]
    must_hold_no_code(json.dumps([message.text, message.metadata, file.name, file.title]))
    must_hold_no_code(str(reserved.arguments))
    assert (file.name, reserved.arguments["alt_txt"]) == (
        "esim-000001.png",
        "QR code of the eSIM that ends in 000001",
    )
    assert message.metadata == {
        "event_type": "esim_codes",
        "event_payload": {"hand_out": "h4nd-Out_1"},
    }


async def test_links_are_not_followed_by_slack(giver: CodeMessages, slack: SlackSandbox) -> None:
    """No preview: whoever fetches the address of a code has the code."""
    await given(giver, await opened(giver))
    (post,) = [call for call in slack.calls if call.method == "chat.postMessage"]
    assert (post.arguments["unfurl_links"], post.arguments["unfurl_media"]) == (False, False)


async def test_nothing_is_logged(
    giver: CodeMessages, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even where everything is: Slack's client, too, writes no message out."""
    caplog.set_level(logging.DEBUG)
    to = await opened(giver, 2)
    await passing(clock, given(giver, to))
    must_hold_no_code(caplog.text)


async def test_a_message_a_second(
    giver: CodeMessages, slack: SlackSandbox, clock: ManualClock
) -> None:
    """Slack takes no more in one conversation; ten eSIMs take nine seconds."""
    began, to = clock.monotonic(), await opened(giver, 10)
    pieces = await passing(clock, given(giver, to))
    assert len({piece.ts for piece in pieces}) == 10
    assert clock.monotonic() - began == 9
    assert len(slack.direct_messages("ana")) == 20


@pytest.mark.parametrize("method", ["chat.postMessage", "files.completeUploadExternal"])
async def test_slack_asks_to_go_slower(
    giver: CodeMessages, slack: SlackSandbox, clock: ManualClock, method: str
) -> None:
    """It is waited for, and each message and each picture stands once."""
    began, to = clock.monotonic(), await opened(giver)
    slack.faults.rate_limit(method, retry_after=30)
    await passing(clock, given(giver, to))
    assert clock.monotonic() - began == 30
    assert len(slack.direct_messages("ana")) == 2


async def test_slack_asks_for_too_long(
    giver: CodeMessages, slack: SlackSandbox, clock: ManualClock
) -> None:
    """After five minutes in all it is a failure: whoever asked hears of it."""
    to = await opened(giver)
    slack.faults.rate_limit("chat.postMessage", times=3, retry_after=120)
    with pytest.raises(SlackUnavailable):
        await passing(clock, given(giver, to))


async def test_a_post_that_may_have_gone_through_is_not_repeated(
    giver: CodeMessages, slack: SlackSandbox
) -> None:
    """The answer is lost, so it fails; what stands all the same is found."""
    to = await opened(giver)
    slack.faults.drop_after_storing("chat.postMessage")
    with pytest.raises(SlackUnavailable):
        await given(giver, to)
    (message,) = slack.direct_messages("ana")
    assert await giver.find(to) == (Piece(ts=message.ts),)


async def test_a_failure_says_nothing_of_what_was_sent(
    giver: CodeMessages, slack: SlackSandbox
) -> None:
    """Slack may repeat a message in what it finds wrong with it: that goes no further."""
    to = await opened(giver)
    slack.faults.error("chat.postMessage", "invalid_blocks")
    with pytest.raises(SlackError) as failure:
        await given(giver, to)
    assert (failure.value.__cause__, failure.value.__suppress_context__) == (None, True)


async def test_a_code_that_can_not_be_drawn_tells_nothing_of_itself(
    giver: CodeMessages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A library's words about what it could not take may hold it: its kind alone is told."""

    def broken(*_: object, **__: object) -> None:
        raise ValueError(a_code(1).text)

    monkeypatch.setattr("segno.make_qr", broken)
    with pytest.raises(RuntimeError, match=r"could not be drawn \(ValueError\)$") as failure:
        await given(giver, await opened(giver))
    assert failure.value.__context__ is None


# Files


@pytest.mark.parametrize("form", FILES)
async def test_one_message_and_one_file(
    giver: CodeMessages, slack: SlackSandbox, form: HandOutForm
) -> None:
    """However many codes: a message with Done, and the file below it."""
    pieces = await given(giver, await opened(giver, 40, form=form))
    message, upload = slack.direct_messages("ana")
    (file,) = upload.files
    assert pieces == [Piece(ts=message.ts), Piece(ts=message.ts, file=file.id)]
    assert "codes_done" in str(message.blocks)
    must_hold_no_code(json.dumps([message.text, message.blocks, file.name, file.title]))


async def test_the_archive(giver: CodeMessages, slack: SlackSandbox) -> None:
    """It opens, with the columns that were asked for."""
    to = await opened(giver, 3, form=HandOutForm.ARCHIVE)
    await given(giver, to, columns=Columns.ANDROID)
    (file,) = slack.files
    assert file.name == "esims-7K2M9QXA.zip"
    packed = zipfile.ZipFile(io.BytesIO(file.content))
    assert packed.read("esims.csv").decode("utf-8-sig").startswith("activation_code,iccid,")


async def test_many_codes_are_drawn_beside_the_loop(
    giver: CodeMessages, slack: SlackSandbox
) -> None:
    """Clicks are acknowledged meanwhile: the loop gets its turn all along."""
    turns, to = 0, await opened(giver, 200, form=HandOutForm.ARCHIVE)
    work = asyncio.ensure_future(given(giver, to))
    while not work.done():
        await asyncio.wait({work}, timeout=0.01)
        turns += 1
    (file,) = slack.files
    assert len(zipfile.ZipFile(io.BytesIO(file.content)).namelist()) == 201
    assert len(file.content) < 400_000
    assert turns > 20


# Taking away


@pytest.mark.parametrize("form", HandOutForm)
async def test_what_stands_is_deleted(
    giver: CodeMessages, slack: SlackSandbox, clock: ManualClock, form: HandOutForm
) -> None:
    """Message, picture and file; a second time there is nothing to do, and no failure."""
    to = await opened(giver, 2, form=form)
    pieces = await passing(clock, given(giver, to))
    for piece in [*pieces, *pieces]:
        await giver.remove(to.channel, piece)
    assert (slack.direct_messages("ana"), slack.files) == ([], [])


@pytest.mark.parametrize("form", HandOutForm)
async def test_what_nobody_recorded_is_found(
    giver: CodeMessages, slack: SlackSandbox, clock: ManualClock, form: HandOutForm
) -> None:
    """After a crash: messages by their metadata, files by their names; then they are deleted."""
    to = await opened(giver, 2, form=form)
    await passing(clock, given(giver, to))
    for piece in await giver.find(to):
        await giver.remove(to.channel, piece)
    assert (slack.direct_messages("ana"), slack.files) == ([], [])


async def test_what_belongs_to_others_stays(
    giver: CodeMessages, slack: SlackSandbox, client: SlackClient
) -> None:
    """Other messages of the bot, another hand-out, and what the person has written."""
    other = await opened(giver, id="another")
    await given(giver, other)
    slack.person("ana").says("my eSIM?", other.channel)
    await client.tell(ANA, "Your order has ended", ())
    to = await opened(giver)
    assert await giver.find(to) == ()
    pieces = await given(giver, to)
    assert {piece.ts for piece in await giver.find(to) if piece.ts} == {pieces[0].ts}
    assert {piece.file for piece in await giver.find(to) if piece.file} == {pieces[1].file}


async def test_a_deletion_that_fails_is_told(giver: CodeMessages, slack: SlackSandbox) -> None:
    """Whoever wants it gone must try again."""
    to = await opened(giver)
    *_, piece = await given(giver, to)
    slack.faults.down("chat.delete")
    with pytest.raises(SlackUnavailable):
        await giver.remove(to.channel, piece)


async def test_a_file_that_can_not_be_deleted_keeps_no_message(
    giver: CodeMessages, slack: SlackSandbox
) -> None:
    """The code in words goes, and the failure is told all the same."""
    to = await opened(giver)
    *_, piece = await given(giver, to)
    slack.faults.error("files.delete", "cant_delete_file")
    with pytest.raises(SlackError):
        await giver.remove(to.channel, piece)
    (left,) = slack.direct_messages("ana")
    assert left.files


async def test_the_file_of_a_message_that_is_gone_is_found(
    giver: CodeMessages, client: SlackClient
) -> None:
    """Its recipient said Done before the picture was known: it is found by what was recorded."""
    to = await opened(giver)
    message, picture = await given(giver, to)
    await client.delete(Place(to.channel, message.ts))
    found = await giver.find(to.model_copy(update={"pieces": (message,)}))
    assert found == (Piece(file=picture.file),)


async def test_a_file_without_an_id_is_a_failure(
    giver: CodeMessages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What nobody could delete later must not stay: it is taken back like all that fails."""
    monkeypatch.setattr("bot.slack.web.client.file_ids", lambda _: ())
    with pytest.raises(SlackUnavailable) as failure:
        await given(giver, await opened(giver))
    assert not failure.value.undone


# Telling


@pytest.mark.parametrize(
    ("form", "line"),
    [
        (HandOutForm.MESSAGES, "/esim activate 7K2M9QXA"),
        (HandOutForm.ARCHIVE, "/esim handout 7K2M9QXA"),
        (HandOutForm.SHEET, "/esim handout 7K2M9QXA as=sheet"),
    ],
)
async def test_an_interruption_is_told(
    giver: CodeMessages, slack: SlackSandbox, form: HandOutForm, line: str
) -> None:
    """Whoever had it given learns what it means, and the line by which they get it."""
    await giver.tell_interrupted(await opened(giver, 2, form=form))
    (told,) = slack.direct_messages("ben")
    assert "Nothing was bought" in told.plain()
    assert f"Send it again: {line} to=@ana" in told.plain()
    assert slack.direct_messages("ana") == []


async def test_an_own_hand_out_is_asked_for_without_a_name(
    giver: CodeMessages, slack: SlackSandbox
) -> None:
    """Who had it given to themselves is the one who gets it."""
    await giver.tell_interrupted(await opened(giver, by=ANA))
    (told,) = slack.direct_messages("ana")
    assert "to=" not in told.plain()


# Progress


async def test_what_is_quick_shows_no_progress(
    giver: CodeMessages, slack: SlackSandbox, clock: ManualClock
) -> None:
    """A message that comes and goes within five seconds tells nobody anything."""
    async with giver.progress(BEN, 40) as tell:
        await clock.until_asleep()
        await clock.advance(4.9)
        tell(40)
    assert slack.calls == []


async def test_progress_on_a_long_one(
    giver: CodeMessages, slack: SlackSandbox, clock: ManualClock
) -> None:
    """It shows after five seconds, changes at most every three, and goes at the end."""
    async with giver.progress(BEN, 1000) as tell:
        await clock.until_asleep()
        tell(40)
        await clock.advance(5)
        await clock.until_asleep()
        (shown,) = slack.direct_messages("ben")
        assert "40 of 1,000 so far" in shown.plain()
        tell(60)
        tell(80)
        await clock.advance(2.9)
        assert "40 of 1,000" in shown.plain()
        await clock.advance(0.1)
        await clock.until_asleep()
        assert "80 of 1,000" in shown.plain()
        await clock.advance(3)
        await clock.until_asleep()
    assert slack.direct_messages("ben") == []
    assert [call.method for call in slack.calls] == [
        "chat.postMessage",
        "chat.update",
        "chat.delete",
    ]


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update", "chat.delete"])
async def test_progress_that_can_not_be_shown_stops_nothing(
    giver: CodeMessages, slack: SlackSandbox, clock: ManualClock, method: str
) -> None:
    """It is told nobody, and what is fetched goes on."""
    slack.faults.down(method)
    async with giver.progress(BEN, 10) as tell:
        await clock.until_asleep()
        for count in range(3):
            tell(count)
            await clock.advance(5)


async def test_a_deleted_progress_is_not_missed(
    giver: CodeMessages, slack: SlackSandbox, client: SlackClient, clock: ManualClock
) -> None:
    """Somebody deleted it: nothing is posted anew."""
    async with giver.progress(BEN, 10) as tell:
        await clock.until_asleep()
        await clock.advance(5)
        await clock.until_asleep()
        (shown,) = slack.direct_messages("ben")
        await client.delete(Place(shown.channel, shown.ts))
        tell(3)
        await clock.advance(3)
    assert slack.direct_messages("ben") == []
