"""Activation codes in words: what came of a hand-out, why there is no code, and what went wrong.

It is mrkdwn, and holds no code. What a provider or a person wrote is escaped.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Any, Final, Protocol

from bot.domain.activation import errors
from bot.domain.activation.code import WhyNoCode
from bot.domain.activation.hand_out import HandOut, HandOutForm, MissingCode
from bot.domain.activation.recipient import NoRecipient, NotARecipient
from bot.slack.mrkdwn import clip, code, codes, esims, person
from bot.slack.web.faults import PLACE

_DETAIL: Final = 200
"""Characters of a provider's own words."""
_ROOM: Final = ((_DETAIL, 130), (0, 130), (0, 90))
"""Characters of a provider's words, and of the ICCIDs that lack a code for one reason: the first
with which a report fits."""
_LONGEST: Final = 2900
"""Characters of a report."""

# Why there is no code

WHY: Mapping[WhyNoCode, str] = MappingProxyType(
    {
        WhyNoCode.INSTALLED: (
            "already installed on a phone: a code works once, and nobody can have it again. If the "
            "eSIM was lost from that phone, a new one must be bought"
        ),
        WhyNoCode.NOT_READY: (
            "not ready yet: the provider is still registering it. Ask again in a minute"
        ),
        WhyNoCode.GONE: (
            "gone: the provider has ended it, so there is nothing to install any more. A new one "
            "must be bought"
        ),
        WhyNoCode.NOT_KNOWN: (
            "not known to the provider. Look at the digits of its ICCID, and whether it was bought "
            "on another account"
        ),
        WhyNoCode.NONE: (
            "not one that has a code: a physical SIM card, or one that its provider gives no code "
            "of. The provider's portal shows how it is taken into use"
        ),
        WhyNoCode.UNREADABLE: (
            "there, but what the provider answered is no activation code. Nothing is lost: ask "
            "again later, and if it goes on, tell whoever runs me, or take it from the provider's "
            "portal"
        ),
        WhyNoCode.PROVIDER_DOWN: (
            "not to be had now: the provider could not be asked. Nothing is lost: ask again in a "
            "few minutes"
        ),
    }
)
"""By reason, what is so, and what to do: what follows `it is`."""


def missing_words(missing: MissingCode) -> str:
    """Why there is no code of this eSIM, and what to do next: a sentence of its own."""
    return f"eSIM {code(missing.iccid, 60)} is {_why(missing, _DETAIL)}"


def _why(missing: MissingCode, longest: int) -> str:
    told = missing.detail if longest else ""
    said = f" (The provider says: {clip(told, longest)})" if told else ""
    return f"{WHY[missing.why]}.{said}"


# What came of a hand-out


class GivenReport(Protocol):
    """What came of a hand-out; see `bot.engine.activation`."""

    @property
    def found(self) -> int:
        """How many codes were given."""

    @property
    def missing(self) -> tuple[MissingCode, ...]:
        """Those of which there was none."""

    @property
    def hand_out(self) -> HandOut:
        """To whom, by whom and how."""


_AS: Mapping[HandOutForm, str] = MappingProxyType(
    {
        HandOutForm.MESSAGES: "as direct messages",
        HandOutForm.ARCHIVE: "as a ZIP file in their direct messages",
        HandOutForm.SHEET: "as a page to print in their direct messages",
    }
)


def report_words(report: GivenReport) -> str:
    """Who got how many codes, how many there were none of, and why; what to do next."""
    texts = ("\n".join([_given(report), *_missing(report.missing, *room)]) for room in _ROOM)
    return next(text for text in texts if len(text) <= _LONGEST)


def _given(report: GivenReport) -> str:
    hand_out = report.hand_out
    own = hand_out.to == hand_out.by
    whose = f" of order `{hand_out.order_id}`" if hand_out.order_id else ""
    if not report.found:
        nobody = "you" if own else person(hand_out.to)
        return (
            f":warning: No activation code{whose} could be had, so {nobody} got none. Nothing was "
            "bought or changed."
        )
    how = _AS[hand_out.form].replace("their", "your") if own else _AS[hand_out.form]
    if report.found == 1 and hand_out.form is HandOutForm.MESSAGES:
        how = "as a direct message"
    who = "You have" if own else f"{person(hand_out.to)} has"
    noun = "code" if report.found == 1 else "codes"
    return (
        f":white_check_mark: {who} the activation {noun} of {esims(report.found)}{whose}, {how}. "
        "They go when *Done* is pressed there, or after a while by themselves."
    )


