"""Draws what a person sees: the whole page, and its regions for when something changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from sandbox.page.manifest import INVITE
from sandbox.page.rendering.templates import templates
from sandbox.page.seen import conversation, sidebar, surfaces
from sandbox.page.seen.look import label_of
from sandbox.page.seen.panel import panel

if TYPE_CHECKING:
    from jinja2 import Environment

    from sandbox.page.seen.look import Look

REGIONS = ("sidebar", "messages", "thread", "panel", "views")
"""The parts of the page that are drawn again when something changes; each has a template."""


@dataclass(frozen=True)
class Drawing:
    """Draws with one set of templates."""

    environment: Environment = field(default_factory=templates)

    def page(self, look: Look) -> str:
        """Return the whole page."""
        drawn = {name: Markup(html) for name, html in self.regions(look).items()}  # noqa: S704 - drawn by our templates
        return self.environment.get_template("page.html").render(_facts(look), regions=drawn)

    def regions(self, look: Look) -> dict[str, str]:
        """Return each region as HTML; what is in the channel now counts as read."""
        if look.channel is not None:
            look.workspace.read(look.person, look.channel)
        facts = _facts(look)
        return {
            name: self.environment.get_template(f"regions/{name}.html").render(facts)
            for name in REGIONS
        }


def _facts(look: Look) -> dict[str, Any]:
    """Return what the templates know."""
    return {
        "look": look,
        "reader": look.reader,
        "title": label_of(look.channel) if look.channel else "esim-bot",
        "people": sidebar.people(look),
        "channels": sidebar.channels(look),
        "direct": sidebar.direct(look),
        "messages": conversation.messages(look),
        "thread": conversation.thread(look),
        "panel": panel(look.scene),
        "modals": surfaces.modals(look),
        "home": surfaces.home(look),
        "commands": (*look.scene.manifest.commands, INVITE),
        "has_home": look.scene.manifest.has_home,
    }
