"""What the bot says as people read it, as Slack parses it, and as Slack judges it."""

import re
import textwrap
from collections.abc import Iterator
from typing import Any

from bot.slack.ephemeral import Answer
from bot.slack.message import Message
from sandbox.slack.block_kit import check_blocks
from sandbox.slack.rendering.blocks import render_blocks
from tests.support.orders import ANA, BEN, OPS

_NAMES = {ANA: "ana", BEN: "ben", OPS: "ops"}
_REFERENCE = re.compile(r"<([^<>]*)>")
_COLUMNS = 92
_TEXT_LIMIT = 4000
"""Characters of a text that `chat.update` takes."""


class _Directory:
    def name_of(self, key: str) -> str | None:
        return _NAMES.get(key)


def read(said: Message | Answer) -> str:
    """The blocks as a person reads them: names for ids, no marks, times in UTC."""
    return render_blocks(list(said.blocks), _Directory())


def page(said: Message | Answer) -> str:
    """The same, with lines folded to fit into a test."""
    lines = read(said).splitlines()
    return "\n".join("\n".join(textwrap.wrap(line, _COLUMNS)) for line in lines) + "\n"


def parsed(said: Message | Answer) -> list[str]:
    """Every piece of text in which Slack looks for mentions and links."""
    return [said.text, *_mrkdwn(list(said.blocks))]


def references(said: Message | Answer) -> set[str]:
    """Everything that Slack would make a mention or a link of; times are left out."""
    found = {reference for text in parsed(said) for reference in _REFERENCE.findall(text)}
    return {reference for reference in found if not reference.startswith("!date^")}


def must_be_taken_by_slack(said: Message | Answer) -> None:
    """Raise AssertionError or Slack's Refusal for what could not be posted, or later updated."""
    assert 0 < len(said.text) <= _TEXT_LIMIT
    check_blocks(list(said.blocks))


def _mrkdwn(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _mrkdwn(item)
    elif isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value["text"]
        yield from _mrkdwn(list(value.values()))
