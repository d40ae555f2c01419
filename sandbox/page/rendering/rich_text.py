"""Rich text as HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from sandbox.page.rendering.emoji import emoji
from sandbox.page.rendering.references import date, link, mention

if TYPE_CHECKING:
    from sandbox.page.rendering.references import Reader

Element = dict[str, Any]
TAGS = {"rich_text_quote": "blockquote", "rich_text_preformatted": "pre"}
STYLES = {"bold": "strong", "italic": "em", "strike": "s", "code": "code"}
NAMED = {
    "user": ("@", "user_id"),
    "channel": ("#", "channel_id"),
    "usergroup": ("@", "usergroup_id"),
}
WRAPPED = Markup("<{tag}>{inner}</{tag}>")


def rich_text(elements: list[Element], reader: Reader) -> Markup:
    """Return sections, lists, quotes and preformatted texts one below the other."""
    return Markup("").join(_paragraph(element, reader) for element in elements)


def _paragraph(element: Element, reader: Reader) -> Markup:
    """Render one paragraph, or a list with its items."""
    children = element.get("elements", [])
    if element.get("type") == "rich_text_list":
        tag = "ol" if element.get("style") == "ordered" else "ul"
        items = (WRAPPED.format(tag="li", inner=_words(child, reader)) for child in children)
        return WRAPPED.format(tag=tag, inner=Markup("").join(items))
    tag = TAGS.get(str(element.get("type")), "p")
    return WRAPPED.format(tag=tag, inner=_words(element, reader))


def _words(element: Element, reader: Reader) -> Markup:
    """Render the running text of a paragraph; its line breaks stay."""
    words = (_word(child, reader) for child in element.get("elements", []))
    preformatted = element.get("type") == "rich_text_preformatted"
    html = Markup("").join(words)
    return html if preformatted else html.replace("\n", Markup("<br>"))


def _word(element: Element, reader: Reader) -> Markup:
    """Render a piece of running text in its style."""
    html = _bare(element, reader)
    style = element.get("style")
    for name, tag in STYLES.items():
        if isinstance(style, dict) and style.get(name):
            html = WRAPPED.format(tag=tag, inner=html)
    return html


def _bare(element: Element, reader: Reader) -> Markup:
    """Render a piece of running text without its style."""
    kind = element.get("type")
    if kind in NAMED:
        sign, field = NAMED[kind]
        return mention(sign, str(element[field]), None, reader)
    if kind == "broadcast":
        return mention("@", str(element["range"]), None, reader)
    if kind == "link":
        return link(str(element["url"]), element.get("text"), reader)
    if kind == "emoji":
        return emoji(str(element["name"]))
    return _other(element)


def _other(element: Element) -> Markup:
    """Render text, a date, a colour, or whatever words there are."""
    if element.get("type") == "date":
        stamp, form = str(element["timestamp"]), str(element["format"])
        return date(stamp, form, str(element.get("fallback", form)))
    return escape(element.get("text", element.get("value", "")))
