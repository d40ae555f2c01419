"""The templates, with everything in them escaped unless it is HTML of this package's own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, pass_context
from markupsafe import Markup, escape

from sandbox.page.rendering.mrkdwn import mrkdwn, plain_text
from sandbox.page.rendering.rich_text import rich_text

if TYPE_CHECKING:
    from jinja2.runtime import Context

FOLDER = Path(__file__).parents[1] / "templates"


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
