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

    @property
    def edited(self) -> bool:
        """Whether it was changed after it was posted."""
        return self.edited_ts is not None

    def plain(self) -> str:
        """Return what a person reads, as plain text: the blocks, or the text without them."""
        if self.blocks:
            return render_blocks(self.blocks, self.directory)
        return readable(self.text, self.directory)

    def buttons(self) -> list[str]:
        """Return the labels of the buttons that are on it now."""
        return [button.label for button in buttons(self.blocks)]

    def values(self, person: str) -> Values:
        """Return the state of every element, as the person with this id has it."""
        return current(self.blocks, self.entered.get(person, {}))

    def revise(self, text: str, blocks: list[dict[str, Any]], at: str) -> None:
        """Replace its content at the time `at` (a ts), keeping the earlier one."""
        self.revisions.append((self.text, self.blocks))
        self.text, self.blocks, self.edited_ts = text, blocks, at
