"""Finds what a person uses: the surface, and the button on it, as the page showed them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.blockkit import buttons
from sandbox.page.seen.conversation import visible
from sandbox.page.seen.surfaces import find

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.page.seen.look import Look
    from sandbox.slack import Message
    from sandbox.slack.views.view import View

    Earlier = tuple[str, list[dict[str, Any]]]


def surface(look: Look, form: Mapping[str, str]) -> Message | View | None:
    """Return the view or the message (a ts) that `form` names, if it is before the person."""
    if "view" in form:
        return find(look, form["view"])
    if look.channel is None:
        return None
    ts = form.get("message", "")
    return next((each for each in visible(look, look.channel) if each.ts == ts), None)


def clicked(
    look: Look, form: Mapping[str, str]
) -> tuple[str, Message | View, Earlier | None] | None:
    """Return the button's label, where it is, and the earlier content if that was seen.

    `form` has `view` or `message` and `revision`, and `block` and `action` (ids). None where
    there is no such button.
    """
    where = surface(look, form)
    if where is None:
        return None
    earlier = _earlier(where, form.get("revision", ""))
    for button in buttons(earlier[1] if earlier else where.blocks):
        ids = (button.block.get("block_id"), button.element.get("action_id"))
        if ids == (form.get("block"), form.get("action")):
            return button.label, where, earlier
    return None


def _earlier(where: Message | View, revision: str) -> Earlier | None:
    """Return the content that the page showed, if the message was edited since."""
    revisions: list[Earlier] = getattr(where, "revisions", [])
    number = int(revision) if revision.isdigit() else len(revisions)
    return revisions[number] if number < len(revisions) else None
