"""One modal or Home tab as one person has it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.blockkit import buttons
from sandbox.slack.rendering.blocks import render_blocks
from sandbox.slack.rendering.text import render_chosen
from sandbox.slack.views.state import current

if TYPE_CHECKING:
    from sandbox.mrkdwn import Directory
    from sandbox.slack.views.state import Values


@dataclass(eq=False)
class View:
    """A view, kept up to date as it is changed; equal to itself only.

    `kind` is modal or home, `person` the id of the one who has it. `content` is the view as the
    bot gave it, with the ids that Slack made up. `entered` is what the person put in, `errors`
    what the bot said of it (by block_id), and `trouble` what Slack says when the bot failed.
    """

    id: str
    kind: str
    person: str
    content: dict[str, Any]
    directory: Directory = field(repr=False)
    hash: str = ""
    root_id: str = ""
    previous_id: str | None = None
    entered: Values = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    trouble: str = ""

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """Its blocks."""
        blocks: list[dict[str, Any]] = self.content["blocks"]
        return blocks

    @property
    def callback_id(self) -> str:
        """The name that the bot knows it by."""
        return str(self.content.get("callback_id") or "")

    @property
    def title(self) -> str:
        """What is written above it; a Home tab has no title."""
        return self._label("title")

    @property
    def submit_label(self) -> str:
        """What is written on the button that submits it; "" without one."""
        return self._label("submit")

    @property
    def close_label(self) -> str:
        """What is written on the button that closes it."""
        return self._label("close") or "Cancel"

    @property
    def values(self) -> Values:
        """The state of every element, by block_id and action_id."""
        return current(self.blocks, self.entered)

    def buttons(self) -> list[str]:
        """Return the labels of the buttons in its blocks."""
        return [button.label for button in buttons(self.blocks)]

    def plain(self) -> str:
        """Return what the person reads, as plain text, with what they entered."""
        lines = [self.title, *(self._block(block) for block in self.blocks), self.trouble]
        if self.kind == "modal":
            labels = [self.close_label, *([self.submit_label] if self.submit_label else [])]
            lines.append(" ".join(f"[{label}]" for label in labels))
        return "\n".join(line for line in lines if line)

    def _label(self, name: str) -> str:
        """Return a text of the frame."""
        return str((self.content.get(name) or {}).get("text", ""))

    def _block(self, block: dict[str, Any]) -> str:
        """Return a block with what was entered in it and what is wrong with that."""
        states = self.values.get(block["block_id"], {}).values()
        entered = [render_chosen(state, self.directory) for state in states]
        error = self.errors.get(block["block_id"], "")
        lines = [render_blocks([block], self.directory), *entered, error]
        return "\n".join(line for line in lines if line)
