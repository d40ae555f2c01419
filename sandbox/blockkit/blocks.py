"""The blocks, and what frames them in a view."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import StringConstraints, TypeAdapter

from sandbox.blockkit import objects as of
from sandbox.blockkit.elements import IN_SECTION, Button, InActions, InContextActions, InInput
from sandbox.blockkit.objects import (
    Id,
    Image,
    Url,
    Words,
    any_of,
    different,
    many,
    one_of,
    part,
    plain,
    text,
    up_to,
)
from sandbox.blockkit.problems import UNSUPPORTED, wrong
from sandbox.blockkit.rich_text import Chart, DataTable, RichText, Table

MARKDOWN_TEXT = 12_000
ICONS = (
    "archive book bookmark bot bug calendar call caret-left caret-right check clipboard code "
    "comment compass copy cube download edit email eye-closed eye-open file flag folder gear globe "
    "heart help image info key lightbulb link map mobile new-window pin plus refine refresh rocket "
    "save screen share sparkle star star-filled tag thumbs-down thumbs-up trash upload user warning"
)
LEVELS = Literal["default", "info", "warning", "error", "success"]
STATUSES = Literal["pending", "in_progress", "complete", "error"]
WIDTHS = Literal["narrow", "standard", "wide", "full"]
SecureUrl = Annotated[str, StringConstraints(max_length=3_000, pattern="^https://.")]


def block(kind: str, needs: dict[str, Any] | None = None, /, *rules: of.Rule, **may: Any) -> Any:
    """Return the model of a block; each may have a block_id."""
    return part(kind, needs, *rules, block_id=Id, **may)


def _no_files_at_once(field: Any) -> None:
    """Files are not told of while a person chooses them."""
    if field.element.type == "file_input" and field.dispatch_action:
        raise wrong(f"{UNSUPPORTED}file_input", "/element/type")


ONCE = different("elements", "action_id")
FLAGS = {"optional": bool, "dispatch_action": bool}
ACCESSORY = one_of(Image, *IN_SECTION)
SAID = {"text": text(3_000), "fields": many(text(2_000), 10)}
FILE = {"external_id": Words, "source": Literal["remote"]}
FILM = {"title": plain(200), "alt_text": up_to(2_000), "thumbnail_url": Url, "video_url": SecureUrl}
CREDITS = {"author_name": up_to(50), "provider_name": up_to(50), "provider_icon_url": Url}
IN_CONTAINER = (
    block("actions", {"elements": many(InActions, 25)}, ONCE),
    block("context", {"elements": many(one_of(Image, *of.texts(3_000)), 10)}),
    block("divider"),
    block("file", FILE),
    block("header", {"text": plain(150)}),
    of.image(block_id=Id, title=plain(2_000)),
    block(
        "input",
        {"label": plain(2_000), "element": InInput},
        _no_files_at_once,
        hint=plain(2_000),
        **FLAGS,
    ),
    RichText,
    block("section", {}, any_of("text", "fields"), **SAID, accessory=ACCESSORY, expand=bool),
    Table,
    block("video", FILM, title_url=SecureUrl, description=plain(200), **CREDITS),
)

PICTURES = {
    "hero_image": Image,
    "icon": Image,
    "slack_icon": part("icon", {"name": Literal[tuple(ICONS.split())]}),
}
WRITING = {"title": text(150), "subtitle": text(150), "body": text(200), "subtext": text(200)}
CARD = (
    any_of("hero_image", "title", "actions", "body"),
    of.not_both("icon", "slack_icon"),
    different("actions", "action_id"),
)
Card = block("card", {}, *CARD, **PICTURES, **WRITING, actions=many(Button, 3, least=0))
TITLES = {"title": plain(150), "rich_text_title": RichText, "subtitle": text(150), "icon": Image}
FOLDING = {"is_collapsible": bool, "default_collapsed": bool, "has_header_divider": bool}
CONTAINER = any_of("title", "rich_text_title"), of.requires("default_collapsed", "is_collapsible")
CHILDREN = {"child_blocks": many(one_of(*IN_CONTAINER), 10)}

Source = part("url", {"url": Url, "text": Words})
STEP = {"task_id": Words, "title": Words, "status": STATUSES}
FINDINGS = {"details": RichText, "output": RichText, "sources": many(Source, least=0)}
Step = part("", STEP, **FINDINGS, type=Literal["task_card"], block_id=Id)
STEPS = {"tasks": many(Step, 50, least=0)}
Block = one_of(
    *IN_CONTAINER,
    Card,
    Chart,
    DataTable,
    block("alert", {"text": text(200)}, level=LEVELS),
    block("call", {"call_id": Words}, api_decoration_available=bool, call=dict[str, Any]),
    block("carousel", {"elements": many(Card, 10)}),
    block("container", CHILDREN, *CONTAINER, **TITLES, width=WIDTHS, **FOLDING),
    block("context_actions", {"elements": many(InContextActions, 5)}, ONCE),
    block("markdown", {"text": up_to(MARKDOWN_TEXT)}),
    block("plan", {"title": Words}, different("tasks", "task_id"), **STEPS),
    block("task_card", STEP, **FINDINGS),
)
NAMES = {"private_metadata": up_to(3_000, least=0), "callback_id": Id, "external_id": Id}
BUTTONS = {"submit": plain(24), "close": plain(24), "submit_disabled": bool}
CLOSING = {"clear_on_close": bool, "notify_on_close": bool}
MODAL = {"title": plain(24), "blocks": many(dict[str, Any], 100)}
View = one_of(
    part("modal", MODAL, **NAMES, **BUTTONS, **CLOSING),
    part("home", {"blocks": many(dict[str, Any], 100, least=0)}, **NAMES),
)
"""What frames the blocks of a view; they are checked one by one."""
BLOCK: TypeAdapter[Any] = TypeAdapter(Block)
VIEW: TypeAdapter[Any] = TypeAdapter(View)
