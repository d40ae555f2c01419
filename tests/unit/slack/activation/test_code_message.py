"""The message with a code has all that a phone needs, and shows it in its blocks alone."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.domain.activation.assignment import Holder
from bot.domain.activation.code import ActivationCode
from bot.domain.activation.hand_out import Columns, HandOutForm
from bot.slack.activation.message import (
    code_message,
    file_message,
    interrupted_message,
    last_digits,
    metadata_of,
)
from bot.slack.message import Message
from tests.support.orders import ANA
from tests.unit.slack.activation.given import DANA, HOST, MATCHING_ID, a_code, found, hand_out
from tests.unit.slack.reading import must_be_taken_by_slack, page, read, references
from tests.unit.slack.wild import UNHURRIED, nasty


def drawn(title: str = "Telnyx", by: str = ANA, **parts: Any) -> Message:
    """The message of one code."""
    return code_message(found(**parts), hand_out(by=by), title)


def buttons(message: Message) -> dict[str, dict[str, Any]]:
    """Its buttons by their action ids."""
    (row,) = [block for block in message.blocks if block["type"] == "actions"]
    return {button["action_id"]: button for button in row["elements"]}


def boxes(message: Message) -> list[str]:
    """What stands in boxes of their own, to be copied."""
    texts = [block["text"]["text"] for block in message.blocks if block["type"] == "section"]
    return [text.split("```")[1].strip() for text in texts if "```" in text]


def test_what_the_person_reads() -> None:
    """Which eSIM, from whom, the values, how to install it, and when it goes."""
    assert page(drawn(line="Truck 12")) == snapshot("""\
Your eSIM: “Truck 12”, ICCID 89310410106543000001, number 1 of order 7K2M9QXA, from Telnyx.
@ana has it sent to you.
:lock: Whoever has this code can take the line, and it works once. Show it to nobody but
whoever installs it.
The whole code, for Android by hand
LPA:1$rsp.truphone.com$QRF-BETTERROAMING-PMRDGIR2EARDEIT51
SM-DP+ address, for iPhone by hand
rsp.truphone.com
Matching id (iPhones call it activation code)
QRF-BETTERROAMING-PMRDGIR2EARDEIT51
[Open on this iPhone] [Android (may work)] [Done: delete this]
iPhone: open the link on the iPhone that shall take it (iOS 17.4 or newer, in Safari). Or
Settings → Cellular → Add eSIM → Use QR Code, and scan the picture below from another
screen. Enter Details Manually takes the SM-DP+ address and the matching id.
Android: Settings → Network & internet → SIMs → Add eSIM, and scan the picture below from
another screen. By hand it takes the whole code. The link may work: not on every phone.
Deleted, with its file, when you press Done, and 2026-01-02 12:00 UTC at the latest. What is
not installed by then is not lost: @ana can have it sent again.
""")


def test_the_three_values_are_copied_one_by_one() -> None:
    """The whole text, the address and the matching id, each exactly as it is, and nothing else."""
    assert boxes(drawn()) == [f"LPA:1${HOST}${MATCHING_ID}1", HOST, f"{MATCHING_ID}1"]


def test_a_confirmation_code_is_beside_them() -> None:
    """It is never inside the text; phones ask for it."""
    shown = drawn(code=a_code(confirmation="4837"))
    assert boxes(shown)[-1] == "4837"
    assert "Confirmation code" in read(shown)
    assert "4837" not in boxes(shown)[0]


def test_a_confirmation_code_that_nobody_told() -> None:
    """The person learns before they try that the phone will ask for one, and who has it."""
    shown = drawn(code=ActivationCode(f"LPA:1${HOST}$X1$$1"))
    assert len(boxes(shown)) == 3
    assert "asks for a *confirmation code*" in str(shown.blocks)
    assert "which Telnyx did not tell me" in read(shown)


def test_no_matching_id() -> None:
    """A server that knows the eSIM by the phone needs none: the field stays empty."""
    shown = drawn(code=ActivationCode.of(HOST, ""))
    assert boxes(shown) == [f"LPA:1${HOST}$", HOST]
    assert "Leave that field empty" in read(shown)


def test_the_links_are_buttons() -> None:
    """One for iPhones, and one for Android that promises nothing; `Done` has the hand-out's id."""
    known = buttons(drawn())
    assert known["codes_on_iphone"]["url"] == a_code().iphone_link
    assert known["codes_on_android"]["url"] == a_code().android_link
    assert "may work" in known["codes_on_android"]["text"]["text"]
    assert known["codes_done"]["value"] == "h4nd-Out_1"
    assert "17.4" in read(drawn())


def test_links_too_long_for_a_button_are_left_out() -> None:
    """The rest of the message still arrives."""
    shown = drawn(code=ActivationCode.of(HOST, "A" * 2950))
    assert list(buttons(shown)) == ["codes_done"]
    must_be_taken_by_slack(shown)


