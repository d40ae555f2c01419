"""Draws what a person sees: the whole page, and its regions for when something changed.

In the templates everything is escaped unless it is HTML of this package's own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, pass_context
from markupsafe import Markup, escape

from sandbox.page.manifest import INVITE
from sandbox.page.markup import mrkdwn, plain_text, rich_text
from sandbox.page.seen import content, sidebar
from sandbox.page.seen.figures import panel
from sandbox.page.seen.look import label_of
from sandbox.slack.rendering.text import render_rich_text

if TYPE_CHECKING:
    from jinja2.runtime import Context

    from sandbox.page.seen.look import Look

FOLDER = Path(__file__).parent / "templates"
REGIONS = ("sidebar", "messages", "thread", "panel", "views")
"""The parts of the page that are drawn again when something changes; each has a template."""


def templates() -> Environment:
    """Return the templates; they need a `reader` to render texts of Slack for."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "mrkdwn": _mrkdwn,
        "text": _text,
        "rich": _rich,
        "iso": iso,
        "utc": _utc,
        "dollars": dollars,
        "written": _written,
    }
    return environment


def iso(ts: float | str) -> str:
    """Return a Slack ts or a Unix time as an ISO 8601 time in UTC."""
    return datetime.fromtimestamp(float(ts), UTC).isoformat(timespec="seconds")


def dollars(cents: int) -> str:
    """Return `$1,234.50`."""
    return f"${cents / 100:,.2f}"


def _utc(ts: float | str) -> str:
    """Return the time of day in UTC; the browser shows it in its own zone."""
    return datetime.fromtimestamp(float(ts), UTC).strftime("%H:%M")


@pass_context
def _mrkdwn(context: Context, text: str) -> Markup:
    """Render text that a person typed or a bot sent without blocks."""
    return mrkdwn(text, context["reader"], verbatim=False)


@pass_context
def _text(context: Context, value: Any) -> Markup:
    """Render a text object: plain_text, mrkdwn, or a table's raw_text."""
    if not isinstance(value, dict):
        return escape(value)
    words = str(value.get("text", value.get("value", "")))
    if value.get("type") == "mrkdwn":
        return mrkdwn(words, context["reader"], verbatim=bool(value.get("verbatim")))
    return plain_text(words) if value.get("type") == "plain_text" else escape(words)


@pass_context
def _rich(context: Context, elements: list[dict[str, Any]]) -> Markup:
    """Render the elements of a rich text."""
    return rich_text(elements, context["reader"])


@pass_context
def _written(context: Context, value: dict[str, Any] | None) -> str:
    """Return a rich text as it is typed."""
    return render_rich_text(value["elements"], context["reader"].directory) if value else ""


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
        "others_direct": sidebar.others_direct(look),
        "messages": content.messages(look),
        "thread": content.thread(look),
        "panel": panel(look.scene),
        "modals": content.modals(look),
        "home": content.home(look),
        "commands": (*look.scene.manifest.commands, INVITE),
        "has_home": look.scene.manifest.has_home,
    }
