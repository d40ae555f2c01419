"""A message as it should stand on Slack."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import Any

import slackblocks

Block = dict[str, Any]
"""A block of Block Kit, as Slack takes it."""
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
    alt: str = ""
    """What screen readers get for a picture."""


@dataclass(frozen=True)
class Message:
    """One message; `channel` may be a user's id, for a direct message."""

    channel: str
    text: str
    """What notifications and screen readers get."""
    blocks: tuple[Block, ...] = ()
    in_thread: bool = False
    """Whether it belongs under the card."""
    files: tuple[File, ...] = ()
    """What is uploaded with it, in one message; its text and blocks are not shown then."""
    or_else: str = ""
    """Who gets it as a direct message when the channel can't be written to any more."""

    @cached_property
    def digest(self) -> str:
        """Changes when anything visible changes."""
        files = " ".join(f"{file.name} {file.digest}" for file in self.files)
        seen = [self.channel, self.text, self.blocks, files]
        return hashlib.sha256(_JSON.encode(seen).encode()).hexdigest()[:16]


_JSON = json.JSONEncoder(sort_keys=True)
_MOST_BLOCKS, _MOST_FIELDS = 50, 10
"""Blocks that Slack takes in a message, and fields in a block."""
_LONGEST, _LONGEST_FIELD = 3000, 2000
"""Characters that Slack takes in a paragraph, and in a field."""


def rendered(*blocks: Block) -> tuple[Block, ...]:
    """The blocks as Slack takes them, each with an id that changes with what it shows.

    Raises ValueError for more than Slack takes in a message.
    """
    if len(blocks) > _MOST_BLOCKS:
        raise ValueError(f"{len(blocks)} blocks are more than Slack takes")
    return tuple({**block, "block_id": _id(place, block)} for place, block in enumerate(blocks))


def _id(place: int, block: Block) -> str:
    return f"{place}-{hashlib.sha256(_JSON.encode(block).encode()).hexdigest()[:12]}"


def fitting(texts: Iterable[str], room: int) -> list[str]:
    """The first of the texts that fit into so many characters; Slack takes 12,000 in a message."""
    all_ = list(texts)
    ends = accumulate(map(len, all_))
    return [text for text, end in zip(all_, ends, strict=True) if end <= room]


# Texts are written here, as that is twenty times as quick as a library that checks every part
# of every block; what has more parts than texts is built by the library.


def section(text: str) -> Block:
    """A paragraph of mrkdwn; Slack turns no plain name or address in it into a mention or link.

    Raises ValueError for an empty text and for one that is longer than Slack takes; so do the
    others.
    """
    return {"type": "section", "text": _mrkdwn(text, _LONGEST)}


def fields(*texts: str) -> Block:
    """Short pieces of mrkdwn in two columns; ten at most."""
    if len(texts) > _MOST_FIELDS:
        raise ValueError(f"{len(texts)} fields are more than Slack takes")
    return {"type": "section", "fields": [_mrkdwn(text, _LONGEST_FIELD) for text in texts]}


def context(text: str) -> Block:
    """A line in small grey print."""
    return {"type": "context", "elements": [_mrkdwn(text, _LONGEST)]}


def _mrkdwn(text: str, longest: int) -> Block:
    if not 0 < len(text) <= longest:
        raise ValueError(f"Slack takes no text of {len(text)} characters")
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def actions(*elements: slackblocks.Button | slackblocks.UserSelectMenu) -> Block:
    """A row of buttons and menus."""
    return _built(slackblocks.ActionsBlock(list(elements)))


def with_button(paragraph: Block, button: slackblocks.Button) -> Block:
    """A paragraph with a button beside it."""
    return {**paragraph, "accessory": button._resolve()}  # noqa: SLF001 - as `_built` does


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Block:
    """A table of plain text: 99 rows and 20 columns at most; empty cells get a dash."""
    return _built(
        slackblocks.TableBlock(
            [[slackblocks.RawText(cell or "–") for cell in row] for row in (head, *rows)]
        )
    )


def _built(block: slackblocks.Block) -> Block:
    """What the library has built and checked, without the id that it drew."""
    made = block._resolve()  # noqa: SLF001 - by a whole message it takes four times as long
    return {name: part for name, part in made.items() if name != "block_id"}
