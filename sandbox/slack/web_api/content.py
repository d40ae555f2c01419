"""What a message says: text, blocks, attachments and metadata, checked as Slack checks them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sandbox.blockkit import completed
from sandbox.slack.block_kit import check_blocks
from sandbox.slack.refusal import Refusal

if TYPE_CHECKING:
    from sandbox.slack.web_api.arguments import Arguments

POSTED_TEXT = 40_000
UPDATED_TEXT = 4_000
MARKDOWN_TEXT = 12_000
MOST_ATTACHMENTS = 100
SAYING = (
    "blocks",
    "fallback",
    "fields",
    "footer",
    "image_url",
    "pretext",
    "text",
    "thumb_url",
    "title",
)
"""Parts of an attachment that give people something to see."""


@dataclass(frozen=True)
class Content:
    """The parts of a message; None is what the caller left out."""

    text: str | None
    blocks: list[dict[str, Any]] | None
    attachments: list[dict[str, Any]] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to read in it."""
        return not (self.text or self.blocks or self.attachments)

    @property
    def parts(self) -> dict[str, Any]:
        """The fields of a message beside its text."""
        return {"blocks": self.blocks or [], "attachments": self.attachments or []}


def read_content(arguments: Arguments) -> Content:
    """Return the text, cut at 40,000 characters, and the rest with what Slack fills in.

    Raises Refusal: no_text when there is nothing, or as `given_content` does.
    """
    content = given_content(arguments)
    if content.is_empty:
        raise Refusal("no_text")
    return replace(content, text=(content.text or "")[:POSTED_TEXT])


def given_content(arguments: Arguments) -> Content:
    """Return what was given of text, blocks and attachments, or of the markdown in their place.

    Raises Refusal for wrong blocks or attachments, markdown_text_conflict, or msg_too_long for
    more than 12,000 characters of markdown.
    """
    blocks = arguments.structure("blocks", "invalid_blocks_format")
    text, markdown = arguments.text("text"), arguments.text("markdown_text")
    attachments = _attachments(arguments)
    if markdown:
        if text or blocks:
            raise Refusal("markdown_text_conflict")
        if len(markdown) > MARKDOWN_TEXT:
            raise Refusal("msg_too_long")
        text, blocks = markdown, [{"type": "markdown", "text": markdown}]
    if blocks is not None:
        check_blocks(blocks)
        blocks = completed(blocks)
    return Content(text, blocks, attachments)


def _attachments(arguments: Arguments) -> list[dict[str, Any]] | None:
    """Return the attachments with their numbers and fallbacks, None when they were left out.

    Raises Refusal: invalid_attachments, too_many_attachments, or what is wrong with their blocks.
    """
    given = arguments.structure("attachments", "invalid_attachments")
    if given is None:
        return None
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise Refusal("invalid_attachments")
    if len(given) > MOST_ATTACHMENTS:
        raise Refusal("too_many_attachments")
    return [_attachment(number, each) for number, each in enumerate(given, start=1)]


def _attachment(number: int, given: dict[str, Any]) -> dict[str, Any]:
    """Return one attachment as Slack keeps it."""
    if not any(given.get(name) for name in SAYING):
        raise Refusal("no_text")
    fallback = given.get("fallback") or given.get("text") or "[no preview available]"
    attachment = {**given, "id": number, "fallback": fallback}
    if given.get("blocks"):
        check_blocks(given["blocks"])
        attachment["blocks"] = completed(given["blocks"])
    return attachment


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
