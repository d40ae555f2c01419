"""Codes that people were given: each with a reveal before it, and none left standing."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sandbox.slack import SlackSandbox
from tests.support.leaks.forms import Needles
from tests.support.leaks.places import opened, place

EVENT_TYPE = "esim_codes"
"""What marks the messages with codes."""
_ROUNDED = 1.0
"""Seconds by which Slack's times and the audit's may differ: some are whole seconds."""


class Given(NamedTuple):
    """A code that stood before somebody: in a message, or in a file."""

    person: str
    """Slack user id."""
    iccid: str
    at: float
    """Unix time in seconds."""
    where: str
    """The ts of the message, or the file's id."""


def given(slack: SlackSandbox, secrets: Mapping[str, frozenset[str]]) -> Iterator[Given]:
    """Every code that ever stood in a direct message; `secrets` of each eSIM, by its ICCID."""
    owners = {secret: iccid for iccid, own in secrets.items() for secret in own}
    needles = Needles(owners)
    for channel, at, where, content in _standing(slack):
        person = slack.workspace.channels[channel].direct_to
        found = {owners[form.secret] for part in opened(content) for form in needles.found(part)}
        yield from (Given(person or channel, iccid, at, where) for iccid in sorted(found))


def _standing(slack: SlackSandbox) -> Iterator[tuple[str, float, str, bytes]]:
    """Each message and file with codes: its channel, its time, its id, what is in it."""
    for each in slack.history.stood:
        if (each.content.get("metadata") or {}).get("event_type") == EVENT_TYPE:
            content = place("", "", each.content["blocks"]).content
            yield each.channel, float(each.ts), each.ts, content
    for file in slack.history.files:
        for channel in file.shares:
            yield channel, float(file.created), file.id, file.content


def unrevealed(codes: Sequence[Given], audit: Sequence[Mapping[str, Any]]) -> list[str]:
    """Codes that somebody was given without a reveal before, or oftener than one was made."""
    times = _reveals(audit)
    early = [one for one in codes if not _has_one_before(one, times)]
    often = Counter((one.person, one.iccid) for one in codes if "." in one.where)
    return [f"{one} has no reveal before it" for one in early] + [
        f"{person} was given {iccid} {count} times, and there are fewer reveals"
        for (person, iccid), count in often.items()
        if count > len(times.get((person, iccid), ()))
    ]


def _reveals(audit: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], list[float]]:
    """When each person was to be given each eSIM's code, by both."""
    times: dict[tuple[str, str], list[float]] = {}
    for entry in audit:
        for iccid in entry["iccids"] if entry["event"] == "codes_revealed" else ():
            at = datetime.fromisoformat(entry["at"]).timestamp()
            times.setdefault((entry["to"], iccid), []).append(at)
    return times


def _has_one_before(one: Given, times: Mapping[tuple[str, str], Sequence[float]]) -> bool:
    return any(at <= one.at + _ROUNDED for at in times.get((one.person, one.iccid), ()))


def still_standing(slack: SlackSandbox) -> list[str]:
    """The messages with codes that nobody has deleted, and the files in direct messages."""
    messages = [
        message.ts
        for message in slack.workspace.timeline
        if (message.metadata or {}).get("event_type") == EVENT_TYPE
    ]
    return [*messages, *(file.id for file in slack.files if not file.name.startswith("order-"))]
