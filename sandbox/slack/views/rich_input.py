"""What Slack's composer makes of what is typed or pasted into a rich_text_input."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.slack.workspace.workspace import Workspace

EMAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
ADDRESS = r"https?://[^\s<>]+"
NAME = r"(?<![\w.])(?P<sign>[@#])(?P<name>[\w][\w.-]*[\w]|\w)"
PIECE = re.compile(rf"(?P<email>{EMAIL})|(?P<address>{ADDRESS})|{NAME}")


def rich_text_of(text: str, workspace: Workspace) -> dict[str, Any]:
    """Return plain text as a rich text: one section, its lines with newlines between them.

    Known names after @ and # become mentions, addresses links. Source: docs.slack.dev, rich text.
    """
    pieces = list(_pieces(text.replace("\r\n", "\n"), workspace))
    section = {"type": "rich_text_section", "elements": pieces}
    return {"type": "rich_text", "elements": [section]}


def _pieces(text: str, workspace: Workspace) -> Iterator[dict[str, Any]]:
    """Yield the elements of the section."""
    done = 0
    for found in PIECE.finditer(text):
        piece = _piece(found, workspace)
        if piece is None:
            continue
        if found.start() > done:
            yield {"type": "text", "text": text[done : found.start()]}
        yield piece
        done = found.end()
    if done < len(text):
        yield {"type": "text", "text": text[done:]}


def _piece(found: re.Match[str], workspace: Workspace) -> dict[str, Any] | None:
    """Return a mention or a link; None for a name that nothing here has."""
    if found["email"]:
        return {"type": "link", "url": f"mailto:{found['email']}", "text": found["email"]}
    if found["address"]:
        return {"type": "link", "url": found["address"]}
    if found["sign"] == "#":
        channels = {each.name: each.id for each in workspace.channels.values() if each.is_named}
        known = channels.get(found["name"])
        return {"type": "channel", "channel_id": known} if known else None
    people = {person.name: person.id for person in workspace.people.values()}
    groups = {group.name: group.id for group in workspace.usergroups.values()}
    if found["name"] in people:
        return {"type": "user", "user_id": people[found["name"]]}
    group = groups.get(found["name"])
    return {"type": "usergroup", "usergroup_id": group} if group else None
