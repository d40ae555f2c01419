"""What Slack refuses in images, and in the texts and images of a context block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.blockkit.problem import (
    MISSING,
    Problem,
    length_problems,
    optional_length_problems,
    optional_text_problems,
    text_object_problems,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTEXT_TEXT = 3_000
ALT_TEXT = 2_000
IMAGE_URL = 3_000
IMAGE_TITLE = 2_000


def image_problems(image: dict[str, Any], at: str) -> Iterator[Problem]:
    """Check an image: it needs a source and a text in its place."""
    if not image.get("image_url") and not image.get("slack_file"):
        yield Problem(f"{MISSING}image_url", at)
    yield from optional_length_problems(image, "image_url", at, IMAGE_URL)
    yield from length_problems(image.get("alt_text"), f"{at}/alt_text", ALT_TEXT)
    yield from optional_text_problems(image, "title", at, IMAGE_TITLE)


def context_element_problems(element: dict[str, Any], at: str) -> Iterator[Problem]:
    """Check an element of a context block: a text or an image."""
    if element.get("type") == "image":
        yield from image_problems(element, at)
    else:
        yield from text_object_problems(element, at, CONTEXT_TEXT)
