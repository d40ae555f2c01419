"""The direct message with the activation code of one eSIM, for the person whom it is for.

The code stands in its blocks only: notification, metadata and file name hold no part of it.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

import slackblocks

from bot.domain.activation.code import ActivationCode
from bot.domain.activation.hand_out import FoundCode, HandOut
from bot.slack.message import Block, Message, actions, context, section
from bot.slack.mrkdwn import clip, code, code_block, person, when
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
_LAST: Final = 6
"""Digits of an ICCID by which people tell eSIMs apart."""
_NO_LETTER: Final = re.compile("[^0-9A-Za-z]+")


def last_digits(iccid: str) -> str:
    """The end of an ICCID, also for file names; `unknown` where there is none."""
    return _NO_LETTER.sub("", iccid)[-_LAST:] or "unknown"


def metadata_of(hand_out: HandOut) -> dict[str, object]:
    """By what a message of a hand-out is found again, and nothing else."""
    return {"event_type": EVENT_TYPE, "event_payload": {"hand_out": hand_out.id}}


def code_message(found: FoundCode, hand_out: HandOut, title: str, until: datetime) -> Message:
    """The activation code of one eSIM; its picture is posted below.

    `title` is the provider's name as people know it; `until` is when the message is deleted.
    """
    return Message(
        hand_out.channel,
        f"The activation code of the eSIM that ends in {last_digits(found.iccid)}",
        numbered(
            section(f"{_which(found, hand_out, title)}\n{_WORKS_ONCE}"),
            *map(section, _values(found.code, title)),
            actions(*_links(found.code), done_button(hand_out)),
            section(f"{_IPHONE}\n{_ANDROID}"),
            context(deleted(hand_out, until)),
        ),
    )


def numbered(*blocks: Block) -> tuple[Block, ...]:
    """The blocks with ids by their places: a digest of a short code would tell it."""
    return tuple({**block, "block_id": f"codes-{place}"} for place, block in enumerate(blocks))


def done_button(hand_out: HandOut) -> slackblocks.Button:
    """The button that has a message of this hand-out deleted."""
    return slackblocks.Button("Done: delete this", DONE, value=hand_out.id)


def deleted(hand_out: HandOut, until: datetime) -> str:
    """When the message goes, and how the codes can be had again."""
    again = hand_out.order_id or next(iter(hand_out.iccids), "")
    line = f" {code(f'/esim activate {again}', 60)} gives what is not installed yet anew." * bool(
        again
    )
    return f"Deleted, with its file, when you press *Done*, and {when(until)} at the latest.{line}"


def given_by(hand_out: HandOut) -> str:
    """Who had it given, as a sentence."""
    if hand_out.by == hand_out.to:
        return "You asked for it."
    return f"{person(hand_out.by)} has it sent to you."


def _which(found: FoundCode, hand_out: HandOut, title: str) -> str:
    """Which eSIM it is, whose, and from whom."""
    named = f"“{clip(found.line, 100)}”, " if found.line else ""
    from_order = f", number {found.number:,} of order `{hand_out.order_id}`" * bool(
        hand_out.order_id
    )
    whose = f" It is for {holder_of(found.holder)}." if found.holder is not None else ""
    return (
        f"*Your eSIM*: {named}ICCID {code(found.iccid, 60)}{from_order}, from {clip(title, 100)}. "
        f"{given_by(hand_out)}{whose}"
    )


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
