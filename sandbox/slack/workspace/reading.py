"""What each person has read, and what is still unread: the marks beside a channel's name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.slack.workspace.message import Message


@dataclass
class ReadMarks:
    """The ts up to which each person has read each channel, by the ids of both."""

    marks: dict[tuple[str, str], str] = field(default_factory=dict)

    def read(self, person: str, channel: str, ts: str) -> bool:
        """Remember that a person has read a channel up to `ts`; whether that is news."""
        if self.marks.get((person, channel), "") >= ts:
            return False
        self.marks[person, channel] = ts
        return True

    def unread(self, person: str, messages: Iterable[Message]) -> int:
        """Count the messages of one channel that count for a person and came after the mark.

        Their own don't count, nor what only another sees, nor replies in threads that they
        don't follow: those that they wrote in or are mentioned in.
        """
        seen = [each for each in messages if each.only_for in {None, person}]
        return sum(
            message.ts > self.marks.get((person, message.channel), "")
            and message.user != person
            and (message.thread_ts is None or _follows(person, message.thread_ts, seen))
            for message in seen
        )


def _follows(person: str, thread_ts: str, messages: list[Message]) -> bool:
    """Whether a person takes part in a thread or is mentioned in it."""
    return any(
        each.user == person or f"<@{person}>" in f"{each.text}{each.blocks}"
        for each in messages
        if thread_ts in {each.ts, each.thread_ts}
    )
