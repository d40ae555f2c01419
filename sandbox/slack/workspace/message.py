"""A message as the workspace keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.blockkit import buttons
from sandbox.slack.rendering.blocks import render_blocks
from sandbox.slack.rendering.text import readable
from sandbox.slack.views.state import current

if TYPE_CHECKING:
    from sandbox.mrkdwn import Directory
    from sandbox.slack.views.state import Values
    from sandbox.slack.workspace.model import File


@dataclass(eq=False)
class Message:
    """One message, kept up to date as it is edited; equal to itself only.

    `channel` and `user` are ids. `only_for` is the id of the one person who sees an ephemeral
    message. `revisions` are the earlier texts and blocks, oldest first. `reactions` are the ids
    of those who reacted, by the emoji's name; `entered` is what each person put into its fields.
    `broadcast` marks a reply that the channel sees, too. `author` are the name and the icons that
    the bot posted it under, if they are not its own.
    """

    ts: str
    channel: str
    user: str
    text: str
    directory: Directory = field(repr=False)
    blocks: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] | None = None
    thread_ts: str | None = None
    edited_ts: str | None = None
    only_for: str | None = None
    deleted: bool = False
    files: list[File] = field(default_factory=list)
    revisions: list[tuple[str, list[dict[str, Any]]]] = field(default_factory=list, repr=False)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    entered: dict[str, Values] = field(default_factory=dict, repr=False)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    broadcast: bool = False
    author: dict[str, Any] = field(default_factory=dict)

    @property
    def edited(self) -> bool:
        """Whether it was changed after it was posted."""
        return self.edited_ts is not None

    def plain(self) -> str:
        """Return what a person reads, as plain text: the blocks, or the text without them.

        The attachments stand below.
        """
        blocks, text = self.blocks, self.text
        shown = render_blocks(blocks, self.directory) if blocks else readable(text, self.directory)
        below = [self._attachment(each) for each in self.attachments]
        return "\n".join(part for part in [shown, *below] if part)

    def buttons(self) -> list[str]:
        """Return the labels of the buttons that are on it now."""
        return [button.label for button in buttons(self.all_blocks)]

    @property
    def all_blocks(self) -> list[dict[str, Any]]:
        """Its blocks, with those in its attachments."""
        return [*self.blocks, *(block for each in self.attachments for block in _blocks(each))]

    def attachment_of(self, block_id: str) -> int | None:
        """Return the number (from 1) of the attachment that a block is in; None for the others."""
        for each in self.attachments:
            if any(block["block_id"] == block_id for block in _blocks(each)):
                return int(each["id"])
        return None

    def values(self, person: str) -> Values:
        """Return the state of every element, as the person with this id has it."""
        return current(self.all_blocks, self.entered.get(person, {}))

    def revise(self, text: str, blocks: list[dict[str, Any]], at: str) -> None:
        """Replace its content at the time `at` (a ts), keeping the earlier one."""
        self.revisions.append((self.text, self.blocks))
        self.text, self.blocks, self.edited_ts = text, blocks, at

    def _attachment(self, attachment: dict[str, Any]) -> str:
        """Return an attachment as plain text."""
        blocks = _blocks(attachment)
        if blocks:
            return render_blocks(blocks, self.directory)
        fields = attachment.get("fields") or []
        parts = [
            *(attachment.get(name) for name in ("pretext", "author_name", "title", "text")),
            *(part for each in fields for part in (each.get("title"), each.get("value"))),
            attachment.get("footer"),
        ]
        words = [str(part) for part in parts if part] or [attachment["fallback"]]
        return "\n".join(readable(part, self.directory) for part in words)


def _blocks(attachment: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the blocks of an attachment."""
    blocks: list[dict[str, Any]] = attachment.get("blocks") or []
    return blocks
