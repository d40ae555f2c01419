"""The direct message with the activation code of one eSIM, for the person whom it is for.

The code stands in its blocks only: notification, metadata and file name hold no part of it.
"""

import re
from collections.abc import Iterator
from typing import Final

import slackblocks

from bot.domain.activation.code import ActivationCode
from bot.domain.activation.hand_out import Columns, FoundCode, HandOut, HandOutForm
from bot.domain.activation.iccids import plain_iccid
from bot.slack.message import Block, Message, actions, context, section
from bot.slack.mrkdwn import clip, code, code_block, esims, person, when
from bot.slack.sims import holder_of

DONE: Final = "codes_done"
"""Action id of the button that has the message deleted; its value is the hand-out's id."""
OPEN_ON_IPHONE: Final = "codes_on_iphone"
"""Action id of the link for iPhones: Slack tells of the click, and nothing is to be done."""
OPEN_ON_ANDROID: Final = "codes_on_android"
"""The same for Android."""
EVENT_TYPE: Final = "esim_codes"
"""Event type of the metadata by which messages with codes are found again."""
_LONGEST_LINK: Final = 3000
"""Characters that Slack takes in the address of a button."""
_WORKS_ONCE: Final = (
    ":lock: Whoever has this code can take the line, and *it works once*. Show it to nobody but "
    "whoever installs it."
)
_NOBODY_TOLD: Final = (
    ":key: The phone asks for a *confirmation code*, which {} did not tell me. Whoever has the "
    "account there finds it in the portal, or asks the provider for it."
)
_IPHONE: Final = (
    "*iPhone*: open the link on the iPhone that shall take it (iOS 17.4 or newer, in Safari). Or "
    "_Settings → Cellular → Add eSIM → Use QR Code_, and scan the picture below from another "
    "screen. _Enter Details Manually_ takes the SM-DP+ address and the matching id."
)
_ANDROID: Final = (
    "*Android*: _Settings → Network & internet → SIMs → Add eSIM_, and scan the picture below "
    "from another screen. By hand it takes the whole code. The link may work: not on every phone."
)
_ALL_OF_THEM: Final = (
    ":lock: Whoever has the file below can take every line in it, and *each code works once*. Keep "
    "it to yourself, and delete what you download when it is handed out."
)
_ARCHIVE: Final = (
    "It has a QR code for each eSIM, named by its number and the last digits of its ICCID, and "
    "`esims.csv`. Have a spreadsheet import the ICCIDs as text, or it loses their last digits."
)
_FOR_ANDROID: Final = (
    "Android's device management takes the column `activation_code`, one for each device "
    "(command `ADD_ESIM`)."
)
_FOR_APPLE: Final = (
    "Apple's device management (Intune, Jamf and others) takes no codes: it needs eSIMs that the "
    "operator ties to the EIDs of the iPhones, which can't be ordered here. On iPhones each code "
    "is scanned or typed."
)
_SHEET: Final = (
    "Open it in a browser and print it at 100 %, on A4 or Letter: a label for each eSIM, with a "
    "field for the person. Confirmation codes, where there are any, come on the last page: hand "
    "them out apart from the labels."
)
_LAST: Final = 6
"""Digits of an ICCID by which people tell eSIMs apart."""
_NO_LETTER: Final = re.compile("[^0-9A-Za-z]+")


def last_digits(iccid: str) -> str:
    """The end of an ICCID, also for file names; `unknown` where there is none."""
    return _NO_LETTER.sub("", iccid)[-_LAST:] or "unknown"


def metadata_of(hand_out: HandOut) -> dict[str, object]:
    """By what a message of a hand-out is found again, and nothing else."""
    return {"event_type": EVENT_TYPE, "event_payload": {"hand_out": hand_out.id}}


def code_message(found: FoundCode, hand_out: HandOut, title: str) -> Message:
    """The activation code of one eSIM; its picture is posted below.

    `title` is the provider's name as people know it.
    """
    return Message(
        hand_out.channel,
        f"The activation code of the eSIM that ends in {last_digits(found.iccid)}",
        numbered(
            section(f"{_which(found, hand_out, title)}\n{_WORKS_ONCE}"),
            *map(section, _values(found.code, title)),
            actions(*_links(found.code), done_button(hand_out)),
            section(f"{_IPHONE}\n{_ANDROID}"),
            context(deleted(hand_out, _line_of(hand_out, found.iccid))),
        ),
    )


def file_message(hand_out: HandOut, count: int, columns: Columns, title: str) -> Message:
    """What is said above the archive or the sheet with so many codes."""
    is_archive = hand_out.form is HandOutForm.ARCHIVE
    what = "the ZIP file below" if is_archive else "the page below"
    whose = f" of order `{hand_out.order_id}`" if hand_out.order_id else ""
    about = f"{_ARCHIVE} {_FOR_ANDROID if columns is Columns.ANDROID else ''}".strip()
    head = (
        f"*Activation codes*{whose}, from {clip(title, 100)}: {esims(count)} in {what}. "
        f"{given_by(hand_out)}\n{_ALL_OF_THEM}"
    )
    told = [head, *([about, _FOR_APPLE] if is_archive else [_SHEET])]
    line = _line_of(hand_out) + (f" format={columns}" if columns is not Columns.PLAIN else "")
    return Message(
        hand_out.channel,
        f"Activation codes of {esims(count)}",
        numbered(
            *map(section, told),
            actions(done_button(hand_out)),
            context(deleted(hand_out, line)),
        ),
    )