def _missing(missing: Sequence[MissingCode], detail: int, named: int) -> Iterator[str]:
    """A line for each reason, with the first of its eSIMs, and a provider's words about one."""
    order = list(WhyNoCode)
    ranked = sorted(missing, key=lambda each: order.index(each.why))
    for _, alike in groupby(ranked, key=lambda each: each.why):
        some = list(alike)
        if len(some) == 1:
            which = f"eSIM {code(some[0].iccid, 60)} is"
        else:
            which = f"{esims(len(some))} ({codes((each.iccid for each in some), named)}) are each"
        told = next((each for each in some if each.detail), some[0])
        yield f":warning: {which} {_why(told, detail)}"


# What went wrong

_NO_RECIPIENT: Mapping[NoRecipient, str] = MappingProxyType(
    {
        NoRecipient.EXTERNAL: "is of another workspace",
        NoRecipient.GUEST: "is a guest here",
        NoRecipient.BOT: "is a bot",
        NoRecipient.DEACTIVATED: "has a deactivated account",
    }
)

_DELETED: Final = "what stood of them is deleted as soon as Slack lets me"


def _not_a_recipient(error: NotARecipient) -> str:
    nothing = "Nothing was fetched or shown, and nothing changed."
    if error.problem is NoRecipient.NOT_FOUND:
        return (
            f"Slack knows nobody here with the id {code(error.user, 40)}, so nobody gets "
            f"activation codes. {nothing} Pick the person from the list that Slack shows after "
            "`@`, and send the line again."
        )
    return (
        f"{person(error.user)} {_NO_RECIPIENT[error.problem]}, and gets no activation codes. "
        f"{nothing} Choose somebody of this workspace, or ask whoever runs me to name them in "
        "`ESIM_CODE_RECIPIENTS`."
    )


def _not_given(error: errors.NotGiven) -> str:
    lost = "Nothing was bought, and no code is used up by that."
    if error.why in PLACE:
        return (
            f"Slack lets me write no direct message to them ({code(error.why, 60)}), so no "
            f"activation code was given; {_DELETED}. {lost} Choose somebody else, or look whether "
            "their account is there, and ask again."
        )
    if error.why == errors.INTERRUPTED:
        return (
            "I was held up while I gave these activation codes, so they were not given; "
            f"{_DELETED}. {lost} Ask again in a minute."
        )
    return (
        f"Slack did not take all of it ({code(error.why, 60)}), so the activation codes were not "
        f"given; {_DELETED}. {lost} Ask again in a minute; if it goes on, tell whoever runs me."
    )


def _unknown_iccid(error: errors.UnknownIccid) -> str:
    return (
        f"I can't tell which eSIM {code(error.iccid, 60)} is: no order of this workspace bought "
        "it, or it fits several. Nothing was fetched, and nothing changed. Look at its digits, 18 "
        "to 22 of them: `/esim order` with the order's id lists its ICCIDs."
    )


def _says(text: str) -> Callable[[Any], str]:
    return text.format


SENTENCES: Mapping[type, Callable[[Any], str]] = MappingProxyType(
    {
        NotARecipient: _not_a_recipient,
        errors.UnknownIccid: _unknown_iccid,
        errors.NoEsims: _says(
            "Order `{0.order_id}` has bought no eSIM: not yet, or it changes one that was there. "
            "Nothing was fetched, and nothing changed. `/esim order {0.order_id}` shows where it "
            "stands; for an eSIM that was there, write its ICCID."
        ),
        errors.ConfirmationExpired: _says(
            "This confirmation is more than half an hour old, so nothing was fetched or shown. "
            "Send the command again, and confirm the new one."
        ),
        errors.ConfirmationOutdated: _says(
            "It is about other eSIMs by now than this confirmation shows: a look has found more, "
            "or fewer. Nothing was fetched or shown. Send the command again, and confirm the new "
            "one."
        ),
        errors.AlreadyGiven: _says(
            "This confirmation was used before, and works once: I did nothing again. What came of "
            "it is told here as soon as it is known. If codes are still wanted, send the command "
            "again."
        ),
        errors.NotGiven: _not_given,
        errors.StillGiven: _says(
            "The picture of this code is still on its way, so nothing changed. Press *Done* again "
            "in a few seconds: then both go."
        ),
        errors.NotYourCodes: _says(
            "Only whoever was given these codes may have their message deleted; nothing changed. "
            "It goes by itself after a while: ask them to press *Done* if it shall go now."
        ),
        errors.NotAssigned: lambda error: (
            f"Nobody is known to have eSIM {code(error.iccid, 60)}, so nothing changed. "
            "`/esim assigned` shows who has which."
        ),
    }
)
"""The sentences of the errors about activation codes, by class."""
