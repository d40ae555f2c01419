"""Plain text in place of a message that can't be drawn, or that Slack does not take.

ICCIDs are never left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from bot.domain.order import Order
from bot.domain.purchase.sim import Sim
from bot.slack.message import CARD, Message
from bot.slack.messages.results import TABLED
from bot.slack.mrkdwn import LONGEST, clip, in_parts, person
from bot.slack.sims import iccid_of
from bot.slack.words.kinds import bought_of, name_of, words_of
from bot.slack.words.states import state_of

_PLAINLY = "(Shown plainly, as it can't be shown as usual: whoever runs me finds why in my log.)"


def stand_ins(order: Order, key: str, message: Message | None) -> dict[str, Message]:
    """By message key: plain text in the place of a message, `None` when it can't be drawn at all.

    A list of ICCIDs that is too long for one text goes on under keys of its own.
    """
    usual = message or _placed(order, key)
    text = f"{usual.text}\n{_PLAINLY}"
    if key.split(":", maxsplit=1)[0] in {"result", "file"} or usual.files:
        return _in_parts(key, replace(usual, blocks=(), files=()), text, _iccids(order))
    return {key: replace(usual, text=text, blocks=_with_buttons(usual, text))}


def bare(message: Message) -> Message:
    """The same with nothing but its text."""
    return replace(message, blocks=())


def instead_of_file(order: Order, key: str, message: Message, error: str) -> dict[str, Message]:
    """The ICCIDs as text while the file can't be uploaded; a note where the table shows them.

    `error` is Slack's own word for why, "" where Slack can't be reached.
    """
    why = f"Slack says {clip(error, 100)}" if error else "Slack can't be reached"
    text = f":warning: The files can't be uploaded at the moment ({why}); I go on trying. "
    usual = replace(message, files=(), text="")
    if order.bought <= TABLED:
        return {f"{key}:text": replace(usual, text=f"{text}The ICCIDs are in the table above.")}
    parts = _in_parts(f"{key}:text", usual, f"{text}The ICCIDs until then:", _iccids(order))
    return dict(parts)


def _placed(order: Order, key: str) -> Message:
    """A message in the place of this key, with one line about the order."""
    text = _in_a_line(order) + "".join(f"\n• {line}" for line in _errors(order, key))
    kind, _, rest = key.partition(":")
    if kind == "dm":
        return Message(order.requester, text)
    if kind == "notify":
        return Message(rest.split(":")[0], text)
    return Message(order.channel, text, in_thread=key != CARD, or_else=order.requester)


def _in_a_line(order: Order) -> str:
    bought = f" ({bought_of(order)})" if order.bought and words_of(order).counts else ""
    return (
        f"Order {order.id} of {person(order.requester)} for {name_of(order)}: "
        f"{state_of(order)}{bought}."
    )


def _errors(order: Order, key: str) -> Iterator[str]:
    for error in order.errors[:8] if key == "errors" else ():
        yield clip(f"{error.title} {error.detail} (code {error.code})", 300)


def _with_buttons(message: Message, text: str) -> tuple[dict[str, Any], ...]:
    """The text, and the buttons that the message had: without them nobody could decide."""
    buttons = [block for block in message.blocks if block.get("type") == "actions"]
    if not buttons:
        return ()
    paragraph = {"type": "section", "text": {"type": "mrkdwn", "text": text[: LONGEST // 2]}}
    return (paragraph, *buttons)


def _iccids(order: Order) -> list[str]:
    """A line for each SIM card that counts, then one for each that belongs to another order."""
    others = [sim for sim in order.odd_sims if sim.elsewhere]
    return [
        *map(_iccid, order.sims),
        *(f"{_iccid(sim)} (order {clip(sim.elsewhere or '', 40)} got it before)" for sim in others),
    ]


def _iccid(sim: Sim) -> str:
    return clip(iccid_of(sim), 120)


def _in_parts(key: str, message: Message, head: str, lines: Sequence[str]) -> dict[str, Message]:
    """The head and the lines as texts of a size that Slack takes."""
    texts = in_parts(head, lines)
    keys = [key, *(f"{key}:part:{number}" for number in range(2, len(texts) + 1))]
    return {key: replace(message, text=text) for key, text in zip(keys, texts, strict=True)}
