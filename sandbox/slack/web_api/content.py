"""What a message says: text, blocks and metadata, checked as Slack checks them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.blockkit import completed
from sandbox.slack.block_kit import check_blocks
from sandbox.slack.refusal import Refusal

if TYPE_CHECKING:
    from sandbox.slack.web_api.arguments import Arguments

POSTED_TEXT = 40_000
UPDATED_TEXT = 4_000


@dataclass(frozen=True)
class Content:
    """The parts of a message; None is what the caller left out."""

    text: str | None
    blocks: list[dict[str, Any]] | None


def read_content(arguments: Arguments) -> Content:
    """Return the text, cut at 40,000 characters, and the blocks with what Slack fills in.

    Raises Refusal: no_text when there is neither, or what is wrong with the blocks.
    """
    content = given_content(arguments)
    if not content.text and not content.blocks:
        raise Refusal("no_text")
    return Content((content.text or "")[:POSTED_TEXT], content.blocks or [])


def given_content(arguments: Arguments) -> Content:
    """Return the text and blocks as they were given. Raises Refusal for wrong blocks."""
    blocks = arguments.structure("blocks", "invalid_blocks_format")
    if blocks is not None:
        check_blocks(blocks)
        blocks = completed(blocks)
    return Content(arguments.text("text"), blocks)


def read_metadata(arguments: Arguments) -> dict[str, Any] | None:
    """Return the metadata, {} for an empty one, None when it was left out.

    Raises Refusal (invalid_metadata_format) for what is no object with an event_type, a string,
    and an event_payload, an object.
    """
    metadata = arguments.structure("metadata", "invalid_metadata_format")
    if metadata is None:
        return None
    if not isinstance(metadata, dict):
        raise Refusal("invalid_metadata_format")
    if not metadata:
        return {}
    kind, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not isinstance(kind, str) or not kind or not isinstance(payload, dict):
        raise Refusal("invalid_metadata_format")
    return metadata