def test_nothing_beside_the_blocks_holds_the_code() -> None:
    """Notification, metadata and the ids of blocks and actions hold no part of it."""
    shown = drawn(code=a_code(confirmation="4837"))
    ids = [block["block_id"] for block in shown.blocks]
    beside = json.dumps([shown.text, ids, metadata_of(hand_out()), *buttons(shown)])
    for part in (HOST, MATCHING_ID, "LPA", "4837"):
        assert part not in beside
    assert metadata_of(hand_out()) == {
        "event_type": "esim_codes",
        "event_payload": {"hand_out": "h4nd-Out_1"},
    }
    assert ids == [block["block_id"] for block in drawn(code=a_code(confirmation="1111")).blocks]


def test_from_whom() -> None:
    """Who is sent a code by somebody reads by whom; who asked for it themselves reads that."""
    assert f"<@{ANA}> has it sent to you." in str(drawn().blocks)
    assert "You asked for it." in read(drawn(by=DANA))


def test_whose_it_is() -> None:
    """Where somebody has said who has it, that is there: in a file of the fleet it tells."""
    holder = Holder(person="U0EVE", email="eve@example.com", name="Truck 12")
    shown = drawn(holder=holder)
    assert "It is for <@U0EVE> · eve@example.com · “Truck 12”." in str(shown.blocks)
    named = drawn(holder=Holder(person="U0EVE", name="Truck 12"), line="Truck 12")
    assert "It is for <@U0EVE>." in str(named.blocks)
    for own in (Holder(person=DANA, name="x"), Holder(name="Truck 12")):
        assert "It is for" not in read(drawn(holder=own, line="Truck 12"))


def test_how_it_is_had_again() -> None:
    """Who may ask for it gets the line; who may not, the person who can."""
    assert f"not lost: <@{ANA}> can have it sent again." in str(drawn().blocks)
    assert "`/esim activate 89310410106543000001` gives it again." in str(drawn(by=DANA).blocks)
    unknown = drawn(by=DANA, iccid="3a1e-9f")
    assert "`/esim activate 7K2M9QXA` gives it again." in str(unknown.blocks)


def test_an_interrupted_one_of_one_esim() -> None:
    """The line asks for that eSIM, not for all of its order; of several for the order."""
    one, three = (str(interrupted_message(hand_out(count)).blocks) for count in (1, 3))
    assert "`/esim activate 89310410106543000001`" in one
    assert "7K2M9QXA" not in one
    assert "`/esim activate 7K2M9QXA`" in three


def test_what_is_said_above_a_file() -> None:
    """What is in it, that it is secret, and what device management takes and what not."""
    archive = hand_out(3, form=HandOutForm.ARCHIVE, by=DANA)
    assert page(file_message(archive, 3, Columns.ANDROID, "Telnyx")) == snapshot("""\
Activation codes of order 7K2M9QXA, from Telnyx: 3 eSIMs in the ZIP file below. You asked
for it.
:lock: Whoever has the file below can take every line in it, and each code works once. Keep
it to yourself, and delete what you download when it is handed out.
It has a QR code for each eSIM, named by its number and the last digits of its ICCID, and
esims.csv. Have a spreadsheet import the ICCIDs as text, or it loses their last digits.
Android's device management takes the column activation_code, one for each device (command
ADD_ESIM).
Apple's device management (Intune, Jamf and others) takes no codes: it needs eSIMs that the
operator ties to the EIDs of the iPhones, which can't be ordered here. On iPhones each code
is scanned or typed.
[Done: delete this]
Deleted, with its file, when you press Done, and 2026-01-02 12:00 UTC at the latest. What is
not installed by then is not lost: /esim handout 7K2M9QXA format=android gives it again.
""")
    plain = read(file_message(archive, 3, Columns.PLAIN, "Telnyx"))
    assert "Android's device management" not in plain
    assert "EIDs" in plain


def test_what_is_said_above_a_sheet() -> None:
    """How it is printed, and the line by which it is had again."""
    shown = file_message(hand_out(3, form=HandOutForm.SHEET, by=DANA), 3, Columns.PLAIN, "Telnyx")
    assert "print it at 100 %, on A4 or Letter" in read(shown)
    assert "/esim handout 7K2M9QXA as=sheet gives it again" in read(shown)
    must_be_taken_by_slack(shown)


@UNHURRIED
@given(line=nasty(200), title=nasty(100), name=nasty(80), confirmation=st.sampled_from(["", "1`2"]))
def test_names_as_no_sane_person_gives_them(
    line: str, title: str, name: str, confirmation: str
) -> None:
    """Slack takes it, nobody is mentioned, no link is made."""
    code = a_code(confirmation=confirmation)
    shown = drawn(title, line=line, holder=Holder(name=name[:80]), code=code)
    must_be_taken_by_slack(shown)
    assert references(shown) <= {f"@{ANA}"}


@pytest.mark.parametrize(
    ("iccid", "last"),
    [("8931041010654300001", "300001"), ("89/../12", "8912"), ("", "unknown"), ("عربي", "unknown")],
)
def test_the_last_digits(iccid: str, last: str) -> None:
    """They tell eSIMs apart, and can stand in a file name whatever a provider calls an ICCID."""
    assert last_digits(iccid) == last
