"""A message as it should stand on Slack."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import slackblocks

CARD = "card"
"""Key of the message under which everything else of an order hangs."""
EVENT_TYPE = "esim_order"
"""Event type of the metadata by which the bot finds its own messages again."""


@dataclass(frozen=True)
class File:
    """A file to upload. A newer one of the same name takes its place."""

    name: str
    """Unique for the order and what it holds, so that it can be found again."""
    title: str
    digest: str
    """Changes when the content of the file changes."""
    content: Callable[[], bytes] = field(compare=False)
    """Makes its bytes, which takes seconds for thousands of lines; call it in a thread."""


@dataclass(frozen=True)
class Message:
    """One message; `channel` may be a user's id, for a direct message."""

    channel: str
    text: str
    """What notifications and screen readers get."""
    blocks: tuple[dict[str, Any], ...] = ()
    in_thread: bool = False
    """Whether it belongs under the card."""
    files: tuple[File, ...] = ()
    """What is uploaded with it, in one message; its text and blocks are not shown then."""
    or_else: str = ""
    """Who gets it as a direct message when the channel can't be written to any more."""

    @property
    def digest(self) -> str:
        """Changes when anything visible changes."""
        files = " ".join(f"{file.name} {file.digest}" for file in self.files)
        seen = [self.channel, self.text, self.blocks, files]
        return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()[:16]


def rendered(*blocks: slackblocks.Block) -> tuple[dict[str, Any], ...]:
    """The blocks as Slack takes them, each with an id that changes with what it shows."""
    message = slackblocks.Message("anywhere", blocks=list(blocks)).to_dict()
    return tuple(_identified(place, block) for place, block in enumerate(message["blocks"]))


def _identified(place: int, block: dict[str, Any]) -> dict[str, Any]:
    shown = {name: value for name, value in block.items() if name != "block_id"}
    content = json.dumps(shown, sort_keys=True).encode()
    return {**shown, "block_id": f"{place}-{hashlib.sha256(content).hexdigest()[:12]}"}


def section(text: str) -> slackblocks.Block:
    """A paragraph of mrkdwn; Slack turns no plain name or address in it into a mention or link."""
    return slackblocks.SectionBlock(slackblocks.Text(text, verbatim=True))


def fields(*texts: str) -> slackblocks.Block:
    """Short pieces of mrkdwn in two columns; ten at most."""
    return slackblocks.SectionBlock(
        fields=[slackblocks.Text(text, verbatim=True) for text in texts]
    )


def context(text: str) -> slackblocks.Block:
    """A line in small grey print."""
    return slackblocks.ContextBlock([slackblocks.Text(text, verbatim=True)])


def actions(*buttons: slackblocks.Button) -> slackblocks.Block:
    """A row of buttons."""
    return slackblocks.ActionsBlock(list(buttons))


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> slackblocks.Block:
    """A table of plain text: 99 rows and 20 columns at most; empty cells get a dash."""
    return slackblocks.TableBlock(
        [[slackblocks.RawText(cell or "–") for cell in row] for row in (head, *rows)]
    )
