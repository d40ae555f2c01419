"""Writes a request as the line that asks for it: reading it back gives the same request."""

import re
from collections.abc import Iterator

from bot.domain.request import PurchaseRequest

_PLAIN = re.compile(r"\w[\w.+/@#-]*")


def render(request: PurchaseRequest) -> str:
    """The line without the slash command: `buy 10 tags=fleet,emea`."""
    return " ".join(["buy", str(request.amount), *_options(request)])


def _options(request: PurchaseRequest) -> Iterator[str]:
    if request.tags:
        yield f"tags={','.join(map(_quoted, request.tags))}"
    if request.whitelabel_name:
        yield f"whitelabel={_quoted(request.whitelabel_name)}"
    if request.sim_card_group_id:
        yield f"group={request.sim_card_group_id}"
    if request.status_chosen:
        yield f"status={request.status}"
    if request.note:
        yield f"note={_quoted(request.note)}"


def _quoted(text: str) -> str:
    if _PLAIN.fullmatch(text):
        return text
    escaped = re.sub(r"([\\\"])", r"\\\1", text)
    return f'"{escaped}"'