def interrupted_message(hand_out: HandOut) -> Message:
    """That a hand-out was interrupted, and how to ask again; for whoever had it given."""
    subject = _subject(hand_out)
    to = f" `to=`{person(hand_out.to)}" if hand_out.to != hand_out.by else ""
    told = (
        f":warning: The activation codes of {code(subject, 60)} for {person(hand_out.to)} were "
        "interrupted: not all of them were shown, and what was shown is deleted. Nothing was "
        "bought, and no code is used up by that. Send it again: "
        f"{code(_line_of(hand_out), 120)}{to}"
    )
    return Message(hand_out.by, "Activation codes were interrupted", numbered(section(told)))


def numbered(*blocks: Block) -> tuple[Block, ...]:
    """The blocks with ids by their places: a digest of a short code would tell it."""
    return tuple({**block, "block_id": f"codes-{place}"} for place, block in enumerate(blocks))


def done_button(hand_out: HandOut) -> slackblocks.Button:
    """The button that has a message of this hand-out deleted."""
    return slackblocks.Button("Done: delete this", DONE, value=hand_out.id)


def deleted(hand_out: HandOut, line: str) -> str:
    """When the message goes, and how what is not installed yet can be had again.

    `line` asks for it, where whoever reads this may.
    """
    again = f"{person(hand_out.by)} can have it sent again."
    if hand_out.by == hand_out.to:
        again = f"{code(line, 120)} gives it again."
    return (
        f"Deleted, with its file, when you press *Done*, and {when(hand_out.until)} at the latest. "
        f"What is not installed by then is not lost: {again}"
    )


def _line_of(hand_out: HandOut, iccid: str = "") -> str:
    """The line that asks for the same again, but for the person; for one eSIM of it."""
    subject = _subject(hand_out, iccid)
    if hand_out.form is HandOutForm.MESSAGES:
        return f"/esim activate {subject}"
    return f"/esim handout {subject}{' as=sheet' if hand_out.form is HandOutForm.SHEET else ''}"


def _subject(hand_out: HandOut, iccid: str = "") -> str:
    """The eSIM where it is about one that has an ICCID, else the order."""
    one = iccid or (hand_out.iccids[0] if len(hand_out.iccids) == 1 else "")
    return one if plain_iccid(one) else hand_out.order_id or next(iter(hand_out.iccids), "")


def given_by(hand_out: HandOut) -> str:
    """Who had it given, as a sentence."""
    if hand_out.by == hand_out.to:
        return "You asked for it."
    return f"{person(hand_out.by)} has it sent to you."


def _which(found: FoundCode, hand_out: HandOut, title: str) -> str:
    """Which eSIM it is, whose, and from whom."""
    named = f"“{clip(found.line, 100)}”, " if found.line else ""
    from_order = f", number {found.number:,} of order `{hand_out.order_id}`"
    return (
        f"*Your eSIM*: {named}ICCID {code(found.iccid, 60)}"
        f"{from_order if hand_out.order_id else ''}, from {clip(title, 100)}. "
        f"{given_by(hand_out)}{_whose(found, hand_out)}"
    )


def _whose(found: FoundCode, hand_out: HandOut) -> str:
    """Who has it, where that is somebody else, or says more than the line's name does."""
    holder = found.holder
    if holder is None or holder.person == hand_out.to:
        return ""
    who = holder_of(holder.model_copy(update={"name": ""} if holder.name == found.line else {}))
    return f" It is for {who}." if who else ""


def _values(given: ActivationCode, title: str) -> Iterator[str]:
    """What can be copied, each in a box of its own."""
    yield f"*The whole code*, for Android by hand\n{code_block(given.text)}"
    yield f"*SM-DP+ address*, for iPhone by hand\n{code_block(given.host)}"
    if given.matching_id:
        yield f"*Matching id* (iPhones call it _activation code_)\n{code_block(given.matching_id)}"
    else:
        yield "*Matching id*: there is none. Leave that field empty."
    if given.confirmation:
        told = "*Confirmation code*, which the phone asks for"
        yield f":key: {told}\n{code_block(given.confirmation)}"
    elif given.needs_confirmation:
        yield _NOBODY_TOLD.format(clip(title, 100))


def _links(given: ActivationCode) -> Iterator[slackblocks.Button]:
    """Buttons rather than addresses in a text: Slack makes no preview of them."""
    if len(given.iphone_link) <= _LONGEST_LINK:
        yield slackblocks.Button("Open on this iPhone", OPEN_ON_IPHONE, url=given.iphone_link)
    if len(given.android_link) <= _LONGEST_LINK:
        yield slackblocks.Button("Android (may work)", OPEN_ON_ANDROID, url=given.android_link)
