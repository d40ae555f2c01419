"""What becomes of the text that a person types after a slash command, with should_escape."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.slack.workspace.workspace import Workspace

EVERYBODY = ("here", "channel", "everyone")
LINK = re.compile(r"(?<!\S)(https?://\S+)")
BEFORE_NAME = r"(?<![\w.@#/-])"  # no e-mail address, no part of a path
AFTER_NAME = r"(?![\w-])"


def escaped(text: str, workspace: Workspace) -> str:
    """Return `text` as Slack sends it: & < > as entities, known names and links as <…>."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    groups = {each.name: f"!subteam^{each.id}" for each in workspace.usergroups.values()}
    people = {person.name: person.id for person in workspace.people.values()}
    channels = {each.name: each.id for each in workspace.channels.values() if not each.direct_to}
    text = _mention(people | groups | dict.fromkeys(EVERYBODY, "!"), "@", text)
    return LINK.sub(r"<\1>", _mention(channels, "#", text))


def _mention(known: dict[str, str], sign: str, text: str) -> str:
    """Turn the known names that stand after `sign` into references."""
    names = "|".join(sorted(map(re.escape, known), key=len, reverse=True))

    def reference(found: re.Match[str]) -> str:
        name = found[1]
        if known[name].startswith("!subteam"):
            return f"<{known[name]}|@{name}>"
        return f"<!{name}>" if known[name] == "!" else f"<{sign}{known[name]}|{name}>"

    return re.sub(f"{BEFORE_NAME}{sign}({names}){AFTER_NAME}", reference, text)
